//! Which form of an answer the caller takes (RFC 9110, section 12.5).

use query::Form;
use web::{Code, Head, Problem};

use crate::negotiation::{joined, weighted};

/// A media type of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// One document, with the cursor of the next page.
    Json,
    /// A JSON document on each line.
    Lines,
    /// RFC 4180.
    Csv,
}

impl Media {
    /// In the order of our preference.
    const ALL: [Self; 3] = [Self::Json, Self::Lines, Self::Csv];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }

    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            other => other.name(),
        }
    }

    pub(super) const fn form(self) -> Form {
        match self {
            Self::Json => Form::Json,
            Self::Lines => Form::Lines,
            Self::Csv => Form::Csv,
        }
    }
}

/// The media type that the caller likes best of ours.
///
/// # Errors
/// [`Code::NotAcceptable`].
pub(super) fn accepted(head: &Head) -> Result<Media, Problem> {
    let header = joined(head, "accept");
    if header.trim().is_empty() {
        return Ok(Media::Json);
    }
    let mut best: Option<(u32, Media)> = None;
    for media in Media::ALL {
        let quality = quality(&header, media.name());
        if quality > best.map_or(0, |(quality, _)| quality) {
            best = Some((quality, media));
        }
    }
    best.map(|(_, media)| media).ok_or_else(|| {
        let offered = Media::ALL.map(Media::name).join(", ");
        Problem::new(Code::NotAcceptable).because(format!("offered are {offered}"))
    })
}

/// How much a media type is liked, in thousandths: by the most specific range of it.
fn quality(header: &str, name: &str) -> u32 {
    let (kind, _) = name.split_once('/').unwrap_or((name, ""));
    let mut found = (0, 0);
    for (range, weight) in weighted(header) {
        let precision = match range.split_once('/') {
            Some(("*", "*")) => 1,
            Some((k, "*")) if k.eq_ignore_ascii_case(kind) => 2,
            _ if range.eq_ignore_ascii_case(name) => 3,
            _ => continue,
        };
        if precision > found.0 {
            found = (precision, weight);
        }
    }
    found.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::negotiation::tests::head;

    #[test]
    fn the_type_that_is_liked_best_is_sent() {
        for (accept, expected) in [
            ("", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("text/csv", Some(Media::Csv)),
            ("TEXT/CSV;header=present", Some(Media::Csv)),
            ("text/*;q=0.5, application/x-ndjson;q=0.4", Some(Media::Csv)),
            ("*/*;q=0.1, application/x-ndjson", Some(Media::Lines)),
            ("application/json;q=0, */*", Some(Media::Lines)),
            ("text/html, image/*", None),
            ("application/json;q=0", None),
            ("' or 1=1 --", None),
        ] {
            assert_eq!(
                accepted(&head(&[("accept", accept)])).ok(),
                expected,
                "{accept}"
            );
        }
    }
}
