//! Settling a period.

use serde::{Deserialize, Serialize};

use crate::Month;

/// Settle a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SettlePeriod {
    /// The month with which the period begins: the one after the last that was
    /// settled, or an earlier one whose deaths have changed. The period must be over.
    pub period: Month,
    /// Whether to compute and answer only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}
