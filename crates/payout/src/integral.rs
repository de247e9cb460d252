//! Integrals over the years of a life.

/// Nodes and weights of the eight-point Gauss–Legendre rule on (−1, 1),
/// Abramowitz & Stegun, table 25.4; the others mirror these.
const NODES: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

/// ∫ f(t) dt from 0 to `end`, where f is smooth but for kinks every year from
/// `first_kink` on: one rule of order 16 between two kinks.
#[allow(clippy::float_arithmetic, reason = "an actuarial function")]
pub(crate) fn integral(end: f64, first_kink: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    let mut sum = 0.0;
    let (mut low, mut high) = (0.0, first_kink);
    while low < end {
        let until = if high < end { high } else { end };
        let (middle, half) = ((low + until) * 0.5, (until - low) * 0.5);
        for (node, weight) in NODES {
            let pair = f(middle - half * node) + f(middle + half * node);
            sum += half * weight * pair;
        }
        low = until;
        high += 1.0;
    }
    sum
}
