//! Which form of an answer the caller takes (RFC 9110, section 12.5).

use query::Form;
use web::{Code, Head, Problem};

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

/// The longest header that is read.
const MAX_LEN: usize = 1_000;

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

/// Whether the caller takes gzip.
pub(super) fn takes_gzip(head: &Head) -> bool {
    let header = joined(head, "accept-encoding");
    let of = |name: &str| {
        let mut parts = header.split(',').map(parts_of);
        parts.find(|(coding, _)| coding.eq_ignore_ascii_case(name))
    };
    of("gzip")
        .or_else(|| of("*"))
        .is_some_and(|(_, quality)| quality > 0)
}

/// All values of a header as one list.
fn joined(head: &Head, name: &str) -> String {
    let values = head.headers.iter().filter(|(n, _)| n == name);
    let values: Vec<&str> = values
        .filter_map(|(_, value)| std::str::from_utf8(value).ok())
        .collect();
    let joined = values.join(",");
    if joined.len() > MAX_LEN {
        String::new()
    } else {
        joined
    }
}

/// How much a media type is liked, in thousandths: by the most specific range of it.
fn quality(header: &str, name: &str) -> u32 {
    let (kind, _) = name.split_once('/').unwrap_or((name, ""));
    let mut found = (0, 0);
    for (range, quality) in header.split(',').map(parts_of) {
        let precision = match range.split_once('/') {
            Some(("*", "*")) => 1,
            Some((k, "*")) if k.eq_ignore_ascii_case(kind) => 2,
            _ if range.eq_ignore_ascii_case(name) => 3,
            _ => continue,
        };
        if precision > found.0 {
            found = (precision, quality);
        }
    }
    found.1
}

/// A range or a coding, and its weight in thousandths.
fn parts_of(part: &str) -> (&str, u32) {
    let mut parts = part.split(';');
    let name = parts.next().unwrap_or_default().trim();
    let weight = parts
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("q"))
        .map_or(1_000, |(_, weight)| thousandths(weight.trim()));
    (name, weight)
}

/// `0.5` as 500; what is no weight is none.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{fraction:0<3}");
    let number = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    match (whole, number(&digits)) {
        ("1", _) => 1_000,
        ("0", Some(thousandths)) if fraction.len() <= 3 => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn head(name: &str, value: &str) -> Head {
        Head {
            method: Method::GET,
            path: String::new(),
            query: None,
            headers: vec![(name.to_owned(), value.as_bytes().to_vec())],
        }
    }

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
            assert_eq!(accepted(&head("accept", accept)).ok(), expected, "{accept}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (encodings, expected) in [
            ("", false),
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip;q=0, *", false),
            ("identity", false),
        ] {
            assert_eq!(
                takes_gzip(&head("accept-encoding", encodings)),
                expected,
                "{encodings}"
            );
        }
    }
}
