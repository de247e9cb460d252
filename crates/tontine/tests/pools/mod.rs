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
