//! The settlement of a period: from the members and their balances to the pot and
//! its credits.
//!
//! Two steps, apart: [`assess`] turns what is known of a member into a [`Standing`],
//! or names what is missing; [`settle`] turns the standings into lines. A standing is
//! all that the second step needs, and is sealed with the line: whoever has the lines
//! of a settlement can compute it again.

mod assess;
mod leaf;
mod roll;
mod settle;

use money::OutOfRange;
use serde::{Deserialize, Serialize};
use tontine::{PoolError, Refusal};
use uuid::Uuid;

pub use assess::{Candidate, Standing, Valuation, assess};
pub use leaf::{Leaf, MalformedLeaf};
pub use roll::Roll;
pub use settle::{Draft, Line, participants, settle};

/// Why a period cannot be settled yet: something an operator has to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ExceptionReason {
    /// Neither the enrolment nor the broker gave a date of birth.
    MissingBirthDate,
    /// The date of birth is after the period's start.
    BornAfterPeriod,
    /// The basis has no rate for the member's age.
    AgeOutsideBasis,
    /// A death was reported and is neither confirmed nor withdrawn.
    UnconfirmedDeath,
    /// A position has no valuation in the period.
    MissingValuation,
    /// A position of the broker is not the journal's: another quantity, or none.
    QuantityDiffers,
    /// The account is below zero.
    NegativeBalance,
    /// Cash and securities are beyond the range of an amount.
    BalanceOutOfRange,
}

/// An exception of one member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exception {
    /// Who.
    pub member_id: Uuid,
    /// Why.
    pub reason: ExceptionReason,
}

/// What the period did to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Fate {
    /// At risk and alive at the end.
    Survived,
    /// At risk and died: the stake went to the death pot.
    LeftToPool,
    /// Died without having been at risk, or together with everybody: the balance
    /// went to the estate.
    LeftToEstate,
}

/// Why standings cannot be settled. `index` is a position in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementError {
    /// A member's age has no rate.
    #[error("the basis has no rate for the age")]
    AgeOutsideBasis {
        /// The member.
        index: usize,
    },
    /// The pool's rule does not apply to its members.
    #[error("{refusal}")]
    Refused {
        /// The member that it names.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// The engine refuses.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// A sum is beyond the range of an amount.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}
