//! A pool of more members than a page is settled in steps, each of which survives on
//! its own: the host is killed after every one of them, and in the middle of some.

mod expected;
mod large;

use ledger::record::{Booked, RunState, Settlement, SettlementProgress};
use serde_json::{Value, json};
use simulator::Answer;
use time::macros::date;
use uuid::Uuid;

use super::get;
use crate::harness::{account_group, cash, problem, text};
use large::{End, Large, MEMBERS, PERIOD, id};

fn code(answer: &Answer) -> (u16, String) {
    let (status, code, _) = problem(answer);
    (status, code)
}

#[test]
fn a_large_pool_is_settled_in_steps() {
    let mut large = Large::start();
    let (first, second, third) = (id(7, "member"), id(8, "member"), id(9, "member"));
    let settled = (409, "period-settled".to_owned());

    // A death that nobody confirmed is found in the middle: the books are opened again.
    let death = large.report(first, date!(2025 - 06 - 10));
    large.step("early", RunState::Freezing, 0);
    assert_eq!(code(&large.contribute("in", third, "2025-06-20")), settled);
    large.step("early", RunState::Frozen, MEMBERS);
    assert_eq!(code(&large.contribute("in", third, "2025-06-20")), settled);
    let answer = large.settle("early", PERIOD);
    assert_eq!(code(&answer), (409, "open-exceptions".to_owned()));
    let read = get(&large.http, &large.path("settlements/2025-06")).expect("an answer");
    assert_eq!(read.status, 404, "{}", text(&read));
    let answer = large.contribute("in", third, "2025-06-20");
    assert_eq!(answer.json::<Booked>().expect("a batch").entries, 1);
    large.within.insert(third, 1);
    large.confirm(death, first, date!(2025 - 06 - 10));

    // What a dry run says is what the settlement becomes.
    let dry = json!({"period": PERIOD, "dry_run": true});
    let dry: Settlement = large
        .send("settlements", "dry", &dry)
        .json()
        .expect("a dry run");
    large.step("once", RunState::Freezing, 0);
    // What the broker says now counts from the next period on.
    let (group, user) = (Uuid::from_u128(1), id(10, "user"));
    let late = [
        account_group(group, user),
        cash(group, "TOPUP", 5_00, "2025-06-15"),
    ];
    let late: Vec<String> = late.iter().map(Value::to_string).collect();
    let late: Vec<&str> = late.iter().map(String::as_str).collect();
    large.http.deliver(&late).expect("delivered");
    large.after.insert(id(10, "member"), 5_00);
    large.step("once", RunState::Frozen, MEMBERS);
    // A death that is confirmed in the middle does not disturb: it is settled anew.
    let death = large.report(second, date!(2025 - 06 - 30));
    large.confirm(death, second, date!(2025 - 06 - 30));
    large.step("once", RunState::Computed, MEMBERS);
    let second_death = large.dead.pop().expect("just confirmed");
    let answer = large.settle("once", PERIOD);
    assert_eq!(answer.status, 201, "{}", text(&answer));
    let record: Settlement = answer.json().expect("a settlement");
    large.require(&record, 1);
    let computed = Settlement {
        state: record.state,
        seal_number: record.seal_number,
        head: record.head.clone(),
        recorded_at: record.recorded_at.clone(),
        ..dry
    };
    assert_eq!(computed, record);
    let pool = large.pool();
    assert_eq!(
        (pool.next_period.to_string().as_str(), pool.resettlement),
        (PERIOD, true)
    );

    large.dead.push(second_death);
    large.step("anew", RunState::Freezing, 0);
    large.interrupt("anew", "freeze_members", End::Statement);
    large.interrupt("anew", "freeze_members", End::Host);
    large.interrupt("anew", "compute_settlement", End::Statement);
    large.interrupt("anew", "compute_settlement", End::Host);
    large.interrupt("anew", "publish_settlement", End::Statement);
    large.interrupt("anew", "publish_settlement", End::Host);
    let mut answer = large.settle("anew", PERIOD);
    while answer.status == 202 {
        answer = large.settle("anew", PERIOD);
    }
    assert!([200, 201].contains(&answer.status), "{}", text(&answer));
    large.require(&answer.json().expect("a settlement"), 2);
    assert!(!large.pool().resettlement);

    // A settlement that a death of an earlier period overtakes makes room for that one.
    let july = large.settle("july", "2025-07");
    assert_eq!(july.status, 202, "{}", text(&july));
    let death = large.report(third, date!(2025 - 06 - 01));
    large.confirm(death, third, date!(2025 - 06 - 01));
    let out_of_order = (409, "period-out-of-order".to_owned());
    assert_eq!(code(&large.settle("july", "2025-07")), out_of_order);
    let june = large.settle("last", PERIOD);
    let june: SettlementProgress = june.json().expect("how far it is");
    assert_eq!((june.state, june.frozen), (RunState::Freezing, 0));
    let answer = large.contribute("free", third, "2025-07-05");
    assert_eq!(answer.status, 201, "{}", text(&answer));
}
