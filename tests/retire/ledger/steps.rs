//! A pool of more members than a page is settled in steps, each of which survives on
//! its own: the host is killed after every one of them.

use std::collections::BTreeMap;

use ledger::record::{Booked, Death, Pool, RunState, Settlement, SettlementProgress};
use ledger::settlement::{Candidate, Fate, Roll, Valuation, settle};
use ledger::{Month, Term};
use money::Cents;
use mortality::Sex;
use serde_json::{Value, json};
use simulator::{Answer, Client};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use super::get;
use super::kill::HOST;
use super::model::book::{Account, Book, Settled};
use super::model::compare;
use crate::harness::{
    Database, HostProcess, KEYS, account_group, cash, pool_command, problem, text,
};

/// More than a page, when some have died too.
const MEMBERS: i64 = store::PAGE_MEMBERS as i64 + 10;
const PERIOD: &str = "2025-06";

/// A large pool, and a host that is killed between requests.
struct Large {
    database: Database,
    host: HostProcess,
    http: Client,
    pool: Uuid,
    /// Who died when, as far as the next settlement knows.
    dead: Vec<(Uuid, Date)>,
    /// What members paid in besides, within the period and after it.
    within: BTreeMap<Uuid, i64>,
    after: BTreeMap<Uuid, i64>,
}

/// The id of a member, as the database makes it.
fn id(number: i64, of: &str) -> Uuid {
    // The first 16 octets of a digest that both sides know.
    let digest = <sha2::Sha256 as sha2::Digest>::digest(format!("{of} {number}"));
    Uuid::from_slice(&digest[..16]).expect("16 octets")
}

fn born(number: i64) -> Date {
    date!(1933 - 01 - 01) + Duration::days(number % 9_000)
}

fn paid(number: i64) -> i64 {
    100_00 + number
}

fn on_host(host: &HostProcess) -> Client {
    Client::new(&format!("http://{}", host.address), &KEYS).expect("keys")
}

impl Large {
    fn start() -> Self {
        let database = Database::create();
        let host = HostProcess::start(&database, HOST);
        let http = on_host(&host);
        let pool: Pool = http
            .command("/v1/pools", "pool", &pool_command())
            .expect("a pool");
        let pool = pool.pool_id;
        fill(&database, pool);
        let (within, after) = (BTreeMap::new(), BTreeMap::new());
        Self {
            database,
            host,
            http,
            pool,
            dead: Vec::new(),
            within,
            after,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}/{rest}", self.pool)
    }

    fn send(&self, rest: &str, key: &str, body: &Value) -> Answer {
        self.http
            .try_command(&self.path(rest), key, body)
            .expect("an answer")
    }

    /// Another host goes on where this one was.
    fn kill(&mut self) {
        self.host.kill();
        self.host = HostProcess::start(&self.database, HOST);
        self.http = on_host(&self.host);
    }

    fn settle(&self, key: &str, period: &str) -> Answer {
        self.send("settlements", key, &json!({"period": period}))
    }

    /// Takes a step that is not the last, and kills the host.
    fn step(&mut self, key: &str, state: RunState, frozen: i64) {
        let answer = self.settle(key, PERIOD);
        assert_eq!(answer.status, 202, "{}", text(&answer));
        let progress: SettlementProgress = answer.json().expect("how far it is");
        assert_eq!((progress.state, progress.frozen), (state, frozen));
        assert_eq!(progress.members, MEMBERS);
        self.kill();
        let read = get(&self.http, &self.path(&format!("settlements/{PERIOD}")));
        let read = read.expect("an answer");
        let reads: Value = read.json().expect("a document");
        if reads["revision"].is_null() {
            assert_eq!(
                read.json::<SettlementProgress>().expect("progress"),
                progress
            );
        }
        assert!(
            reads["outcome"].is_null() || reads["revision"] == 1,
            "no part is seen: {reads}"
        );
    }

    fn report(&self, member: Uuid, on: Date) -> Uuid {
        let body = json!({"member_id": member, "died_on": on.to_string()});
        let answer = self.send(
            "deaths",
            &format!("report {member}").replace(' ', "-"),
            &body,
        );
        answer
            .json::<Death>()
            .unwrap_or_else(|error| panic!("{error}"))
            .death_id
    }

    fn confirm(&mut self, death: Uuid, member: Uuid, on: Date) {
        let path = format!("deaths/{death}/confirmation");
        let answer = self.send(&path, &format!("confirm-{member}"), &json!({}));
        assert_eq!(answer.status, 201, "{}", text(&answer));
        self.dead.push((member, on));
    }

    fn contribute(&self, key: &str, member: Uuid, on: &str) -> Answer {
        let item = json!({
            "member_id": member, "amount_cents": 1, "currency": "EUR", "effective_on": on,
        });
        self.send("contributions", key, &json!({"items": [item]}))
    }

    fn pool(&self) -> Pool {
        self.http
            .get(&format!("/v1/pools/{}", self.pool))
            .expect("a pool")
    }

    /// What the settlement is, computed here from what was paid in.
    fn expected(&self, revision: i64) -> (Book, Settled) {
        let starts: Month = PERIOD.parse().expect("a month");
        let rules = self.pool().rules;
        let book = Book::new(self.pool, starts, rules);
        let rules = &book.rules[0].1;
        let term = Term {
            starts,
            cadence: rules.cadence,
        };
        let mut people: Vec<(Uuid, i64)> = (1..=MEMBERS).map(|n| (id(n, "member"), n)).collect();
        people.sort_unstable();
        let mut roll = Roll::new(term);
        for (member, number) in people {
            let died_on = self
                .dead
                .iter()
                .find(|(dead, _)| *dead == member)
                .map(|(_, on)| *on);
            let more = self.within.get(&member).copied().unwrap_or(0);
            let candidate = Candidate {
                birth_date: Some(born(number)),
                sex: if number % 2 == 0 {
                    Sex::Female
                } else {
                    Sex::Male
                },
                enrolled_on: date!(2025 - 05 - 01),
                died_on,
                death_confirmed: died_on.is_some(),
                cash: Cents::new(paid(number) + more).expect("in range"),
                securities: Valuation::Complete(Cents::ZERO),
            };
            roll.add(member, &candidate);
        }
        let standings = roll.standings().to_vec();
        let draft = settle(rules, &book.rates, term, &standings, Cents::ZERO).expect("settled");
        let name = if revision == 1 {
            PERIOD.to_owned()
        } else {
            format!("{PERIOD}/{revision}")
        };
        let settled = Settled {
            settlement_id: Uuid::new_v5(&self.pool, name.as_bytes()),
            term,
            revision,
            rules_version: 1,
            ids: (0..standings.len())
                .map(|index| roll.id(index).expect("an id"))
                .collect(),
            standings,
            draft,
            holds: true,
        };
        (book, settled)
    }

    /// The settlement is the expected one: in sum, in its lines, and on the accounts.
    fn require(&self, record: &Settlement, revision: i64) {
        let (book, settled) = self.expected(revision);
        let seal = usize::try_from(revision - 1).expect("small");
        compare::settlement(record, &settled, Some(seal));
        compare::lines(&self.http, &book, &settled);
        let mut admin = self.database.admin();
        let found = compare::accounts(&mut admin, self.pool);
        for (member, standing, line) in settled.lines() {
            let after = self.after.get(&member).copied().unwrap_or(0);
            let owned = match line.fate {
                Fate::Survived => standing.cash.get() + line.credit.get() + after,
                Fate::LeftToPool | Fate::LeftToEstate => 0,
            };
            assert_eq!(
                found.get(&Account::Member(member)).copied().unwrap_or(0),
                owned
            );
        }
        assert_eq!(found.values().sum::<i64>(), 0);
    }
}

/// Members and what they paid, without twenty thousand requests.
fn fill(database: &Database, pool: Uuid) {
    let mut admin = database.admin();
    let api = store::API_SCHEMA;
    let fill = format!(
        "set search_path = {api}, retire;
         create temp table person as
         select n, substr(encode(sha256(convert_to('member ' || n, 'UTF8')), 'hex'), 1, 32)::uuid
                 as member_id,
             substr(encode(sha256(convert_to('user ' || n, 'UTF8')), 'hex'), 1, 32)::uuid
                 as user_id
         from generate_series(1, {MEMBERS}) n;
         insert into member (member_id, pool_id, upvest_user_id, sex, birth_date, enrolled_on,
             recorded_at, recorded_by)
         select member_id, '{pool}', user_id, case n % 2 when 0 then 'female' else 'male' end,
             date '1933-01-01' + (n % 9000)::integer, '2025-05-01', now(), 'test'
         from person;
         select post(
             array[row('test:paid', '{pool}'::uuid, 'contribution', date '2025-06-02', null, null,
                 null, null)]::entry_draft[],
             (select array_agg(row('test:paid', 'member', member_id, 'EUR', 10000 + n)::posting_draft)
                 from person)
             || (select row('test:paid', 'broker', null, 'EUR', -sum(10000 + n))::posting_draft
                 from person),
             false, 'test', now());
         analyze member; analyze account; analyze posting; analyze balance;"
    );
    admin.batch_execute(&fill).expect("a large pool");
}

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
    large.step("anew", RunState::Frozen, MEMBERS);
    large.step("anew", RunState::Computed, MEMBERS);
    let answer = large.settle("anew", PERIOD);
    assert_eq!(answer.status, 201, "{}", text(&answer));
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
