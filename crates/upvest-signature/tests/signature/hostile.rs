//! Headers that were never signed: no panic, and nothing is believed.

use std::sync::LazyLock;

use proptest::prelude::*;
use upvest_signature::{Evidence, KeySet, Rejection};

use crate::fixture::{Signed, accepting, key, key_set, signed};

/// The keys of whoever did not sign.
static KEYS: LazyLock<KeySet> = LazyLock::new(|| key_set(&[&key("test", 7)]));

/// Pieces of the headers' own grammar (RFC 8941), and what does not belong there.
fn piece() -> impl Strategy<Value = String> {
    let known = [
        "sig1",
        "sig2",
        "*",
        "=",
        "(",
        ")",
        ",",
        ";",
        " ",
        "\t",
        ":",
        "\"",
        "\\",
        "?1",
        "?0",
        "@1",
        "-",
        "1.5",
        "999999999999999",
        "9999999999999999",
        "%\"",
        "\"@method\"",
        "\"@path\"",
        "\"@query\"",
        "\"@signature-params\"",
        "\"digest\"",
        "\"content-digest\"",
        "\"\"",
        ";keyid=\"test\"",
        ";created=1633529659",
        ";expires=1633529664",
        ";expires=-1",
        ";alg=\"hmac-sha256\"",
        ";nonce=\"\"",
        ";req",
        ";sf",
        "SHA-256=",
        "sha-512=",
        ":AAAA:",
        "::",
        ":MAYCAQECAQE=:",
        "token",
        "\u{e9}",
        "\0",
        "\n",
    ];
    prop_oneof![
        8 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ]
}

fn header() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
        2 => prop::collection::vec(piece(), 0..16).prop_map(|pieces| {
            let inner = pieces.concat();
            format!("sig1=(\"@method\" \"@path\" \"digest\"{inner});keyid=\"test\";created=1633529659")
                .into_bytes()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => Just(b"sig1=:MAYCAQECAQE=:".to_vec()),
    ]
}

fn unbelieved(headers: Vec<(String, Vec<u8>)>) -> Rejection {
    let delivery = Signed {
        method: "POST".to_owned(),
        path: "/p".to_owned(),
        query: None,
        headers,
        body: b"{}".to_vec(),
    };
    let policy = accepting("draft-06 draft-15");
    let rejection = delivery.verify(&KEYS, policy).expect_err("never signed");
    let evidence = Evidence::of(&delivery.delivery(), policy.profiles);
    assert!(format!("{evidence:?}").chars().count() < 30_000);
    rejection
}

proptest! {
    #[test]
    fn no_header_that_was_not_signed_is_believed(
        input in header(), signature in header(), digest in header(), content_digest in header(),
    ) {
        let headers = [
            ("signature-input", input),
            ("signature", signature),
            ("digest", digest),
            ("content-digest", content_digest),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).to_vec();
        unbelieved(headers);
    }

    #[test]
    fn no_list_of_headers_is_too_odd(
        headers in prop::collection::vec(("(signature|signature-input|digest|[a-z]{0,3})", header()), 0..8),
    ) {
        unbelieved(headers);
    }

    #[test]
    fn key_sets_are_read_or_refused(text in "\\PC{0,200}", kid in "\\PC{0,8}", x in "[A-Za-z0-9_-]{86,90}") {
        let _ = KeySet::from_jwks(&text);
        let jwk = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-521","kid":{kid:?},"x":"{x}","y":"{x}"}}]}}"#);
        // A point that was drawn is not of the curve.
        prop_assert!(KeySet::from_jwks(&jwk).is_err());
    }
}

/// Inputs that deserve to be looked at every time.
#[test]
fn odd_inputs_are_told_apart() {
    let keys = key_set(&[&key("test", 7)]);
    let good = signed(
        upvest_signature::Profile::Draft06,
        &key("test", 7),
        None,
        b"{}",
    );
    let refused = |name: &str, value: &str| {
        let mut changed = good.clone();
        changed.set(name, value);
        changed
            .verify(&keys, accepting("draft-06 draft-15"))
            .expect_err(value)
    };
    for value in [
        "",
        "=",
        "sig1",
        "sig1;a=(\"@method\")",
        "sig1=",
        "sig1=()x",
        "sig1=(",
        "sig1=(\"@method\"",
        "sig1=\"@method\"",
        "sig1=?1",
        "SIG1=()",
        "sig1=(\"@method\" \"@path\"),",
    ] {
        let rejection = refused("signature-input", value);
        assert_eq!(rejection, Rejection::MalformedSignatureInput, "{value}");
    }
    for value in [
        "",
        "sig1",
        "sig1=",
        "sig1=::",
        "sig1=:AAAA",
        "sig1=:AAAA:;a",
        "sig1=:MAYCAQECAQE=:x",
        "sig1=:MAYCAQACAQA=:",
        "sig1=:MAYCAQECAQA=:",
        "sig1=:MAYCAf8CAQE=:",
        "sig1=AAAA",
        "sig1=()",
    ] {
        let rejection = refused("signature", value);
        assert_eq!(rejection, Rejection::MalformedSignature, "{value}");
    }
    assert_eq!(
        refused("signature", "sig1=:AAAA:, sig1=:AAAA:"),
        Rejection::DuplicateLabel
    );
    assert_eq!(
        refused("signature", "sig1=:AAAA:, sig2=:AAAA:"),
        Rejection::SeveralSignatures
    );
    assert_eq!(
        refused("signature-input", "sig1=();keyid=\"test\";created=1"),
        Rejection::UncoveredComponent("@method")
    );
}
