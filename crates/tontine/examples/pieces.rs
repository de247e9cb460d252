#![allow(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    missing_docs
)]
use ethnum::U256;
use money::{Cents, apportion};
use mortality::Probability;
use std::time::Instant;
fn main() {
    for n in [1000usize, 1_000_000] {
        let qs: Vec<Probability> = (0..n)
            .map(|i| Probability::from_float(0.0001 + (i as f64 * 0.618).fract() * 0.01))
            .collect();
        let reps = 3_000_000 / n;
        let t = Instant::now();
        let mut odds = vec![];
        for _ in 0..reps {
            odds = std::hint::black_box(&qs).iter().map(|q| q.odds()).collect();
        }
        println!("{n} odds {:.1} ns", t.elapsed().as_nanos() as f64 / 3e6);
        let t = Instant::now();
        let mut ws = vec![];
        for _ in 0..reps {
            ws = std::hint::black_box(&odds)
                .iter()
                .enumerate()
                .map(|(i, o)| {
                    U256::from(*o) * U256::from(5_000_000 + (i as u64 * 7919) % 10_000_000)
                })
                .collect();
        }
        println!("{n} weights {:.1} ns", t.elapsed().as_nanos() as f64 / 3e6);
        let t = Instant::now();
        for _ in 0..reps {
            std::hint::black_box(
                apportion(Cents::new(123_456_789).unwrap(), std::hint::black_box(&ws)).unwrap(),
            );
        }
        println!(
            "{n} apportion {:.1} ns",
            t.elapsed().as_nanos() as f64 / 3e6
        );
    }
}
