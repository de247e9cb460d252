//! Who stands at risk, and what came of it.

use money::Cents;
use mortality::Probability;
use serde::{Deserialize, Serialize};

use crate::{GroupGain, Refusal};

/// The most participants of one sharing: the sum of 2^20 weights of 176 bits
/// stays below the 2^203 that [`money::apportion`] takes.
pub const MAX_PARTICIPANTS: usize = 1 << 20;

/// A member at risk in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant<I> {
    /// Orders members of equal remainder; unique in the pool.
    pub id: I,
    /// The probability of dying in the period.
    pub q: Probability,
    /// The balance after the period's return and before deaths. Never negative.
    pub at_risk: Cents,
    /// Whether the member died in the period.
    pub died: bool,
}

/// What a period did to the pot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Outcome {
    /// There was no pot: nobody died with a balance and none was carried.
    NothingToShare,
    /// The pot was shared among two or more with weight.
    Shared,
    /// One survivor alone had weight and took the whole pot, or of it what a cap
    /// allows.
    SoleSurvivor,
    /// There was somebody to pay, but nobody with weight: the pot is carried to
    /// the next period.
    NoWeight,
    /// Nobody survived and the rule pays only survivors: each balance belongs to
    /// its own estate, and a pot carried from before is carried on.
    EveryoneDied,
}

/// The result of sharing a pot; lists are in the order of the participants.
///
/// Conserves money, to the cent: what the dead forfeited and what was carried in
/// is the pot, and the credits and what is carried out sum to it. A dead member
/// forfeits the balance but for what `to_estates` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// What happened.
    pub outcome: Outcome,
    /// The amount to share, carried pot included.
    pub pot: Cents,
    /// The longevity credits. For the dead zero by a rule that pays only
    /// survivors; by the others the credit belongs to the estate.
    pub credits: Vec<Cents>,
    /// What goes to the next period's pot.
    pub carried_out: Cents,
    /// How much was released for each unit that the rates foresaw: the pot over
    /// the survivors' nominal gains, or, by a rule that pays estates too, over
    /// everybody's q·s. Zero where nothing was shared.
    pub group_gain: GroupGain,
    /// What stands at risk of each balance: all of it, or the part below a cap.
    pub stakes: Vec<Cents>,
    /// What of the balance of a dead member goes to the estate unshared: the
    /// part above the stake, and everything if nobody survived to be paid.
    pub to_estates: Vec<Cents>,
    /// What the caps on credits took from each: less than it would have been.
    pub cut: Vec<Cents>,
}

/// Why a pool cannot be shared. `index` is a position in the participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Nobody stands at risk.
    #[error("a pool needs at least one member")]
    Empty,
    /// More than [`MAX_PARTICIPANTS`].
    #[error("a pool has at most {MAX_PARTICIPANTS} members")]
    TooMany,
    /// A balance below zero.
    #[error("the balance is negative")]
    NegativeBalance {
        /// The participant.
        index: usize,
    },
    /// Two participants of the same id.
    #[error("the member occurs twice")]
    DuplicateMember {
        /// The later of the two.
        index: usize,
    },
    /// The pot is beyond the range of an amount.
    #[error("the death pot is beyond the range of an amount")]
    PotOutOfRange,
}

/// Why a rule does not share a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SharingError {
    /// No rule could.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// This rule cannot.
    #[error(transparent)]
    Refused(#[from] Refusal),
}
