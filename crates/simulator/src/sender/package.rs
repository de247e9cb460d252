//! Events in packages.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::BrokerEvent;

/// The least that a subscription may set as `max_package_size`, in octets.
pub const MIN_PACKAGE_SIZE: usize = 100;
/// The most that a subscription may set as `max_package_size`, in octets.
pub const MAX_PACKAGE_SIZE: usize = 1 << 20;

const HEAD: &str = r#"{"payload":["#;
const TAIL: &str = "]}";

/// The body of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The exact octets.
    pub body: Vec<u8>,
    /// How many events are in it.
    pub events: usize,
    /// Its first attempt is to bear a signature that does not fit.
    pub is_forged_first: bool,
}

/// How events are batched.
#[derive(Clone, Copy, Debug)]
pub struct Packaging {
    /// The most octets of a body. A single event that is larger goes alone, oversize.
    pub max_octets: usize,
    /// The most events of a body.
    pub max_events: usize,
    /// Of a thousand packages so many end early.
    pub splits_per_mille: u32,
    /// Of a thousand packages so many are first sent with a signature that does not fit.
    pub forged_per_mille: u32,
}

impl Packaging {
    /// Packs events as they come. Within a package they are in the order in which they
    /// were created. The seed says which packages are split or forged.
    #[must_use]
    pub fn pack(self, events: &[BrokerEvent], seed: u64) -> Vec<Package> {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut packages = Vec::new();
        let mut open: Vec<&BrokerEvent> = Vec::new();
        let mut octets = HEAD.len() + TAIL.len();
        let mut room = self.room(rng);
        for event in events {
            let more = event.json.len() + usize::from(!open.is_empty());
            if !open.is_empty() && (octets + more > self.max_octets || open.len() >= room) {
                packages.push(self.close(&mut open, rng));
                octets = HEAD.len() + TAIL.len();
                room = self.room(rng);
            }
            octets += event.json.len() + usize::from(!open.is_empty());
            open.push(event);
        }
        if !open.is_empty() {
            packages.push(self.close(&mut open, rng));
        }
        packages
    }

    /// How many events the next package may have.
    fn room(self, rng: &mut ChaCha8Rng) -> usize {
        if rng.random_range(0..1_000) < self.splits_per_mille {
            rng.random_range(1..=self.max_events.clamp(1, 50))
        } else {
            self.max_events
        }
    }

    fn close(self, open: &mut Vec<&BrokerEvent>, rng: &mut ChaCha8Rng) -> Package {
        open.sort_by_key(|event| event.created_at);
        let texts: Vec<&str> = open.iter().map(|event| event.json.as_str()).collect();
        let package = Package {
            body: format!("{HEAD}{}{TAIL}", texts.join(",")).into_bytes(),
            events: open.len(),
            is_forged_first: rng.random_range(0..1_000) < self.forged_per_mille,
        };
        open.clear();
        package
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use time::{Duration, OffsetDateTime};

    use super::*;

    /// Events with texts of these lengths, each created a second before the one in front.
    fn events(lengths: &[usize]) -> Vec<BrokerEvent> {
        let event = |(index, length): (usize, &usize)| BrokerEvent {
            created_at: OffsetDateTime::UNIX_EPOCH
                - Duration::seconds(i64::try_from(index).expect("few")),
            json: format!("\"{index:0>width$}\"", width = length - 2),
        };
        lengths.iter().enumerate().map(event).collect()
    }

    fn pack(max_octets: usize, max_events: usize, lengths: &[usize]) -> Vec<Package> {
        let packaging = Packaging {
            max_octets,
            max_events,
            splits_per_mille: 0,
            forged_per_mille: 0,
        };
        packaging.pack(&events(lengths), 1)
    }

    #[test]
    fn a_package_is_as_large_as_it_may_be_and_a_larger_event_goes_alone() {
        // Around the events there are 14 octets, and commas between them.
        let packages = pack(100, usize::MAX, &[28, 28, 28, 28, 200, 5, 86, 5, 80]);
        let sizes: Vec<_> = packages.iter().map(|p| (p.events, p.body.len())).collect();
        assert_eq!(
            sizes,
            [(3, 100), (1, 42), (1, 214), (1, 19), (1, 100), (2, 100)]
        );
    }

    #[test]
    fn all_events_are_in_it_once_and_in_order() {
        let packages = pack(MAX_PACKAGE_SIZE, 4, &[10; 10]);
        let counts: Vec<_> = packages.iter().map(|p| p.events).collect();
        assert_eq!(counts, [4, 4, 2]);
        let body: Value = serde_json::from_slice(&packages[0].body).expect("JSON");
        let expected: Vec<String> = [3, 2, 1, 0].iter().map(|n| format!("{n:0>8}")).collect();
        assert_eq!(body["payload"], serde_json::json!(expected));
    }
}
