//! What a return is computed from.

use ledger::calendar;
use money::Cents;
use serde::Deserialize;
use time::Date;

/// What came on a day; what left is negative. It counts at the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct DayFlow {
    /// The day.
    #[serde(with = "calendar")]
    pub on: Date,
    /// Paid in, less what was paid out.
    pub external_cents: Cents,
    /// Longevity credits.
    pub credit_cents: Cents,
}

/// What the account was worth at the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct DayValue {
    /// The day.
    #[serde(with = "calendar")]
    pub on: Date,
    /// Cash and valued securities.
    pub value_cents: Cents,
}

/// An account's flows and values, each in the order of days.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct History {
    /// A flow a day at most.
    pub flows: Vec<DayFlow>,
    /// A value a day at most.
    pub valuations: Vec<DayValue>,
}

/// A flow as a return sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) on: Date,
    pub(crate) cents: i64,
}

impl History {
    /// The flows of a return: with the credits, these are earned; without, they are paid
    /// in from outside.
    pub(crate) fn flows(&self, with_credits: bool) -> Vec<Flow> {
        let flow = |flow: &DayFlow| Flow {
            on: flow.on,
            cents: match with_credits {
                true => flow.external_cents.get(),
                // Two amounts of 53 bits.
                false => flow.external_cents.get() + flow.credit_cents.get(),
            },
        };
        self.flows
            .iter()
            .map(flow)
            .filter(|flow| flow.cents != 0)
            .collect()
    }
}
