//! The views of the database, one for each audience: `staff_members`,
//! `analyst_members`, `own_members` over `all_members`.
//!
//! The predicate asks the caller that `ask` has named for the transaction; nobody named,
//! nothing seen. Where it hides some rows and shows others, a security barrier keeps a
//! query's own conditions from seeing those that it hides. For staff it is about no
//! column: PostgreSQL tests it once, before anything below it runs, and a view without a
//! barrier is planned as a part of the query, so that an index gives the order of a page.

use std::fmt::Write as _;

use crate::{Audience, Column, Kind, Moments, Rows, Shown, VIEWS, View};

/// The name of the view of the database for an audience; `then`: of one that computes
/// a moment ([`Moments::Computed`]).
#[must_use]
pub fn relation(view: &View, audience: Audience, then: bool) -> String {
    let suffix = if then { "_then" } else { "" };
    format!("{}_{}{suffix}", audience.name(), view.name)
}

/// The SQL that makes all views, and the rights to read them.
#[must_use]
pub fn sql() -> String {
    let mut text = String::from(
        "-- Written by `cargo xtask openapi` from crates/catalogue: what each audience sees.\n",
    );
    let mut names = Vec::new();
    for view in VIEWS {
        for audience in Audience::ALL.into_iter().filter(|a| view.is_for(*a)) {
            add(&mut text, &mut names, view, audience, false);
            if view.moments == Moments::Computed {
                add(&mut text, &mut names, view, audience, true);
            }
        }
    }
    let names = names.join(",\n    ");
    let _ = write!(
        text,
        "\ngrant select on\n    {names}\nto retire_data_query;\n"
    );
    text
}

fn add(text: &mut String, names: &mut Vec<String>, view: &View, audience: Audience, then: bool) {
    let name = relation(view, audience, then);
    let suffix = if then { "_then" } else { "" };
    let columns: Vec<String> = view
        .columns_for(audience)
        .map(|column| shown(column, audience))
        .collect();
    let _ = write!(
        text,
        "\ncreate view {name}{} as\nselect {}\nfrom all_{}{suffix} r\nwhere {};\n",
        barrier(audience),
        columns.join(",\n    "),
        view.name,
        rows(view, audience),
    );
    names.push(name);
}

const fn barrier(audience: Audience) -> &'static str {
    match audience {
        Audience::Staff => "",
        Audience::Analyst | Audience::Own => " with (security_barrier)",
    }
}

fn shown(column: &Column, audience: Audience) -> String {
    let name = column.name;
    match column.shown_to(audience) {
        Shown::Pseudonym => {
            debug_assert!(matches!(column.kind, Kind::Uuid | Kind::Integer));
            format!(
                "pseudonym(r.{name}, (select pseudonym_inner_key from data_key),\n        \
                 (select pseudonym_outer_key from data_key)) as {name}"
            )
        }
        Shown::MonthOnly => format!("date_trunc('month', r.{name})::date as {name}"),
        Shown::Plain | Shown::Hidden => format!("r.{name}"),
    }
}

/// Which rows an audience sees.
fn rows(view: &View, audience: Audience) -> String {
    let named = format!("(select caller('audience')) = '{}'", audience.name());
    let own = "(select caller('member_id')::uuid)";
    match (audience, view.rows) {
        (Audience::Staff, _) => named,
        (Audience::Analyst, _) => {
            format!("{named}\n    and r.pool_id in (select pool_id from large_pool)")
        }
        (Audience::Own, Rows::OfPools) => format!(
            "{named}\n    and r.pool_id = (select m.pool_id from member m where m.member_id = {own})\n    \
             and r.pool_id in (select pool_id from large_pool)"
        ),
        (Audience::Own, _) => format!("{named}\n    and r.member_id = {own}"),
    }
}
