//! Pools and their rules.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Month;
use crate::command::{Currency, PoolRules};

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Pool {
    /// Its id.
    pub pool_id: Uuid,
    /// What people call it.
    pub name: String,
    /// The currency of cash, credits and statements.
    pub currency: Currency,
    /// The month with which the first period begins.
    pub first_period: Month,
    /// The month with which the period begins that is to be settled next.
    pub next_period: Month,
    /// Whether that period was settled before, and its deaths have changed.
    pub resettlement: bool,
    /// How many members were ever enrolled.
    pub members: i64,
    /// How many of them no death was reported of.
    pub active_members: i64,
    /// The number of the rules for that period, from 1.
    pub rules_version: i64,
    /// Those rules.
    pub rules: PoolRules,
}

/// A version of a pool's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RulesVersion {
    /// From 1. The highest that has begun holds.
    pub rules_version: i64,
    /// The month from which they hold.
    pub from_period: Month,
    /// The rules.
    pub rules: PoolRules,
    /// When they were recorded.
    pub recorded_at: String,
    /// By whom.
    pub recorded_by: String,
}
