//! Who reads.

use catalogue::Audience;
use uuid::Uuid;
use web::{Caller, Code, Head, Problem, Scope};

/// Who reads, as the database gets to know it.
pub(super) struct Reader {
    /// For whom the views are made.
    pub(super) audience: Audience,
    /// The token's subject.
    pub(super) subject: String,
    /// The member, if the subject is one.
    pub(super) member_id: Option<Uuid>,
}

impl Reader {
    /// The widest of what the token's scopes allow.
    pub(super) fn of(caller: &Caller) -> Result<Self, Problem> {
        let audience = if caller.has(Scope::Operator) || caller.has(Scope::Auditor) {
            Audience::Staff
        } else if caller.has(Scope::Analyst) {
            Audience::Analyst
        } else if caller.has(Scope::Member) {
            Audience::Own
        } else {
            return Err(Problem::new(Code::InsufficientScope));
        };
        let member_id = caller.subject.parse().ok();
        Ok(Self {
            audience,
            subject: caller.subject.clone(),
            member_id: member_id.filter(|_| audience == Audience::Own),
        })
    }
}

/// The header `purpose`: 1 to 64 characters of `a-z`, `0-9` and `-`.
pub(super) fn purpose(head: &Head) -> Result<Option<String>, Problem> {
    if !head.headers.iter().any(|(name, _)| name == "purpose") {
        return Ok(None);
    }
    head.header("purpose")
        .filter(|purpose| {
            (1..=64).contains(&purpose.len())
                && purpose
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
        .map(|purpose| Some(purpose.to_owned()))
        .ok_or_else(|| {
            Problem::new(Code::PurposeMissing).because("the header `purpose` is not valid")
        })
}
