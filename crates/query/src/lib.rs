//! Queries in the grammar of PostgREST (<https://docs.postgrest.org>, "Tables and
//! Views" and "Aggregate Functions").
//!
//! [`Query::parse`] reads the parameters of a URL, [`Query::parameters`] writes them
//! again. [`compile`] checks a query against the catalogue and makes one statement of
//! it. Values are the elements of its only parameter, an array of text; what is in the
//! statement's text comes from the catalogue alone.

mod ast;
mod compile;
mod grammar;
mod print;
mod refused;
mod value;

pub use ast::{
    Aggregate, Comparison, Condition, Counted, Item, Operand, Operator, Query, Source, State, Term,
};
pub use compile::{Ask, Compiled, Form, Output, compile};
pub use refused::Refused;

/// The most octets of a query.
pub const MAX_QUERY_LEN: usize = 8_000;
/// The most items of `select`, and of `order`.
pub const MAX_ITEMS: usize = 40;
/// The most conditions.
pub const MAX_CONDITIONS: usize = 50;
/// How deep conditions may be in each other.
pub const MAX_DEPTH: usize = 8;
/// The most values of a list.
pub const MAX_LIST: usize = 500;
/// The most characters of a value.
pub const MAX_VALUE_LEN: usize = 1_000;
/// The most rows of a page.
pub const MAX_LIMIT: u32 = 1_000;
/// The rows of a page if the query does not say.
pub const DEFAULT_LIMIT: u32 = 100;
