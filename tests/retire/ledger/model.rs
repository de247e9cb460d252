//! Random sequences of commands, against a model of the pool.
//!
//! What holds after every step, whatever came before it:
//!
//! - **Conservation.** The balances of a pool sum to zero, and a settlement moves the
//!   pot and nothing else: what the dead leave and what is carried in is what is
//!   credited, left to estates and carried out.
//! - **No command overdraws.** Contributions, fees, reversals and payouts leave nobody
//!   below zero. What the broker reports has happened and may; and so may a settlement
//!   that takes back the credits of the one it replaces.
//! - **A refusal is whole.** A refused command changes no row, and leaves not even its
//!   key.
//! - **A command counts once.** Repeated under its key it gives the first answer, byte
//!   for byte, and changes no row; the key of one command is refused to another.
//! - **Order does not matter.** Balances are a function of what was booked and of the
//!   settlements that hold. The model has no other memory: a death that was reported
//!   late leads to the same balances as one that was known in time.
//! - **Replay from zero is state.** A balance is the sum of its postings.
//! - **As-of is replay.** Balances on a day, as they were known at a time, are those of
//!   the model as it was at that time, of what counts on that day.
//! - **The chain breaks on any altered byte.** That is tested where chains are verified:
//!   in crates/audit (`bytes.rs`, `forgeries.rs`).

mod apply;
pub mod book;
mod check;
pub mod command;
pub mod compare;
mod draws;
mod elsewhere;
mod moves;
mod play;
mod repeat;
pub mod settled;
pub mod settling;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use play::{Play, Seen};

use super::environment;
use crate::harness::App;

/// The steps of a sequence.
const STEPS: usize = 40;
/// How many sequences share a database: what one leaves must not matter to the next.
const PER_DATABASE: u64 = 10;

/// What a dozen sequences get to at least: the commands that are carried out, and some of
/// the reasons why others are not.
const REACHED: [(&str, &str); 20] = [
    ("enrol", ""),
    ("contribute", ""),
    ("charge", ""),
    ("reverse", ""),
    ("request", ""),
    ("confirm payout", ""),
    ("void", ""),
    ("report", ""),
    ("confirm death", ""),
    ("withdraw", ""),
    ("close", ""),
    ("set rules", ""),
    ("dry run", ""),
    ("settle", ""),
    ("settle again", ""),
    ("settle", "open-exceptions"),
    ("contribute", "member-deceased"),
    ("request", "period-settled"),
    ("charge", "insufficient-balance"),
    ("reverse", "insufficient-balance"),
];

#[test]
fn random_commands_leave_what_the_model_says() {
    let first: u64 = environment("RETIRE_SOAK_FIRST").unwrap_or(0);
    let count: u64 = environment("RETIRE_SOAK_SEQUENCES").unwrap_or(12);
    let (next, seen) = (AtomicU64::new(first), Mutex::new(Seen::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut app = None;
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        break;
                    }
                    if seed % PER_DATABASE < 2 {
                        app = None;
                    }
                    let mut play = Play::new(app.get_or_insert_with(App::start), seed);
                    play.steps(environment("RETIRE_SOAK_STEPS").unwrap_or(STEPS));
                    let mut seen = seen.lock().expect("no panic");
                    for (answer, count) in &play.seen {
                        *seen.entry(answer.clone()).or_default() += count;
                    }
                }
            });
        }
    });
    let seen = seen.into_inner().expect("no panic");
    for ((command, code), times) in &seen {
        println!("{times:5} {command} {code}");
    }
    // Sequences that never get anywhere would never fail.
    for (command, code) in REACHED.iter().filter(|_| count >= 12) {
        let reached = seen.contains_key(&(*command, (*code).to_owned()));
        assert!(reached, "{command} {code} was never met");
    }
}
