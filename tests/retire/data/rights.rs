//! Who sees which rows and which columns: each scope, each view, each column, each row.

use std::collections::{BTreeMap, BTreeSet};

use ::catalogue::{Audience, Column, Kind, Rows, Shown, VIEWS, View, relation};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::world::World;
use crate::harness::{Caller, problem, text};

/// A row without the columns that are pseudonyms.
type Row = Map<String, Value>;

/// The rows that a caller should see, by the whole rows and rules written here again.
fn expected(world: &World, view: &View, audience: Audience, member: Option<Uuid>) -> Vec<Row> {
    let mut admin = world.app.database.admin();
    admin
        .batch_execute(&format!(
            "set search_path = {}, retire; set timezone = 'utc';
             set retire.caller = '{{\"audience\":\"staff\"}}'",
            store::API_SCHEMA
        ))
        .expect("a path");
    let value = |column: &Column| {
        let name = column.name;
        match (column.shown_to(audience), column.kind) {
            (Shown::MonthOnly, _) => format!("to_char(r.{name}, 'YYYY-MM') || '-01'"),
            (_, Kind::Time) => {
                format!("to_char(r.{name}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
            (_, Kind::Ratio) => format!("r.{name}::text"),
            _ => format!("r.{name}"),
        }
    };
    let members: Vec<String> = view
        .columns
        .iter()
        .filter(|column| matches!(column.shown_to(audience), Shown::Plain | Shown::MonthOnly))
        .map(|column| format!("'{}', {}", column.name, value(column)))
        .collect();
    let large = world.large;
    let rows = match (audience, view.rows) {
        (Audience::Staff, _) => "true".to_owned(),
        (_, Rows::OfOperation) => "false".to_owned(),
        (Audience::Analyst, _) => format!("r.pool_id = '{large}'"),
        (Audience::Own, Rows::OfPools) => {
            let of_large = member.is_some_and(|member| world.members.contains(&member));
            format!("{of_large} and r.pool_id = '{large}'")
        }
        (Audience::Own, _) => member.map_or("false".to_owned(), |member| {
            format!("r.member_id = '{member}'")
        }),
    };
    let statement = format!(
        "select jsonb_build_object({})::text from all_{} r where {rows}",
        members.join(", "),
        view.name
    );
    let rows = admin.query(&statement, &[]).expect("rows");
    sorted(rows.iter().map(|row| {
        let text: String = row.get(0);
        serde_json::from_str(&text).expect("JSON")
    }))
}

fn sorted(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let mut rows: Vec<Row> = rows.collect();
    rows.sort_by_key(|row| serde_json::to_string(row).expect("JSON"));
    rows
}

/// All ids that a member, or something of a member's, has.
fn ids(world: &World) -> BTreeSet<String> {
    let mut admin = world.app.database.admin();
    let rows = admin
        .query(
            "select member_id::text from retire.member
             union select death_id::text from retire.death
             union select payout_id::text from retire.payout
             union select object_id::text from retire.broker_object
             union select account_id::text from retire.account
             union select upvest_user_id::text from retire.member",
            &[],
        )
        .expect("ids");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Scope by view by column by row.
#[test]
fn everybody_sees_what_is_theirs_and_nothing_else() {
    let world = World::make();
    let ids = ids(&world);
    let mut pseudonyms: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut cells = 0;
    for (caller, audience, member) in [
        (Caller::Operator, Audience::Staff, None),
        (Caller::Auditor, Audience::Staff, None),
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
            Caller::Member(world.small_members[0]),
            Audience::Own,
            Some(world.small_members[0]),
        ),
        (
            Caller::Member(Uuid::from_u128(9)),
            Audience::Own,
            Some(Uuid::from_u128(9)),
        ),
    ] {
        for view in VIEWS {
            let answer = world.get(&format!("/{}?limit=1000", view.name), caller);
            if !view.is_for(audience) {
                assert_eq!(problem(&answer).0, 404, "{}", view.name);
                continue;
            }
            assert_eq!(answer.status, 200, "{}: {}", view.name, text(&answer));
            let document: Value = answer.json().expect("JSON");
            let mut seen = Vec::new();
            for row in document["items"].as_array().expect("a list") {
                let mut row = row.as_object().expect("a row").clone();
                for column in view.columns {
                    cells += 1;
                    let shown = column.shown_to(audience);
                    assert_eq!(row.contains_key(column.name), shown != Shown::Hidden);
                    if shown == Shown::Pseudonym {
                        let value = row.remove(column.name).expect("a value");
                        let id = value.as_str().map_or(value.to_string(), str::to_owned);
                        assert!(!ids.contains(&id), "{}.{}", view.name, column.name);
                        if column.name == "member_id" && value != Value::Null {
                            pseudonyms.entry(view.name).or_default().insert(id);
                        }
                    }
                }
                seen.push(row);
            }
            let seen = sorted(seen.into_iter());
            assert_eq!(
                seen,
                expected(&world, view, audience, member),
                "{}",
                view.name
            );
        }
    }
    assert!(cells > 5_000, "{cells} cells");
    assert_eq!(pseudonyms["members"].len(), world.members.len());
    for (view, pseudonyms_of) in &pseudonyms {
        assert!(
            pseudonyms_of.is_subset(&pseudonyms["members"]),
            "{view}: one member, one pseudonym"
        );
    }
    for view in VIEWS.iter().filter(|view| view.is_for(Audience::Analyst)) {
        let rows = world.items(&format!("/{}", view.name), Caller::Analyst);
        assert!(
            !rows.is_empty(),
            "there is something to see in {}",
            view.name
        );
    }
}

/// What a caller does not see cannot be asked for either: not shown, not compared, not
/// ordered by, not summed up.
#[test]
fn hidden_columns_cannot_be_asked_for() {
    let world = World::make();
    let member = Caller::Member(world.members[0]);
    let mut hidden = 0;
    for (caller, audience) in [
        (Caller::Analyst, Audience::Analyst),
        (member, Audience::Own),
    ] {
        for view in VIEWS.iter().filter(|view| view.is_for(audience)) {
            for column in view.columns {
                if column.shown_to(audience) != Shown::Hidden {
                    continue;
                }
                hidden += 1;
                let name = column.name;
                for query in [
                    format!("select={name}"),
                    format!("select=x:{name}.count()"),
                    format!("{name}=not.is.null"),
                    format!("or=({name}.is.null,{name}.not.is.null)"),
                    format!("order={name}"),
                ] {
                    let answer = world.get(&format!("/{}?{query}", view.name), caller);
                    let (status, code, _) = problem(&answer);
                    assert_eq!(
                        (status, code.as_str()),
                        (400, "invalid-parameter"),
                        "{query}"
                    );
                }
            }
        }
    }
    assert!(hidden > 10);
}

/// The rights are in the database: without a caller, or for another audience, a view of
/// the component's role has no row.
#[test]
fn a_view_without_its_caller_is_empty() {
    let world = World::make();
    let mut component = world.app.database.component("data_query");
    let mut admin = world.app.database.admin();
    let mut views = 0;
    for view in VIEWS {
        for audience in Audience::ALL.into_iter().filter(|a| view.is_for(*a)) {
            let name = format!("{}.{}", store::API_SCHEMA, relation(view, audience, false));
            let count = format!("select count(*) from {name}");
            for caller in ["", "{}", "{\"audience\":\"x\"}"]
                .into_iter()
                .map(str::to_owned)
                .chain(
                    Audience::ALL
                        .into_iter()
                        .filter(|other| *other != audience)
                        .map(|other| {
                            format!(
                                "{{\"audience\":\"{}\",\"member_id\":\"{}\"}}",
                                other.name(),
                                world.members[0]
                            )
                        }),
                )
            {
                component
                    .execute("select set_config('retire.caller', $1, false)", &[&caller])
                    .expect("a caller");
                let rows: i64 = component.query_one(&count, &[]).expect("a count").get(0);
                assert_eq!(rows, 0, "{name} for {caller}");
                views += 1;
            }
        }
    }
    assert!(views > 100);
    // What is under the views is out of reach.
    for relation in ["all_members", "all_journal", "large_pool", "reconciliation"] {
        let select = format!("select from {}.{relation}", store::API_SCHEMA);
        assert!(component.batch_execute(&select).is_err(), "{relation}");
        assert!(relation == "reconciliation" || admin.batch_execute(&select).is_ok());
    }
    assert!(
        component
            .batch_execute("select from retire.data_key")
            .is_err()
    );
}

/// An analyst's figure has twenty members behind it, or is a whole pool's.
#[test]
fn figures_of_few_are_not_shown() {
    let world = World::make();
    let states = world.items("/members?select=state,count()&order=state", Caller::Analyst);
    assert_eq!(
        states,
        [serde_json::json!({"state": "active", "count": 21})]
    );
    let none = world.items(
        "/members?select=count()&cash_cents=gt.10000000",
        Caller::Analyst,
    );
    assert!(none.is_empty());
    let one = world.items(
        "/credits?select=credit_cents.sum()&fate=neq.survived",
        Caller::Analyst,
    );
    assert!(one.is_empty());
    let all = world.items("/credits?select=count()", Caller::Analyst);
    assert_eq!(all[0]["count"], 22, "and nothing of the small pool");
    let pot = world.items(
        "/journal?select=month,amount_minor.sum()&account=eq.fee",
        Caller::Analyst,
    );
    assert_eq!(pot.len(), 1, "a pool's own account");
    for view in ["pools", "settlements"] {
        let small = Caller::Member(world.small_members[0]);
        assert_eq!(world.items(&format!("/{view}"), small).len(), 0, "{view}");
        let large = Caller::Member(world.members[0]);
        assert_eq!(world.items(&format!("/{view}"), large).len(), 1, "{view}");
    }
}

/// Who the members are is read for a purpose, and the log says who read what and why.
#[test]
fn reads_of_personal_data_are_logged_with_their_purpose() {
    let mut world = World::make();
    let refused = |world: &World, purpose: Option<&str>, path: &str| {
        let path = format!("/v1/data{path}");
        let mut headers = crate::harness::authorization(Caller::Auditor);
        headers.extend(purpose.map(|purpose| crate::harness::header("purpose", purpose)));
        let answer = world
            .app
            .client
            .send("GET", &path, &headers, b"")
            .expect("an answer");
        (answer.status == 400).then(|| problem(&answer).1)
    };
    let missing = Some("purpose-missing".to_owned());
    for path in [
        "/members",
        "/members?select=birth_date",
        "/members?select=member_id&birth_date=gt.1950-01-01",
        "/members?select=member_id&order=upvest_user_id",
        "/members?select=birth_date.max()",
        "/orders",
    ] {
        assert_eq!(refused(&world, None, path), missing, "{path}");
        for odd in ["", "Audit", "a b", "x'--", &"a".repeat(65)] {
            assert_eq!(refused(&world, Some(odd), path), missing, "{path} {odd}");
        }
        assert_eq!(
            refused(&world, Some("yearly-audit-2025"), path),
            None,
            "{path}"
        );
    }
    assert_eq!(
        refused(&world, None, "/members?select=member_id,state"),
        None
    );
    assert_eq!(refused(&world, None, "/pools"), None);
    let own = Caller::Member(world.members[0]);
    assert_eq!(
        world.app.get("/v1/data/members", own).status,
        200,
        "one's own"
    );

    let lines = world.app.stop();
    let read: Vec<Value> = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["request_id"].is_string() && line["status"] == 200)
        .filter(|line| line["component"] == "data-query")
        .map(|line| line["personal_data"].clone())
        .collect();
    assert_eq!(read.len(), 9);
    assert_eq!(
        read[1],
        serde_json::json!({
            "subject": "auditor-1", "view": "members", "columns": ["birth_date"],
            "purpose": "yearly-audit-2025",
        })
    );
    assert_eq!(
        read[6],
        serde_json::json!({
            "subject": "auditor-1", "view": "members", "columns": ["member_id", "state"],
            "purpose": null,
        })
    );
    assert_eq!((&read[7], &read[8]), (&Value::Null, &Value::Null));
}

/// The same of a member's own view, and of a pool's members: who they are is read for a purpose,
/// what they have is noted, and members leave no line about themselves.
#[test]
fn reads_of_members_are_logged_with_their_purpose() {
    let mut world = World::make();
    let (member, pool) = (world.members[0], world.large);
    let of = format!("/v1/data/members/{member}");
    let list = format!("/v1/data/pools/{pool}/members");
    let ask = |world: &World, path: &str, caller: Caller<'_>, purpose: Option<&str>| {
        let mut headers = crate::harness::authorization(caller);
        headers.extend(purpose.map(|purpose| crate::harness::header("purpose", purpose)));
        let answer = world.app.client.send("GET", path, &headers, b"");
        let answer = answer.expect("an answer");
        let code = (answer.status >= 400).then(|| problem(&answer).1);
        (answer.status, code)
    };
    let missing = (400, Some("purpose-missing".to_owned()));
    for staff in [Caller::Operator, Caller::Auditor] {
        for path in [&of, &format!("{of}/export"), &list] {
            for purpose in [None, Some(""), Some("Why?")] {
                assert_eq!(
                    ask(&world, path, staff, purpose),
                    missing,
                    "{path} {purpose:?}"
                );
            }
            assert_eq!(
                ask(&world, path, staff, Some("complaint-17")).0,
                200,
                "{path}"
            );
        }
        let credits = format!("{of}/credits");
        assert_eq!(ask(&world, &credits, staff, Some("Why?")), missing);
        assert_eq!(ask(&world, &credits, staff, None).0, 200);
    }
    for path in [of.as_str(), "/v1/data/me"] {
        assert_eq!(ask(&world, path, Caller::Member(member), None).0, 200);
    }

    let lines = world.app.stop();
    let lines = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let noted: Vec<(Value, Value)> = lines
        .filter(|line| line["request_id"].is_string() && line["status"] == 200)
        .filter(|line| line["component"] == "data-query")
        .map(|line| (line["route"].clone(), line["personal_data"].clone()))
        .collect();
    let route = |rest: &str| format!("/v1/data/members/{{member}}{rest}");
    let why = serde_json::json!("complaint-17");
    for (n, subject) in ["operator-1", "auditor-1"].into_iter().enumerate() {
        let of_member = |purpose: &Value| serde_json::json!({"subject": subject, "member_id": member, "purpose": purpose});
        let of_pool = serde_json::json!({"subject": subject, "pool_id": pool, "purpose": why});
        let expected = [
            (route(""), of_member(&why)),
            (route("/export"), of_member(&why)),
            ("/v1/data/pools/{pool}/members".to_owned(), of_pool),
            (route("/credits"), of_member(&Value::Null)),
        ];
        for (i, (path, line)) in expected.into_iter().enumerate() {
            assert_eq!(noted[4 * n + i], (Value::from(path), line));
        }
    }
    assert_eq!(noted.len(), 10);
    assert!(
        noted[8..].iter().all(|(_, line)| line.is_null()),
        "one's own"
    );
}
