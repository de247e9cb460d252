//! The split of a total that loses nothing.

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

    let divisor = Divisor::new(total, weight_sum);
    let mut parts = Vec::with_capacity(weights.len());
    let mut keys = Vec::with_capacity(weights.len());
    let mut left = total.get();
    for weight in weights {
        let (whole, remainder) = divisor.share(*weight);
        left -= whole;
        parts.push(whole);
        keys.push(divisor.key(remainder));
    }
    // `left` is the sum of the remainders over the weight sum: below the number
    // of members, and at most the number of remainders that are not zero.
    let extra = usize::try_from(left).unwrap_or(usize::MAX);
    assert!(extra < parts.len().max(1), "more cents left than members");
    if extra > 0 {
        serve_largest(extra, &mut parts, &keys, |i| {
            std::cmp::Reverse(divisor.share(weights[i]).1)
        });
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

/// Division of total · weight by the sum of the weights, by multiplication with
/// what is computed once: a division of 256 bits for each member would be most
/// of the work.
struct Divisor {
    total: U256,
    weight_sum: U256,
    /// The length of the weight sum: 2^(bits−1) ≤ sum < 2^bits.
    bits: u32,
    /// ⌊total · 2^bits / sum⌋, below 2^54.
    cents_per_weight: U256,
}

impl Divisor {
    fn new(total: Cents, weight_sum: U256) -> Self {
        let total = U256::from(total.get().unsigned_abs());
        let bits = U256::BITS - weight_sum.leading_zeros();
        Self {
            total,
            weight_sum,
            bits,
            // 53 bits and at most 203.
            cents_per_weight: (total << bits) / weight_sum,
        }
    }

    /// Quotient and remainder of total · weight over the sum.
    fn share(&self, weight: U256) -> (i64, U256) {
        // Not above total · 2^bits, since the weight is not above the sum. The
        // factor lacks less than one, so the product lacks less than
        // weight / 2^bits < 1 whole cent: the quotient is this or one more.
        let whole = (weight * self.cents_per_weight) >> self.bits;
        let remainder = weight * self.total - whole * self.weight_sum;
        let whole = whole.as_i64();
        if remainder >= self.weight_sum {
            (whole + 1, remainder - self.weight_sum)
        } else {
            (whole, remainder)
        }
    }

    /// The first 64 bits of a remainder, so that most compare without all 256.
    fn key(&self, remainder: U256) -> u64 {
        (remainder >> self.bits.saturating_sub(64)).as_u64()
    }
}

/// Adds one to each of the `extra` parts of the largest keys. Equal keys are
/// ordered by `exact`, then by position.
fn serve_largest<K: Ord>(
    extra: usize,
    parts: &mut [i64],
    keys: &[u64],
    exact: impl Fn(usize) -> K,
) {
    // Counting by the leading bits finds the bucket in which the last cent
    // falls; only that one is sorted.
    let length = u64::BITS - keys.iter().fold(0, |all, key| all | key).leading_zeros();
    let bucket_bits = keys.len().ilog2().min(16);
    let shift = length.saturating_sub(bucket_bits);
    let bucket = |key: u64| usize::try_from(key >> shift).unwrap_or(usize::MAX);
    let mut counts = vec![0_usize; (1 << bucket_bits) + 1];
    for key in keys {
        counts[bucket(*key)] += 1;
    }
    let mut unserved = extra;
    let mut last = counts.len() - 1;
    while counts[last] < unserved {
        unserved -= counts[last];
        last -= 1;
    }
    let mut candidates = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        match bucket(*key).cmp(&last) {
            std::cmp::Ordering::Greater => parts[i] += 1,
            std::cmp::Ordering::Equal => candidates.push(i),
            std::cmp::Ordering::Less => {}
        }
    }
    if unserved < candidates.len() {
        candidates.select_nth_unstable_by(unserved, |a, b| {
            keys[*b]
                .cmp(&keys[*a])
                .then_with(|| exact(*a).cmp(&exact(*b)))
                .then(a.cmp(b))
        });
    }
    for i in &candidates[..unserved] {
        parts[*i] += 1;
    }
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
