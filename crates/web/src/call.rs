//! A request and its answer, apart from any runtime.

use http::{Method, StatusCode};
use ledger::Month;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{CommandKey, Document};
use time::{Date, UtcDateTime};
use uuid::Uuid;

use crate::{Broken, Caller, Code, Lines, Problem, ReplyBody};

/// The first part of a request.
#[derive(Clone, Debug)]
pub struct Head {
    /// The method.
    pub method: Method,
    /// The path, as it was sent.
    pub path: String,
    /// The query without `?`, if there is one.
    pub query: Option<String>,
    /// All headers in the order of arrival, names in lower case; a header that was
    /// sent twice is there twice.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Head {
    /// The value of a header that occurs once and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name);
        let (_, value) = values.next()?;
        match values.next() {
            Some(_) => None,
            None => std::str::from_utf8(value).ok(),
        }
    }
}

/// An authorised request to an operation of a component.
#[derive(Debug)]
pub struct Call<O> {
    /// Which operation.
    pub operation: O,
    /// The request's first part.
    pub head: Head,
    /// The values of the path's parameters, in order.
    pub parameters: Vec<String>,
    /// Who asks. Nobody where the route is open or signed.
    pub caller: Option<Caller>,
    /// The whole body; empty where the route takes none, or where it comes by line.
    pub body: Vec<u8>,
    /// The body by line, where it was sent as `application/x-ndjson`.
    pub lines: Option<Lines>,
    /// The time of the request.
    pub now: UtcDateTime,
    /// Who read which personal data, and why: the log keeps it.
    pub personal_data: Option<Value>,
}

impl<O> Call<O> {
    /// The path parameter at `index` as an id. What is no id names nothing.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn id(&self, index: usize) -> Result<Uuid, Problem> {
        self.parameter(index)
            .filter(|text| text.len() == 36)
            .and_then(|text| text.parse().ok())
            .ok_or(Problem::new(Code::NotFound))
    }

    /// The path parameter at `index` as a month.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn month(&self, index: usize) -> Result<Month, Problem> {
        self.parameter(index)
            .and_then(|text| text.parse().ok())
            .ok_or(Problem::new(Code::NotFound))
    }

    fn parameter(&self, index: usize) -> Option<&str> {
        self.parameters.get(index).map(String::as_str)
    }

    /// Who asks.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`] on an open route.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller
            .as_ref()
            .ok_or_else(|| Problem::new(Code::Unauthenticated))
    }

    /// The day of the request in UTC.
    #[must_use]
    pub const fn today(&self) -> Date {
        self.now.date()
    }

    /// A digest of what is asked for, in hex: method, path and body.
    #[must_use]
    pub fn request_hash(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(self.head.method.as_str());
        digest.update(b"\n");
        digest.update(&self.head.path);
        digest.update(b"\n");
        digest.update(&self.body);
        digest
            .finalize()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }

    /// The key of a command, with `request_hash` from [`Call::request_hash`].
    ///
    /// # Errors
    /// [`Code::IdempotencyKeyMissing`].
    pub fn command_key<'a>(&'a self, request_hash: &'a str) -> Result<CommandKey<'a>, Problem> {
        let key = self
            .head
            .header("idempotency-key")
            .filter(|key| {
                (1..=100).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
            })
            .ok_or_else(|| Problem::new(Code::IdempotencyKeyMissing))?;
        Ok(CommandKey {
            actor: &self.caller()?.subject,
            key,
            request_hash,
            now: self.now,
        })
    }
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: ReplyBody,
}

impl Reply {
    /// 200 with a document of the database.
    #[must_use]
    pub fn ok(document: Document) -> Self {
        Self::of_json(StatusCode::OK, document.0.into_bytes())
    }

    /// 201 with a document of the database.
    #[must_use]
    pub fn created(document: Document) -> Self {
        Self::of_json(StatusCode::CREATED, document.0.into_bytes())
    }

    /// 202 with a document of the database: there is more to do.
    #[must_use]
    pub fn accepted(document: Document) -> Self {
        Self::of_json(StatusCode::ACCEPTED, document.0.into_bytes())
    }

    /// 200 with the document, if there is one.
    ///
    /// # Errors
    /// The problem of this code, if there is none.
    pub fn found(document: Option<Document>, otherwise: Code) -> Result<Self, Problem> {
        document
            .map(Self::ok)
            .ok_or_else(|| Problem::new(otherwise))
    }

    /// 200 with a value of our own as JSON.
    ///
    /// # Errors
    /// [`Code::Internal`] if the value has no JSON form.
    pub fn json(value: &impl Serialize) -> Result<Self, Problem> {
        serde_json::to_vec(value)
            .map(|body| Self::of_json(StatusCode::OK, body))
            .map_err(|error| Problem::internal(error.to_string()))
    }

    fn of_json(status: StatusCode, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: ReplyBody::Whole(body),
        }
    }

    /// 200 with text of a type.
    #[must_use]
    pub fn text(content_type: &str, text: String) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![("content-type", content_type.to_owned())],
            body: ReplyBody::Whole(text.into_bytes()),
        }
    }

    /// 200 with lines of JSON that are made while the first are on their way.
    #[must_use]
    pub fn lines(pieces: impl Iterator<Item = Result<Vec<u8>, Broken>> + 'static) -> Self {
        Self {
            status: StatusCode::OK,
            headers: vec![("content-type", "application/x-ndjson".to_owned())],
            body: ReplyBody::Pieces(Box::new(pieces)),
        }
    }
}
