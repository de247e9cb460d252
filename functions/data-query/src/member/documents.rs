//! Letters.

use documents::{Language, Letter};
use http::StatusCode;
use ledger::record::{MemberDocument, Page};
use performance::report;
use web::routes::Data;
use web::{Call, Host, Problem, Reply, ReplyBody};

use super::credits::{in_language, language};
use super::{Asked, read, year};

pub(super) fn list(host: &dyn Host, call: &Call<Data>, asked: Asked) -> Result<Reply, Problem> {
    let found = store::member_years(&*host.database()?, asked.member_id, call.today())?;
    let mut items: Vec<MemberDocument> = read(found)?;
    for document in &mut items {
        let path = format!("{}/{}", call.head.path, document.year);
        document.pdf = Language::ALL
            .map(|language| format!("{path}?language={}", language.tag()))
            .into();
    }
    Reply::json(&Page { items, next: None })
}

pub(super) fn yearly_statement(
    host: &dyn Host,
    call: &Call<Data>,
    asked: Asked,
) -> Result<Reply, Problem> {
    let language = language(call)?;
    let (statement, year) = year::of_path(host, call, asked)?;
    let pdf = documents::yearly_statement(&Letter {
        language,
        pool: &year.pool,
        booked_until: year.booked_until.as_deref(),
        year: &statement,
        credits: &year.credits,
        performance: report(&year.performance).as_ref(),
    });
    let name = format!(
        "inline; filename=\"statement-{}-{}.pdf\"",
        statement.to.first_day().year(),
        language.tag()
    );
    let reply = Reply {
        status: StatusCode::OK,
        headers: vec![
            ("content-type", "application/pdf".to_owned()),
            ("content-disposition", name),
        ],
        body: ReplyBody::Whole(pdf),
    };
    Ok(in_language(reply, language))
}
