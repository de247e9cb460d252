use proptest::prelude::*;

use super::*;

const CONTENT_DIGEST: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
const RESPONSE_DIGEST: &str = "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:";

/// An example of RFC 9421, appendix B.2, of one of the two messages there.
struct Example {
    section: &'static str,
    of_response: bool,
    /// The list of components with its parameters, as published.
    raw: &'static str,
    /// The lines before it, as published, without those of `@authority` and
    /// `@status`, which are no components here.
    lines: &'static [(&'static str, &'static str)],
}

const EXAMPLES: [Example; 4] = [
    Example {
        section: "B.2.1",
        of_response: false,
        raw: r#"();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
        lines: &[],
    },
    Example {
        section: "B.2.3",
        of_response: false,
        raw: r#"("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
        lines: &[
            ("date", "\"date\": Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "\"@method\": POST"),
            ("@path", "\"@path\": /foo"),
            ("@query", "\"@query\": ?param=Value&Pet=dog"),
            ("content-type", "\"content-type\": application/json"),
            (
                "content-digest",
                "\"content-digest\": sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
            ),
            ("content-length", "\"content-length\": 18"),
        ],
    },
    Example {
        section: "B.2.4",
        of_response: true,
        raw: r#"("@status" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-ecc-p256""#,
        lines: &[
            ("content-type", "\"content-type\": application/json"),
            (
                "content-digest",
                "\"content-digest\": sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:",
            ),
            ("content-length", "\"content-length\": 23"),
        ],
    },
    Example {
        section: "B.2.6",
        of_response: false,
        raw: r#"("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
        lines: &[
            ("date", "\"date\": Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "\"@method\": POST"),
            ("@path", "\"@path\": /foo"),
            ("content-type", "\"content-type\": application/json"),
            ("content-length", "\"content-length\": 18"),
        ],
    },
];

fn headers(pairs: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect()
}

#[test]
fn bases_of_rfc_9421() {
    let request = headers(&[
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-digest", CONTENT_DIGEST),
        ("content-length", "18"),
    ]);
    let response = headers(&[
        ("content-type", "application/json"),
        ("content-digest", RESPONSE_DIGEST),
        ("content-length", "23"),
    ]);
    for example in EXAMPLES {
        let section = example.section;
        let (headers, body) = match example.of_response {
            false => (&request, &br#"{"hello": "world"}"#[..]),
            true => (&response, &br#"{"message": "good dog"}"#[..]),
        };
        let message = Delivery {
            method: "POST",
            path: "/foo",
            query: Some("param=Value&Pet=dog"),
            headers,
            body,
        };
        let digest = crate::digest::check(Profile::Draft15, &message);
        assert_eq!(digest, Ok(()), "{section}");
        let names = example.lines.iter().map(|(name, _)| (*name).to_owned());
        let components: Vec<String> = names.collect();
        let base = SignatureBase::of(&message, &components, example.raw).expect("all is there");
        let mut expected: String = example
            .lines
            .iter()
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        expected += &format!("\"@signature-params\": {}", example.raw);
        let text = String::from_utf8(base.bytes(Profile::Draft15)).expect("text");
        assert_eq!(text, expected, "{section}");
    }
}

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
    /// A base is of one request: its lines can be read back. Whatever is hostile is
    /// refused.
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
