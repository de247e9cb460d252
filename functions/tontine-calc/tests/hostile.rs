//! Pools of any kind get an answer that conserves money, or a refusal that is the
//! caller's: never a fault of ours.

use money::Cents;
use proptest::prelude::*;
use tontine::{Caps, Fallback, Infeasible, Rule};
use tontine_calc::credits::share;
use tontine_calc::pool::{MemberAtRisk, Pool, PoolAtRisk};

fn rule() -> impl Strategy<Value = Rule> {
    prop_oneof![
        Just(Rule::NominalGain),
        Just(Rule::FinitePoolCorrection),
        Just(Rule::OverlayFund),
        Just(Rule::GroupSelfAnnuitisation),
        Just(Rule::FairTransferPlan {
            infeasible: Infeasible::Refuse
        }),
        Just(Rule::FairTransferPlan {
            infeasible: Infeasible::CapStake
        }),
        Just(Rule::EquitableWeights {
            fallback: Fallback::CappedFairTransferPlan
        }),
        Just(Rule::EquitableWeights {
            fallback: Fallback::FinitePoolCorrection
        }),
    ]
}

fn q() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("0".to_owned()),
        Just("0.0000000000000000000000000001".to_owned()),
        Just("0.9999999999999999999999999999".to_owned()),
        Just("0.5".to_owned()),
        (1_u32..1_000_000).prop_map(|n| format!("0.{n:06}")),
    ]
}

fn cents() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just((1 << 53) - 1),
        1_i64..10_000,
        1_i64..(1 << 50),
    ]
}

prop_compose! {
    fn pool()(
        rule in rule(),
        carried_in in prop_oneof![3 => Just(0), 1 => cents()],
        max_share_ppm in proptest::option::weighted(0.2, 0_u32..=1_000_000),
        max_gain_ppm in proptest::option::weighted(0.2, prop_oneof![Just(0), Just(u64::MAX), 0_u64..2_000_000]),
        max_stake_cents in proptest::option::weighted(0.2, prop_oneof![Just(0), Just(u64::MAX), 0_u64..20_000]),
        members in proptest::collection::vec((q(), cents(), proptest::bool::weighted(0.3)), 1..12),
    ) -> PoolAtRisk {
        let member = |(i, (q, at_risk_cents, died)): (usize, (String, i64, bool))| MemberAtRisk {
            id: format!("m{i}"),
            q: q.parse().ok(),
            sex: None,
            birth_date: None,
            at_risk_cents: Cents::new(at_risk_cents).expect("in range"),
            died,
        };
        PoolAtRisk {
            rule: Some(rule),
            caps: Caps { max_share_ppm, max_gain_ppm, max_stake_cents },
            carried_in_cents: Cents::new(carried_in).expect("in range"),
            rates: None,
            with_fairness: true,
            pool_id: None,
            members: members.into_iter().enumerate().map(member).collect(),
        }
    }
}

proptest! {
    #[test]
    fn every_pool_is_shared_or_refused(document in pool()) {
        let carried_in = i128::from(document.carried_in_cents.get());
        let dead: i128 = document
            .members
            .iter()
            .filter(|member| member.died)
            .map(|member| i128::from(member.at_risk_cents.get()))
            .sum();
        let pool = Pool::of_any_size(&|_| Ok(None), document);
        let pool = pool.map_err(|problem| TestCaseError::fail(format!("{problem:?}")))?;
        match share(pool) {
            Err(problem) => prop_assert!(problem.code().status().is_client_error(), "{problem:?}"),
            Ok((shared, credits)) => {
                let (mut credited, mut unshared) = (0_i128, 0_i128);
                for credit in credits {
                    prop_assert!(!credit.credit_cents.is_negative());
                    prop_assert!(credit.fairness_ratio.is_some(), "{}", credit.id);
                    credited += i128::from(credit.credit_cents.get());
                    unshared += credit.to_estate_cents.map_or(0, |c| i128::from(c.get()));
                }
                let carried_out = i128::from(shared.carried_out_cents.get());
                let pot = i128::from(shared.pot_cents.get());
                prop_assert_eq!(credited + carried_out, pot);
                prop_assert_eq!(pot + unshared, dead + carried_in);
            }
        }
    }
}
