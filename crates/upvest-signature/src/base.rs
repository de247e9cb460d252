//! The signature base.

use std::borrow::Cow;

use crate::{Delivery, Profile, Rejection};

/// What a component list covers of a delivery, before a profile writes it.
pub(crate) struct SignatureBase<'a> {
    /// Names and values in the sender's order.
    lines: Vec<(&'a str, Cow<'a, [u8]>)>,
    /// The text of the list and its parameters, byte for byte.
    raw_parameters: &'a str,
}

impl<'a> SignatureBase<'a> {
    /// # Errors
    /// A component that is unknown, absent, repeated, or has a line break in it.
    pub(crate) fn of(
        delivery: &Delivery<'a>,
        components: &'a [String],
        raw_parameters: &'a str,
    ) -> Result<Self, Rejection> {
        let line = |component: &'a String| {
            let value = value(delivery, component)?;
            // One base must not be that of two requests.
            if value.iter().any(|b| matches!(b, b'\n' | b'\r' | 0)) {
                return Err(Rejection::MalformedCoveredHeader);
            }
            Ok((component.as_str(), value))
        };
        Ok(Self {
            lines: components.iter().map(line).collect::<Result<_, _>>()?,
            raw_parameters,
        })
    }

    /// The bytes that are signed: a line `name: value` per component, then
    /// `@signature-params: ` and the raw parameters; lines end with LF but for the
    /// last. The profile says whether names are quoted.
    pub(crate) fn bytes(&self, profile: Profile) -> Vec<u8> {
        let quote = profile.quote();
        let mut base = Vec::with_capacity(1024);
        for (name, value) in &self.lines {
            base.extend_from_slice(format!("{quote}{name}{quote}: ").as_bytes());
            base.extend_from_slice(value);
            base.push(b'\n');
        }
        base.extend_from_slice(format!("{quote}@signature-params{quote}: ").as_bytes());
        base.extend_from_slice(self.raw_parameters.as_bytes());
        base
    }
}

/// What a component stands for.
pub(crate) fn value<'a>(
    delivery: &Delivery<'a>,
    component: &str,
) -> Result<Cow<'a, [u8]>, Rejection> {
    match component {
        "@method" => Ok(Cow::Borrowed(delivery.method.as_bytes())),
        "@path" => Ok(Cow::Borrowed(delivery.path.as_bytes())),
        "@query" => {
            let query = delivery.query.unwrap_or_default();
            Ok(Cow::Owned(format!("?{query}").into_bytes()))
        }
        header if is_field_name(header) => {
            let mut values = delivery.values(header);
            let value = values.next().ok_or(Rejection::MissingCoveredHeader)?;
            match values.next() {
                Some(_) => Err(Rejection::RepeatedCoveredHeader),
                None => Ok(Cow::Borrowed(value)),
            }
        }
        _ => Err(Rejection::UnknownComponent),
    }
}

/// A token of RFC 9110, section 5.6.2.
fn is_field_name(name: &str) -> bool {
    let tchar = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(tchar)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// The messages of RFC 9421, appendix B.2, and their bases, without the lines of
    /// `@authority` and `@status`, which are no components here. The list of
    /// components is the published text.
    #[test]
    fn bases_of_rfc_9421() {
        let request = [
            ("host", "example.com"),
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            (
                "content-digest",
                "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            ),
            ("content-length", "18"),
        ];
        let response = [
            ("content-type", "application/json"),
            (
                "content-digest",
                "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
            ),
            ("content-length", "23"),
        ];
        let minimal =
            r#"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#;
        let full = r#"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#;
        let of_response = r#"("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#;
        let ed25519 = r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
        let cases: [(&str, &[(&str, &str)], &[u8], &str, &[&str], &str); 4] = [
            ("B.2.1", &request, REQUEST_BODY, minimal, &[], ""),
            (
                "B.2.3",
                &request,
                REQUEST_BODY,
                full,
                &[
                    "date",
                    "@method",
                    "@path",
                    "@query",
                    "content-type",
                    "content-digest",
                    "content-length",
                ],
                "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@query\": ?param=Value&Pet=dog\n\"content-type\": application/json\n\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:\n\"content-length\": 18\n",
            ),
            (
                "B.2.4",
                &response,
                br#"{"message": "good dog"}"#,
                of_response,
                &["content-type", "content-digest", "content-length"],
                "\"content-type\": application/json\n\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:\n\"content-length\": 23\n",
            ),
            (
                "B.2.6",
                &request,
                REQUEST_BODY,
                ed25519,
                &["date", "@method", "@path", "content-type", "content-length"],
                "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"content-type\": application/json\n\"content-length\": 18\n",
            ),
        ];
        for (section, headers, body, raw, components, lines) in cases {
            let headers: Vec<(String, Vec<u8>)> = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect();
            let message = Delivery {
                method: "POST",
                path: "/foo",
                query: Some("param=Value&Pet=dog"),
                headers: &headers,
                body,
            };
            assert_eq!(crate::digest::check(Profile::Draft15, &message), Ok(()));
            let components = owned(components);
            let base = SignatureBase::of(&message, &components, raw).expect("all is there");
            let expected = format!("{lines}\"@signature-params\": {raw}");
            let text = String::from_utf8(base.bytes(Profile::Draft15)).expect("text");
            assert_eq!(text, expected, "{section}");
            let unquoted = String::from_utf8(base.bytes(Profile::Draft06)).expect("text");
            let names: Vec<&str> = unquoted
                .lines()
                .filter_map(|line| line.split_once(": ").map(|(name, _)| name))
                .collect();
            assert_eq!(names[..components.len()], components, "{section}");
        }
    }

    const REQUEST_BODY: &[u8] = br#"{"hello": "world"}"#;

    fn names() -> impl Strategy<Value = Vec<String>> {
        let one = prop_oneof![
            Just("@method".to_owned()),
            Just("@path".to_owned()),
            Just("@query".to_owned()),
            "[a-c]",
            "\\PC{0,5}",
        ];
        prop::collection::vec(one, 0..6)
    }

    fn sent() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        let value = prop_oneof![
            "[ -~\t]{0,12}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..12),
        ];
        prop::collection::vec(("[a-c]", value), 0..6)
    }

    proptest! {
        /// A base is of one request: its lines can be read back. Whatever is hostile
        /// is refused.
        #[test]
        fn a_base_can_be_read_back(
            components in names(),
            headers in sent(),
            path in "/[a-z\n]{0,4}",
            raw in "\\PC{0,20}",
        ) {
            let delivery = Delivery { method: "POST", path: &path, query: None, headers: &headers, body: b"" };
            let Ok(base) = SignatureBase::of(&delivery, &components, &raw) else {
                return Ok(());
            };
            for profile in Profile::ALL {
                let (bytes, quote) = (base.bytes(profile), profile.quote());
                let mut lines = bytes.splitn(components.len() + 1, |b| *b == b'\n');
                for component in &components {
                    let line = lines.next().expect("a line");
                    let name = format!("{quote}{component}{quote}: ");
                    let own = line.strip_prefix(name.as_bytes()).expect("its name");
                    let value = value(&delivery, component).expect("it was found");
                    prop_assert_eq!(own, value.as_ref());
                }
                let last = format!("{quote}@signature-params{quote}: {raw}");
                prop_assert_eq!(lines.next(), Some(last.as_bytes()));
            }
        }
    }
}
