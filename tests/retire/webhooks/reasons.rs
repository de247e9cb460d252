//! Each reason for a refusal over the shipped component: 401, and counted.

use serde_json::json;
use upvest_signature::{Delivery, Profile, Rejection, SignatureParameters, sign, sign_request};

use super::{PATH, counted, now_s, package, refused, send};
use crate::harness::{App, Database, KEYS, event};

type Headers = Vec<(String, Vec<u8>)>;

fn edited(headers: &Headers, name: &str, change: impl Fn(&str) -> String) -> Headers {
    let mut headers = headers.clone();
    for (n, value) in &mut headers {
        if n == name {
            *value = change(std::str::from_utf8(value).expect("text")).into_bytes();
        }
    }
    headers
}

/// Every reason that a sender can give cause for.
#[test]
fn every_reason_is_a_401_and_counted() {
    let app = App::start();
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    let at = |created_s: i64| app.client.signed_headers(&body, created_s).expect("signed");
    let good = at(now_s());
    let input =
        |from: &str, to: &str| edited(&good, "signature-input", |v| v.replacen(from, to, 1));
    let without = |header: &str| -> Headers {
        let kept = good.iter().filter(|(name, _)| name != header);
        kept.cloned().collect()
    };
    let with = |name: &str, value: &str| {
        let mut headers = good.clone();
        headers.push((name.to_owned(), value.as_bytes().to_vec()));
        headers
    };
    let parameters = SignatureParameters {
        created_s: now_s(),
        expires_s: now_s() - 60,
        nonce: "n",
    };
    let key = KEYS.upvest_key().expect("a key");
    let expired = sign(&key, PATH, &body, parameters);
    let cases: [(Rejection, Headers); 20] = [
        (Rejection::MissingHeader("signature"), without("signature")),
        (
            Rejection::RepeatedHeader("signature"),
            with("signature", "sig1=:AAAA:"),
        ),
        (Rejection::MalformedSignatureInput, input("sig1=(", "sig1=")),
        (
            Rejection::MalformedSignature,
            edited(&good, "signature", |_| "sig1=:AAAA:".to_owned()),
        ),
        (
            Rejection::DuplicateLabel,
            edited(&good, "signature-input", |v| format!("{v}, sig1=()")),
        ),
        (
            Rejection::SeveralSignatures,
            edited(&good, "signature-input", |v| format!("{v}, sig2=()")),
        ),
        (Rejection::LabelMismatch, input("sig1=", "sig2=")),
        (
            Rejection::DuplicateComponent,
            input("\"@path\"", "\"@method\""),
        ),
        (
            Rejection::UnknownComponent,
            input("\"@path\"", "\"@path\" \"@authority\""),
        ),
        (
            Rejection::UncoveredComponent("@path"),
            input(" \"@path\"", ""),
        ),
        (
            Rejection::MissingCoveredHeader,
            input("\"accept\"", "\"x-none\""),
        ),
        (Rejection::RepeatedCoveredHeader, with("accept", "*/*")),
        (
            Rejection::MalformedParameter("keyid"),
            input(";keyid=", ";key="),
        ),
        (
            Rejection::UnsupportedAlgorithm,
            edited(&good, "signature-input", |v| format!("{v};alg=\"ed25519\"")),
        ),
        (Rejection::UnknownKey, input("keyid=\"", "keyid=\"x")),
        (Rejection::BadSignature, input("nonce=\"", "nonce=\"x")),
        (Rejection::CreatedInFuture, at(now_s() + 120)),
        (Rejection::Expired, expired),
        (Rejection::TooOld, at(now_s() - 400)),
        (Rejection::DigestMismatch, good.clone()),
    ];
    for (rejection, headers) in &cases {
        let mut body = body.clone();
        if *rejection == Rejection::DigestMismatch {
            body.rotate_left(1);
        }
        let reason = rejection.code();
        assert_eq!(counted(&app, reason), 0, "{reason}");
        let rejected = (401, "signature-rejected".to_owned());
        assert_eq!(refused(&app, headers, &body), rejected, "{reason}");
        assert_eq!(counted(&app, reason), 1, "{reason}");
    }
    // A line break in a header never arrives, a window of validity and a digest of
    // another algorithm have tests of their own.
    assert_eq!(cases.len() + 3, Rejection::ALL.len());
    assert_eq!(send(&app, &good, &body).status, 200);
}

/// The reason is a field of the log line of its own.
#[test]
fn the_log_has_the_reason() {
    let mut app = App::start();
    refused(&app, &[], b"{}");
    let lines = app.stop();
    let line = lines
        .iter()
        .find(|line| line.contains("signature-rejected"))
        .expect("a line");
    assert!(line.contains("\"reason\":\"missing-header\""), "{line}");
    assert!(line.contains("\"error\":null"), "{line}");
}

/// A profile that is switched off is refused, and accepted where it is switched on.
#[test]
fn the_profile_of_draft_15_is_switched_on_by_configuration() {
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    let headers = |created_s: i64| {
        let request = Delivery {
            method: "POST",
            path: PATH,
            query: None,
            headers: &[("content-type".to_owned(), b"application/json".to_vec())],
            body: &body,
        };
        let parameters = SignatureParameters {
            created_s,
            expires_s: created_s + 60,
            nonce: "n",
        };
        let key = KEYS.upvest_key().expect("a key");
        sign_request(Profile::Draft15, &key, &request, parameters).expect("signed")
    };
    let app = App::start();
    assert_eq!(refused(&app, &headers(now_s()), &body).0, 401);
    assert_eq!(counted(&app, "uncovered-component"), 1);
    drop(app);

    let both = [("upvest_profiles", "draft-06 draft-15")];
    let app = App::start_with(Database::create(), None, &both);
    assert_eq!(send(&app, &headers(now_s()), &body).status, 200);
    let older = app.client.try_deliver(&body).expect("an answer");
    assert_eq!(older.status, 200, "draft 06 beside it");
    assert_eq!(refused(&app, &headers(now_s() - 400), &body).0, 401);
    assert_eq!(counted(&app, "too-old"), 1);
    drop(app);

    let unknown = [("upvest_profiles", "draft-07")];
    let app = App::start_with(Database::create(), None, &unknown);
    assert_eq!(send(&app, &headers(now_s()), &body).status, 500);
}
