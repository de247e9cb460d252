//! JSON bodies, with a pointer to whatever is wrong.

use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::{Code, Problem};

/// Reads a body.
///
/// # Errors
/// [`Code::MalformedJson`] if it is not JSON, [`Code::InvalidField`] if a field is
/// missing, unknown or of a wrong type; both with the pointer (RFC 6901).
pub fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        problem(error.inner(), pointer)
    })?;
    deserializer
        .end()
        .map_err(|error| problem(&error, String::new()))?;
    Ok(value)
}

/// What is wrong with a number of minor units, if it is one.
fn amount_code(pointer: &str, text: &str) -> Option<Code> {
    if !(pointer.ends_with("_cents") || pointer.ends_with("_units")) {
        return None;
    }
    // Beyond 64 bits an integer is read as a floating-point number, with an exponent.
    let float = text.strip_prefix("invalid type: floating point `");
    let float = float.and_then(|rest| rest.split('`').next());
    match float {
        Some(number) if number.contains('e') && !number.contains("e-") => {
            Some(Code::AmountOutOfRange)
        }
        Some(_) => Some(Code::TooManyDecimals),
        None => {
            let beyond = text.starts_with("the amount is beyond")
                || text.starts_with("invalid value: integer");
            beyond.then_some(Code::AmountOutOfRange)
        }
    }
}

fn problem(error: &serde_json::Error, pointer: String) -> Problem {
    match error.classify() {
        Category::Data => {
            let text = error.to_string();
            // These point to the object; the field is in the text.
            let field = ["missing field `", "duplicate field `"]
                .iter()
                .find_map(|prefix| text.strip_prefix(prefix))
                .and_then(|rest| rest.split('`').next());
            let pointer = match field {
                Some(field) => format!("{pointer}/{}", escaped(field)),
                None => pointer,
            };
            // Where in the text says nothing to a caller who has the pointer.
            let detail = text.split(" at line ").next().unwrap_or_default();
            match amount_code(&pointer, &text) {
                Some(code) => Problem::new(code).at(pointer).because(short(detail)),
                None => Problem::invalid_field(pointer, short(detail)),
            }
        }
        Category::Syntax | Category::Eof | Category::Io => {
            let position = format!("line {}, column {}", error.line(), error.column());
            Problem::new(Code::MalformedJson)
                .at(pointer)
                .because(position)
        }
    }
}

fn pointer(path: &Path) -> String {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", escaped(key)),
            Segment::Enum { .. } | Segment::Unknown => String::new(),
        })
        .collect()
}

/// RFC 6901, section 3.
fn escaped(token: &str) -> String {
    short(token).replace('~', "~0").replace('/', "~1")
}

/// A caller's own text is repeated only in part.
fn short(text: &str) -> &str {
    let end = text
        .char_indices()
        .nth(200)
        .map_or(text.len(), |(at, _)| at);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "items")]
        _items: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "a/b")]
        _number: u8,
    }

    #[test]
    fn the_pointer_leads_to_the_field() {
        for (body, code, pointer) in [
            (
                r#"{"items":[{"a/b":1},{"a/b":"x"}]}"#,
                Code::InvalidField,
                "/items/1/a~1b",
            ),
            (
                r#"{"items":[{"a/b":300}]}"#,
                Code::InvalidField,
                "/items/0/a~1b",
            ),
            (r#"{"items":[{}]}"#, Code::InvalidField, "/items/0/a~1b"),
            (
                r#"{"items":[{"a/b":1,"c":1}]}"#,
                Code::InvalidField,
                "/items/0/c",
            ),
            (r#"{}"#, Code::InvalidField, "/items"),
            (r#"{"items":[],"items":[]}"#, Code::InvalidField, "/items"),
            (r#"{"items":7}"#, Code::InvalidField, "/items"),
            (r#"{"items":[{"a/b":1}"#, Code::MalformedJson, "/items"),
            (
                r#"{"items":[{"a/b":}]}"#,
                Code::MalformedJson,
                "/items/0/a~1b",
            ),
            ("", Code::MalformedJson, ""),
            (r#"{"items":[]} x"#, Code::MalformedJson, ""),
            (r#"[]"#, Code::InvalidField, ""),
        ] {
            let problem = parse_json::<Outer>(body.as_bytes()).expect_err(body);
            assert_eq!(problem.code(), code, "{body}");
            assert_eq!(problem.pointer(), Some(pointer), "{body}");
        }
        assert!(parse_json::<Outer>(br#"{"items":[{"a/b":1}]} "#).is_ok());
    }

    #[test]
    fn a_callers_text_is_not_repeated_at_length() {
        let body = format!(r#"{{"items":[{{"{}":1}}]}}"#, "x".repeat(10_000));
        let problem = parse_json::<Outer>(body.as_bytes()).expect_err("unknown");
        assert!(problem.detail().is_some_and(|detail| detail.len() <= 200));
        assert!(
            problem
                .pointer()
                .is_some_and(|pointer| pointer.len() <= 220)
        );
    }
}
