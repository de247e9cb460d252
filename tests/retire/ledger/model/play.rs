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
use super::elsewhere::Elsewhere;
use super::moves::{Draw, Step, rules};
use super::settled;
use super::settling::Attempt;
use crate::harness::{App, Contents, account_group, contents, event, problem, text};
use crate::ledger::dice::Dice;

/// How often which kind of command was met with which code; none is success.
pub type Seen = BTreeMap<(&'static str, String), u32>;

/// A command that was carried out.
pub struct Done {
    pub command: Command,
    pub path: String,
    pub key: String,
    pub body: Value,
    pub answer: Answer,
}

/// A sequence under way. If it fails it says how to play it again.
pub struct Play<'a> {
    pub app: &'a App,
    pub admin: Client,
    seed: u64,
    dice: Dice,
    pub book: Book,
    elsewhere: Elsewhere,
    pub done: Vec<Done>,
    /// What the model knew at which times.
    past: Vec<(String, Book)>,
    pub steps: Vec<String>,
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

/// The day by which the application says what is in the future.
pub fn today() -> Date {
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
            elsewhere: Elsewhere::fill(&post, &open),
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
            Attempt::New(settled) if dry_run => settled::settlement(&record, &settled, None),
            attempt => {
                let index = self.book.record(attempt);
                let settled = &self.book.settlements[index];
                settled::settlement(&record, settled, Some(index));
                settled::lines(&self.app.client, &self.book, settled);
                settled::settlements(&self.app.client, &self.book);
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

    /// The application and the model say the same.
    fn compare(&mut self) {
        compare::balances(&mut self.admin, &self.book);
        compare::pool(&self.app.client, &self.book);
        compare::trial_balance(&self.app.client, &self.book);
        compare::balances_on(&self.app.client, &self.book, today(), None);
        if self.dice.chance(25) {
            compare::members(&self.app.client, &self.book);
            compare::exceptions(&self.app.client, &self.book);
        }
        let known = UtcDateTime::now();
        let known = known.format(&time::format_description::well_known::Rfc3339);
        self.past.push((known.expect("a time"), self.book.clone()));
    }

    /// What was known earlier, of days before and after, is known still.
    fn look_back(&mut self) {
        compare::members(&self.app.client, &self.book);
        settled::audit(&self.app.client, &self.book);
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
            settled::statements(&self.app.client, &self.book, member, first, last);
        }
    }
}

pub fn assert_refused(answer: &Answer, refusal: &Refusal) {
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
