//! A pool of more members than a page, and a host that is killed.

use std::collections::BTreeMap;

use ledger::record::{Death, Pool, RunState, SettlementProgress};
use serde_json::{Value, json};
use simulator::{Answer, Client};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

use crate::harness::{self, Database, HostProcess, pool_command, text};
use crate::ledger::get;
use crate::ledger::kill::HOST;

/// More than a page, when some have died too.
pub const MEMBERS: i64 = store::PAGE_MEMBERS as i64 + 10;
pub const PERIOD: &str = "2025-06";

/// A large pool, and a host that is killed between requests.
pub struct Large {
    pub database: Database,
    host: HostProcess,
    pub http: Client,
    pub pool_id: Uuid,
    /// Who died when, as far as the next settlement knows.
    pub dead: Vec<(Uuid, Date)>,
    /// What members paid in besides, within the period and after it.
    pub within: BTreeMap<Uuid, i64>,
    pub after: BTreeMap<Uuid, i64>,
}

/// What is ended while it works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    Host,
    Statement,
}

/// The id of a member, as the database makes it: the first half of a digest.
pub fn id(number: i64, of: &str) -> Uuid {
    let digest = <sha2::Sha256 as sha2::Digest>::digest(format!("{of} {number}"));
    Uuid::from_slice(&digest[..16]).expect("16 octets")
}

pub fn born(number: i64) -> Date {
    date!(1933 - 01 - 01) + Duration::days(number % 9_000)
}

pub fn paid(number: i64) -> i64 {
    100_00 + number
}

fn on_host(host: &HostProcess) -> Client {
    harness::client(&format!("http://{}", host.address))
}

impl Large {
    pub fn start() -> Self {
        let database = Database::create();
        let host = HostProcess::start(&database, HOST);
        let http = on_host(&host);
        let pool: Pool = http
            .command("/v1/pools", "pool", &pool_command())
            .expect("a pool");
        let pool_id = pool.pool_id;
        fill(&database, pool_id);
        Self {
            database,
            host,
            http,
            pool_id,
            dead: Vec::new(),
            within: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}/{rest}", self.pool_id)
    }

    pub fn send(&self, rest: &str, key: &str, body: &Value) -> Answer {
        let answer = self.http.try_command(&self.path(rest), key, body);
        answer.expect("an answer")
    }

    /// Another host goes on where this one was.
    pub fn kill(&mut self) {
        self.host.kill();
        self.host = HostProcess::start(&self.database, HOST);
        self.http = on_host(&self.host);
    }

    pub fn settle(&self, key: &str, period: &str) -> Answer {
        self.send("settlements", key, &json!({"period": period}))
    }

    /// Takes a step that is not the last, and kills the host.
    pub fn step(&mut self, key: &str, state: RunState, frozen: i64) {
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

    /// Sends the command to settle, and ends something while the database works on a
    /// function for it: the host, or the database's own process. What the host began is
    /// done or not, and what the database did is undone.
    pub fn interrupt(&mut self, key: &str, function: &str, end: End) {
        let (http, path) = (self.http.clone(), self.path("settlements"));
        let (key, body) = (key.to_owned(), json!({"period": PERIOD}));
        let sender = std::thread::spawn(move || http.try_command(&path, &key, &body));
        let mut admin = self.database.admin();
        let mut busy = || -> Option<i32> {
            let working = "select pid from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()
                     and state = 'active' and query like '%.' || $1 || '(%'";
            let row = admin.query_opt(working, &[&function]).expect("who works");
            row.map(|row| row.get(0))
        };
        let mut working = busy();
        while working.is_none() && !sender.is_finished() {
            working = busy();
        }
        match end {
            End::Host => self.kill(),
            End::Statement => {
                let end = "select pg_terminate_backend($1)";
                self.database
                    .admin()
                    .query(end, &[&working])
                    .expect("ended");
            }
        }
        // Whoever comes next would wait for it, and longer than a command may.
        while busy().is_some() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        if let (End::Statement, Ok(answer)) = (end, sender.join().expect("no panic")) {
            let status = answer.status;
            assert!(status == 503 || status < 300, "{}", text(&answer));
        }
    }

    pub fn report(&self, member: Uuid, on: Date) -> Uuid {
        let body = json!({"member_id": member, "died_on": on.to_string()});
        let answer = self.send("deaths", &format!("report-{member}"), &body);
        answer.json::<Death>().expect("a death").death_id
    }

    pub fn confirm(&mut self, death: Uuid, member: Uuid, on: Date) {
        let path = format!("deaths/{death}/confirmation");
        let answer = self.send(&path, &format!("confirm-{member}"), &json!({}));
        assert_eq!(answer.status, 201, "{}", text(&answer));
        self.dead.push((member, on));
    }

    pub fn contribute(&self, key: &str, member: Uuid, on: &str) -> Answer {
        let item = json!({
            "member_id": member, "amount_cents": 1, "currency": "EUR", "effective_on": on,
        });
        self.send("contributions", key, &json!({"items": [item]}))
    }

    pub fn pool(&self) -> Pool {
        self.http
            .get(&format!("/v1/pools/{}", self.pool_id))
            .expect("a pool")
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
