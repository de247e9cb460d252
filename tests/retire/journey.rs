//! The main job, small: from signed events to credits on statements.

use std::sync::atomic::{AtomicUsize, Ordering};

use ledger::Statement;
use ledger::record::Page;
use mortality::{FractionalAge, Table};
use serde_json::Value;
use simulator::{Progress, Scenario, play};

use crate::harness::{App, Caller, text};

/// Counts steps.
#[derive(Default)]
struct Steps(AtomicUsize);

impl Progress for Steps {
    fn phase(&self, _: &str, _: usize) {}
    fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A pool in which somebody dies.
fn scenario() -> Scenario {
    let table = Table::by_id("destatis-2022-2024").expect("shipped");
    let first = "2025-01".parse().expect("a month");
    let scenario = Scenario::draw(40, 4, first, table, FractionalAge::ConstantForce, 28);
    let deaths: usize = scenario.months.iter().map(|month| month.deaths.len()).sum();
    assert!(deaths > 0, "the seed lets somebody die");
    scenario
}

/// Every webhook twice and in a shuffled order; half of the members enrolled after
/// their events came; each month checked to the cent by [`simulator::play`].
#[test]
fn a_pool_from_signed_events_to_credits_on_statements() {
    let app = App::start();
    let report = play(&app.client, &scenario(), &Steps::default()).expect("all checks pass");
    let credits: i64 = report
        .months
        .iter()
        .map(|m| m.settlement.credits_cents.get())
        .sum();
    assert!(credits > 0, "the dead left something");

    let me = Caller::Member(report.member_id);
    let answer = app.get("/v1/data/me/statements?from=2025-01&to=2025-04", me);
    let statements: Page<Statement> = answer.json().expect("statements");
    assert_eq!(statements.items.len(), 4);
    assert!(
        statements.items.iter().all(Statement::closes),
        "{}",
        text(&answer)
    );
    let credited: i64 = statements.items.iter().map(|s| s.credits_cents.get()).sum();
    assert!(credited > 0, "a survivor is credited");
}

/// The same commands under the same keys, the same events: nothing changes, and the
/// answers are those of the first time.
#[test]
fn playing_the_same_months_again_changes_nothing() {
    let app = App::start();
    let (scenario, steps) = (scenario(), Steps::default());
    let first = play(&app.client, &scenario, &steps).expect("all checks pass");
    // What is counted of deliveries is counted again: of packages that first come with a
    // signature that does not fit evidence is kept and a count in one of several shards,
    // and of each minute the lag.
    let rows = || {
        let mut rows = app.database.rows();
        for measure in [
            "webhook_rejection",
            "webhook_rejection_count",
            "webhook_lag",
        ] {
            rows.remove(measure).expect("a table");
        }
        rows
    };
    let before = rows();
    let second = play(&app.client, &scenario, &steps).expect("all checks pass");
    assert_eq!(rows(), before);
    assert_eq!(
        format!("{:?}", first.months),
        format!("{:?}", second.months)
    );
    assert_eq!(first.trial_balance, second.trial_balance);
    assert_eq!(miscounted(&app), 0);
}

/// How many settlements have other lines than were counted.
fn miscounted(app: &App) -> i64 {
    let differs = "select count(*) from retire.settlement s
         left join retire.settlement_size z using (settlement_id)
         where (z.lines, z.members_at_risk, z.deaths) is distinct from (
             select (count(*), count(q), count(*) filter (where fate <> 'survived'))
             from retire.settlement_line l where l.settlement_id = s.settlement_id)";
    let mut admin = app.database.admin();
    admin.query_one(differs, &[]).expect("counted").get(0)
}

/// The same seed gives the same events, byte for byte.
#[test]
fn scenarios_are_reproducible() {
    let texts = |scenario: &Scenario| -> Vec<String> {
        let events = scenario.months.iter().flat_map(|month| &month.events);
        events.map(|event| event.json.clone()).collect()
    };
    assert_eq!(texts(&scenario()), texts(&scenario()));
}

/// What the components answer has exactly the fields of the records.
#[test]
fn documents_are_what_the_records_say() {
    let app = App::start();
    let report = play(&app.client, &scenario(), &Steps::default()).expect("all checks pass");
    let pool = report.pool_id;
    let same = |path: &str, read: fn(&Value) -> Value| {
        let answer = app.get(path, Caller::Operator);
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        let document: Value = answer.json().expect("JSON");
        assert_eq!(read(&document), document, "{path}");
    };
    use ledger::record::{Account, EventCount, Member, Pool, Settlement, TrialBalanceLine};
    same(&format!("/v1/pools/{pool}"), through::<Pool>);
    same("/v1/data/pools", through::<Page<Pool>>);
    same(
        &format!("/v1/data/pools/{pool}/members?limit=7"),
        through::<Page<Member>>,
    );
    same(
        &format!("/v1/data/members/{}", report.member_id),
        through::<Account>,
    );
    same(
        &format!("/v1/data/pools/{pool}/settlements"),
        through::<Page<Settlement>>,
    );
    same(
        &format!("/v1/pools/{pool}/settlements/2025-02"),
        through::<Settlement>,
    );
    same(
        &format!("/v1/data/pools/{pool}/statements?period=2025-03"),
        through::<Page<Statement>>,
    );
    same(
        &format!("/v1/data/pools/{pool}/trial-balance"),
        through::<Page<TrialBalanceLine>>,
    );
    same(
        "/v1/data/webhook-events/counts",
        through::<Page<EventCount>>,
    );
}

/// Reads a document as a record and writes it again.
fn through<T: serde::Serialize + serde::de::DeserializeOwned>(document: &Value) -> Value {
    let record: T = serde_json::from_value(document.clone()).expect("the record's form");
    serde_json::to_value(record).expect("JSON")
}

/// Pages follow each other without a gap and end.
#[test]
fn pages_are_complete() {
    let app = App::start();
    let report = play(&app.client, &scenario(), &Steps::default()).expect("all checks pass");
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/data/pools/{}/members?limit=7{after}", report.pool_id);
        let page: Value = app.get(&path, Caller::Operator).json().expect("a page");
        let items = page["items"].as_array().expect("items");
        assert!(items.len() <= 7 && !items.is_empty());
        seen.extend(
            items
                .iter()
                .map(|m| m["member_id"].as_str().expect("an id").to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 40);
    assert!(seen.is_sorted());
    seen.dedup();
    assert_eq!(seen.len(), 40);
}
