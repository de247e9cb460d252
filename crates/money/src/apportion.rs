//! The split of a total that loses nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ethnum::U256;

use crate::Cents;

/// Why a total cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApportionError {
    /// The total is less than nothing.
    #[error("the total is negative")]
    NegativeTotal,
    /// All weights are zero (or there are none) while the total is not.
    #[error("no weight to share by")]
    NoWeight,
    /// The weights sum to 2^203 or more, so that a product could exceed 256 bits.
    #[error("the weights are too large")]
    WeightsTooLarge,
}

/// Splits `total` in proportion to `weights`: everyone gets the whole cents of
/// the exact share, and the cents that are left go one each to the largest
/// remainders (Hamilton's method). Equal remainders are served in the order of
/// the list: sort it by member id, and the result does not depend on arrival.
///
/// Each part is within one cent of its exact share; the parts sum to `total`.
/// Linear in the number of weights; besides the parts it holds eight bytes for
/// each of them.
///
/// # Errors
/// See [`ApportionError`].
pub fn apportion(total: Cents, weights: &[U256]) -> Result<Vec<Cents>, ApportionError> {
    if total.is_negative() {
        return Err(ApportionError::NegativeTotal);
    }
    if total == Cents::ZERO {
        return Ok(vec![Cents::ZERO; weights.len()]);
    }
    let weight_sum = weights
        .iter()
        .try_fold(U256::ZERO, |sum, w| sum.checked_add(*w))
        .filter(|sum| (*sum >> 203) == U256::ZERO)
        .ok_or(ApportionError::WeightsTooLarge)?;
    if weight_sum == U256::ZERO {
        return Err(ApportionError::NoWeight);
    }

    let exact = Exact { total, weight_sum };
    let quick = Quick::new(&exact);
    let mut parts = Vec::with_capacity(weights.len());
    let mut fractions = Vec::with_capacity(weights.len());
    let mut left = total.get();
    for weight in weights {
        let (mut whole, mut fraction) = quick.share(*weight);
        // Near the next cent only the exact share can tell.
        if fraction.checked_add(quick.error).is_none() && exact.share(*weight).0 > whole {
            (whole, fraction) = (whole + 1, 0);
        }
        left -= whole;
        parts.push(whole);
        fractions.push(fraction);
    }
    // `left` is the sum of the remainders over the weight sum: below the number
    // of members, and at most the number of remainders that are not zero.
    let extra = usize::try_from(left).unwrap_or(usize::MAX);
    assert!(extra < parts.len().max(1), "more cents left than members");
    if extra > 0 {
        let (served, candidates) = largest(extra, &fractions, quick.error, &mut parts);
        let mut unserved = exact.by_remainder(&candidates, weights);
        for _ in served..extra {
            if let Some((_, Reverse(i))) = unserved.pop() {
                parts[i] += 1;
            }
        }
    }
    assert_eq!(
        parts.iter().sum::<i64>(),
        total.get(),
        "the parts do not sum to the total"
    );
    // Each part is between zero and the total, so within the range of an amount.
    Ok(parts
        .into_iter()
        .map(|cents| Cents::new(cents).unwrap_or(Cents::MAX))
        .collect())
}

/// The exact division of total · weight by the sum of the weights.
struct Exact {
    total: Cents,
    weight_sum: U256,
}

impl Exact {
    /// Quotient and remainder: whole cents, and what is left for the last ones.
    fn share(&self, weight: U256) -> (i64, U256) {
        // 53 bits of the total and at most 203 of the weight: never above 256.
        let product = self.total() * weight;
        let whole = product / self.weight_sum;
        (whole.as_i64(), product - whole * self.weight_sum)
    }

    /// Positions by their remainder, the largest first, then in their order.
    fn by_remainder(
        &self,
        positions: &[usize],
        weights: &[U256],
    ) -> BinaryHeap<(U256, Reverse<usize>)> {
        let entry = |i: &usize| (self.share(weights[*i]).1, Reverse(*i));
        positions.iter().map(entry).collect()
    }

    fn total(&self) -> U256 {
        U256::from(self.total.get().unsigned_abs())
    }
}

/// The same division in 64 bits, which bounds its own error: a division of 256
/// bits for each member would be most of the work, and a hundredfold in
/// WebAssembly. What it cannot tell is asked of [`Exact`].
struct Quick {
    /// A weight is used with its bits from here on, 63 of them for the sum.
    weight_shift: i32,
    /// The first 63 bits of the total over the sum.
    cents_per_weight: u64,
    /// Bits of their product after the binary point of a cent; 73 to 116.
    point: u32,
    /// A fraction of a cent, in 2^−64, is too small by less than this.
    error: u64,
}

impl Quick {
    fn new(exact: &Exact) -> Self {
        let sum = exact.weight_sum;
        let total = exact.total();
        let bits = U256::BITS - sum.leading_zeros();
        let total_bits = U256::BITS - total.leading_zeros();
        // ⌊total · 2^(bits + 53) / sum⌋ in two steps of at most 256 bits: 54 to
        // 107 bits.
        let whole = (total << bits) / sum;
        let rest = (((total << bits) - whole * sum) << 53) / sum;
        let factor: U256 = (whole << 53) + rest;
        let excess = (U256::BITS - factor.leading_zeros()).saturating_sub(63);
        Self {
            weight_shift: bits.cast_signed() - 63,
            cents_per_weight: (factor >> excess).as_u64(),
            point: 116 - excess,
            // What is cut off the weight is below 2^−62 of the sum, so worth less
            // than total · 2^−62; what is cut off the factor, half as much, or
            // 2^−53 of a cent.
            error: 1 << (total_bits + 3).max(12),
        }
    }

    /// Whole cents and the fraction in 2^−64, not above the exact share.
    fn share(&self, weight: U256) -> (i64, u64) {
        let weight = if self.weight_shift >= 0 {
            weight >> self.weight_shift.unsigned_abs()
        } else {
            weight << self.weight_shift.unsigned_abs()
        };
        let (high, low) = wide_product(weight.as_u64(), self.cents_per_weight);
        let whole = high >> (self.point - 64);
        let fraction = (high << (128 - self.point)) | (low >> (self.point - 64));
        // The share is at most the total, which has 53 bits.
        (whole.cast_signed(), fraction)
    }
}

/// The product of two numbers below 2^63, high and low word. In halves: 128 bits
/// are a call in WebAssembly.
const fn wide_product(a: u64, b: u64) -> (u64, u64) {
    const HALF: u64 = 0xffff_ffff;
    let (a1, a0, b1, b0) = (a >> 32, a & HALF, b >> 32, b & HALF);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 32);
    let carry = a0 * b1 + (middle & HALF);
    (
        a1 * b1 + (middle >> 32) + (carry >> 32),
        (carry << 32) | (low & HALF),
    )
}

/// Adds a cent where the fraction is certainly among the `extra` largest, and
/// gives their number, with those of which it is not certain, in order.
fn largest(extra: usize, fractions: &[u64], error: u64, parts: &mut [i64]) -> (usize, Vec<usize>) {
    // Counting by the leading bits finds the bucket into which the last cent
    // falls.
    let bits = (fractions.len().ilog2() + 1).min(16);
    let bucket = |fraction: u64| usize::try_from(fraction >> (u64::BITS - bits)).unwrap_or(0);
    let mut counts = vec![0_usize; 1 << bits];
    for fraction in fractions {
        counts[bucket(*fraction)] += 1;
    }
    let mut last = counts.len() - 1;
    let mut above = 0;
    while above + counts[last] < extra {
        above += counts[last];
        last -= 1;
    }
    // The exact fraction of the last cent lies in the bucket, or above by less
    // than the error.
    let first = u64::try_from(last).unwrap_or(0) << (u64::BITS - bits);
    let lowest = first.saturating_sub(error);
    let highest = (first | (u64::MAX >> bits)).saturating_add(error);
    let mut served = 0;
    let mut candidates = Vec::new();
    for (i, fraction) in fractions.iter().enumerate() {
        if *fraction > highest {
            parts[i] += 1;
            served += 1;
        } else if *fraction >= lowest {
            candidates.push(i);
        }
    }
    (served, candidates)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cents(n: i64) -> Cents {
        Cents::new(n).expect("in range")
    }

    fn split(total: i64, weights: &[u64]) -> Vec<i64> {
        let weights: Vec<U256> = weights.iter().map(|w| U256::from(*w)).collect();
        let parts = apportion(cents(total), &weights).expect("splits");
        parts.into_iter().map(Cents::get).collect()
    }

    #[test]
    fn leftover_cents_go_to_the_largest_remainders_then_in_order() {
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(split(101, &[1, 1, 1]), [34, 34, 33]);
        assert_eq!(split(10, &[5, 3, 1]), [6, 3, 1]);
        assert_eq!(split(1, &[1, 2, 2]), [0, 1, 0]);
        assert_eq!(split(7, &[0, 1, 0]), [0, 7, 0]);
    }

    #[test]
    fn nothing_to_share_needs_no_weight() {
        assert_eq!(split(0, &[0, 0]), [0, 0]);
        assert_eq!(split(0, &[]), [0; 0]);
    }

    #[test]
    fn refusals() {
        let one = [U256::ONE];
        let refused = |total, weights: &[U256]| apportion(total, weights).err();
        assert_eq!(
            refused(cents(-1), &one),
            Some(ApportionError::NegativeTotal)
        );
        assert_eq!(refused(cents(1), &[]), Some(ApportionError::NoWeight));
        assert_eq!(
            refused(cents(1), &[U256::ZERO]),
            Some(ApportionError::NoWeight)
        );
        let huge = [U256::ONE << 202, U256::ONE << 202];
        assert_eq!(
            refused(cents(1), &huge),
            Some(ApportionError::WeightsTooLarge)
        );
        assert_eq!(
            refused(cents(1), &[U256::MAX, U256::ONE]),
            Some(ApportionError::WeightsTooLarge)
        );
    }

    #[test]
    fn the_largest_numbers_fit() {
        let weights = [(U256::ONE << 203) - 2_u128, U256::ONE];
        let parts = apportion(Cents::MAX, &weights).expect("splits");
        assert_eq!(parts, [Cents::MAX, Cents::ZERO]);
    }

    /// Hamilton's method with a division of 256 bits for each member, and a sort.
    fn plainly(total: Cents, weights: &[U256]) -> Vec<i64> {
        let pot = U256::from(total.get().unsigned_abs());
        let sum: U256 = weights.iter().fold(U256::ZERO, |sum, w| sum + *w);
        let mut parts: Vec<i64> = weights.iter().map(|w| (pot * *w / sum).as_i64()).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(pot * weights[*i] % sum));
        let left = total.get() - parts.iter().sum::<i64>();
        for i in &order[..usize::try_from(left).expect("not negative")] {
            parts[*i] += 1;
        }
        parts
    }

    /// A weight of any length up to 195 bits: 256 of them stay below 2^203.
    fn any_weight() -> impl Strategy<Value = U256> {
        (any::<u128>(), any::<u128>(), 0_u32..196)
            .prop_map(|(high, low, bits)| U256::from_words(high, low) >> (256 - bits.max(1)))
    }

    proptest! {
        #[test]
        fn the_quick_division_is_the_plain_one(
            total in prop_oneof![0_i64..1_000, 0_i64..=9_007_199_254_740_991],
            few in prop::collection::vec(any_weight(), 1..8),
            length in 1_usize..256,
        ) {
            let weights: Vec<U256> = few.iter().copied().cycle().take(length).collect();
            prop_assume!(weights.iter().any(|w| *w > U256::ZERO));
            let parts = apportion(cents(total), &weights).expect("splits");
            let parts: Vec<i64> = parts.into_iter().map(Cents::get).collect();
            prop_assert_eq!(parts, plainly(cents(total), &weights));
        }

        #[test]
        fn parts_sum_to_the_total_and_miss_the_exact_share_by_less_than_a_cent(
            total in 0_i64..=9_007_199_254_740_991,
            weights in prop::collection::vec(prop_oneof![Just(0_u64), 1_u64..100, any::<u64>()], 1..200),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = split(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            let sum: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact_times_sum = i128::from(total) * i128::from(*weight);
                prop_assert!((i128::from(*part) * sum - exact_times_sum).abs() < sum);
            }
        }

        #[test]
        fn a_larger_weight_never_gets_less(
            total in 0_i64..1_000_000,
            weights in prop::collection::vec(0_u64..1_000, 2..50),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = split(total, &weights);
            for i in 0..parts.len() {
                for j in 0..parts.len() {
                    prop_assert!(weights[i] <= weights[j] || parts[i] >= parts[j]);
                }
            }
        }
    }
}
