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

    let pot = U256::from(total.get().unsigned_abs());
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = total.get();
    for weight in weights {
        // 53 bits of the pot and at most 203 of the weight: never above 256.
        let product = pot * *weight;
        let whole = (product / weight_sum).as_i64();
        remainders.push(product % weight_sum);
        left -= whole;
        parts.push(whole);
    }

    // `left` is the sum of the remainders over the weight sum: below the number
    // of members, and at most the number of remainders that are not zero.
    let extra = usize::try_from(left).unwrap_or(usize::MAX);
    assert!(extra < parts.len().max(1), "more cents left than members");
    if extra > 0 {
        let mut order: Vec<usize> = (0..parts.len()).collect();
        order.select_nth_unstable_by_key(extra, |i| (std::cmp::Reverse(remainders[*i]), *i));
        for i in &order[..extra] {
            parts[*i] += 1;
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

    proptest! {
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
