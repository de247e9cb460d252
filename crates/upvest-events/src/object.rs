//! From an event's object to its effect.

use ledger::calendar;
use money::{AmountError, CENT_SCALE, Cents, UNIT_SCALE, parse_minor, round_half_even};
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use crate::event::nanoseconds;
use crate::kind;
use crate::snapshot::{cash_balance, position_snapshot};
use crate::state::state_of;
use crate::{Effect, Position, Quarantine};

/// What an event of this type with this object says.
pub(crate) fn effect_of(event_type: &str, object: &str) -> Result<Effect, Quarantine> {
    let (category, value) = event_type.split_once('.').unwrap_or((event_type, ""));
    match (category, value) {
        // A failed change carries no user, only an id and a reason.
        ("USER", "DATA_CHANGE_FAILED") => Ok(Effect::None),
        ("USER" | "ACCOUNT_GROUP" | "ACCOUNT", _) => linked(category, value, object),
        ("CASH_TRANSACTION", "EXECUTED") => read(object, cash_transaction),
        ("SECURITY_TRANSACTION", "EXECUTED") => read(object, security_transaction),
        ("ACCOUNT_VALUATION", "CREATED") => read(object, valuation),
        ("CASH_BALANCE", "UPDATED") => read(object, cash_balance),
        ("POSITION", "UPDATED") => read(object, position_snapshot),
        _ => Ok(state_of(category, value, object)?
            .map_or(Effect::None, |state| Effect::Object { state })),
    }
}

fn linked(category: &str, value: &str, object: &str) -> Result<Effect, Quarantine> {
    let mut effect = match category {
        "USER" => read(object, user),
        "ACCOUNT" => read(object, account),
        _ => read(object, account_group),
    }?;
    if let Effect::User { state, .. }
    | Effect::AccountGroup { state, .. }
    | Effect::Account { state, .. } = &mut effect
    {
        *state = state_of(category, value, object)?;
    }
    Ok(effect)
}

fn read<'a, T: Deserialize<'a>>(
    object: &'a str,
    effect: impl Fn(T) -> Result<Effect, Quarantine>,
) -> Result<Effect, Quarantine> {
    serde_json::from_slice(object.as_bytes())
        .map_err(|_| Quarantine::MalformedObject)
        .and_then(effect)
}

#[derive(Deserialize)]
struct User {
    id: Uuid,
    birth_date: Option<String>,
}

fn user(user: User) -> Result<Effect, Quarantine> {
    Ok(Effect::User {
        user_id: user.id,
        birth_date: user.birth_date.as_deref().and_then(calendar::parse),
        state: None,
    })
}

#[derive(Deserialize)]
struct Owner {
    id: Option<Uuid>,
}

#[derive(Deserialize)]
struct AccountGroup {
    id: Uuid,
    users: Vec<Owner>,
}

fn account_group(group: AccountGroup) -> Result<Effect, Quarantine> {
    let [Owner { id: Some(user_id) }] = group.users[..] else {
        return Err(Quarantine::SeveralOwners);
    };
    Ok(Effect::AccountGroup {
        account_group_id: group.id,
        user_id,
        state: None,
    })
}

#[derive(Deserialize)]
struct Account {
    id: Uuid,
    account_group_id: Uuid,
}

fn account(account: Account) -> Result<Effect, Quarantine> {
    Ok(Effect::Account {
        account_id: account.id,
        account_group_id: account.account_group_id,
        state: None,
    })
}

#[derive(Deserialize)]
pub(crate) struct Money {
    pub(crate) amount: String,
    pub(crate) currency: String,
}

impl Money {
    /// The amount, if it is a whole number of cents.
    pub(crate) fn cents(&self) -> Result<Cents, Quarantine> {
        let cents = parse_minor(self.euro()?, CENT_SCALE).map_err(amount_error)?;
        Cents::new(cents).map_err(|_| Quarantine::AmountOutOfRange)
    }

    fn euro(&self) -> Result<&str, Quarantine> {
        if self.currency == "EUR" {
            Ok(&self.amount)
        } else {
            Err(Quarantine::UnknownCurrency)
        }
    }
}

#[derive(Deserialize)]
struct Reference {
    id: Uuid,
    #[serde(rename = "type")]
    kind: String,
}

/// What references are to, from the narrowest: an order has executions, a corporate
/// action transactions.
const NARROWEST: [&str; 8] = [
    "ORDER_EXECUTION",
    "CORPORATE_ACTION_TRANSACTION_ID",
    "WITHDRAWAL",
    "DIRECT_DEBIT",
    "TOPUP",
    "FEE_COLLECTION",
    "ORDER",
    "CORPORATE_ACTION",
];

/// The narrowest reference. What takes something back needs one.
fn reference_id(references: &[Reference], cancellation: bool) -> Result<Option<Uuid>, Quarantine> {
    let of = |kind: &&str| references.iter().find(|reference| reference.kind == *kind);
    let reference_id = NARROWEST.iter().find_map(of).map(|reference| reference.id);
    if cancellation && reference_id.is_none() {
        return Err(Quarantine::MissingReference);
    }
    Ok(reference_id)
}

#[derive(Deserialize)]
struct CashTransaction {
    id: Uuid,
    account_group_id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    delta: Money,
    value_date: String,
    #[serde(default)]
    references: Vec<Reference>,
}

fn cash_transaction(transaction: CashTransaction) -> Result<Effect, Quarantine> {
    let (original, cancellation) = kind::original(&transaction.kind);
    let amount_cents = transaction.delta.cents()?;
    Ok(Effect::CashTransaction {
        transaction_id: transaction.id,
        account_group_id: transaction.account_group_id,
        kind: kind::of_cash(original).ok_or(Quarantine::UnknownKind)?,
        amount_cents,
        effective_on: day(&transaction.value_date)?,
        transaction_type: original.to_owned(),
        cancellation,
        reference_id: reference_id(&transaction.references, cancellation)?,
    })
}

#[derive(Deserialize)]
pub(crate) struct Instrument {
    isin: String,
}

impl Instrument {
    /// ISO 6166: two letters, nine letters or digits, a digit.
    pub(crate) fn checked_isin(self) -> Result<String, Quarantine> {
        let bytes = self.isin.as_bytes();
        let plain = bytes.len() == 12
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..11]
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && bytes[11].is_ascii_digit();
        if plain {
            Ok(self.isin)
        } else {
            Err(Quarantine::MalformedObject)
        }
    }
}

#[derive(Deserialize)]
struct Quantity {
    amount: String,
}

#[derive(Deserialize)]
struct SecurityTransaction {
    id: Uuid,
    account_group_id: Uuid,
    #[serde(rename = "type")]
    kind: String,
    instrument: Instrument,
    delta: Quantity,
    value_date: String,
    #[serde(default)]
    references: Vec<Reference>,
}

fn security_transaction(transaction: SecurityTransaction) -> Result<Effect, Quarantine> {
    let (original, cancellation) = kind::original(&transaction.kind);
    if !kind::is_of_securities(original) {
        return Err(Quarantine::UnknownKind);
    }
    Ok(Effect::SecurityTransaction {
        transaction_id: transaction.id,
        account_group_id: transaction.account_group_id,
        isin: transaction.instrument.checked_isin()?,
        amount_units: parse_minor(&transaction.delta.amount, UNIT_SCALE).map_err(amount_error)?,
        effective_on: day(&transaction.value_date)?,
        transaction_type: original.to_owned(),
        cancellation,
        reference_id: reference_id(&transaction.references, cancellation)?,
    })
}

#[derive(Deserialize)]
struct SecurityPosition {
    instrument: Instrument,
    quantity: String,
    value: Option<Worth>,
}

#[derive(Deserialize)]
struct Worth {
    amount: String,
    currency: String,
    price_time: Option<String>,
}

#[derive(Deserialize)]
struct AccountValuation {
    account_id: Uuid,
    valuation_time: String,
    #[serde(default)]
    security_positions: Vec<SecurityPosition>,
}

fn valuation(valuation: AccountValuation) -> Result<Effect, Quarantine> {
    let positions: Result<Vec<Position>, Quarantine> = valuation
        .security_positions
        .into_iter()
        .map(position)
        .collect();
    let mut positions = positions?;
    positions.sort_unstable_by(|a, b| a.isin.cmp(&b.isin));
    if positions
        .windows(2)
        .any(|pair| pair[0].isin == pair[1].isin)
    {
        return Err(Quarantine::MalformedObject);
    }
    Ok(Effect::Valuation {
        account_id: valuation.account_id,
        valued_on: day(&valuation.valuation_time)?,
        positions,
    })
}

fn position(position: SecurityPosition) -> Result<Position, Quarantine> {
    let value = position.value.ok_or(Quarantine::UnvaluedPosition)?;
    let money = Money {
        amount: value.amount,
        currency: value.currency,
    };
    let cents = round_half_even(money.euro()?, CENT_SCALE).map_err(amount_error)?;
    Ok(Position {
        isin: position.instrument.checked_isin()?,
        quantity_units: parse_minor(&position.quantity, UNIT_SCALE).map_err(amount_error)?,
        value_cents: Cents::new(cents).map_err(|_| Quarantine::AmountOutOfRange)?,
        priced_at_ns: value.price_time.as_deref().and_then(nanoseconds),
    })
}

/// The date as it is written: a booking date belongs to the day that the sender
/// names, whatever its offset.
fn day(text: &str) -> Result<Date, Quarantine> {
    OffsetDateTime::parse(text, &Rfc3339)
        .ok()
        .map(OffsetDateTime::date)
        .or_else(|| calendar::parse(text))
        .filter(|date| (1900..=2199).contains(&date.year()))
        .ok_or(Quarantine::MalformedObject)
}

pub(crate) const fn amount_error(error: AmountError) -> Quarantine {
    match error {
        AmountError::Syntax => Quarantine::MalformedObject,
        AmountError::TooManyDecimals(_) | AmountError::OutOfRange => Quarantine::AmountOutOfRange,
    }
}
