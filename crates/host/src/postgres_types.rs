//! Values between the interface and the driver, as Spin 3.6 converts them.
//!
//! Ranges and intervals are not offered here: a component that uses them gets an
//! error that says so.

use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _, Utc};
use rust_decimal::Decimal;
use tokio_postgres::Row;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use crate::bindings::spin::postgres::postgres::{DbDataType, DbValue, ParameterValue};

type SqlParameter = Box<dyn ToSql + Send + Sync>;

/// The interface's name of a column's type.
pub(crate) fn data_type(pg_type: &Type) -> DbDataType {
    match *pg_type {
        Type::BOOL => DbDataType::Boolean,
        Type::BYTEA => DbDataType::Binary,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbDataType::Str,
        Type::TIMESTAMP | Type::TIMESTAMPTZ => DbDataType::Datetime,
        Type::DATE => DbDataType::Date,
        Type::TIME => DbDataType::Time,
        Type::UUID => DbDataType::Uuid,
        Type::JSONB => DbDataType::Jsonb,
        Type::NUMERIC => DbDataType::Decimal,
        Type::INT4_ARRAY => DbDataType::ArrayInt32,
        Type::INT8_ARRAY => DbDataType::ArrayInt64,
        Type::NUMERIC_ARRAY => DbDataType::ArrayDecimal,
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => DbDataType::ArrayStr,
        _ => DbDataType::Other(pg_type.name().to_owned()),
    }
}

/// The values of a row.
pub(crate) fn row_values(row: &Row) -> Result<Vec<DbValue>> {
    (0..row.len()).map(|index| db_value(row, index)).collect()
}

fn db_value(row: &Row, index: usize) -> Result<DbValue> {
    match *row.columns()[index].type_() {
        Type::BOOL => get(row, index, |v| Ok(DbValue::Boolean(v))),
        Type::BYTEA => get(row, index, |v| Ok(DbValue::Binary(v))),
        Type::FLOAT4 => get(row, index, |v| Ok(DbValue::Floating32(v))),
        Type::FLOAT8 => get(row, index, |v| Ok(DbValue::Floating64(v))),
        Type::INT2 => get(row, index, |v| Ok(DbValue::Int16(v))),
        Type::INT4 => get(row, index, |v| Ok(DbValue::Int32(v))),
        Type::INT8 => get(row, index, |v| Ok(DbValue::Int64(v))),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => get(row, index, |v| Ok(DbValue::Str(v))),
        // A time without zone does not read from one with: an error, as in Spin.
        Type::TIMESTAMP | Type::TIMESTAMPTZ => get(row, index, datetime),
        Type::DATE => get(row, index, date),
        Type::TIME => get(row, index, time),
        Type::UUID => get(row, index, |v: Uuid| Ok(DbValue::Uuid(v.to_string()))),
        Type::JSONB => get(row, index, |v: serde_json::Value| {
            Ok(DbValue::Jsonb(serde_json::to_vec(&v)?))
        }),
        Type::NUMERIC => get(row, index, |v: Decimal| Ok(DbValue::Decimal(v.to_string()))),
        Type::INT4_ARRAY => get(row, index, |v| Ok(DbValue::ArrayInt32(v))),
        Type::INT8_ARRAY => get(row, index, |v| Ok(DbValue::ArrayInt64(v))),
        Type::NUMERIC_ARRAY => get(row, index, |v: Vec<Option<Decimal>>| {
            let texts = v.into_iter().map(|d| d.map(|d| d.to_string()));
            Ok(DbValue::ArrayDecimal(texts.collect()))
        }),
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => {
            get(row, index, |v| Ok(DbValue::ArrayStr(v)))
        }
        _ => get(row, index, |Raw(bytes)| Ok(DbValue::Unsupported(bytes))),
    }
}

fn get<'a, T: FromSql<'a>>(
    row: &'a Row,
    index: usize,
    convert: impl FnOnce(T) -> Result<DbValue>,
) -> Result<DbValue> {
    match row.try_get::<_, Option<T>>(index)? {
        Some(value) => convert(value),
        None => Ok(DbValue::DbNull),
    }
}

/// The bytes of a type that the interface does not know.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// NULL of whatever type the statement wants.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The driver's form of a parameter.
pub(crate) fn sql_parameter(value: &ParameterValue) -> Result<SqlParameter> {
    Ok(match value {
        ParameterValue::Boolean(v) => Box::new(*v),
        ParameterValue::Int8(v) => Box::new(*v),
        ParameterValue::Int16(v) => Box::new(*v),
        ParameterValue::Int32(v) => Box::new(*v),
        ParameterValue::Int64(v) => Box::new(*v),
        ParameterValue::Floating32(v) => Box::new(*v),
        ParameterValue::Floating64(v) => Box::new(*v),
        ParameterValue::Str(v) => Box::new(v.clone()),
        ParameterValue::Binary(v) => Box::new(v.clone()),
        ParameterValue::Date((y, m, d)) => Box::new(naive_date(*y, *m, *d)?),
        ParameterValue::Time((h, m, s, ns)) => Box::new(naive_time(*h, *m, *s, *ns)?),
        ParameterValue::Datetime((y, mo, d, h, mi, s, ns)) => Box::new(NaiveDateTime::new(
            naive_date(*y, *mo, *d)?,
            naive_time(*h, *mi, *s, *ns)?,
        )),
        ParameterValue::Timestamp(v) => {
            Box::new(DateTime::<Utc>::from_timestamp(*v, 0).context("invalid epoch timestamp")?)
        }
        ParameterValue::Uuid(v) => Box::new(Uuid::parse_str(v).context("invalid UUID")?),
        ParameterValue::Jsonb(v) => {
            Box::new(serde_json::from_slice::<serde_json::Value>(v).context("invalid JSON")?)
        }
        ParameterValue::Decimal(v) => Box::new(decimal(v)?),
        ParameterValue::ArrayInt32(v) => Box::new(v.clone()),
        ParameterValue::ArrayInt64(v) => Box::new(v.clone()),
        ParameterValue::ArrayDecimal(v) => {
            let decimals = v.iter().map(|d| d.as_deref().map(decimal).transpose());
            Box::new(decimals.collect::<Result<Vec<Option<Decimal>>>>()?)
        }
        ParameterValue::ArrayStr(v) => Box::new(v.clone()),
        ParameterValue::DbNull => Box::new(Null),
        ParameterValue::RangeInt32(_)
        | ParameterValue::RangeInt64(_)
        | ParameterValue::RangeDecimal(_)
        | ParameterValue::Interval(_) => bail!("the local host has no ranges and intervals"),
    })
}

fn decimal(text: &str) -> Result<Decimal> {
    Decimal::from_str_exact(text).with_context(|| format!("invalid decimal {text}"))
}

fn naive_date(year: i32, month: u8, day: u8) -> Result<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month.into(), day.into()).context("invalid date")
}

fn naive_time(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Result<NaiveTime> {
    NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanosecond)
        .context("invalid time")
}

fn date(value: NaiveDate) -> Result<DbValue> {
    let (month, day) = (value.month().try_into()?, value.day().try_into()?);
    Ok(DbValue::Date((value.year(), month, day)))
}

fn time(value: NaiveTime) -> Result<DbValue> {
    Ok(DbValue::Time((
        value.hour().try_into()?,
        value.minute().try_into()?,
        value.second().try_into()?,
        value.nanosecond(),
    )))
}

fn datetime(value: NaiveDateTime) -> Result<DbValue> {
    Ok(DbValue::Datetime((
        value.year(),
        value.month().try_into()?,
        value.day().try_into()?,
        value.hour().try_into()?,
        value.minute().try_into()?,
        value.second().try_into()?,
        value.nanosecond(),
    )))
}
