//! Pools that several tests use.

use money::Cents;
use tontine::Participant;

pub fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

pub fn member(id: &str, q: &str, at_risk: i64, died: bool) -> Participant<String> {
    Participant {
        id: id.to_owned(),
        q: q.parse().expect("a probability"),
        at_risk: cents(at_risk),
        died,
    }
}

/// Seven members at yearly rates of Destatis 2022/24; `dead` names who died.
pub fn seven(dead: &str) -> Vec<Participant<String>> {
    [
        ("A", "0.01543007", 5_000_000),
        ("B", "0.00829459", 12_500_050),
        ("C", "0.02757002", 7_530_025),
        ("D", "0.02966055", 20_000_000),
        ("E", "0.08951281", 3_999_999),
        ("F", "0.14687996", 1_500_001),
        ("G", "0.06201409", 4_444_444),
    ]
    .iter()
    .map(|(id, q, s)| member(id, q, *s, dead.contains(id)))
    .collect()
}

/// Four members with 1,000 euro each; `dead` names who died.
pub fn four(dead: &str) -> Vec<Participant<String>> {
    [("a", "0.02"), ("b", "0.03"), ("c", "0.04"), ("d", "0.06")]
        .iter()
        .map(|(id, q)| member(id, q, 100_000, dead.contains(id)))
        .collect()
}

/// SplitMix64: pools from a seed, without a strategy for each of 5,000 members.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number of any length below `bits`.
    pub fn up_to_bits(&mut self, bits: u64) -> u64 {
        let length = self.below(bits);
        self.below(1 << length)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
