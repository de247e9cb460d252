//! What the headers of a request say about the representation that it takes (RFC 9110,
//! sections 12.5 and 13.1).

use web::Head;

/// The longest header that is read.
const MAX_LEN: usize = 1_000;

/// All values of a header as one list.
pub(crate) fn joined(head: &Head, name: &str) -> String {
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

/// The ranges or codings of a list, and the weight of each in thousandths.
pub(crate) fn weighted(list: &str) -> impl Iterator<Item = (&str, u32)> {
    list.split(',').map(|part| {
        let mut parts = part.split(';');
        let name = parts.next().unwrap_or_default().trim();
        let weight = parts
            .filter_map(|parameter| parameter.trim().split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("q"))
            .map_or(1_000, |(_, weight)| thousandths(weight.trim()));
        (name, weight)
    })
}

/// Whether the caller takes gzip (section 12.5.3).
pub(crate) fn takes_gzip(head: &Head) -> bool {
    let header = joined(head, "accept-encoding");
    let of = |name: &str| weighted(&header).find(|(coding, _)| coding.eq_ignore_ascii_case(name));
    of("gzip")
        .or_else(|| of("*"))
        .is_some_and(|(_, weight)| weight > 0)
}

/// Whether the caller has the representation of this tag, by the weak comparison
/// (section 13.1.2).
pub(crate) fn has(head: &Head, etag: &str) -> bool {
    let list = joined(head, "if-none-match");
    list.trim() == "*" || list.split(',').any(|tag| opaque(tag) == opaque(etag))
}

/// What two tags have to have in common.
fn opaque(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
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
pub(crate) mod tests {
    use http::Method;

    use super::*;

    pub(crate) fn head(headers: &[(&str, &str)]) -> Head {
        let headers = headers.iter();
        Head {
            method: Method::GET,
            path: String::new(),
            query: None,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
        }
    }

    #[test]
    fn gzip_is_for_who_takes_it() {
        for (codings, taken) in [
            ("", false),
            ("br", false),
            ("gzip", true),
            ("deflate, gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000, br", false),
            ("gzip;q=0, *", false),
            ("*", true),
            ("x-gzip", false),
            ("identity", false),
        ] {
            let head = head(&[("accept-encoding", codings)]);
            assert_eq!(takes_gzip(&head), taken, "{codings}");
        }
    }

    #[test]
    fn tags_are_compared_weakly() {
        for (known, expected) in [
            ("\"a\"", true),
            ("W/\"a\"", true),
            ("\"b\", \"a\"", true),
            ("*", true),
            ("\"b\"", false),
            ("a", false),
            ("", false),
        ] {
            let head = head(&[("if-none-match", known)]);
            assert_eq!(has(&head, "\"a\""), expected, "{known}");
            assert_eq!(has(&head, "W/\"a\""), expected, "{known}");
        }
    }
}
