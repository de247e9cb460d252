//! Upvest's way to deliver: batching, the schedule of repetitions, a queue that waits
//! behind its head.
//!
//! Pure, but for [`deliver()`] and [`Webhook`]: the clock is passed in.

mod deliver;
mod package;
mod queue;
mod report;
mod schedule;
mod webhook;

pub use deliver::{Tolerated, deliver};
pub use package::{MAX_PACKAGE_SIZE, MIN_PACKAGE_SIZE, Package, Packaging};
pub use queue::{Queue, Turn};
pub use report::DeliveryReport;
pub use schedule::Schedule;
pub use webhook::{SignedPackage, Webhook};
