//! What the broker says it holds, without the movements that led there.

use money::{UNIT_SCALE, parse_minor};
use serde::Deserialize;
use uuid::Uuid;

use crate::object::{Instrument, Money, amount_error};
use crate::{Effect, Quarantine};

#[derive(Deserialize)]
pub(crate) struct CashBalance {
    account_group_id: Uuid,
    balance: String,
    currency: String,
}

pub(crate) fn cash_balance(snapshot: CashBalance) -> Result<Effect, Quarantine> {
    let balance = Money {
        amount: snapshot.balance,
        currency: snapshot.currency,
    };
    Ok(Effect::CashBalance {
        account_group_id: snapshot.account_group_id,
        balance_cents: balance.cents()?,
    })
}

#[derive(Deserialize)]
pub(crate) struct PositionSnapshot {
    account_id: Uuid,
    instrument: Instrument,
    quantity: String,
}

pub(crate) fn position_snapshot(snapshot: PositionSnapshot) -> Result<Effect, Quarantine> {
    Ok(Effect::PositionSnapshot {
        account_id: snapshot.account_id,
        isin: snapshot.instrument.checked_isin()?,
        quantity_units: parse_minor(&snapshot.quantity, UNIT_SCALE).map_err(amount_error)?,
    })
}
