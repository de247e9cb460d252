//! Who reads.

use catalogue::Audience;
use uuid::Uuid;
use web::{Caller, Code, Problem, Scope};

use crate::purpose::is_staff;

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
        let audience = if is_staff(caller) {
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
