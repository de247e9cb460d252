//! Many at once: the same commands, the same settlement, the same money.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;

use ledger::record::{Booked, Settlement};
use serde_json::{Value, json};
use simulator::Answer;
use uuid::Uuid;

use crate::harness::{App, NewPool, problem, text};

/// Sends them from fifty senders: the host of a test runs 64 instances at a time.
fn at_once(
    pool: &NewPool<'_>,
    commands: impl Iterator<Item = (&'static str, String, Value)> + Send,
) -> Vec<(String, Answer)> {
    let (commands, answers) = (Mutex::new(commands), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                loop {
                    let next = commands.lock().expect("no panic").next();
                    let Some((path, key, body)) = next else {
                        break;
                    };
                    let answer = pool.app.client.try_command(&pool.path(path), &key, &body);
                    let answer = answer.expect("an answer");
                    answers.lock().expect("no panic").push((key, answer));
                }
            });
        }
    });
    answers.into_inner().expect("no panic")
}

fn item(member: Uuid, cents: i64, on: &str) -> Value {
    json!({"member_id": member, "amount_cents": cents, "currency": "EUR", "effective_on": on})
}

fn count(app: &App, what: &str) -> i64 {
    let count = format!("select count(*) from retire.{what}");
    app.database
        .admin()
        .query_one(&count, &[])
        .expect("a count")
        .get(0)
}

/// The balance of the one account of a kind, and the sum of its postings.
fn account(app: &App, kind: &str, member: Option<Uuid>) -> (i64, i64) {
    let row = app.database.admin().query_one(
        "select b.amount_minor, (
             select sum(p.amount_minor)::bigint from retire.posting p
             where p.account_id = a.account_id)
         from retire.account a join retire.balance b using (account_id)
         where a.kind = $1 and a.member_id is not distinct from $2",
        &[&kind, &member],
    );
    let row = row.expect("an account");
    (row.get(0), row.get(1))
}

/// Contributions of several members and fees, on one counter-account each.
#[test]
fn two_hundred_commands_with_twenty_keys_book_twenty_batches() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=5)
        .map(|number| pool.member(number, 1_000_00))
        .collect();
    let entries = count(&app, "journal_entry");
    let command = |key: usize| {
        let amount = i64::try_from(key).expect("small") + 1;
        let on = "2025-06-05";
        let items = [
            item(members[key % 5], amount, on),
            item(members[0], 100 * amount, on),
        ];
        let path = if key < 10 { "/contributions" } else { "/fees" };
        (path, format!("k-{key}"), json!({"items": items}))
    };
    let answers = at_once(&pool, (0..200).map(|number| command(number % 20)));

    let mut by_key: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (key, answer) in answers {
        assert_eq!(answer.status, 201, "{}", text(&answer));
        let booked: Booked = answer.json().expect("a batch");
        assert_eq!(booked.entries, 2);
        let first = by_key.entry(key).or_insert_with(|| answer.body.clone());
        assert_eq!(first, &answer.body, "the same key, the same answer");
    }
    assert_eq!(by_key.len(), 20);
    assert_eq!(count(&app, "journal_entry"), entries + 40);
    let sum = |keys: std::ops::RangeInclusive<i64>| 101 * keys.sum::<i64>();
    let (paid, charged) = (sum(1..=10), sum(11..=20));
    assert_eq!(account(&app, "fee", None), (charged, charged));
    assert_eq!(
        account(&app, "broker", None),
        (-500_000 - paid, -500_000 - paid)
    );
    let owned: i64 = members
        .iter()
        .map(|member| account(&app, "member", Some(*member)).0)
        .sum();
    assert_eq!(owned, 500_000 + paid - charged);
}

#[test]
fn fifty_settlements_after_a_late_death_are_one() {
    let app = App::start();
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=10)
        .map(|number| pool.member(number, 1_000_00))
        .collect();
    pool.death(members[3], "2025-06-15");
    assert_eq!(pool.settle("2025-06").status, 201);
    pool.death(members[7], "2025-06-20");
    let entries = count(&app, "journal_entry");

    let settle = |number: usize| {
        // Some send the same command twice, most are somebody else.
        let key = format!("k-{}", number % 30);
        ("/settlements", key, json!({"period": "2025-06"}))
    };
    let answers = at_once(&pool, (0..50).map(settle));
    let settlements: Vec<Settlement> = answers
        .iter()
        .map(|(_, answer)| {
            assert!([200, 201].contains(&answer.status), "{}", text(answer));
            answer.json().expect("a settlement")
        })
        .collect();
    assert!(settlements.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!((settlements[0].revision, settlements[0].deaths), (2, 2));
    assert_eq!(count(&app, "settlement"), 2);
    assert_eq!(count(&app, "settlement_seal"), 2);
    assert_eq!(count(&app, "settlement_reversal"), 1);
    assert_eq!(count(&app, "settlement_run"), 0);
    // Forfeiture and credit are taken back, and made anew.
    assert_eq!(count(&app, "journal_entry"), entries + 4);
    let (pot, owned) = (account(&app, "pot", None), account(&app, "broker", None));
    assert_eq!((pot, owned), ((0, 0), (-1_000_000, -1_000_000)));
}

#[test]
fn payouts_at_the_same_time_never_overdraw() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    let request = |number: usize| {
        let body = json!({
            "member_id": member, "account": "member", "amount_cents": 7_00, "currency": "EUR",
            "requested_on": "2025-06-10",
        });
        ("/payouts", format!("k-{number}"), body)
    };
    let answers = at_once(&pool, (0..50).map(request));
    let (done, refused): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|(_, answer)| answer.status == 201);
    assert_eq!((done.len(), refused.len()), (14, 36));
    for (_, answer) in refused {
        let (status, code, _) = problem(&answer);
        assert_eq!((status, code.as_str()), (422, "insufficient-balance"));
    }
    assert_eq!(account(&app, "member", Some(member)), (2_00, 2_00));
    assert_eq!(account(&app, "payout", Some(member)), (98_00, 98_00));
    assert_eq!(count(&app, "payout"), 14);
}
