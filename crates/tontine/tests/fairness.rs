//! The figures of fairness against enumeration and recomputed numbers.
#![allow(clippy::float_arithmetic, reason = "comparison with floats")]

mod pools;

use money::Cents;
use pools::{four, seven};
use tontine::{Caps, Fallback, Participant, Plan, Rule};

fn ratios(rule: Rule, pool: &[Participant<String>]) -> tontine::Fairness {
    Plan::new(rule, Caps::NONE, pool)
        .expect("a plan")
        .fairness()
}

#[test]
fn explore() {
    let f = ratios(Rule::NominalGain, &four(""));
    println!("{f:?}");
    let f = ratios(Rule::NominalGain, &seven(""));
    println!("{f:?}");
    let f = ratios(Rule::FinitePoolCorrection, &seven(""));
    println!("{f:?}");
    let pool = seven("E");
    let rule = Rule::EquitableWeights {
        fallback: Fallback::OverlayFund,
    };
    let plan = Plan::new(rule, Caps::NONE, &pool).expect("plan");
    println!("{plan:?} {:?}", plan.share(Cents::ZERO));
    println!("{:?}", plan.fairness());
}
