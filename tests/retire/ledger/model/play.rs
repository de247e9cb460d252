//! Plays a sequence: each step is sent, and the model has said before what comes of it.

use std::collections::BTreeMap;

use ledger::Month;
use ledger::record::{Pool, Settlement};
use postgres::Client;
use serde_json::{Value, json};
use simulator::Answer;
use time::macros::date;
use time::{Date, UtcDateTime};
use uuid::Uuid;

use super::book::Book;
use super::check::Refusal;
use super::command::Command;
use super::compare;
use super::moves::{Draw, Elsewhere, Step, rules};
use super::settling::Attempt;
use crate::harness::{App, Contents, account_group, contents, event, header, problem, text};
use crate::ledger::authorization;
use crate::ledger::dice::Dice;

/// How often which kind of command was met with which code; none is success.
pub type Seen = BTreeMap<(&'static str, String), u32>;

/// A command that was carried out.
struct Done {
    command: Command,
    path: String,
    key: String,
    body: Value,
    answer: Answer,
}

/// A sequence under way. If it fails it says how to play it again.
pub struct Play<'a> {
    app: &'a App,
    admin: Client,
    seed: u64,
    dice: Dice,
    book: Book,
    elsewhere: Elsewhere,
    done: Vec<Done>,
    /// What the model knew at which times.
    past: Vec<(String, Book)>,
    steps: Vec<String>,
    pub seen: Seen,
}

impl Drop for Play<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, pool {}:", self.seed, self.book.pool_id);
            for (number, step) in self.steps.iter().enumerate() {
                eprintln!("{number:3} {step}");
            }
        }
    }
}

fn today() -> Date {
    UtcDateTime::now().date()
}

impl<'a> Play<'a> {
    pub fn new(app: &'a App, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let first_period: Month = "2025-06".parse().expect("a month");
        let rules = rules(&mut dice);
        let open = json!({
            "name": "Model", "currency": "EUR", "first_period": first_period, "rules": rules,
        });
        let post = |path: &str, name: &str, body: &Value| {
            let key = format!("{seed}-{name}");
            app.client.try_command(path, &key, body).expect("an answer")
        };
        let pool: Pool = post("/v1/pools", "pool", &open).json().expect("a pool");
        Self {
            app,
            admin: app.database.admin(),
            seed,
            dice,
            book: Book::new(pool.pool_id, first_period, rules),
            elsewhere: elsewhere(&post, &open),
            done: Vec::new(),
            past: Vec::new(),
            steps: Vec::new(),
            seen: Seen::new(),
        }
    }

    /// Plays and checks after every step, and the past in the end.
    pub fn steps(&mut self, count: usize) {
        while self.steps.len() < count {
            let mut draw = Draw {
                book: &self.book,
                dice: &mut self.dice,
                elsewhere: &self.elsewhere,
                done: self.done.len(),
            };
            match draw.step(&mut self.admin) {
                Step::Send(command) => self.send(command),
                Step::Again(index) => self.again(index),
                Step::OtherBody(index) => self.other_body(index),
                Step::Broker {
                    member,
                    cents,
                    on,
                    transaction,
                } => {
                    self.broker(member, cents, on, transaction);
                }
            }
        }
        self.look_back();
    }

    fn saw(&mut self, name: &'static str, code: &str) {
        *self.seen.entry((name, code.to_owned())).or_default() += 1;
    }

    fn send(&mut self, command: Command) {
        self.steps.push(command.to_string());
        let path = command.path(self.book.pool_id);
        let body = command.body();
        // Whose command was refused may use its key for another.
        let key = format!("{}-{}", self.seed, self.done.len());
        let expected = self.book.check(&command, today());
        let before = contents(&mut self.admin);
        let answer = self
            .app
            .client
            .try_command(&path, &key, &body)
            .expect("an answer");
        let code = if answer.status < 300 {
            String::new()
        } else {
            problem(&answer).1
        };
        self.saw(command.name(), &code);
        match (expected, &command) {
            (Err(refusal), _) => {
                assert_refused(&answer, &refusal);
                assert_eq!(
                    contents(&mut self.admin),
                    before,
                    "a refusal changes nothing"
                );
            }
            (Ok(()), Command::Settle { period, dry_run }) => {
                let new = self.settle(*period, *dry_run, &answer, &before);
                if new {
                    self.done.push(Done {
                        command,
                        path,
                        key,
                        body,
                        answer,
                    });
                }
            }
            (Ok(()), _) => {
                assert_eq!(answer.status, 201, "{}", text(&answer));
                self.book.apply(&command, &answer);
                if let Command::Enrol { user, .. } = command {
                    self.app.deliver(&[account_group(group_of(user), user)]);
                }
                self.done.push(Done {
                    command,
                    path,
                    key,
                    body,
                    answer,
                });
                self.compare();
            }
        }
    }

    /// Takes in the answer to the command to settle. Gives whether there is a new
    /// settlement.
    fn settle(&mut self, period: Month, dry_run: bool, answer: &Answer, before: &Contents) -> bool {
        let attempt = self.book.attempt(period, today()).expect("it was checked");
        if let Attempt::New(settled) = &attempt
            && settled.revision > 1
            && !dry_run
        {
            self.saw("settle again", "");
        }
        let is_new = matches!(attempt, Attempt::New(_)) && !dry_run;
        assert_eq!(
            answer.status,
            if is_new { 201 } else { 200 },
            "{}",
            text(answer)
        );
        let record: Settlement = answer.json().expect("a settlement");
        match attempt {
            Attempt::New(settled) if dry_run => compare::settlement(&record, &settled, None),
            attempt => {
                let index = self.book.record(attempt);
                let settled = &self.book.settlements[index];
                compare::settlement(&record, settled, Some(index));
                compare::lines(&self.app.client, &self.book, settled);
                compare::settlements(&self.app.client, &self.book);
            }
        }
        if is_new {
            self.compare();
        } else {
            assert_eq!(&contents(&mut self.admin), before, "nothing was to do");
        }
        is_new
    }

    fn broker(&mut self, member: Uuid, cents: i64, on: Date, transaction: Uuid) {
        self.steps.push(format!(
            "broker moves {cents} of {member} on {on}: {transaction}"
        ));
        let user = self.book.people[&member].user;
        let sign = if cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        let kind = if cents < 0 { "WITHDRAWAL" } else { "TOPUP" };
        self.app.deliver(&[event(
            "CASH_TRANSACTION.EXECUTED",
            &json!({
                "id": transaction, "account_group_id": group_of(user), "type": kind,
                "delta": {"amount": amount, "currency": "EUR"},
                "value_date": format!("{on}T00:00:00Z"),
            }),
        )]);
        self.book.broker_moved(member, cents, on, transaction);
        self.compare();
    }

    /// A repeated command gets the first answer, byte for byte, and changes nothing.
    fn again(&mut self, index: usize) {
        let done = &self.done[index];
        self.steps.push(format!("again: {}", done.command));
        let before = contents(&mut self.admin);
        let answer = self
            .app
            .client
            .try_command(&done.path, &done.key, &done.body);
        let answer = answer.expect("an answer");
        match &done.command {
            // A period that is settled is answered without a look at the key.
            Command::Settle { period, .. } => match self.book.attempt(*period, today()) {
                Ok(Attempt::Settled(index)) => {
                    let record: Settlement = answer.json().expect("a settlement");
                    let settled = &self.book.settlements[index];
                    compare::settlement(&record, settled, Some(index));
                }
                Ok(Attempt::New(_)) => {
                    assert_eq!((answer.status, &answer.body), (201, &done.answer.body));
                }
                Err(refusal) => assert_refused(&answer, &refusal),
            },
            _ => assert_eq!((answer.status, &answer.body), (201, &done.answer.body)),
        }
        assert_eq!(
            contents(&mut self.admin),
            before,
            "a repetition changes nothing"
        );
    }

    /// The key of a command is not another command's.
    fn other_body(&mut self, index: usize) {
        let done = &self.done[index];
        if let Command::Settle { period, .. } = done.command
            && !matches!(self.book.attempt(period, today()), Ok(Attempt::New(_)))
        {
            return;
        }
        self.steps.push(format!("another body: {}", done.command));
        let before = contents(&mut self.admin);
        let headers = [
            authorization(),
            header("content-type", "application/json"),
            header("idempotency-key", &done.key),
        ];
        // The same for whoever reads JSON, and still another request.
        let body = format!("{} ", done.body);
        let answer = self
            .app
            .client
            .send("POST", &done.path, &headers, body.as_bytes());
        let reused = Refusal::of(422, "idempotency-key-reused");
        assert_refused(&answer.expect("an answer"), &reused);
        assert_eq!(
            contents(&mut self.admin),
            before,
            "a refusal changes nothing"
        );
    }

    /// The application and the model say the same.
    fn compare(&mut self) {
        compare::balances(&mut self.admin, &self.book);
        compare::pool(&self.app.client, &self.book);
        compare::trial_balance(&self.app.client, &self.book);
        compare::balances_on(&self.app.client, &self.book, today(), None);
        if self.dice.chance(25) {
            compare::members(&self.app.client, &self.book);
        }
        let known = UtcDateTime::now();
        let known = known.format(&time::format_description::well_known::Rfc3339);
        self.past.push((known.expect("a time"), self.book.clone()));
    }

    /// What was known earlier, of days before and after, is known still.
    fn look_back(&mut self) {
        compare::members(&self.app.client, &self.book);
        compare::audit(&self.app.client, &self.book);
        for _ in 0..8 {
            let (time, book) = &self.past[self.dice.below(self.past.len())];
            let as_of = self.dice.day(date!(2025 - 05 - 01), date!(2026 - 12 - 31));
            compare::balances_on(&self.app.client, book, as_of, Some(time));
            compare::balances_on(&self.app.client, &self.book, as_of, None);
        }
        let members: Vec<Uuid> = self.book.people.keys().copied().collect();
        for _ in 0..4 {
            let member = self.dice.pick(&members).expect("there are members");
            let (first, last) = ("2025-05".parse(), "2026-10".parse());
            let (first, last) = (first.expect("a month"), last.expect("a month"));
            compare::statements(&self.app.client, &self.book, member, first, last);
        }
    }
}

fn assert_refused(answer: &Answer, refusal: &Refusal) {
    assert!(
        answer.status >= 300,
        "{refusal:?} was expected: {}",
        text(answer)
    );
    let (status, code, pointer) = problem(answer);
    let found = (status, code.as_str(), pointer);
    let expected = (refusal.status, refusal.code, refusal.pointer.clone());
    assert_eq!(found, expected, "{}", text(answer));
}

/// The account group of a user at the broker.
fn group_of(user: Uuid) -> Uuid {
    Uuid::new_v5(&user, b"group")
}

/// Another pool, of which commands to this one must know nothing.
fn elsewhere(post: &dyn Fn(&str, &str, &Value) -> Answer, open: &Value) -> Elsewhere {
    let id = |answer: Answer, field: &str| -> Uuid {
        let document: Value = answer.json().expect("a document");
        let id = document[field]
            .as_str()
            .unwrap_or_else(|| panic!("{field} of {document}"));
        id.parse().expect("an id")
    };
    let pool = id(post("/v1/pools", "elsewhere", open), "pool_id");
    let path = |rest: &str| format!("/v1/pools/{pool}/{rest}");
    let enrol = json!({
        "upvest_user_id": Uuid::new_v5(&pool, b"user"), "sex": "male",
        "birth_date": "1944-04-04", "enrolled_on": "2025-05-01",
    });
    let member = id(post(&path("members"), "member", &enrol), "member_id");
    let day = "2025-06-02";
    let item = json!({
        "member_id": member, "amount_cents": 100, "currency": "EUR", "effective_on": day,
    });
    let booked = post(&path("contributions"), "booked", &json!({"items": [item]}));
    let booked: Value = booked.json().expect("a batch");
    let request = json!({
        "member_id": member, "account": "member", "amount_cents": 1, "currency": "EUR",
        "requested_on": day,
    });
    let death = json!({"member_id": member, "died_on": day});
    Elsewhere {
        member,
        entry: booked["first_entry_id"].as_i64().expect("an entry"),
        payout: id(post(&path("payouts"), "payout", &request), "payout_id"),
        death: id(post(&path("deaths"), "death", &death), "death_id"),
    }
}
