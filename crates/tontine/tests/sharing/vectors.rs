//! Published and recomputed numbers of every rule. "Recomputed" is: apart from
//! this code, with exact rationals or 50 digits.

use money::Cents;
use tontine::{Caps, Infeasible, Outcome, Participant, Plan, Refusal, Rule, Sharing, SharingError};

use crate::pools::{cents, four, member, seven};

const TRANSFER_PLAN: Rule = Rule::FairTransferPlan {
    infeasible: Infeasible::Refuse,
};

fn share(rule: Rule, pool: &[Participant<String>]) -> Sharing {
    let plan = Plan::new(rule, Caps::NONE, pool).expect("a plan");
    plan.share(Cents::ZERO).expect("shared")
}

/// Winter & Planchet 2021 (European Actuarial Journal 12), Tables 3 and 4: one
/// member with 500,000 at 5 %, 5,000 with 1,000 at 0.2 % of whom ten die. The
/// paper prints a share sum of 10,020 and credits of 7,242 and 2,758, because
/// its divisor still counts the ten dead. By its own formula, a sum over
/// survivors, the shares are 500000/19 and 4,990 times 1000/499, which is 10,000;
/// Γ = 0.2753623188405797 and the credits are 7246.376811594203 and
/// 2753.623188405797.
#[test]
fn winter_and_planchet_two_profiles_without_the_ten_dead() {
    let mut pool = vec![member("0000", "0.05", 50_000_000, false)];
    for i in 1..=5_000 {
        pool.push(member(&format!("{i:04}"), "0.002", 100_000, i <= 10));
    }
    let sharing = share(Rule::NominalGain, &pool);
    assert_eq!(sharing.pot, cents(1_000_000));
    assert_eq!(sharing.group_gain.to_string(), "0.275362318840");
    assert_eq!(sharing.credits[0], cents(724_638));
    let others = Cents::total(sharing.credits[1..].iter().copied()).expect("in range");
    assert_eq!(others, cents(275_362));
    assert!(
        sharing.credits[11..]
            .iter()
            .all(|c| (55..=56).contains(&c.get()))
    );
}

/// Recomputed at Destatis 2022/24 yearly rates: E dies and leaves 3,999,999.
#[test]
fn seven_members_of_destatis_rates_when_e_dies() {
    for (rule, expected) in [
        (
            Rule::NominalGain,
            [200_943, 268_105, 547_465, 1_567_714, 0, 662_255, 753_517],
        ),
        (
            Rule::FinitePoolCorrection,
            [162_358, 221_126, 489_769, 1_802_360, 0, 611_466, 712_920],
        ),
        (
            Rule::OverlayFund,
            [
                168_117, 225_933, 452_384, 1_292_654, 780_222, 480_095, 600_594,
            ],
        ),
        // 159486.343983, 216981.898854, 458204.578187, 2042072.187369,
        // 489776.171024 and 633477.820582 to the cent.
        (
            TRANSFER_PLAN,
            [159_486, 216_982, 458_205, 2_042_072, 0, 489_776, 633_478],
        ),
    ] {
        let sharing = share(rule, &seven("E"));
        assert_eq!(sharing.credits, expected.map(cents), "{rule:?}");
        assert_eq!(sharing.pot, cents(3_999_999), "{rule:?}");
        assert_eq!(sharing.outcome, Outcome::Shared, "{rule:?}");
    }
    let sharing = share(Rule::NominalGain, &seven("E"));
    assert_eq!(sharing.group_gain.to_string(), "2.564373808032");
}

/// The same by q·s among the survivors only would be 208,855 for A: that is not
/// fair, not even in the limit, and no rule here does it.
#[test]
fn no_rule_shares_by_expected_forfeiture_among_survivors_only() {
    for rule in [
        Rule::NominalGain,
        Rule::FinitePoolCorrection,
        Rule::OverlayFund,
        TRANSFER_PLAN,
    ] {
        assert_ne!(
            share(rule, &seven("E")).credits[0],
            cents(208_855),
            "{rule:?}"
        );
    }
}

/// Recomputed as exact rationals in euro: 1,000 each at 2, 3, 4 and 6 %.
#[test]
fn four_members_one_of_whom_dies() {
    // Remainders as numerators over 14,927, 25,727 and 10,609.
    let nominal = |dead: &str, numerators: [u128; 4], denominator: u128| {
        let sharing = share(Rule::NominalGain, &four(dead));
        for (credit, numerator) in sharing.credits.iter().zip(numerators) {
            let exact = numerator * 100;
            let found = u128::from(credit.get().unsigned_abs()) * denominator;
            assert!(found.abs_diff(exact) < denominator, "{dead} {credit}");
        }
    };
    nominal("a", [0, 3_384_000, 4_559_000, 6_984_000], 14_927);
    nominal("c", [4_559_000, 6_909_000, 0, 14_259_000], 25_727);
    nominal("d", [2_328_000, 3_528_000, 4_753_000, 0], 10_609);
    // 400/3, 200, 800/3 and 400, whoever dies.
    for dead in ["a", "c", "d"] {
        let sharing = share(Rule::OverlayFund, &four(dead));
        assert_eq!(sharing.credits, [13_333, 20_000, 26_667, 40_000].map(cents));
    }
}

/// Recomputed: survivors-only rules leave 4,000 unallocated, the overlay fund
/// pays estates 1600/3, 800, 3200/3 and 1600.
#[test]
fn four_members_all_of_whom_die() {
    let sharing = share(Rule::NominalGain, &four("abcd"));
    assert_eq!(sharing.credits, [Cents::ZERO; 4]);
    assert_eq!(sharing.to_estates, [cents(100_000); 4]);
    let sharing = share(Rule::OverlayFund, &four("abcd"));
    assert_eq!(
        sharing.credits,
        [53_333, 80_000, 106_667, 160_000].map(cents)
    );
    assert_eq!(sharing.to_estates, [Cents::ZERO; 4]);
}

/// Recomputed from w(1−w) = b/Y for b of 20, 30, 40 and 60: each row is the part
/// α_ij that i gets of the stake of j, for j = 1 to 4.
#[test]
fn a_separable_plan_for_four() {
    let alpha = [
        [
            0.0,
            0.105_587_423_972_471_64,
            0.114_031_923_755_990_94,
            0.204_518_338_843_103_53,
        ],
        [
            0.158_381_135_958_707_5,
            0.0,
            0.181_777_508_264_655_33,
            0.326_021_282_503_994_04,
        ],
        [
            0.228_063_847_511_981_92,
            0.242_370_011_019_540_45,
            0.0,
            0.469_460_378_652_902_6,
        ],
        [
            0.613_555_016_529_310_5,
            0.652_042_565_007_988,
            0.704_190_567_979_353_8,
            0.0,
        ],
    ];
    let stake = 100_000_000_000_000;
    for (j, dead) in ["a", "b", "c", "d"].iter().enumerate() {
        let mut pool = four(dead);
        for participant in &mut pool {
            participant.at_risk = cents(stake);
        }
        let sharing = share(TRANSFER_PLAN, &pool);
        for (credit, row) in sharing.credits.iter().zip(alpha) {
            // To a cent of 10^14, and the 15 digits of the table.
            let exact = (row[j] * 1e14) as i64;
            assert!(credit.get().abs_diff(exact) <= 2, "{dead} {credit} {exact}");
        }
        assert_eq!(sharing.credits[j], Cents::ZERO);
    }
    let plan = four("");
    let weights = Plan::new(TRANSFER_PLAN, Caps::NONE, &plan)
        .expect("a plan")
        .weights();
    let expected = [
        0.090_375_726_164_152_96,
        0.144_067_325_785_735_9,
        0.207_452_411_681_295_9,
        0.558_104_536_368_815_3,
    ];
    for (found, expected) in weights.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-15, "{found} {expected}");
    }
}

/// Sabin 2010: feasible only while no b exceeds the sum of the others; 80 does 70.
#[test]
fn no_separable_plan_for_ten_twenty_forty_and_eighty() {
    let pool = [
        member("a", "0.01", 100_000, false),
        member("b", "0.02", 100_000, false),
        member("c", "0.04", 100_000, false),
        member("d", "0.08", 100_000, false),
    ];
    let refused = Plan::new(TRANSFER_PLAN, Caps::NONE, &pool).err();
    let infeasible = Refusal::Infeasible { index: 3 };
    assert_eq!(refused, Some(SharingError::Refused(infeasible)));
    assert_eq!(
        infeasible.to_string(),
        "the member expects to forfeit more than all others together: \
         no fair transfer plan exists"
    );
}

/// In a pool of one rate group self-annuitisation is nominal gain.
#[test]
fn group_self_annuitisation_in_a_homogeneous_pool() {
    let pool: Vec<_> = (1..=40)
        .map(|i| member(&format!("{i:02}"), "0.0275", 100_000 * i, i % 9 == 0))
        .collect();
    let sharing = share(Rule::GroupSelfAnnuitisation, &pool);
    assert_eq!(sharing, share(Rule::NominalGain, &pool));
}
