//! The rules by which a pot can be shared, by name.

use serde::{Deserialize, Serialize};

/// How a death pot is shared. In JSON a name, such as `"nominal_gain"`, or a
/// name with its choice: `{"equitable_weights": {"fallback": "overlay_fund"}}`.
///
/// s is the stake of a member (the balance at risk, or the part of it below a
/// cap), q the rate of dying in the period, b = q·s what the member expects to
/// forfeit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Rule {
    /// Survivors by w = q/(1−q)·s. Fair in the limit of a large pool (Fullmer &
    /// Sabin 2019; Winter & Planchet 2022).
    NominalGain,
    /// Survivors by σ(1 + σ − Σσ²) with σ the shares of nominal gain: removes
    /// most of its bias in a finite pool.
    FinitePoolCorrection,
    /// Everybody alive at the start by b = q·s, the estates of the dead too:
    /// exactly fair in every pool (Donnelly, Guillén & Nielsen 2014).
    OverlayFund,
    /// Each death apart, among all others who were alive at the start, by a
    /// separable fair transfer plan: exactly fair where it exists (Sabin 2010).
    FairTransferPlan {
        /// What to do if a member stakes more than all others can make up for.
        infeasible: Infeasible,
    },
    /// Survivors by s, in a pool with one rate for all (Piggott, Valdez & Detzel
    /// 2005). Refused in any other.
    GroupSelfAnnuitisation,
    /// Survivors by weights with the same ratio of expected credit to expected
    /// forfeiture for every member of a finite, heterogeneous pool: derived in
    /// docs/decisions/equitable-weights.md.
    EquitableWeights {
        /// The rule for a pool in which such weights do not exist.
        fallback: Fallback,
    },
}

impl Rule {
    /// Its name in JSON, without its choice.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NominalGain => "nominal_gain",
            Self::FinitePoolCorrection => "finite_pool_correction",
            Self::OverlayFund => "overlay_fund",
            Self::FairTransferPlan { .. } => "fair_transfer_plan",
            Self::GroupSelfAnnuitisation => "group_self_annuitisation",
            Self::EquitableWeights { .. } => "equitable_weights",
        }
    }
}

/// What a fair transfer plan does with a member whose b exceeds that of all
/// others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Infeasible {
    /// Nothing is shared: see [`crate::Refusal::Infeasible`].
    Refuse,
    /// The member's stake is lowered to what the others can make up for.
    CapStake,
}

/// The rule in place of equitable weights where those do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Fallback {
    /// [`Rule::NominalGain`].
    NominalGain,
    /// [`Rule::FinitePoolCorrection`].
    FinitePoolCorrection,
    /// [`Rule::OverlayFund`].
    OverlayFund,
    /// [`Rule::FairTransferPlan`] with [`Infeasible::CapStake`].
    CappedFairTransferPlan,
}

impl Fallback {
    /// The rule that it names.
    #[must_use]
    pub const fn rule(self) -> Rule {
        match self {
            Self::NominalGain => Rule::NominalGain,
            Self::FinitePoolCorrection => Rule::FinitePoolCorrection,
            Self::OverlayFund => Rule::OverlayFund,
            Self::CappedFairTransferPlan => Rule::FairTransferPlan {
                infeasible: Infeasible::CapStake,
            },
        }
    }
}

/// Why a rule does not apply to a pool. `index` is a position in the
/// participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The member expects to forfeit more than all others together, so that
    /// nothing they leave can make up for it: no fair transfer plan exists
    /// (Sabin 2010, theorem 1).
    #[error(
        "the member expects to forfeit more than all others together: no fair transfer plan exists"
    )]
    Infeasible {
        /// The member.
        index: usize,
    },
    /// Group self-annuitisation, and the member's rate is not that of the first.
    #[error("group self-annuitisation needs the same rate for all members")]
    NotHomogeneous {
        /// The first member of another rate.
        index: usize,
    },
}

impl Refusal {
    /// The member that it names.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Infeasible { index } | Self::NotHomogeneous { index } => index,
        }
    }
}
