//! Signatures of OpenSSL: `openssl.sh` made them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use upvest_signature::{KeySet, Profile, SigningKey};

use crate::fixture::{Signed, accepting, headers, signed};

const MADE: &str = include_str!("openssl.txt");
const BODY: &str = r#"{"payload":[]}"#;
const SHA_256: &str = "SHA-256=JYFTFY444ykePUgWIiX82y1aPtZaB7qsYUq5FDL9T1c=";
const SHA_512: &str = "sha-512=:KE6lFt9+Njb7hHQxttkURKWYeROYWgEig5WihYlU1+ZU2G8JnCA0XnbjqDC9MATrGdzUy3Wh6PRCFoyw4WED/Q==:";

/// The key set, and each signature in base64 with the profile of its base.
fn made() -> (KeySet, Vec<(&'static str, Profile)>) {
    let mut lines = MADE.lines().skip(1);
    let point = STANDARD
        .decode(lines.next().expect("a point"))
        .expect("base64");
    let (x, y) = point[1..].split_at(66);
    let jwks = format!(
        r#"{{"keys":[{{"kid":"openssl","kty":"EC","crv":"P-521","x":"{}","y":"{}"}}]}}"#,
        URL_SAFE_NO_PAD.encode(x),
        URL_SAFE_NO_PAD.encode(y)
    );
    let signatures = lines.map(|line| {
        let (signature, name) = line.split_once(' ').expect("a profile");
        let mut profiles = Profile::ALL.into_iter();
        let profile = profiles.find(|profile| profile.name() == name);
        (signature, profile.expect("a profile"))
    });
    (
        KeySet::from_jwks(&jwks).expect("a key"),
        signatures.collect(),
    )
}

fn delivery(signature: &str, profile: Profile) -> Signed {
    let digest = match profile {
        Profile::Draft06 => SHA_256.to_owned(),
        Profile::Draft15 => SHA_512.to_owned(),
    };
    let input = format!(
        "s=(\"@method\" \"@path\" \"content-type\" \"{}\");keyid=\"openssl\";created=1700000000",
        profile.digest_header()
    );
    Signed {
        method: "POST".to_owned(),
        path: "/hook".to_owned(),
        query: None,
        headers: headers(&[
            ("content-type", "application/json"),
            (profile.digest_header(), &digest),
            ("signature-input", &input),
            ("signature", &format!("s=:{signature}:")),
        ]),
        body: BODY.as_bytes().to_vec(),
    }
}

#[test]
fn signatures_of_openssl_verify() {
    let (keys, signatures) = made();
    assert_eq!(signatures.len(), 16);
    for (signature, profile) in signatures {
        let delivery = delivery(signature, profile);
        let policy = accepting("draft-06 draft-15");
        let verified = upvest_signature::verify(&delivery.delivery(), &keys, 1_700_000_001, policy)
            .unwrap_or_else(|rejection| panic!("{signature}: {rejection}"));
        assert_eq!(verified.profile, profile);
    }
}

/// Both forms of a private key in PEM are the key of the signatures.
#[test]
fn keys_of_openssl_are_read() {
    let (keys, _) = made();
    for pem in [include_str!("sec1.pem"), include_str!("pkcs8.pem")] {
        let key = SigningKey::from_pem("openssl", pem).expect("a key");
        let signed = signed(Profile::Draft06, &key, None, b"{}");
        assert!(signed.verify(&keys, accepting("draft-06")).is_ok());
        let other = pem.replace("PRIVATE", "PUBLIC");
        assert!(SigningKey::from_pem("openssl", &other).is_none());
    }
}
