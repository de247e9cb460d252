//! The exporter's queries, asked by its own login.

use std::collections::BTreeMap;

use postgres::{Client, NoTls, SimpleQueryMessage};
use serde::Deserialize;
use serde_json::json;

use super::component_file;
use crate::harness::{App, Database, text};

/// A query of `queries.yaml`, as the exporter reads it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    query: String,
    metrics: Vec<BTreeMap<String, Column>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    usage: Usage,
    description: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
enum Usage {
    Label,
    Gauge,
}

/// The password of the exporter's login.
const PASSWORD: &str = "only-for-tests";

/// Makes the login by `metrics.sql`, as an administrator does it, and connects with it.
fn exporter(database: &Database) -> Client {
    let sql = component_file("observability/metrics.sql");
    let (create, grants) = sql.split_once(";\n").expect("statements");
    let create = create.replace(":'password'", &format!("'{PASSWORD}'"));
    let mut admin = database.admin();
    // A login is the server's, and an earlier run has made it.
    let is_there = "select from pg_roles where rolname = 'retire_metrics'";
    let create = match admin.query(is_there, &[]).expect("roles").len() {
        0 => create,
        _ => create.replace("create role", "alter role"),
    };
    admin.batch_execute(&create).expect("a login");
    admin.batch_execute(grants).expect("its rights");
    let mut config: postgres::Config = database
        .component_url("metrics", &database.address)
        .parse()
        .expect("an address");
    config.user("retire_metrics").password(PASSWORD);
    config.connect(NoTls).expect("the login")
}

/// The samples of a query: labels and values of all rows, as text.
fn samples(client: &mut Client, name: &str, query: &Query) -> Vec<BTreeMap<String, String>> {
    let declared: Vec<&String> = query.metrics.iter().flat_map(BTreeMap::keys).collect();
    let mut rows = Vec::new();
    for message in client.simple_query(&query.query).expect(name) {
        match message {
            SimpleQueryMessage::RowDescription(columns) => {
                let columns: Vec<_> = columns.iter().map(|c| c.name().to_owned()).collect();
                assert_eq!(columns.iter().collect::<Vec<_>>(), declared, "{name}");
            }
            SimpleQueryMessage::Row(row) => {
                let column = |(index, column): (usize, &&String)| {
                    let value = row.get(index).unwrap_or_default();
                    ((*column).clone(), value.to_owned())
                };
                rows.push(declared.iter().enumerate().map(column).collect());
            }
            _ => {}
        }
    }
    for (column, meaning) in query.metrics.iter().flatten() {
        assert!(!meaning.description.is_empty(), "{name}: {column}");
        for row in rows.iter().filter(|_| meaning.usage == Usage::Gauge) {
            let row: &BTreeMap<String, String> = row;
            assert!(row[column].parse::<f64>().is_ok(), "{name}: {row:?}");
        }
    }
    rows
}

#[test]
fn the_exporter_reads_the_figures_of_the_ledger_and_nothing_else() {
    let app = App::start();
    let pool = app.open_pool();
    let members = [1, 2, 3].map(|number| pool.member(number, 100_00));
    pool.death(members[2], "2025-06-20");
    assert_eq!(pool.settle("2025-06").status, 201);
    assert_eq!(pool.report_death(members[1], "2025-07-02").status, 201);
    let payout = json!({
        "member_id": members[0], "account": "member", "amount_cents": 5_00, "currency": "EUR",
        "requested_on": "2025-07-01",
    });
    let requested = app.command(&pool.path("/payouts"), &payout);
    assert_eq!(requested.status, 201, "{}", text(&requested));

    let mut exporter = exporter(&app.database);
    let queries = component_file("observability/queries.yaml");
    let queries: BTreeMap<String, Query> = serde_saphyr::from_str(&queries).expect("queries");
    let figures: BTreeMap<&str, Vec<BTreeMap<String, String>>> = queries
        .iter()
        .map(|(name, query)| (name.as_str(), samples(&mut exporter, name, query)))
        .collect();
    let of = |name: &str, label: &str, is: &str, value: &str| -> i64 {
        let row = figures[name]
            .iter()
            .find(|row| label.is_empty() || row[label] == is);
        let row = row.unwrap_or_else(|| panic!("{name} has no {label} {is}"));
        row[value].parse().expect("a whole number")
    };
    assert_eq!(of("retire_members", "state", "open", "count"), 3);
    assert_eq!(of("retire_balance", "kind", "broker", "minor"), -300_00);
    assert_eq!(of("retire_balance", "kind", "payout", "minor"), 5_00);
    assert_eq!(of("retire_balance", "kind", "member", "minor"), 295_00);
    assert_eq!(of("retire_journal", "asset", "EUR", "imbalance_minor"), 0);
    assert_eq!(of("retire_settlement", "", "", "pot_cents"), 100_00);
    assert_eq!(of("retire_settlement", "", "", "credits_cents"), 100_00);
    let last_day = 20_269 * 86_400; // 2025-06-30
    assert_eq!(
        of("retire_settlement", "", "", "settled_until_seconds"),
        last_day
    );
    assert_eq!(of("retire_payouts_pending", "", "", "count"), 1);
    assert_eq!(of("retire_deaths_reported", "", "", "count"), 1);

    for closed in [
        "select birth_date from retire.member",
        "select raw from retire.webhook_event",
        "select * from retire.journal_entry",
        "delete from retire.balance",
    ] {
        let refused = exporter.simple_query(closed).expect_err(closed);
        let code = refused.code().map(|code| code.code().to_owned());
        assert_eq!(
            code.as_deref(),
            Some("42501"),
            "{closed}: insufficient privilege"
        );
    }
}
