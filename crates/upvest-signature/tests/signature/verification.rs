//! Verification against a complete signed request, and everything that must not
//! pass.

use proptest::prelude::*;
use upvest_signature::{
    Delivery, InvalidKeys, KeySet, Rejection, SignatureParameters, SigningKey, sign, verify,
};

use crate::fixture::{BODY, JWKS, NOW_S, POLICY, cases, vector};

fn check(
    headers: &[(String, Vec<u8>)],
    path: &str,
    body: &[u8],
    now_s: i64,
) -> Result<(), Rejection> {
    let keys = KeySet::from_jwks(JWKS).expect("keys");
    let delivery = Delivery {
        method: "POST",
        path,
        query: None,
        headers,
        body,
    };
    verify(&delivery, &keys, now_s, POLICY).map(|_| ())
}

fn with(name: &str, change: impl Fn(&str) -> String) -> Vec<(String, Vec<u8>)> {
    let mut headers = vector();
    for (n, value) in &mut headers {
        if n == name {
            *value = change(std::str::from_utf8(value).expect("text")).into_bytes();
        }
    }
    headers
}

fn refused(headers: &[(String, Vec<u8>)]) -> Rejection {
    check(headers, "/webhooks/users", BODY.as_bytes(), NOW_S).expect_err("refused")
}

#[test]
fn the_vector_verifies() {
    assert_eq!(
        check(&vector(), "/webhooks/users", BODY.as_bytes(), NOW_S),
        Ok(())
    );
}

#[test]
fn every_covered_part_counts() {
    let body = BODY.as_bytes();
    let moved = check(&vector(), "/webhooks/orders", body, NOW_S);
    assert_eq!(moved, Err(Rejection::BadSignature));
    let other = check(&vector(), "/webhooks/users", &body[1..], NOW_S);
    assert_eq!(other, Err(Rejection::DigestMismatch));
    for header in ["accept", "content-type", "content-length", "digest"] {
        assert_eq!(
            refused(&with(header, |v| format!("{v}x"))),
            Rejection::BadSignature,
            "{header}"
        );
        let mut absent = vector();
        absent.retain(|(name, _)| name != header);
        assert_eq!(
            refused(&absent),
            Rejection::MissingCoveredHeader,
            "{header}"
        );
    }
    let without_body = check(&vector(), "/webhooks/users", b"", NOW_S);
    assert_eq!(without_body, Err(Rejection::DigestMismatch));
}

#[test]
fn headers_that_must_be_there_once() {
    for header in ["signature", "signature-input"] {
        let mut absent = vector();
        absent.retain(|(name, _)| name != header);
        assert_eq!(refused(&absent), Rejection::MissingHeader(header));
        let mut twice = vector();
        let again = twice
            .iter()
            .find(|(name, _)| name == header)
            .cloned()
            .expect("there");
        twice.push(again);
        assert_eq!(refused(&twice), Rejection::RepeatedHeader(header));
    }
}

#[test]
fn malformed_inputs_each_have_their_reason() {
    let input =
        |from: &str, to: &str| refused(&with("signature-input", |v| v.replacen(from, to, 1)));
    assert_eq!(input("sig1=", "sig2="), Rejection::LabelMismatch);
    assert_eq!(input("sig1=", "="), Rejection::MalformedSignatureInput);
    assert_eq!(input("sig1=", "Sig 1="), Rejection::MalformedSignatureInput);
    assert_eq!(
        input("\"@method\"", "@method"),
        Rejection::MalformedSignatureInput
    );
    assert_eq!(
        input("\"@method\"", "1"),
        Rejection::MalformedSignatureInput
    );
    assert_eq!(
        input("\"@path\"", "\"@method\""),
        Rejection::DuplicateComponent
    );
    assert_eq!(
        input("\"@path\"", "\"@path\" \"@authority\""),
        Rejection::UnknownComponent
    );
    assert_eq!(
        input("\"@path\"", "\"@path\" \"a b\""),
        Rejection::UnknownComponent
    );
    assert_eq!(
        input("\"@path\"", "\"@path\";req"),
        Rejection::UnknownComponent
    );
    assert_eq!(
        input("\"@path\"", "\"@query\""),
        Rejection::UncoveredComponent("@path")
    );
    assert_eq!(
        input("\"@method\" ", ""),
        Rejection::UncoveredComponent("@method")
    );
    assert_eq!(
        input(" \"digest\"", ""),
        Rejection::UncoveredComponent("digest")
    );
    assert_eq!(
        input("\"accept\"", "\"accept\" \"x-other\""),
        Rejection::MissingCoveredHeader
    );
    assert_eq!(
        input("\"accept\"", "\"Accept\""),
        Rejection::MissingCoveredHeader
    );
    assert_eq!(input(";keyid=\"", ";keyid=\"0"), Rejection::UnknownKey);
    assert_eq!(
        input(";keyid=\"", ";other=\""),
        Rejection::MalformedParameter("keyid")
    );
    assert_eq!(
        input(";created=", ";created=?1;x="),
        Rejection::MalformedParameter("created")
    );
    assert_eq!(
        input(";expires=", ";expires=\"1\";x="),
        Rejection::MalformedParameter("expires")
    );
    assert_eq!(
        input(";nonce=", ";alg=\"hmac-sha256\";nonce="),
        Rejection::UnsupportedAlgorithm
    );
    assert_eq!(
        input(";nonce=", ";nonce=\"a\";nonce="),
        Rejection::BadSignature
    );
    for (suffix, expected) in [
        (", sig2=(\"@method\")", Rejection::SeveralSignatures),
        (", sig1=()", Rejection::DuplicateLabel),
        (", sig2=(), sig2=()", Rejection::DuplicateLabel),
        (",", Rejection::MalformedSignatureInput),
        (" x", Rejection::MalformedSignatureInput),
        ("\u{e9}", Rejection::MalformedSignatureInput),
    ] {
        let longer = with("signature-input", |v| format!("{v}{suffix}"));
        assert_eq!(refused(&longer), expected, "{suffix}");
    }
    let long = with("signature-input", |v| {
        format!("{v};pad=\"{}\"", "x".repeat(4096))
    });
    assert_eq!(refused(&long), Rejection::MalformedSignatureInput);
}

#[test]
fn malformed_signatures_and_digests() {
    for (from, to) in [
        ("=:", "="),
        ("=:", "=:*"),
        ("Fs=:", "Ft=:"),
        ("Fs=:", "Fs:"),
        (":MIGG", ":"),
    ] {
        let broken = with("signature", |v| v.replacen(from, to, 1));
        assert_eq!(
            refused(&broken),
            Rejection::MalformedSignature,
            "{from} {to}"
        );
    }
    let key = signing_key();
    for (digest, expected) in [
        ("SHA-512=teUG", Rejection::MalformedDigest),
        ("teUG", Rejection::MalformedDigest),
        ("SHA-256=teUG", Rejection::DigestMismatch),
    ] {
        assert_eq!(resigned(&key, digest), Err(expected), "{digest}");
    }
}

/// A delivery whose signature covers a digest header that is not the body's.
fn resigned(key: &SigningKey, digest: &str) -> Result<(), Rejection> {
    let mut headers = signed(key, "/p", b"");
    let covering = "sig1=(\"@method\" \"@path\" \"digest\")";
    assert!(headers.iter().any(|(name, _)| name == "digest"));
    headers.retain(|(name, _)| name != "digest");
    headers.push(("digest".to_owned(), digest.as_bytes().to_vec()));
    // Sign anew by hand: the crate's signer writes only true digests.
    let raw = format!(
        "{};keyid=\"test\";created={NOW_S}",
        &covering["sig1=".len()..]
    );
    let base = format!("@method: POST\n@path: /p\ndigest: {digest}\n@signature-params: {raw}");
    let signature = key.sign_raw(base.as_bytes());
    for (name, value) in &mut headers {
        match name.as_str() {
            "signature-input" => *value = format!("sig1={raw}").into_bytes(),
            "signature" => *value = format!("sig1=:{signature}:").into_bytes(),
            _ => {}
        }
    }
    let keys = KeySet::from_jwks(&key.jwks()).expect("keys");
    let delivery = Delivery {
        method: "POST",
        path: "/p",
        query: None,
        headers: &headers,
        body: b"x",
    };
    verify(&delivery, &keys, NOW_S, POLICY).map(|_| ())
}

#[test]
fn freshness_is_judged_after_the_signature() {
    let at = |now_s| check(&vector(), "/webhooks/users", BODY.as_bytes(), now_s);
    assert_eq!(at(1_633_529_659 - 30), Ok(()));
    assert_eq!(at(1_633_529_659 - 31), Err(Rejection::CreatedInFuture));
    assert_eq!(at(1_633_529_664 + 30), Ok(()));
    assert_eq!(at(1_633_529_664 + 31), Err(Rejection::Expired));
    assert_eq!(at(1_633_529_659 + 301), Err(Rejection::TooOld));
    assert_eq!(at(i64::MIN), Err(Rejection::CreatedInFuture));
    assert_eq!(at(i64::MAX), Err(Rejection::TooOld));
    let forged = with("accept", |_| "text/html".to_owned());
    let old = check(&forged, "/webhooks/users", BODY.as_bytes(), i64::MAX);
    assert_eq!(old, Err(Rejection::BadSignature));
}

#[test]
fn a_base_with_quoted_names_does_not_verify() {
    let key = signing_key();
    let raw = "(\"@method\" \"@path\");keyid=\"test\";created=1633529660";
    let quoted = format!("\"@method\": POST\n\"@path\": /p\n\"@signature-params\": {raw}");
    let headers = [
        (
            "signature-input".to_owned(),
            format!("sig1={raw}").into_bytes(),
        ),
        (
            "signature".to_owned(),
            format!("sig1=:{}:", key.sign_raw(quoted.as_bytes())).into_bytes(),
        ),
    ];
    let keys = KeySet::from_jwks(&key.jwks()).expect("keys");
    let delivery = Delivery {
        method: "POST",
        path: "/p",
        query: None,
        headers: &headers,
        body: b"",
    };
    assert_eq!(
        verify(&delivery, &keys, NOW_S, POLICY),
        Err(Rejection::BadSignature)
    );
}

#[test]
fn key_sets() {
    assert!(KeySet::from_jwks(r#"{"keys":[]}"#).is_ok());
    for bad in [
        "",
        "[]",
        r#"{"keys":[{"kty":"EC","crv":"P-521","kid":"a"}]}"#,
        r#"{"keys":[{"kty":"EC","crv":"P-521","kid":"a","x":"AA","y":"AA"}]}"#,
    ] {
        assert_eq!(KeySet::from_jwks(bad).err(), Some(InvalidKeys), "{bad}");
    }
    let off_the_curve = JWKS.replace("\"y\":\"A", "\"y\":\"B");
    assert_eq!(KeySet::from_jwks(&off_the_curve).err(), Some(InvalidKeys));
    let without_id = JWKS.replace("\"kid\":\"9ed77463-c18e-4794-ab5c-17423f9b801a\",", "");
    assert_eq!(KeySet::from_jwks(&without_id).err(), Some(InvalidKeys));
}

fn signing_key() -> SigningKey {
    let mut scalar = [7_u8; 66];
    scalar[0] = 0;
    SigningKey::from_scalar("test", &scalar).expect("a scalar")
}

fn signed(key: &SigningKey, path: &str, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let parameters = SignatureParameters {
        created_s: NOW_S,
        expires_s: NOW_S + 5,
        nonce: "n-1",
    };
    sign(key, path, body, parameters)
}

proptest! {
    // A slice of what `cargo xtask soak` runs longer: verification on P-521 in
    // an unoptimised build takes milliseconds.
    #![proptest_config(cases(64))]

    #[test]
    fn what_the_signer_signs_verifies(path in "/[a-z/]{0,20}", body in prop::collection::vec(any::<u8>(), 1..300)) {
        let key = signing_key();
        let headers = signed(&key, &path, &body);
        let keys = KeySet::from_jwks(&key.jwks()).expect("keys");
        let delivery = Delivery { method: "POST", path: &path, query: None, headers: &headers, body: &body };
        prop_assert!(verify(&delivery, &keys, NOW_S, POLICY).is_ok());
    }

    #[test]
    fn a_flipped_bit_is_noticed(header in 0_usize..7, position in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut headers = vector();
        let mut body = BODY.as_bytes().to_vec();
        let bytes = match headers.get_mut(header) {
            Some((_, value)) => value,
            None => &mut body,
        };
        let at = position.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(check(&headers, "/webhooks/users", &body, NOW_S).is_err());
    }
}
