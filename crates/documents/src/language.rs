//! The language of a document.

use serde::{Deserialize, Serialize};

/// A language that members are written to in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// German.
    De,
    /// English.
    #[default]
    En,
}

/// The most ranges of a header that are looked at.
const MAX_RANGES: usize = 20;

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The tag of RFC 5646.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `de`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// What a header `Accept-Language` prefers (RFC 9110, section 12.5.4; regions do not
    /// matter): of two that are as good the first, English if it wants neither.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best: Option<(u32, Self)> = None;
        for range in header.split(',').take(MAX_RANGES) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default();
            let found = Self::ALL
                .into_iter()
                .find(|language| language.tag().eq_ignore_ascii_case(primary));
            let weight = parts.next().map_or(Some(1000), weight);
            if let (Some(language), Some(weight)) = (found, weight)
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }
}

/// The thousandths of `q=0.8`.
fn weight(text: &str) -> Option<u32> {
    let digits = text.trim().strip_prefix("q=")?;
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !matches!(whole, "0" | "1") || decimals.len() > 3 || !plain(decimals) {
        return None;
    }
    let thousandths: u32 = format!("{whole}{decimals:0<3}").parse().ok()?;
    (thousandths <= 1000).then_some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_is_chosen() {
        for (header, language) in [
            ("", Language::En),
            ("de", Language::De),
            ("de-AT,en;q=0.8", Language::De),
            ("DE", Language::De),
            ("en;q=0.7, de;q=0.9", Language::De),
            ("en;q=0.9, de;q=0.9", Language::En),
            ("fr, de;q=0.1", Language::De),
            ("fr", Language::En),
            ("*", Language::En),
            ("de;q=0", Language::En),
            ("de;q=1.5, en", Language::En),
            ("de;q=x", Language::En),
            ("deutsch", Language::En),
            ("de;q=0.0001, en;q=0.1", Language::En),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
        assert_eq!(Language::of_tag("de"), Some(Language::De));
        assert_eq!(Language::of_tag("DE"), None);
    }
}
