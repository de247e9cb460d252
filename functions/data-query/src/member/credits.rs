//! Longevity credits, explained.

use documents::{Language, explain};
use ledger::record::{ExplainedCredit, Page};
use web::routes::Data;
use web::{Call, Host, Problem, Reply};

use super::{Asked, months, read};

pub(super) fn list(host: &dyn Host, call: &Call<Data>, asked: Asked) -> Result<Reply, Problem> {
    let (language, (first, last)) = (language(call)?, months(call)?);
    let found = store::member_credits(&*host.database()?, asked.member_id, first, last)?;
    let mut items: Vec<ExplainedCredit> = read(found)?;
    for credit in &mut items {
        credit.in_words = explain(credit, language);
    }
    let reply = Reply::json(&Page { items, next: None })?;
    Ok(in_language(reply, language))
}

/// The language of the parameter, or else the one that the caller prefers.
pub(super) fn language(call: &Call<Data>) -> Result<Language, Problem> {
    let asked = call.query("language", "must be de or en", Language::of_tag)?;
    let preferred = call.head.header("accept-language").unwrap_or_default();
    Ok(asked.unwrap_or_else(|| Language::accepted(preferred)))
}

/// Says in which language an answer is (RFC 9110, sections 8.5 and 12.5.5).
pub(super) fn in_language(mut reply: Reply, language: Language) -> Reply {
    reply.headers.extend([
        ("content-language", language.tag().to_owned()),
        ("vary", "accept-language".to_owned()),
    ]);
    reply
}
