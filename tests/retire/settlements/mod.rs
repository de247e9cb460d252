//! Settlements through HTTP: once, in order, to the cent.

mod late;
mod mend;
mod rules;
mod scheduled;
mod securities;

use std::thread;

use ledger::Statement;
use ledger::record::{Account, Page, Pool, Settlement, TrialBalanceLine};
use money::Cents;
use serde_json::json;
use simulator::Answer;
use tontine::Outcome;
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, cash, pool_command, problem, text};

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

fn settled(answer: &Answer) -> Settlement {
    assert!(answer.status < 300, "{}", text(answer));
    answer.json().expect("a settlement")
}

fn statement(app: &App, member: Uuid, period: &str) -> Statement {
    let path = format!("/v1/data/members/{member}/statements?from={period}&to={period}");
    let page: Page<Statement> = app.get(&path, Caller::Operator).json().expect("statements");
    page.items.into_iter().next().expect("a statement")
}

/// The sum over each asset is zero.
fn assert_balanced(app: &App, pool: Uuid) -> Vec<TrialBalanceLine> {
    let path = format!("/v1/data/pools/{pool}/trial-balance");
    let page: Page<TrialBalanceLine> = app.get(&path, Caller::Operator).json().expect("lines");
    assert!(
        page.items.iter().all(|line| line.sum_minor == "0"),
        "{page:?}"
    );
    page.items
}

#[test]
fn a_death_is_shared_among_the_survivors() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=4).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[0], "2025-06-15");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.outcome, Outcome::Shared);
    assert_eq!(
        (settlement.pot_cents, settlement.credits_cents),
        (cents(1_000_00), cents(1_000_00))
    );
    assert_eq!((settlement.members_at_risk, settlement.deaths), (4, 1));

    let mut credits: Vec<i64> = members[1..]
        .iter()
        .map(|member| statement(&app, *member, "2025-06").credits_cents.get())
        .collect();
    credits.sort_unstable();
    assert_eq!(credits, [333_33, 333_33, 333_34]);
    let dead = statement(&app, members[0], "2025-06");
    assert_eq!(dead.closing_cents, Some(Cents::ZERO));
    assert_eq!(dead.forfeited_cents, cents(1_000_00));
    assert!(dead.closes() && dead.settled);
    assert_balanced(&app, pool.pool_id);
    let account: Account = app
        .get("/v1/data/me", Caller::Member(members[0]))
        .json()
        .expect("an account");
    assert_eq!(account.member.state, ledger::record::MemberState::Deceased);
}

#[test]
fn nobody_dies() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 1_000_00);
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.outcome, Outcome::NothingToShare);
    assert_eq!(settlement.credits_cents, Cents::ZERO);
    let statement = statement(&app, member, "2025-06");
    assert!(statement.closes() && statement.settled);
    assert_eq!(statement.closing_cents, Some(cents(1_000_00)));
}

#[test]
fn everyone_dies_and_each_balance_goes_to_its_estate() {
    let app = App::start();
    let pool = app.open_pool();
    let members = [pool.member(1, 700_00), pool.member(2, 300_00)];
    for member in members {
        pool.death(member, "2025-06-20");
    }
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.outcome, Outcome::EveryoneDied);
    assert_eq!(settlement.pot_cents, Cents::ZERO);
    let euro = &assert_balanced(&app, pool.pool_id)[0];
    assert_eq!(
        (euro.estates_minor.as_str(), euro.members_minor.as_str()),
        ("100000", "0")
    );
    assert!(
        members
            .iter()
            .all(|m| statement(&app, *m, "2025-06").closes())
    );
}

#[test]
fn one_survivor_takes_the_whole_pot() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, alive) = (pool.member(1, 700_00), pool.member(2, 1));
    pool.death(dead, "2025-06-20");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!(settlement.outcome, Outcome::SoleSurvivor);
    assert_eq!(
        statement(&app, alive, "2025-06").closing_cents,
        Some(cents(700_01))
    );
}

#[test]
fn a_pot_that_nobody_can_take_is_carried_to_the_next_month() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, poor) = (pool.member(1, 700_00), pool.member(2, 0));
    pool.death(dead, "2025-06-20");
    let june = settled(&pool.settle("2025-06"));
    assert_eq!(june.outcome, Outcome::NoWeight);
    assert_eq!(
        (june.credits_cents, june.carried_out_cents),
        (Cents::ZERO, cents(700_00))
    );
    assert_eq!(assert_balanced(&app, pool.pool_id)[0].pot_minor, "70000");

    let group = Uuid::from_u128(2 + (1 << 64));
    app.deliver(&[cash(group, "TOPUP", 5_00, "2025-07-02")]);
    let july = settled(&pool.settle("2025-07"));
    assert_eq!(
        (july.carried_in_cents, july.credits_cents),
        (cents(700_00), cents(700_00))
    );
    assert_eq!(
        statement(&app, poor, "2025-07").closing_cents,
        Some(cents(705_00))
    );
    assert_eq!(assert_balanced(&app, pool.pool_id)[0].pot_minor, "0");
}

#[test]
fn who_joins_in_the_month_shares_from_the_next() {
    let app = App::start();
    let pool = app.open_pool();
    let (dead, old) = (pool.member(1, 600_00), pool.member(2, 100_00));
    let new = pool.member_from(3, 100_00, "2025-06-02");
    let late = pool.member_from(4, 50_00, "2025-06-02");
    pool.death(dead, "2025-06-20");
    pool.death(late, "2025-06-21");
    let settlement = settled(&pool.settle("2025-06"));
    assert_eq!((settlement.members_at_risk, settlement.deaths), (2, 2));
    assert_eq!(statement(&app, old, "2025-06").credits_cents, cents(600_00));
    assert_eq!(statement(&app, new, "2025-06").credits_cents, Cents::ZERO);
    let euro = &assert_balanced(&app, pool.pool_id)[0];
    assert_eq!(
        euro.estates_minor, "5000",
        "who was not at risk leaves to the estate"
    );
}

#[test]
fn months_are_settled_in_order_and_when_they_are_over() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 100_00);
    let rows = app.database.rows();
    let at_period = Some("/period".to_owned());
    for period in ["2025-05", "2025-07", "2025-08"] {
        let expected = (409, "period-out-of-order".to_owned(), at_period.clone());
        assert_eq!(problem(&pool.settle(period)), expected, "{period}");
    }
    for period in ["2025-13", "june"] {
        let expected = (422, "invalid-field".to_owned(), at_period.clone());
        assert_eq!(problem(&pool.settle(period)), expected, "{period}");
    }
    assert_eq!(app.database.rows(), rows);
    assert_eq!(pool.settle("2025-06").status, 201);
    assert_eq!(pool.settle("2025-07").status, 201);

    let mut far = pool_command();
    far["first_period"] = json!("2199-01");
    let far: Pool = app.command("/v1/pools", &far).json().expect("a pool");
    let path = format!("/v1/pools/{}/settlements", far.pool_id);
    let not_over = (409, "period-not-over".to_owned(), at_period);
    let answer = app.command(&path, &json!({"period": "2199-01"}));
    assert_eq!(problem(&answer), not_over);
}

/// Whoever asks, however often, under whichever key.
#[test]
fn fifty_settlements_of_a_month_are_one() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=10).map(|n| pool.member(n, 1_000_00)).collect();
    pool.death(members[3], "2025-06-15");
    let answers: Vec<Settlement> = thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|i| {
                let pool = &pool;
                let body = json!({"period": "2025-06"});
                scope.spawn(move || {
                    let key = format!("k-{}", i % 20);
                    let path = pool.path("/settlements");
                    settled(
                        &pool
                            .app
                            .client
                            .try_command(&path, &key, &body)
                            .expect("an answer"),
                    )
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|t| t.join().expect("no panic"))
            .collect()
    });
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(app.database.count("settlement"), 1);
    assert_eq!(app.database.count("settlement_line"), 10);
    let euro = &assert_balanced(&app, pool.pool_id)[0];
    assert_eq!(euro.members_minor, "1000000");
}

#[test]
fn a_settled_month_is_read_again() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 100_00);
    let path = pool.path("/settlements/2025-06");
    assert_eq!(problem(&app.get(&path, Caller::Operator)).0, 404);
    let first = pool.settle("2025-06");
    assert_eq!(first.status, 201);
    let again = pool.settle("2025-06");
    assert_eq!(again.status, 200, "it was there");
    assert_eq!(settled(&first), settled(&again));
    assert_eq!(settled(&app.get(&path, Caller::Analyst)), settled(&first));
    assert_eq!(
        problem(&app.get(&pool.path("/settlements/2025-6"), Caller::Analyst)).0,
        404
    );
}

/// Recording refuses what was computed from other numbers.
#[test]
fn a_settlement_of_stale_inputs_is_refused() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 1_000_00);
    let rows = app.database.rows();
    let mut admin = app.database.admin();
    let error = record(&mut admin, &pool, "stale", (0, 0, 0)).expect_err("refused");
    assert_eq!(
        error.code().map(|c| c.code().to_owned()).as_deref(),
        Some("RT409")
    );
    assert_eq!(
        error.as_db_error().map(|e| e.message()),
        Some("inputs-changed")
    );
    assert_eq!(app.database.rows(), rows);
}

/// A draft whose sums do not add up is not recorded, whatever computed it.
#[test]
fn a_settlement_that_does_not_conserve_money_is_refused() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 1_000_00);
    let rows = app.database.rows();
    let mut admin = app.database.admin();
    let digest = format!(
        "select {}.candidate_page($1, '2025-06-01', $2, 10) ->> 'sha256'",
        store::API_SCHEMA
    );
    let digest: String = admin
        .query_one(&digest, &[&pool.pool_id, &Uuid::nil()])
        .expect("a digest")
        .get(0);
    for (pot, credit, estate) in [(1, 1, 0), (0, 1, 0), (5, 4, 0), (-1, -1, 0), (0, 0, 1)] {
        record(&mut admin, &pool, &digest, (pot, credit, estate)).expect_err("refused");
    }
    assert_eq!(app.database.rows(), rows);
}

/// Records a settlement of one survivor with this pot, credit and estate.
fn record(
    admin: &mut postgres::Client,
    pool: &NewPool<'_>,
    inputs_sha256: &str,
    (pot, credit, estate): (i64, i64, i64),
) -> Result<Vec<postgres::Row>, postgres::Error> {
    let statement = format!(
        "select {}.settle_at_once('a', 'k', 'h', now(), $1, '2025-06-01', $2, $3, $4, '{{903}}', \
             '{{1}}', '{{0}}', $5, $6)",
        store::API_SCHEMA
    );
    let sharing = json!({
        "outcome": "shared", "applied_rule": "nominal_gain", "engine_sha256": "e",
        "carried_in_cents": 0, "pot_cents": pot, "carried_out_cents": 0, "group_gain": "0",
        "rates": ["0.001"],
    });
    let (credits, estates) = (format!("{{{credit}}}"), format!("{{{estate}}}"));
    admin.query(
        &statement,
        &[
            &pool.pool_id,
            &Uuid::new_v4(),
            &inputs_sha256,
            &sharing.to_string(),
            &credits,
            &estates,
        ],
    )
}
