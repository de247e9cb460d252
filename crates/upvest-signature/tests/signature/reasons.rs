//! Each reason for a refusal, provoked; also where the signature itself is good.

use std::collections::HashSet;

use upvest_signature::{Evidence, KeySet, Profile, Profiles, Rejection, SigningKey};

use crate::fixture::{NOW_S, Signed, accepting, headers, jwks, key, key_set, signed, vector};

const BODY: &[u8] = br#"{"payload":[]}"#;

/// A delivery over whatever is given, signed by hand: the crate's signer makes only
/// what is to be accepted.
fn by_hand(profile: Profile, key: &SigningKey, lines: &[(&str, &str)], parameters: &str) -> Signed {
    let quote = match profile {
        Profile::Draft06 => "",
        Profile::Draft15 => "\"",
    };
    let names: Vec<String> = lines
        .iter()
        .map(|(name, _)| format!("\"{name}\""))
        .collect();
    let raw = format!("({}){parameters}", names.join(" "));
    let mut base: String = lines
        .iter()
        .map(|(name, value)| format!("{quote}{name}{quote}: {value}\n"))
        .collect();
    base += &format!("{quote}@signature-params{quote}: {raw}");
    let signature = key.sign_raw(base.as_bytes());
    let fields: Vec<(&str, &str)> = lines
        .iter()
        .filter(|(name, _)| !name.starts_with('@'))
        .copied()
        .collect();
    let mut sent = headers(&fields);
    sent.extend(headers(&[
        ("signature-input", &format!("sig1={raw}")),
        ("signature", &format!("sig1=:{signature}:")),
    ]));
    Signed {
        method: "POST".to_owned(),
        path: "/p".to_owned(),
        query: None,
        headers: sent,
        body: BODY.to_vec(),
    }
}

fn of_draft_15(content_digest: &str) -> Result<(), Rejection> {
    let key = key("test", 7);
    let lines = [
        ("@method", "POST"),
        ("@path", "/p"),
        ("content-digest", content_digest),
    ];
    let parameters = format!(";keyid=\"test\";created={NOW_S}");
    by_hand(Profile::Draft15, &key, &lines, &parameters)
        .verify(&key_set(&[&key]), accepting("draft-15"))
        .map(|_| ())
}

#[test]
fn content_digests() {
    let good = signed(Profile::Draft15, &key("test", 7), None, BODY).header("content-digest");
    let sha_256 = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
    for (header, expected) in [
        (good.clone(), Ok(())),
        (format!("{sha_256}, {good}"), Ok(())),
        (sha_256.to_owned(), Err(Rejection::MalformedDigest)),
        (good.replace(':', ""), Err(Rejection::MalformedDigest)),
        ("sha-512=1".to_owned(), Err(Rejection::MalformedDigest)),
        ("sha-512=()".to_owned(), Err(Rejection::MalformedDigest)),
        ("sha-512".to_owned(), Err(Rejection::MalformedDigest)),
        ("=".to_owned(), Err(Rejection::MalformedDigest)),
        ("sha-512=::".to_owned(), Err(Rejection::DigestMismatch)),
        (
            good.replace("sha-512=:", "sha-512=:AA"),
            Err(Rejection::MalformedDigest),
        ),
        ("sha-512=:AAAA:".to_owned(), Err(Rejection::DigestMismatch)),
    ] {
        assert_eq!(of_draft_15(&header), expected, "{header}");
    }
}

#[test]
fn a_query_must_be_covered() {
    let key = key("test", 7);
    let keys = key_set(&[&key]);
    let good = signed(Profile::Draft06, &key, Some("a=1"), BODY);
    let policy = accepting("draft-06");
    assert!(good.verify(&keys, policy).is_ok());
    for query in [None, Some(""), Some("a=2"), Some("a=1&b")] {
        let mut other = good.clone();
        other.query = query.map(str::to_owned);
        let refused = other.verify(&keys, policy);
        assert_eq!(refused, Err(Rejection::BadSignature), "{query:?}");
    }
    let mut added = signed(Profile::Draft06, &key, None, BODY);
    added.query = Some("a=1".to_owned());
    let uncovered = Err(Rejection::UncoveredComponent("@query"));
    assert_eq!(added.verify(&keys, policy), uncovered);
}

#[test]
fn a_covered_header_is_there_once_and_on_one_line() {
    let key = key("test", 7);
    let keys = key_set(&[&key]);
    let good = signed(Profile::Draft06, &key, None, BODY);
    let mut twice = good.clone();
    twice.headers.push(("accept".to_owned(), b"*/*".to_vec()));
    assert_eq!(
        twice.verify(&keys, accepting("draft-06")),
        Err(Rejection::RepeatedCoveredHeader)
    );
    for value in ["*/*\ncontent-length: 14", "*\r/*", "*\0"] {
        let mut broken = good.clone();
        broken.set("accept", value);
        let refused = broken.verify(&keys, accepting("draft-06"));
        assert_eq!(refused, Err(Rejection::MalformedCoveredHeader), "{value:?}");
    }
    let mut uncovered = good;
    uncovered
        .headers
        .push(("x-other".to_owned(), b"1".to_vec()));
    uncovered
        .headers
        .push(("x-other".to_owned(), b"2".to_vec()));
    assert!(uncovered.verify(&keys, accepting("draft-06")).is_ok());
}

/// A key is valid from `nbf` on, and from `exp` not any more.
#[test]
fn a_key_is_valid_in_its_time() {
    let (old, new) = (key("old", 7), key("new", 9));
    let good = signed(Profile::Draft06, &old, None, BODY);
    for (window, expected) in [
        (String::new(), Ok(())),
        (format!(",\"nbf\":{NOW_S}"), Ok(())),
        (
            format!(",\"nbf\":{}", NOW_S + 1),
            Err(Rejection::KeyNotValid),
        ),
        (format!(",\"exp\":{}", NOW_S + 1), Ok(())),
        (format!(",\"exp\":{NOW_S}"), Err(Rejection::KeyNotValid)),
        (",\"exp\":null".to_owned(), Ok(())),
    ] {
        let set =
            jwks(&[&new, &old]).replace("\"kid\":\"old\"", &format!("\"kid\":\"old\"{window}"));
        let keys = KeySet::from_jwks(&set).expect("keys");
        assert_eq!(keys.ids().collect::<Vec<_>>(), ["new", "old"]);
        let verified = good.verify(&keys, accepting("draft-06")).map(|_| ());
        assert_eq!(verified, expected, "{window}");
    }
    for set in [
        jwks(&[&old, &old]),
        jwks(&[&old]).replace("\"kid\":\"old\"", "\"kid\":\"old\",\"nbf\":\"now\""),
    ] {
        assert!(KeySet::from_jwks(&set).is_err(), "{set}");
    }
}

#[test]
fn codes_are_of_one_kind_each() {
    let codes: HashSet<&str> = Rejection::ALL.iter().map(Rejection::code).collect();
    assert_eq!(codes.len(), Rejection::ALL.len());
    for code in codes {
        assert!(code.len() <= 40, "{code}");
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
    }
}

#[test]
fn evidence_shows_what_signatures_are_about_and_nothing_else() {
    let mut sent = vector();
    sent.retain(|(name, _)| name != "accept");
    sent.extend(headers(&[
        ("authorization", "Bearer secret"),
        ("cookie", "secret"),
        ("x-forwarded-for", "secret"),
        ("user-agent", &"u".repeat(5_000)),
    ]));
    let (_, input) = sent
        .iter_mut()
        .find(|(name, _)| name == "signature-input")
        .expect("there");
    let text = String::from_utf8(input.clone()).expect("text");
    let widened = "\"digest\" \"cookie\" \"@authority\" \"user-agent\"";
    *input = text.replacen("\"digest\"", widened, 1).into_bytes();
    let delivery = Signed {
        method: "POST".to_owned(),
        path: "/hook".to_owned(),
        query: None,
        headers: sent,
        body: b"secret".to_vec(),
    };
    let evidence = Evidence::of(&delivery.delivery(), Profiles::only(Profile::Draft06));
    assert!(!format!("{evidence:?}").contains("secret"));
    let shown: Vec<&str> = evidence.headers.iter().map(|(name, _)| *name).collect();
    let expected = [
        "content-length",
        "content-type",
        "digest",
        "signature",
        "signature-input",
        "user-agent",
    ];
    assert_eq!(shown, expected);
    let [(Profile::Draft06, base)] = evidence.bases.as_slice() else {
        panic!("one base");
    };
    let lines: Vec<&str> = base.lines().collect();
    assert_eq!(
        lines[..3],
        ["@method: POST", "@path: /hook", "accept: [missing]"]
    );
    assert_eq!(lines[6..8], ["cookie: [redacted]", "@authority: [unknown]"]);
    assert_eq!(lines[8], format!("user-agent: {}", "u".repeat(300)));
    assert!(lines[9].starts_with("@signature-params: (\"@method\" "));
    assert_eq!(lines.len(), 10);
}

/// However hostile, evidence fits its row.
#[test]
fn evidence_is_bounded() {
    let names: Vec<String> = (0..32).map(|i| format!("\"user-agent{i}\"")).collect();
    let input = format!(
        "sig1=({});keyid=\"{}\";created=1",
        names.join(" "),
        "k".repeat(2_000)
    );
    let mut sent = headers(&[("signature-input", &input)]);
    for name in [
        "accept",
        "host",
        "signature",
        "digest",
        "date",
        "content-digest",
    ] {
        for _ in 0..100 {
            sent.push((name.to_owned(), vec![0xff; 10_000]));
        }
    }
    let delivery = Signed {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: None,
        headers: sent,
        body: Vec::new(),
    };
    let both = "draft-06 draft-15".parse().expect("profiles");
    let evidence = Evidence::of(&delivery.delivery(), both);
    assert_eq!(evidence.bases.len(), 2);
    let chars = format!("{evidence:?}").chars().count();
    assert!(chars < 20_000, "{chars}");
}
