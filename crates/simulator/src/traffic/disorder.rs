//! What a network does to the order of events.

use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::PerMille;
use crate::BrokerEvent;

/// How many places later than its turn an event arrives at most.
const REACH: usize = 200;

/// The events as they arrive: some late, some twice.
pub(super) fn arrivals(
    events: &[BrokerEvent],
    rates: &PerMille,
    rng: &mut ChaCha8Rng,
) -> Vec<BrokerEvent> {
    let mut placed: Vec<(usize, &BrokerEvent)> = Vec::with_capacity(events.len());
    for (place, event) in events.iter().enumerate() {
        let is_late = rng.random_range(0..1_000) < rates.shuffles;
        let late = if is_late {
            rng.random_range(1..=REACH)
        } else {
            0
        };
        placed.push((place + late, event));
        if rng.random_range(0..1_000) < rates.duplicates {
            placed.push((place + rng.random_range(0..=REACH), event));
        }
    }
    // Stable: what has the same place keeps its order.
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, event)| event.clone()).collect()
}
