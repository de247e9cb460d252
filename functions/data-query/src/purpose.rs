//! Who reads whom, and why: the log keeps what operators and auditors read of members.

use serde_json::{Value, json};
use uuid::Uuid;
use web::routes::Data;
use web::{Call, Caller, Code, Head, Problem, Scope};

/// Whether these are people who read of others: operators and auditors.
pub(crate) fn is_staff(caller: &Caller) -> bool {
    caller.has(Scope::Operator) || caller.has(Scope::Auditor)
}

/// Of what is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    /// A member.
    Member(Uuid),
    /// The members of a pool.
    Pool(Uuid),
}

/// Leaves in the log that staff reads of members. `personal`: also who they are, which needs
/// a purpose.
///
/// # Errors
/// [`Code::PurposeMissing`].
pub(crate) fn note(call: &mut Call<Data>, of: Of, personal: bool) -> Result<(), Problem> {
    let subject = call.caller()?.subject.clone();
    let purpose = purpose(&call.head)?;
    if personal && purpose.is_none() {
        let detail = "say in the header `purpose` what the personal data is read for";
        return Err(Problem::new(Code::PurposeMissing).because(detail));
    }
    let mut line = json!({"subject": subject, "purpose": purpose});
    let (name, id) = match of {
        Of::Member(id) => ("member_id", id),
        Of::Pool(id) => ("pool_id", id),
    };
    line[name] = Value::from(id.to_string());
    call.personal_data = Some(line);
    Ok(())
}

/// The header `purpose`: 1 to 64 characters of `a-z`, `0-9` and `-`.
///
/// # Errors
/// [`Code::PurposeMissing`] if it is something else.
pub(crate) fn purpose(head: &Head) -> Result<Option<String>, Problem> {
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
