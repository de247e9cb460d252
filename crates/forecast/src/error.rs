//! Why there is no forecast.

use mortality::AgeOutsideTable;

/// Why a forecast cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForecastError {
    /// There must be 1 to [`MAX_MEMBERS`](crate::MAX_MEMBERS) members.
    #[error("a pool must have from 1 to 1000000 members")]
    Members,
    /// The ages of a described pool are the wrong way round or above 130.
    #[error("the ages must rise to at most 130")]
    Ages,
    /// The watched member is not in the pool, or has nothing.
    #[error("the watched member must be in the pool and have a balance")]
    Watched,
    /// A member's balance is less than nothing.
    #[error("the balance of member {index} is negative")]
    NegativeBalance {
        /// From 0.
        index: usize,
    },
    /// A basis has no rate for a member.
    #[error("member {index}: {outside}")]
    Age {
        /// From 0.
        index: usize,
        /// Which ages it has.
        outside: AgeOutsideTable,
    },
    /// All balances together are beyond the range of an amount.
    #[error("the balances together are out of range")]
    TotalOutOfRange,
    /// There must be at least one path.
    #[error("there must be at least one path")]
    Paths,
    /// A forecast is for 1 to 70 years, and no longer than the watched member can
    /// be alive.
    #[error("a forecast must be for 1 to 70 years in which the watched member can be alive")]
    Years,
    /// The first year is not from 1900 to 2199.
    #[error("the first year must be from 1900 to 2199")]
    FirstYear,
    /// Paths times members is above [`MAX_DRAWS`](crate::MAX_DRAWS), or paths
    /// times years above [`MAX_INCOMES`](crate::MAX_INCOMES).
    #[error("too many paths for this pool and these years")]
    TooMuch,
    /// A tolerance must be above 0 and below 1, and a confidence too.
    #[error("a tolerance and a confidence must be above 0 and below 1")]
    Question,
    /// An income is beyond the range of an amount.
    #[error("an income is out of range")]
    OutOfRange,
}
