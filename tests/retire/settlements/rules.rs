//! Pools by other rules: estates, caps, quarters, and rules that change.

use ledger::record::{Page, RulesVersion, Settlement, SettlementState};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{assert_balanced, cents, settled, statement};
use crate::harness::{App, Caller, NewPool, pool_command, problem, text};

/// A pool whose rules differ in these fields.
fn pool_with<'a>(app: &'a App, changes: &Value) -> NewPool<'a> {
    let mut command = pool_command();
    for (name, value) in changes.as_object().expect("changes") {
        command["rules"][name] = value.clone();
    }
    let answer = app.command("/v1/pools", &command);
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let pool: ledger::record::Pool = answer.json().expect("a pool");
    NewPool {
        app,
        pool_id: pool.pool_id,
    }
}

/// The overlay fund pays the estates too, and what was not at stake is theirs.
#[test]
fn estates_share_where_the_rule_pays_them() {
    let app = App::start();
    let rules = json!({"sharing_rule": "overlay_fund", "caps": {"max_stake_cents": 600_00}});
    let pool = pool_with(&app, &rules);
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[0], "2025-06-10");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.applied_rule.as_deref(), Some("overlay_fund"));
    assert_eq!(
        (settlement.pot_cents, settlement.credits_cents),
        (cents(600_00), cents(600_00))
    );
    let euro = &assert_balanced(&app, pool.pool_id)[0];
    // 400 euro were not at stake, and a quarter of the pot is the estate's.
    assert_eq!(
        (euro.estates_minor.as_str(), euro.members_minor.as_str()),
        ("55000", "345000")
    );
    for member in &members {
        assert!(statement(&app, *member, "2025-06").closes());
    }

    // The estate is paid out to the beneficiaries.
    let path = pool.path(&format!("/members/{}/beneficiaries", members[0]));
    let named = json!({"beneficiaries": [
        {"reference": "b-1", "share_ppm": 750_000}, {"reference": "b-2", "share_ppm": 250_000},
    ]});
    assert_eq!(app.command(&path, &named).status, 201);
    let read: Value = app
        .get(&path, Caller::Operator)
        .json()
        .expect("beneficiaries");
    assert_eq!(
        (&read["version"], &read["beneficiaries"]),
        (&json!(1), &named["beneficiaries"])
    );
    let payout = |amount: i64| {
        json!({
            "member_id": members[0], "account": "estate", "amount_cents": amount, "currency": "EUR",
            "requested_on": "2025-07-01",
        })
    };
    let too_much = app.command(&pool.path("/payouts"), &payout(550_01));
    assert_eq!(problem(&too_much).1, "insufficient-balance");
    assert_eq!(
        app.command(&pool.path("/payouts"), &payout(550_00)).status,
        201
    );
    assert_eq!(assert_balanced(&app, pool.pool_id)[0].estates_minor, "0");
}

#[test]
fn beneficiaries_are_checked() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let rows = app.database.rows();
    let path = pool.path(&format!("/members/{member}/beneficiaries"));
    for (named, pointer) in [
        (
            json!([{"reference": "b", "share_ppm": 999_999}]),
            "/beneficiaries",
        ),
        (
            json!([{"reference": "Jane Doe", "share_ppm": 1_000_000}]),
            "/beneficiaries/0/reference",
        ),
        (
            json!([{"reference": "a", "share_ppm": 1_000_000}, {"reference": "b", "share_ppm": 0}]),
            "/beneficiaries/1/share_ppm",
        ),
    ] {
        let answer = app.command(&path, &json!({"beneficiaries": named}));
        assert_eq!(problem(&answer).2.as_deref(), Some(pointer));
    }
    let stranger = pool.path(&format!("/members/{}/beneficiaries", Uuid::new_v4()));
    let answer = app.command(&stranger, &json!({"beneficiaries": []}));
    assert_eq!(problem(&answer).0, 404);
    assert_eq!(app.get(&stranger, Caller::Operator).status, 404);
    assert_eq!(app.database.rows(), rows);
}

/// A quarter is settled at its end, for its three months.
#[test]
fn a_quarter_is_one_period() {
    let app = App::start();
    let pool = pool_with(&app, &json!({"cadence": "quarter"}));
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[0], "2025-07-31");
    assert_eq!(problem(&pool.settle("2025-07")).1, "period-out-of-order");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.last_day.to_string(), "2025-08-31");
    assert_eq!(settlement.credits_cents, cents(1_000_00));
    for period in ["2025-06", "2025-07", "2025-08"] {
        let statement = statement(&app, members[1], period);
        assert!(statement.closes() && statement.settled, "{statement:?}");
        let expected = if period == "2025-08" { 500_00 } else { 0 };
        assert_eq!(statement.credits_cents, cents(expected), "on the last day");
    }
    let next = settled(&pool.settle("2025-09"));
    assert_eq!(next.last_day.to_string(), "2025-11-30");
}

/// The version that a settlement used is recorded with it, and stays its own.
#[test]
fn rules_change_from_a_period_on() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    assert_eq!(settled(&pool.settle("2025-06")).rules_version, 1);
    let mut rules = pool_command()["rules"].clone();
    rules["sharing_rule"] = json!({"equitable_weights": {"fallback": "overlay_fund"}});
    let change = |from: &str| json!({"from_period": from, "rules": rules});
    let path = pool.path("/rules");
    let settled_already = app.command(&path, &change("2025-06"));
    assert_eq!(problem(&settled_already).1, "period-settled");
    let answer = app.command(&path, &change("2025-08"));
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let version: RulesVersion = answer.json().expect("a version");
    assert_eq!(version.rules_version, 2);
    assert_eq!(settled(&pool.settle("2025-07")).rules_version, 1);
    let august = settled(&pool.settle("2025-08"));
    assert_eq!(
        (august.rules_version, august.applied_rule.as_deref()),
        (2, Some("equitable_weights"))
    );
    let all: Page<RulesVersion> = app.get(&path, Caller::Analyst).json().expect("versions");
    assert_eq!(all.items.len(), 2);

    // A late death of July is settled by the rules of July.
    pool.death(members[0], "2025-07-02");
    let july = settled(&pool.settle("2025-07"));
    assert_eq!((july.rules_version, july.revision), (1, 2));
    assert_eq!(settled(&pool.settle("2025-08")).rules_version, 2);

    let mut unknown = change("2025-09");
    unknown["rules"]["basis"]["mortality"]["table"]["id"] = json!("hmd");
    let at = Some("/rules/basis/mortality/table/id".to_owned());
    assert_eq!(
        problem(&app.command(&path, &unknown)),
        (422, "invalid-field".to_owned(), at)
    );
}

/// A rule that does not apply to the members is a refusal that names one of them.
#[test]
fn a_rule_that_does_not_apply_is_said() {
    let app = App::start();
    let rules = json!({"sharing_rule": {"fair_transfer_plan": {"infeasible": "refuse"}}});
    let pool = pool_with(&app, &rules);
    pool.member(1, 100_00);
    let large = pool.member(2, 9_000_00);
    let rows = app.database.rows();
    let answer = pool.settle("2025-06");
    assert_eq!(problem(&answer).1, "rule-not-applicable");
    assert!(
        text(&answer).contains(&large.to_string()),
        "{}",
        text(&answer)
    );
    assert_eq!(app.database.rows(), rows);
}

/// Asked before, the answer is the same, and nothing is written.
#[test]
fn a_dry_run_is_the_settlement_without_its_entries() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4)
        .map(|n| pool.member(n, 1_000_00 + n as i64))
        .collect();
    pool.death(members[2], "2025-06-10");
    let rows = app.database.rows();
    let path = pool.path("/settlements");
    let dry = app.command(&path, &json!({"period": "2025-06", "dry_run": true}));
    assert_eq!(dry.status, 200, "{}", text(&dry));
    assert_eq!(app.database.rows(), rows);
    let dry: Settlement = dry.json().expect("a settlement");
    assert_eq!(dry.state, SettlementState::Computed);
    let done = settled(&pool.settle("2025-06"));
    let expected = Settlement {
        state: SettlementState::Settled,
        seal_number: Some(1),
        head: done.head.clone(),
        recorded_at: done.recorded_at.clone(),
        ..dry
    };
    assert_eq!(done, expected);
}

/// A table of the operator's own settles too, by its digest.
#[test]
fn an_uploaded_table_settles() {
    let app = App::start();
    let qx: Vec<String> = (0..=120).map(|age| format!("0.{age:03}1")).collect();
    let table = json!({
        "name": "Own", "source": "us", "licence": "none", "period": "2020", "first_age": 0,
        "qx": {"unisex": qx},
    });
    let uploaded: Value = app
        .command("/v1/tontine/mortality-tables", &table)
        .json()
        .expect("one");
    let mut basis = pool_command()["rules"]["basis"].clone();
    basis["mortality"]["table"]["id"] = uploaded["id"].clone();
    let pool = pool_with(&app, &json!({"basis": basis}));
    let members: Vec<Uuid> = (1..=3).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[0], "2025-06-10");
    assert_eq!(
        settled(&pool.settle("2025-06")).credits_cents,
        cents(1_000_00)
    );
}
