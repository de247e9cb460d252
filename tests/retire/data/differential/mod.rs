//! Generated queries against plain SQL over the tables.

mod base;
mod draw;

use catalogue::{Audience, Column, Kind, Moments, Rows, Shown, VIEWS, View};
use postgres::Client;
use serde_json::Value;
use uuid::Uuid;

use self::base::BASE;
use self::draw::{Draw, Drawn};
use super::world::World;
use crate::harness::{Caller, text};
use crate::ledger::dice::Dice;

/// A query of any form gives what plain SQL gives: the same rows in the same order, whole
/// and page by page.
///
/// `RETIRE_SOAK_QUERIES` makes it more queries than the slice that always runs;
/// `RETIRE_SOAK_QUERY` one of them alone.
#[test]
fn generated_queries_are_answered_as_plain_sql_answers_them() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let queries: u64 = number("RETIRE_SOAK_QUERIES").unwrap_or(300);
    let first = number("RETIRE_SOAK_QUERY");
    let world = World::make();
    let mut admin = world.app.database.admin();
    let path = format!(
        "set search_path = {}, retire; set timezone = 'utc'; set jit = off",
        store::API_SCHEMA
    );
    admin.batch_execute(&path).expect("a path");
    let readers = [
        (Caller::Auditor, Audience::Staff, None),
        (Caller::Operator, Audience::Staff, None),
        (Caller::Analyst, Audience::Analyst, None),
        (
            Caller::Member(world.members[0]),
            Audience::Own,
            Some(world.members[0]),
        ),
        (
            Caller::Member(world.members[2]),
            Audience::Own,
            Some(world.members[2]),
        ),
        (
            Caller::Member(world.small_members[1]),
            Audience::Own,
            Some(world.small_members[1]),
        ),
    ];
    let (mut rows, mut paged) = (0, 0);
    let seeds = first.map_or(0..queries, |seed| seed..seed + 1);
    for seed in seeds {
        let mut dice = Dice::new(seed);
        let (caller, audience, member) = readers[dice.below(readers.len())];
        let view = &VIEWS[dice.below(VIEWS.len())];
        if !view.is_for(audience) {
            continue;
        }
        let mut draw = Draw::new(&mut dice, view, audience);
        let rows_of = rows_of(&world, view, audience, member);
        let drawn = draw.query(&mut admin, &rows_of);
        let expected = expected(&mut admin, &rows_of, &drawn);
        let seen = if drawn.pages {
            paged += 1;
            by_page(&world, view, &drawn, caller)
        } else {
            let path = format!("/{}?{}&limit=1000", view.name, drawn.text);
            world.items(&path, caller)
        };
        assert_eq!(seen, expected, "seed {seed}: {} {}", view.name, drawn.text);
        rows += seen.len();
    }
    assert!(first.is_some() || rows > 500, "{rows} rows");
    assert!(first.is_some() || paged > 10, "{paged} in pages");
}

fn by_page(world: &World, view: &View, drawn: &Drawn, caller: Caller<'_>) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/{}?{}&limit=7{cursor}", view.name, drawn.text);
        let answer = world.get(&path, caller);
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        let page: Value = answer.json().expect("JSON");
        items.extend(page["items"].as_array().expect("a list").clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// What a reader sees of a view, in plain SQL.
fn rows_of(world: &World, view: &View, audience: Audience, member: Option<Uuid>) -> String {
    let (_, base) = BASE
        .iter()
        .find(|(name, _)| *name == view.name)
        .expect("a base");
    let seen: Vec<String> = view
        .columns_for(audience)
        .map(|column| shown(column, audience))
        .collect();
    let whose = match (audience, view.rows, member) {
        (Audience::Staff, ..) => "true".to_owned(),
        (Audience::Own, Rows::OfPools, Some(member)) if world.small_members.contains(&member) => {
            "false".to_owned()
        }
        (Audience::Own, Rows::OfMembers | Rows::OfMembersAndPools, Some(member)) => {
            format!("r.member_id = '{member}'")
        }
        _ => format!("r.pool_id = '{}'", world.large),
    };
    format!("select {} from ({base}) r where {whose}", seen.join(", "))
}

fn shown(column: &Column, audience: Audience) -> String {
    let name = column.name;
    let octets = match column.kind {
        Kind::Integer => format!("decode(lpad(to_hex(r.{name}), 16, '0'), 'hex')"),
        _ => format!("decode(replace(r.{name}::text, '-', ''), 'hex')"),
    };
    let hash = format!(
        "encode(sha256(k.pseudonym_outer_key || sha256(k.pseudonym_inner_key || {octets})), 'hex')"
    );
    match (column.shown_to(audience), column.kind) {
        (Shown::Pseudonym, Kind::Integer) => {
            format!("(select ('x' || left({hash}, 16))::bit(64)::bigint from data_key k) as {name}")
        }
        (Shown::Pseudonym, _) => {
            format!("(select left({hash}, 32)::uuid from data_key k) as {name}")
        }
        (Shown::MonthOnly, _) => format!("(left(r.{name}::text, 7) || '-01')::date as {name}"),
        _ => format!("r.{name}"),
    }
}

/// The answer of plain SQL.
fn expected(admin: &mut Client, rows_of: &str, drawn: &Drawn) -> Vec<Value> {
    let rows_of = rows_of
        .replace("$as_of", &drawn.as_of)
        .replace("$known_at", &drawn.known_at);
    let statement = format!(
        "with v as ({rows_of}) select {}::text from v where {}{} order by {}",
        drawn.document, drawn.condition, drawn.grouping, drawn.order
    );
    let rows = admin
        .query(&statement, &[])
        .unwrap_or_else(|error| panic!("{error:?}: {statement}"));
    rows.iter()
        .map(|row| serde_json::from_str(row.get(0)).expect("JSON"))
        .collect()
}

/// Whether a moment can be asked for.
const fn has_moments(view: &View) -> bool {
    !matches!(view.moments, Moments::Now)
}
