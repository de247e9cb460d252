//! Why there is no answer.

/// Why a payout cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayoutError {
    /// A level payout must end while somebody can be alive, and last a year.
    #[error("a level payout must last at least one year and no longer than the basis")]
    LevelYears,
    /// A pool has 1 to 1,000,000,000 members.
    #[error("a pool must have from 1 to 1000000000 members")]
    Members,
    /// The optimal tontine is computed up to
    /// [`MAX_OPTIMAL_MEMBERS`](crate::MAX_OPTIMAL_MEMBERS); beyond, it is the
    /// natural tontine for all that matters.
    #[error("the optimal tontine is computed for up to 10000 members; take the natural one beyond")]
    OptimalMembers,
    /// Nobody is left at the time that is asked for.
    #[error("nobody is alive at that time")]
    NobodyAlive,
    /// The living must be of 1 to 131 years, at least one at first and never more than the
    /// year before.
    #[error("the living must be of at most 131 years, at least one at first, and never rise")]
    Living,
    /// There must be one return for each year after the first.
    #[error("there must be one return for each year after the first")]
    Returns,
    /// A balance or an income is less than nothing.
    #[error("an amount is negative")]
    NegativeAmount,
    /// A result is beyond the range of an amount.
    #[error("a result is out of range")]
    OutOfRange,
}
