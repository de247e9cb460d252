//! `data-query`: what members, operators and analysts read.
//!
//! Reads only: the component's role in the database can select views and nothing
//! else. A member sees only their own rows; anything else is not there.

mod docs;
pub mod member;
mod negotiation;
mod purpose;
mod views;

use ledger::Month;
use store::Listed;
use store::MAX_STATEMENT_MONTHS;
use uuid::Uuid;
use web::routes::{DATA, Data, MemberView};
use web::{Call, Code, Head, Host, Problem, Reply, bearer, serve as serve_routes};

use crate::purpose::{Of, is_staff, note};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("data-query", DATA, bearer, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &mut Call<Data>) -> Result<Reply, Problem> {
    match call.operation {
        Data::Me => account(host, call, own_id(call)?),
        Data::MyStatements => statements(host, call, own_id(call)?),
        Data::Member => {
            let member_id = visible_member(call, true)?;
            account(host, call, member_id)
        }
        Data::MemberStatements => {
            let member_id = visible_member(call, false)?;
            statements(host, call, member_id)
        }
        Data::Catalogue => views::catalogue(call),
        Data::View => views::view(host, call),
        Data::PoolMembers => {
            let (pool_id, page) = (call.id(0)?, call.page()?);
            note(call, Of::Pool(pool_id), true)?;
            let members = store::list(&*host.database()?, Listed::Members, pool_id, page)?;
            Reply::found(members, Code::UnknownPool)
        }
        Data::PoolStatements => {
            let (pool_id, page) = (call.id(0)?, call.page()?);
            let period = call.query_month("period")?;
            note(call, Of::Pool(pool_id), false)?;
            let statements = store::pool_statements(&*host.database()?, pool_id, period, page)?;
            Reply::found(statements, Code::UnknownPool)
        }
        Data::PoolSettlements => {
            let settlements = store::settlements(&*host.database()?, call.id(0)?)?;
            Reply::found(settlements, Code::UnknownPool)
        }
        Data::TrialBalance => {
            let balance = store::trial_balance(&*host.database()?, call.id(0)?)?;
            Reply::found(balance, Code::UnknownPool)
        }
        Data::Mine(view) => {
            let member_id = own_id(call)?;
            let asked = member::Asked {
                member_id,
                parameter: 0,
            };
            member::handle(host, call, view, asked)
        }
        Data::OfMember(view) => {
            // All that is held says who the member is.
            let member_id = visible_member(call, view == MemberView::Export)?;
            let asked = member::Asked {
                member_id,
                parameter: 1,
            };
            member::handle(host, call, view, asked)
        }
        Data::EventCounts => Ok(Reply::ok(store::event_counts(&*host.database()?)?)),
        Data::Contract => docs::CONTRACT.reply(&call.head),
        Data::Docs => docs::PAGE.reply(&call.head),
        Data::DocsViewer => docs::VIEWER.reply(&call.head),
    }
}

/// The member that the caller's token is about.
fn own_id(call: &Call<Data>) -> Result<Uuid, Problem> {
    call.caller()?
        .subject
        .parse()
        .map_err(|_| Problem::new(Code::NotFound))
}

/// The member of the path: any for operators and auditors, for a member only themselves.
/// `personal`: also who they are.
fn visible_member(call: &mut Call<Data>, personal: bool) -> Result<Uuid, Problem> {
    let member_id = call.id(0)?;
    if is_staff(call.caller()?) {
        note(call, Of::Member(member_id), personal)?;
        Ok(member_id)
    } else if own_id(call)? == member_id {
        Ok(member_id)
    } else {
        Err(Problem::new(Code::NotFound))
    }
}

fn account(host: &dyn Host, call: &Call<Data>, member_id: Uuid) -> Result<Reply, Problem> {
    let account = store::member_account(&*host.database()?, member_id, call.today())?;
    Reply::found(account, Code::NotFound)
}

fn statements(host: &dyn Host, call: &Call<Data>, member_id: Uuid) -> Result<Reply, Problem> {
    let (first, last) = (call.query_month("from")?, call.query_month("to")?);
    check_span(first, last)?;
    let statements = store::statements(&*host.database()?, member_id, first, last)?;
    Reply::found(statements, Code::NotFound)
}

fn check_span(first: Month, last: Month) -> Result<(), Problem> {
    let mut month = first;
    for _ in 0..MAX_STATEMENT_MONTHS {
        if month == last {
            return Ok(());
        }
        month = month
            .next()
            .map_err(|error| Problem::invalid_parameter("to", error.to_string()))?;
    }
    let detail = format!("must be at or after `from`, for at most {MAX_STATEMENT_MONTHS} months");
    Err(Problem::invalid_parameter("to", detail))
}
