//! Problem details (RFC 9457).

use ledger::command::InvalidField;
use ledger::settlement::{Roll, SettlementError};
use serde_json::{Map, Value, json};
use store::DatabaseError;

use crate::{Code, Reply, ReplyBody};

/// A refusal or a fault, as the caller gets to know it; what happened inside is for
/// the log alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    code: Code,
    detail: Option<String>,
    pointer: Option<String>,
    members: Map<String, Value>,
    headers: Vec<(&'static str, String)>,
    internal: Option<String>,
    reason: Option<&'static str>,
}

impl Problem {
    /// A problem with nothing but its code.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self(Box::new(Details {
            code,
            detail: None,
            pointer: None,
            members: Map::new(),
            headers: Vec::new(),
            internal: None,
            reason: None,
        }))
    }

    /// What kind of problem.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }

    /// What is wrong this time, for a person.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// A JSON pointer (RFC 6901) to the field of the body.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.0.pointer.as_deref()
    }

    /// What happened inside. Never sent.
    #[must_use]
    pub fn inside(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// A stable name of what happened inside, by which it is counted. Never sent.
    #[must_use]
    pub const fn reason(&self) -> Option<&'static str> {
        self.0.reason
    }

    /// A fault of ours; `internal` goes to the log.
    #[must_use]
    pub fn internal(internal: impl Into<String>) -> Self {
        Self::new(Code::Internal).caused_by(internal)
    }

    /// A field of the body that is not valid.
    #[must_use]
    pub fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidField).at(pointer).because(detail)
    }

    /// A query parameter that is not valid.
    #[must_use]
    pub fn invalid_parameter(name: &str, detail: impl Into<String>) -> Self {
        Self::new(Code::InvalidParameter)
            .because(detail)
            .with("parameter", json!(name))
    }

    /// With what happened inside, for the log.
    #[must_use]
    pub fn caused_by(mut self, internal: impl Into<String>) -> Self {
        self.0.internal = Some(internal.into());
        self
    }

    /// With a stable name of what happened inside, for the log.
    #[must_use]
    pub fn counted_as(mut self, reason: &'static str) -> Self {
        self.0.reason = Some(reason);
        self
    }

    /// With an explanation.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// With a pointer to the field.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    /// On a line of a body of lines, from 1; empty lines do not count.
    #[must_use]
    pub fn on_line(self, number: usize) -> Self {
        self.with("line", json!(number))
    }

    /// With a further member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.members.insert(name.to_owned(), value);
        self
    }

    /// With a further header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// The document that the caller gets.
    #[must_use]
    pub fn document(&self, request_id: &str) -> Value {
        let mut members = Map::from_iter(
            [
                ("type", json!(format!("/problems/{}", self.0.code.name()))),
                ("title", json!(self.0.code.title())),
                ("status", json!(self.0.code.status().as_u16())),
                ("code", json!(self.0.code.name())),
                ("request_id", json!(request_id)),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        let texts = [("detail", &self.0.detail), ("pointer", &self.0.pointer)];
        for (name, text) in texts {
            if let Some(text) = text {
                members.insert(name.to_owned(), json!(text));
            }
        }
        members.extend(self.0.members.clone());
        Value::Object(members)
    }

    /// The answer to the caller, who is told the id of the request.
    #[must_use]
    pub fn into_reply(self, request_id: &str) -> Reply {
        let document = self.document(request_id);
        let mut reply = Reply {
            status: self.0.code.status(),
            headers: vec![("content-type", "application/problem+json".to_owned())],
            body: ReplyBody::Whole(document.to_string().into_bytes()),
        };
        reply.headers.extend(self.0.headers);
        reply
    }
}

impl From<InvalidField> for Problem {
    fn from(error: InvalidField) -> Self {
        let code = match error.is_in_future() {
            true => Code::DateInFuture,
            false => Code::InvalidField,
        };
        Self::new(code).at(error.pointer).because(error.detail)
    }
}

/// The most exceptions that a problem lists.
const MAX_EXCEPTIONS: usize = 100;

impl Problem {
    /// The exceptions of a period's members, if there are any.
    #[must_use]
    pub fn of_exceptions(roll: &Roll) -> Option<Self> {
        let (open, exceptions) = roll.exceptions();
        let listed = &exceptions[..exceptions.len().min(MAX_EXCEPTIONS)];
        (open > 0).then(|| {
            Self::new(Code::OpenExceptions)
                .because(format!("{open} members need attention first"))
                .with("exceptions", json!(listed))
        })
    }

    /// Why the members of `roll` cannot be settled.
    #[must_use]
    pub fn of_settlement(error: &SettlementError, roll: &Roll) -> Self {
        let id = |index| roll.id(index).map(|id| id.to_string()).unwrap_or_default();
        match error {
            SettlementError::AgeOutsideBasis { index } => Self::new(Code::OpenExceptions)
                .because("the basis has no rate for a member's age")
                .with(
                    "exceptions",
                    json!([{"member_id": id(*index), "reason": "age_outside_basis"}]),
                ),
            SettlementError::Refused { index, refusal } => Self::new(Code::RuleNotApplicable)
                .because(format!("member {}: {refusal}", id(*index))),
            // Amounts were checked by the journal: what is left is a fault.
            other => Self::internal(other.to_string()),
        }
    }
}

/// Seconds after which a caller may try again when the database was away, or busy with
/// the caller's own queries.
const RETRY_AFTER_S: &str = "2";

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        let internal = error.to_string();
        match error {
            DatabaseError::Unavailable(_) => Self::new(Code::DatabaseUnavailable)
                .header("retry-after", RETRY_AFTER_S)
                .caused_by(internal),
            DatabaseError::SchemaMissing(_) => Self::new(Code::SchemaMissing)
                .header("retry-after", RETRY_AFTER_S)
                .caused_by(internal),
            DatabaseError::Refused(refusal) => match Code::by_name(&refusal.code) {
                Some(code @ Code::TooManyQueries) => Self::new(code)
                    .because(refusal.detail)
                    .header("retry-after", RETRY_AFTER_S),
                Some(code) if refusal.pointer.is_empty() => Self::new(code).because(refusal.detail),
                Some(code) => Self::new(code).because(refusal.detail).at(refusal.pointer),
                None => Self::internal(internal),
            },
            DatabaseError::Failed(_) => Self::internal(internal),
        }
    }
}
