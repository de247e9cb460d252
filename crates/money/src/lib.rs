//! Exact amounts of money and of securities.
//!
//! Money is an integer number of cents ([`Cents`]), a quantity of a security an
//! integer number of its smallest unit. Decimal text from outside is converted
//! exactly or refused ([`parse_minor`]); where a value has to be rounded,
//! [`round_half_even`] is the one place that does it. [`apportion`] splits a
//! total so that the parts sum to it.
//!
//! No floats, no I/O, no clock.

mod apportion;
mod cents;
mod text;

pub use apportion::{ApportionError, apportion};
pub use cents::{Cents, OutOfRange};
pub use text::{AmountError, CENT_SCALE, UNIT_SCALE, parse_minor, round_half_even};
