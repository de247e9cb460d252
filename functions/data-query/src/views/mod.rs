//! The views of the catalogue: queries, and the forms of their answers.

mod accept;
mod answer;
mod caller;
mod cursor;
mod export;

use catalogue::{Audience, Sensitivity, View};
use query::{Ask, Compiled, Form, Query, Refused};
use serde_json::{Value, json};
use store::{Page, Question};
use web::routes::Data;
use web::{Call, Code, Host, Problem, Reply};

use self::accept::{Media, accepted};
use self::caller::Reader;
use self::cursor::Cursor;
use crate::negotiation::takes_gzip;
use crate::purpose::purpose;

/// The views that the caller sees.
pub(crate) fn catalogue(call: &Call<Data>) -> Result<Reply, Problem> {
    let reader = Reader::of(call.caller()?)?;
    Reply::json(&catalogue::document(reader.audience))
}

/// The rows of a view.
pub(crate) fn view(host: &dyn Host, call: &mut Call<Data>) -> Result<Reply, Problem> {
    let reader = Reader::of(call.caller()?)?;
    let view = find(
        call.parameters.first().map_or("", String::as_str),
        reader.audience,
    )?;
    let media = accepted(&call.head)?;
    let parameters = form_urlencoded::parse(call.head.query.as_deref().unwrap_or("").as_bytes());
    let parameters: Vec<_> = parameters.collect();
    let query = Query::parse(&parameters).map_err(refused)?;
    let reading = Reading {
        view,
        query,
        reader,
        limits: Limits::of(host)?,
        now_s: call.now.unix_timestamp(),
    };
    // Without a limit, what is not one document is the whole of the answer.
    let whole = media != Media::Json && reading.query.limit.is_none();
    let limit = match reading.query.limit {
        Some(limit) => limit,
        None if whole => export::PIECE_ROWS,
        None => query::DEFAULT_LIMIT,
    };
    let cursor = reading.query.cursor.as_deref();
    let cursor = cursor
        .map(|text| Cursor::read(text, reading.now_s))
        .transpose()?;
    let place = cursor.as_ref().map(Cursor::place);
    let compiled = reading.compile(media.form(), (limit, whole), place)?;
    reading.log(call, &compiled)?;

    let database = host.database()?;
    let page = reading.ask(&*database, &compiled, cursor.as_ref(), false)?;
    let gzip = takes_gzip(&call.head);
    if whole {
        Ok(export::reply(
            database, reading, compiled, media, page, gzip,
        ))
    } else {
        answer::reply(call, &reading, &compiled, media, page, gzip)
    }
}

fn find(name: &str, audience: Audience) -> Result<&'static View, Problem> {
    catalogue::view(name)
        .filter(|view| view.is_for(audience))
        .ok_or_else(|| Problem::new(Code::NotFound))
}

fn refused(refused: Refused) -> Problem {
    let problem = Problem::invalid_parameter(&refused.parameter, refused.detail);
    match refused.nearest {
        Some(nearest) => problem.with("nearest", json!(nearest)),
        None => problem,
    }
}

/// What a subject may ask at a time, and what it may cost.
struct Limits {
    concurrent: u32,
    cost: u64,
}

impl Limits {
    fn of(host: &dyn Host) -> Result<Self, Problem> {
        let variable = |name: &str| host.variable(name).map_err(Problem::internal);
        let number = |name: &str| {
            let text = variable(name)?;
            let wrong = || Problem::internal(format!("{name} is not a number"));
            text.parse::<u32>().map_err(|_| wrong())
        };
        Ok(Self {
            concurrent: number("concurrent_queries")?,
            cost: number("max_cost")?.into(),
        })
    }
}

/// A question of a caller to a view.
struct Reading {
    view: &'static View,
    query: Query,
    reader: Reader,
    limits: Limits,
    /// Seconds since the epoch.
    now_s: i64,
}

impl Reading {
    fn compile(
        &self,
        form: Form,
        (limit, piece): (u32, bool),
        after: Option<&[Option<String>]>,
    ) -> Result<Compiled, Problem> {
        let ask = Ask {
            view: self.view,
            audience: self.reader.audience,
            form,
            limit,
            piece,
            after,
        };
        query::compile(&self.query, &ask).map_err(refused)
    }

    /// Leaves in the log who reads what of whom, and why.
    fn log(&self, call: &mut Call<Data>, compiled: &Compiled) -> Result<(), Problem> {
        if self.reader.audience != Audience::Staff {
            return Ok(());
        }
        let about = |sensitivity: Sensitivity| {
            let columns = compiled.columns.iter();
            let columns = columns.filter(move |column| column.sensitivity == sensitivity);
            columns.map(|column| column.name).collect::<Vec<_>>()
        };
        let (personal, member) = (about(Sensitivity::Personal), about(Sensitivity::Member));
        let purpose = purpose(&call.head)?;
        if !personal.is_empty() && purpose.is_none() {
            let columns = personal.join("`, `");
            let detail = format!("say in the header `purpose` what `{columns}` is read for");
            return Err(Problem::new(Code::PurposeMissing).because(detail));
        }
        if !(personal.is_empty() && member.is_empty()) {
            let columns = [personal, member].concat();
            call.personal_data = Some(json!({
                "subject": self.reader.subject,
                "view": self.view.name,
                "columns": columns,
                "purpose": purpose,
            }));
        }
        Ok(())
    }

    /// Asks for a page. `waits`: for a free place, because the answer is on its way.
    fn ask(
        &self,
        database: &dyn store::Database,
        compiled: &Compiled,
        cursor: Option<&Cursor>,
        waits: bool,
    ) -> Result<Page, Problem> {
        let caller = json!({
            "audience": self.reader.audience.name(),
            "subject": self.reader.subject,
            "member_id": self.reader.member_id,
            "as_of": self.query.as_of,
            "known_at": self.query.known_at,
            "concurrent": self.limits.concurrent,
            "cost": self.limits.cost,
            "waits": waits,
        });
        let expires_s = cursor.map_or_else(|| Cursor::expiry(self.now_s), Cursor::expires_s);
        let counted = match self.query.count {
            Some(count) if !waits => count.name(),
            _ => "",
        };
        let question = Question {
            caller: &caller.to_string(),
            text: &compiled.text,
            values: &Value::from(compiled.values.clone()).to_string(),
            count_text: &compiled.count_text,
            counted,
            frame: &self.frame(expires_s),
            place: cursor.map_or(("", ""), Cursor::sealed),
        };
        Ok(store::ask(database, &question)?)
    }

    /// What a cursor holds for: this subject's question, until it expires.
    fn frame(&self, expires_s: i64) -> String {
        let reader = &self.reader;
        let question = self.query.question();
        json!([
            reader.subject,
            reader.audience.name(),
            self.view.name,
            question,
            expires_s
        ])
        .to_string()
    }
}
