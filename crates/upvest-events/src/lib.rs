//! Upvest's webhook bodies, read as effects on the ledger.
//!
//! A delivery is a package of events. Each event is kept as the exact text that
//! arrived and read as an [`Effect`]: a fact about a user, an account, a movement
//! of money or securities, a valuation, a snapshot of what the broker holds, how far an order
//! or a withdrawal is. What has no effect is stored; what cannot be read is quarantined with its reason.
//! Nothing but a body that is not JSON is refused, because a refusal blocks every
//! later delivery of the sender.
//!
//! Field names and types: Upvest's OpenAPI description, version 1.9.0.

mod effect;
mod event;
mod ids;
mod kind;
mod object;
mod snapshot;
mod state;

pub use effect::{Effect, ObjectState, Position};
pub use event::{Event, NotJson, Quarantine, read_event, read_package};
