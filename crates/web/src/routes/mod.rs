//! The table of operations, a list per component.

mod data;
mod ledger;
mod member;
mod tontine;
mod webhook;

use http::Method;

use crate::{Access, Scope};

pub use data::{DATA, Data};
pub use ledger::{LEDGER, Ledger};
pub use member::MemberView;
pub use tontine::{TONTINE, Tontine};
pub use webhook::{WEBHOOK, Webhook};

/// An operation and how it is reached.
#[derive(Clone, Debug)]
pub struct Route<O> {
    /// Which operation of the component.
    pub operation: O,
    /// The method.
    pub method: Method,
    /// The path; `{name}` stands for one segment.
    pub path: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// Who may use it.
    pub access: Access,
    /// The query parameters that it knows.
    pub query: &'static [Query],
    /// The body that it takes.
    pub body: BodyKind,
    /// Whether it needs an `Idempotency-Key`.
    pub command: bool,
    /// Whether staff says in the header `purpose` what it reads of members for.
    pub purpose: bool,
}

/// A query parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// `after`: where the page before ended.
    After,
    /// `limit`: the most items of a page.
    Limit,
    /// `from`: the first month.
    From,
    /// `to`: the last month.
    To,
    /// `period`: the month.
    Period,
    /// `after`: the entry with which the page before ended.
    AfterEntry,
    /// `as_of`: the day.
    AsOf,
    /// `known_at`: the time until which records count.
    KnownAt,
    /// `member`: the member's id.
    Member,
    /// `revision`: which settlement of a period.
    Revision,
    /// `after_hours`: how long something has been missing.
    AfterHours,
    /// `category`: which of the broker's objects.
    Category,
    /// `from`: the first month, if not the first of all.
    FromMonth,
    /// `to`: the last month, if not the last that is over.
    ToMonth,
    /// `language`: in which language.
    Language,
    /// `interest`: what the investments are taken to earn in a year.
    Interest,
    /// Conditions on columns, and the rest of the grammar of queries: the handler reads
    /// them, under any names.
    Columns,
}

impl Query {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::After | Self::AfterEntry => "after",
            Self::Limit => "limit",
            Self::From | Self::FromMonth => "from",
            Self::To | Self::ToMonth => "to",
            Self::Period => "period",
            Self::AsOf => "as_of",
            Self::KnownAt => "known_at",
            Self::Member => "member",
            Self::Revision => "revision",
            Self::AfterHours => "after_hours",
            Self::Category => "category",
            Self::Language => "language",
            Self::Interest => "interest",
            Self::Columns => "select",
        }
    }
}

/// The body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// None is read.
    None,
    /// A JSON document.
    Json {
        /// Its most octets.
        max_len: usize,
    },
    /// A JSON document, or JSON lines (`application/x-ndjson`).
    JsonOrLines {
        /// The most octets of a document.
        max_len: usize,
        /// The most octets of all lines.
        lines_len: usize,
    },
    /// Whatever was signed.
    Signed {
        /// The variable with its most octets.
        max_len_variable: &'static str,
    },
}

impl<O> Route<O> {
    /// The values of the path's parameters if `path` is of this route.
    pub(crate) fn parameters_of(&self, path: &str) -> Option<Vec<String>> {
        let (mut pattern, mut actual) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (pattern.next(), actual.next()) {
                (None, None) => return Some(parameters),
                (Some(p), Some(a)) if p.starts_with('{') && !a.is_empty() => {
                    parameters.push(a.to_owned());
                }
                (Some(p), Some(a)) if p == a => {}
                _ => return None,
            }
        }
    }
}

const ANYBODY: Access = Access::Token(&Scope::ALL);
const OPERATOR: Access = Access::Token(&[Scope::Operator]);
const MEMBER: Access = Access::Token(&[Scope::Member]);
const FIGURES: Access = Access::Token(&[Scope::Operator, Scope::Auditor, Scope::Analyst]);
const AUDIT: Access = Access::Token(&[Scope::Operator, Scope::Auditor]);
const AUDIT_OR_MEMBER: Access = Access::Token(&[Scope::Operator, Scope::Auditor, Scope::Member]);

/// The most octets of a command.
const COMMAND_LEN: usize = 16 * 1024;
/// The most octets of a batch: 10,000 items, with references of the caller's own.
const BATCH_LEN: usize = 4 * 1024 * 1024;

const fn read<O>(
    operation: O,
    path: &'static str,
    access: Access,
    query: &'static [Query],
    summary: &'static str,
) -> Route<O> {
    Route {
        operation,
        method: Method::GET,
        path,
        summary,
        access,
        query,
        body: BodyKind::None,
        command: false,
        purpose: false,
    }
}

/// A read of members, and of who they are.
const fn read_of_members<O: Copy>(
    operation: O,
    path: &'static str,
    access: Access,
    query: &'static [Query],
    summary: &'static str,
) -> Route<O> {
    let mut route = read(operation, path, access, query, summary);
    route.purpose = true;
    route
}

/// A read for anybody: nothing in it is about a pool or a member.
const fn open<O>(operation: O, path: &'static str, summary: &'static str) -> Route<O> {
    Route {
        operation,
        method: Method::GET,
        path,
        summary,
        access: Access::Open,
        query: &[],
        body: BodyKind::None,
        command: false,
        purpose: false,
    }
}

const fn command<O>(operation: O, path: &'static str, summary: &'static str) -> Route<O> {
    Route {
        operation,
        method: Method::POST,
        path,
        summary,
        access: OPERATOR,
        query: &[],
        body: BodyKind::Json {
            max_len: COMMAND_LEN,
        },
        command: true,
        purpose: false,
    }
}

/// A command of many items.
const fn batch<O: Copy>(operation: O, path: &'static str, summary: &'static str) -> Route<O> {
    Route {
        operation,
        method: Method::POST,
        path,
        summary,
        access: OPERATOR,
        query: &[],
        body: BodyKind::Json { max_len: BATCH_LEN },
        command: true,
        purpose: false,
    }
}
