//! Mixed traffic through the proxy: reads, bookings, signed webhooks, mathematics.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::{Duration, Instant};

use ledger::record::{Member, Pool};
use serde_json::json;
use simulator::{Answer, Client};
use uuid::Uuid;

use crate::harness::{Database, KEYS, account_group, cash, pool_command, text};
use crate::ledger::dice::Dice;
use crate::ledger::get;

/// Members of the pool.
const MEMBERS: u128 = 8;
/// Requests at a time.
const CALLERS: usize = 8;
/// How often a request is repeated that gets no answer.
const MAX_TRIES: u32 = 500;

/// How much to send, and how fast.
pub struct Plan {
    pub switches: u32,
    pub requests_between: u32,
    /// As fast as answers come if it is left out.
    pub requests_per_s: Option<u32>,
    pub seed: u64,
}

/// What a request did, once it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Read,
    /// Money for a member, booked by an operator.
    Booking { member: usize, cents: i64 },
    /// Money for a member, told of by the broker.
    Event { member: usize, cents: i64 },
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub struct Sent {
    pub number: u32,
    pub kind: Kind,
    pub start: Instant,
    pub end: Instant,
    /// The API schema of the component that answered.
    pub schema: String,
    /// 1, unless it was repeated.
    pub tries: u32,
}

/// How far the plan is.
#[derive(Default)]
struct Course {
    /// Requests so far.
    number: u32,
    /// Between two turns, or before the first switch.
    stretch: u32,
    /// Requests of this stretch, without those while its turn was on.
    place: u32,
    /// The turn of this stretch was given.
    is_turned: bool,
}

impl Course {
    /// The number of the next request, and the turn that comes with it; nothing at the end.
    fn next(&mut self, plan: &Plan, done: u32) -> Option<(u32, Option<u32>)> {
        let number = self.number;
        self.number += 1;
        if self.is_turned && done <= self.stretch {
            return Some((number, None));
        }
        if self.place == plan.requests_between {
            *self = Self {
                number: self.number,
                stretch: self.stretch + 1,
                ..Self::default()
            };
        }
        if self.stretch > plan.switches {
            return None;
        }
        // In the middle of the first stretch the schema comes.
        let turn = match self.stretch {
            0 => plan.requests_between / 2,
            _ => 0,
        };
        let is_turn = self.place == turn;
        self.is_turned |= is_turn;
        self.place += 1;
        Some((number, is_turn.then_some(self.stretch)))
    }
}

/// A pool, and who sends to it.
pub struct Load {
    pub http: Client,
    pub pool: Uuid,
    pub members: Vec<Uuid>,
    groups: Vec<Uuid>,
    seed: u64,
}

impl Load {
    /// Opens the pool and enrols its members.
    pub fn prepare(database: &Database, address: SocketAddr, seed: u64) -> Self {
        let http = Client::new(&format!("http://{address}"), &KEYS).expect("keys");
        let open = |key: &str, path: &str, body| {
            let answer = http.try_command(path, key, &body).expect("an answer");
            assert_eq!(answer.status, 201, "{}", text(&answer));
            answer
        };
        let pool: Pool = open("pool", "/v1/pools", pool_command())
            .json()
            .expect("a pool");
        let (mut members, mut groups) = (Vec::new(), Vec::new());
        for number in 1..=MEMBERS {
            let number = number + (u128::from(seed) << 32);
            let (user, group) = (
                Uuid::from_u128(number),
                Uuid::from_u128(number + (1 << 100)),
            );
            let command = json!({
                "upvest_user_id": user, "sex": "female", "birth_date": "1950-03-14",
                "enrolled_on": "2025-05-01",
            });
            let path = format!("/v1/pools/{}/members", pool.pool_id);
            let answer = open(&format!("member-{number}"), &path, command);
            let member: Member = answer.json().expect("a member");
            http.deliver(&[&account_group(group, user).to_string()])
                .expect("accepted");
            members.push(member.member_id);
            groups.push(group);
        }
        assert_eq!(database.count("journal_entry"), 0);
        Self {
            http,
            pool: pool.pool_id,
            members,
            groups,
            seed,
        }
    }

    /// Sends everything; `turn` hears of each point of the plan at which something is to
    /// happen, when the request there is about to be sent. `done` is how many of these things
    /// have happened: until then requests go on beyond the plan.
    pub fn play(&self, plan: &Plan, turn: &Sender<u32>, done: &AtomicU32) -> Vec<Sent> {
        let course = Mutex::new(Course::default());
        let sent = Mutex::new(Vec::new());
        let begin = Instant::now();
        thread::scope(|scope| {
            for _ in 0..CALLERS {
                scope.spawn(|| {
                    loop {
                        let done = done.load(Ordering::SeqCst);
                        let next = course.lock().expect("no panic").next(plan, done);
                        let Some((number, is_turn)) = next else {
                            return;
                        };
                        if let Some(rate) = plan.requests_per_s {
                            let due = Duration::from_secs(1) * number / rate;
                            thread::sleep(due.saturating_sub(begin.elapsed()));
                        }
                        if let Some(stretch) = is_turn {
                            turn.send(stretch).expect("somebody switches");
                        }
                        let one = self.send(number, self.seed);
                        sent.lock().expect("no panic").push(one);
                    }
                });
            }
        });
        sent.into_inner().expect("no panic")
    }

    /// Sends a request until it is answered.
    fn send(&self, number: u32, seed: u64) -> Sent {
        let mut dice = Dice::new(seed ^ (u64::from(number) << 20));
        let member = dice.below(self.members.len());
        let cents = 1 + i64::try_from(dice.below(500_00)).expect("small");
        let (kind, request) = match dice.below(10) {
            0..=2 => (
                Kind::Booking { member, cents },
                Request::booking(self, member, cents),
            ),
            3..=4 => (
                Kind::Event { member, cents },
                Request::event(self, member, cents),
            ),
            5..=6 => (
                Kind::Read,
                Request::Get(format!("/v1/data/members/{}", self.members[member])),
            ),
            7 => (
                Kind::Read,
                Request::Get(format!("/v1/data/pools/{}/trial-balance", self.pool)),
            ),
            8 => (Kind::Read, Request::Get(format!("/v1/pools/{}", self.pool))),
            _ => (Kind::Read, Request::credits()),
        };
        let start = Instant::now();
        for tries in 1..=MAX_TRIES {
            if let Some(answer) = request.send(&self.http, number)
                && !matches!(answer.status, 502..=504)
            {
                let expected = if matches!(kind, Kind::Booking { .. }) {
                    201
                } else {
                    200
                };
                assert_eq!(answer.status, expected, "{number}: {}", text(&answer));
                let schema = answer.header("x-api-schema").expect("a schema").to_owned();
                return Sent {
                    number,
                    kind,
                    start,
                    end: Instant::now(),
                    schema,
                    tries,
                };
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("request {number} was never answered");
    }

    /// Sends a booking that was acknowledged once more.
    pub fn repeat(&self, one: &Sent) {
        let again = self.send(one.number, self.seed);
        assert_eq!(again.kind, one.kind);
    }
}

/// A request that may be sent several times: it is the same each time.
enum Request {
    Get(String),
    Command {
        path: String,
        body: serde_json::Value,
    },
    Event(String),
}

impl Request {
    fn booking(load: &Load, member: usize, cents: i64) -> Self {
        Self::Command {
            path: format!("/v1/pools/{}/contributions", load.pool),
            body: json!({"items": [{
                "member_id": load.members[member], "amount_cents": cents, "currency": "EUR",
                "effective_on": "2025-06-05",
            }]}),
        }
    }

    fn event(load: &Load, member: usize, cents: i64) -> Self {
        let event = cash(load.groups[member], "TOPUP", cents, "2025-06-06");
        Self::Event(format!(r#"{{"payload":[{event}]}}"#))
    }

    fn credits() -> Self {
        Self::Command {
            path: "/v1/tontine/credits".to_owned(),
            body: json!({"rule": "nominal_gain", "members": [
                {"id": "A", "q": "0.1", "at_risk_cents": 100_00},
                {"id": "B", "q": "0.2", "at_risk_cents": 200_00, "died": true},
            ]}),
        }
    }

    /// The answer, if there is one.
    fn send(&self, http: &Client, number: u32) -> Option<Answer> {
        match self {
            Self::Get(path) => get(http, path),
            Self::Command { path, body } => http
                .try_command(path, &format!("request-{number}"), body)
                .ok(),
            Self::Event(body) => http.try_deliver(body.as_bytes()).ok(),
        }
    }
}
