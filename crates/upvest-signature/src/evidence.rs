//! What may be shown of a delivery that was refused.

use crate::base;
use crate::input::SignatureInput;
use crate::{Delivery, Profile, Profiles, Rejection};

/// The headers that may be shown, with the most characters of each. None of them
/// carries a credential or says anything of a person.
const SHOWN: [(&str, usize); 11] = [
    ("accept", 200),
    ("accept-encoding", 200),
    ("content-digest", 300),
    ("content-length", 40),
    ("content-type", 200),
    ("date", 100),
    ("digest", 300),
    ("host", 300),
    ("signature", 1000),
    ("signature-input", 2000),
    ("user-agent", 300),
];
/// The most characters of a line of a base whose component is no header.
const MAX_DERIVED_CHARS: usize = 500;

/// What helps to find out why a delivery was refused, bounded and redacted: nothing
/// of the body, no header but those that signatures and digests are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Names and values; a header that was sent twice is there twice, and no more.
    pub headers: Vec<(&'static str, String)>,
    /// The signature base by each accepted profile, where the list of components can
    /// be read.
    pub bases: Vec<(Profile, String)>,
}

impl Evidence {
    /// Collects it.
    #[must_use]
    pub fn of(delivery: &Delivery<'_>, profiles: Profiles) -> Self {
        let mut headers = Vec::new();
        for (name, max_chars) in SHOWN {
            let values = delivery.values(name).take(2);
            headers.extend(values.map(|value| (name, shown(value, max_chars))));
        }
        let bases = match SignatureInput::of(delivery) {
            Ok(input) => profiles
                .iter()
                .map(|profile| (profile, base(delivery, &input, profile)))
                .collect(),
            Err(_) => Vec::new(),
        };
        Self { headers, bases }
    }
}

/// The base as it would be signed, with a word in brackets where a value is not
/// shown.
fn base(delivery: &Delivery<'_>, input: &SignatureInput<'_>, profile: Profile) -> String {
    let quote = profile.quote();
    let mut text = String::new();
    for component in &input.components {
        let limit = SHOWN.iter().find(|(name, _)| name == component);
        let limit = limit.map(|(_, max_chars)| *max_chars);
        let value = match (base::value(delivery, component), limit) {
            (Err(Rejection::MissingCoveredHeader), _) => "[missing]".to_owned(),
            (Err(Rejection::RepeatedCoveredHeader), _) => "[repeated]".to_owned(),
            (Err(_), _) => "[unknown]".to_owned(),
            (Ok(value), Some(max_chars)) => shown(&value, max_chars),
            (Ok(value), None) if component.starts_with('@') => shown(&value, MAX_DERIVED_CHARS),
            (Ok(_), None) => "[redacted]".to_owned(),
        };
        let name = shown(component.as_bytes(), 100);
        text += &format!("{quote}{name}{quote}: {value}\n");
    }
    let raw = shown(input.raw.as_bytes(), 2000);
    text + &format!("{quote}@signature-params{quote}: {raw}")
}

/// The first of a value as text, without control characters.
fn shown(value: &[u8], max_chars: usize) -> String {
    String::from_utf8_lossy(value)
        .chars()
        .take(max_chars)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
