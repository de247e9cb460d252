//! Measures the engine on pools like real ones: `cargo run --release -p tontine
//! --example measure`, all of it, or with the argument `credits` what `cargo xtask
//! bench` reads: lines of members and nanoseconds a member.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    reason = "a measurement"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use money::Cents;
use mortality::{Closing, FractionalAge, Sex, Table};
use tontine::{
    Caps, Fallback, Infeasible, NoEquitableWeights, Participant, Plan, Rule, nominal_gain,
};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.next(), self.next());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(std::f64::consts::TAU * v)
    }
}

fn pool(n: usize, monthly: bool, seed: u64) -> Vec<Participant<u32>> {
    let table = Table::by_id("destatis-2022-2024").expect("in range");
    let mut random = Random(seed);
    (0..n)
        .map(|i| {
            let age = 60 + (random.next() * 36.0) as u32;
            let sex = if random.next() < 0.5 {
                Sex::Female
            } else {
                Sex::Male
            };
            let month = (random.next() * 12.0) as u8;
            let yearly = table.yearly(sex, age, Closing::LastRate);
            let q = match monthly {
                true => FractionalAge::ConstantForce.monthly(yearly, month),
                false => yearly,
            };
            let euro = libm::exp(libm::log(50_000.0) + random.normal());
            Participant {
                id: u32::try_from(i).expect("in range"),
                q,
                at_risk: Cents::new((euro * 100.0) as i64).expect("in range"),
                died: random.next() < q.to_float(),
            }
        })
        .collect()
}

/// Members whose ids are sorted, as from a database.
const SIZES: [usize; 8] = [3, 7, 12, 100, 1_000, 10_000, 100_000, 1_000_000];

const EQUITABLE: Rule = Rule::EquitableWeights {
    fallback: Fallback::OverlayFund,
};

fn plan(rule: Rule, pool: &[Participant<u32>]) -> Plan<'_, u32> {
    Plan::new(rule, Caps::NONE, pool).expect("a plan")
}

fn nanoseconds_a_member(n: usize, share: &dyn Fn()) -> f64 {
    let runs = (2_000_000 / n).max(3);
    share();
    let best = (0..runs).map(|_| {
        let start = Instant::now();
        share();
        start.elapsed().as_nanos()
    });
    best.min().unwrap_or(0) as f64 / n as f64
}

fn credits() {
    println!("credits, nanoseconds a member, the best of several runs");
    let transfer = Rule::FairTransferPlan {
        infeasible: Infeasible::CapStake,
    };
    for n in SIZES.into_iter().filter(|n| *n >= 1_000) {
        let pool = pool(n, true, 1);
        let nominal = nanoseconds_a_member(n, &|| {
            black_box(nominal_gain(&pool, Cents::ZERO)).expect("shared");
        });
        print!("{n:>9} nominal gain {nominal:.0}");
        for rule in [Rule::FinitePoolCorrection, Rule::OverlayFund, transfer] {
            let time = nanoseconds_a_member(n, &|| {
                black_box(plan(rule, &pool).share(Cents::ZERO)).expect("shared");
            });
            print!(", {rule:?} {time:.0}");
        }
        println!();
    }
}

fn equitable(monthly: bool) {
    println!("equitable weights, monthly rates: {monthly}");
    for n in SIZES {
        let seeds = (10_000 / n).clamp(1, 1_000) as u64;
        let (mut exist, mut rounds, mut spread, mut longest) = (0, 0, 0.0_f64, Duration::ZERO);
        let mut not_found = 0;
        for seed in 0..seeds {
            let pool = pool(n, monthly, seed);
            let start = Instant::now();
            let plan = plan(EQUITABLE, &pool);
            longest = longest.max(start.elapsed());
            match plan.equitable().expect("asked for") {
                Ok(solution) => {
                    exist += 1;
                    rounds = rounds.max(solution.rounds);
                    spread = spread.max(plan.fairness().spread);
                }
                Err(NoEquitableWeights::Dominated { .. }) => {}
                Err(NoEquitableWeights::NotFound { .. }) => not_found += 1,
            }
        }
        let pool = pool(n, monthly, 0);
        let nominal = plan(Rule::NominalGain, &pool).fairness();
        let corrected = plan(Rule::FinitePoolCorrection, &pool).fairness();
        println!(
            "{n:>9} exist in {exist} of {seeds}, not found {not_found}; rounds {rounds}, \
             spread {spread:.0e}, longest {longest:?}; nominal gain worst {:.0e} rms {:.0e}, \
             corrected worst {:.0e} rms {:.0e}",
            nominal.worst, nominal.rms_from_one, corrected.worst, corrected.rms_from_one
        );
    }
}

/// The first member stakes `part` of what all others can make up for.
fn near_dominance() {
    println!("one member close to dominating, monthly rates");
    for n in SIZES.into_iter().filter(|n| *n >= 100) {
        for part in [0.9, 0.99, 0.999, 0.9999, 0.99999, 1.00001] {
            let mut pool = pool(n, true, 1);
            let b = |p: &Participant<u32>| p.q.to_float() * p.at_risk.get() as f64;
            let others: f64 = pool[1..].iter().map(b).sum();
            let q = pool[0].q.to_float();
            pool[0].at_risk = Cents::new((part * others * (1.0 - q) / q) as i64).expect("fits");
            let start = Instant::now();
            let plan = plan(EQUITABLE, &pool);
            println!(
                "{n:>9} at {part}: {:?} {:?}",
                start.elapsed(),
                plan.equitable()
            );
        }
    }
}

/// What nominal gain takes, and in a component the memory of a million members.
fn credits_to_read() {
    for n in [1_000, 10_000, 100_000, 1_000_000] {
        let pool = pool(n, true, 1);
        let time = nanoseconds_a_member(n, &|| {
            black_box(nominal_gain(&pool, Cents::ZERO)).expect("shared");
        });
        println!("{n} {time:.1}");
        #[cfg(target_arch = "wasm32")]
        println!("{n} memory {}", core::arch::wasm32::memory_size(0) * 65_536);
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("credits") {
        return credits_to_read();
    }
    credits();
    equitable(false);
    equitable(true);
    near_dominance();
}
