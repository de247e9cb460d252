//! Measures the engine on pools like real ones: `cargo run --release -p tontine
//! --example measure`.
#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a measurement"
)]

use std::time::Instant;

use money::Cents;
use mortality::{Closing, FractionalAge, Sex, Table};
use tontine::{Caps, Fallback, Participant, Plan, Rule, nominal_gain};

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
    let table = Table::by_id("destatis-2022-2024").unwrap();
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
                id: u32::try_from(i).unwrap(),
                q,
                at_risk: Cents::new((euro * 100.0) as i64).unwrap(),
                died: random.next() < q.to_float(),
            }
        })
        .collect()
}

fn main() {
    for n in [1_000, 10_000, 100_000, 1_000_000] {
        let pool = pool(n, true, 1);
        let runs = 3_000_000 / n;
        let start = Instant::now();
        for _ in 0..runs {
            std::hint::black_box(nominal_gain(std::hint::black_box(&pool), Cents::ZERO)).unwrap();
        }
        let ns = start.elapsed().as_nanos() as f64 / runs as f64 / n as f64;
        println!("nominal gain, {n} members: {ns:.1} ns a member");
    }
    let rule = Rule::EquitableWeights {
        fallback: Fallback::OverlayFund,
    };
    for monthly in [false, true] {
        for n in [3, 7, 12, 100, 1_000, 10_000, 100_000, 1_000_000] {
            for seed in 1..=if n <= 100 { 5 } else { 1 } {
                let pool = pool(n, monthly, seed);
                let start = Instant::now();
                let plan = Plan::new(rule, Caps::NONE, &pool).unwrap();
                let took = start.elapsed();
                println!(
                    "monthly {monthly} n {n} took {took:?} {:?}",
                    plan.equitable()
                );
                if matches!(plan.equitable(), Some(Ok(_))) {
                    let start = Instant::now();
                    let fairness = plan.fairness();
                    println!(
                        "   spread {:e} worst {:e} {:?} took {:?}",
                        fairness.spread,
                        fairness.worst,
                        fairness.method,
                        start.elapsed()
                    );
                }
            }
        }
    }
}
