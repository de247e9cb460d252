//! Points in time, as the ledger writes them.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The time in a text that is hashed, such as `2025-02-01T09:30:00.120000Z`.
pub(crate) fn sealed(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// The time in a row, such as `2025-02-01T10:30:00.12+01:00`: in whatever time zone the
/// database was, but in PostgreSQL's own form.
pub(crate) fn of_row(text: &str) -> Option<OffsetDateTime> {
    let time = sealed(text)?;
    let written = time.format(&Rfc3339).ok()?;
    let utc = written
        .strip_suffix('Z')
        .map(|begin| format!("{begin}+00:00"));
    (utc.as_ref().unwrap_or(&written) == text).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::{of_row, sealed};

    #[test]
    fn a_row_has_one_text_for_a_time() {
        let time = sealed("2025-02-01T09:30:00.120000Z");
        assert!(time.is_some());
        for text in [
            "2025-02-01T09:30:00.12+00:00",
            "2025-02-01T10:30:00.12+01:00",
        ] {
            assert_eq!(of_row(text), time, "{text}");
        }
        assert!(of_row("2025-02-01T09:30:00+00:00").is_some());
        for bad in [
            "2025-02-01T09:30:00.12-00:00",
            "2025-02-01T09:30:00.120+00:00",
            "2025-02-01T09:30:00.12Z",
            "2025-02-01t09:30:00.12+00:00",
            "2025-02-01 09:30:00.12+00:00",
            "2025-02-01T09:30:00,12+00:00",
            "2025-02-01",
        ] {
            assert_eq!(of_row(bad), None, "{bad}");
        }
    }
}
