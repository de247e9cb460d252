//! A signer as Upvest's, for tests and simulators.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p521::ecdsa::signature::Signer;
use p521::ecdsa::{Signature, SigningKey as EcdsaKey};
use sha2::{Digest, Sha256};

use crate::Delivery;
use crate::base::signature_base;

/// A private key on P-521 with its id.
#[derive(Clone)]
pub struct SigningKey {
    key_id: String,
    key: EcdsaKey,
}

/// The parameters of a signature.
#[derive(Clone, Copy, Debug)]
pub struct SignatureParameters<'a> {
    /// Seconds since the epoch.
    pub created_s: i64,
    /// Seconds since the epoch.
    pub expires_s: i64,
    /// Never twice the same.
    pub nonce: &'a str,
}

impl SigningKey {
    /// The key with the given scalar, 66 octets, big-endian. `None` if that is
    /// zero or not below the curve's order.
    #[must_use]
    pub fn from_scalar(key_id: &str, scalar: &[u8; 66]) -> Option<Self> {
        let key = EcdsaKey::from_slice(scalar).ok()?;
        Some(Self {
            key_id: key_id.to_owned(),
            key,
        })
    }

    /// The signature over `base` in DER and base64, as the header carries it.
    #[must_use]
    pub fn sign_raw(&self, base: &[u8]) -> String {
        let signature: Signature = self.key.sign(base);
        STANDARD.encode(signature.to_der())
    }

    /// The public key as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> String {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(66);
        serde_json::json!({"keys": [{
            "kid": self.key_id,
            "kty": "EC",
            "crv": "P-521",
            "x": URL_SAFE_NO_PAD.encode(x),
            "y": URL_SAFE_NO_PAD.encode(y),
        }]})
        .to_string()
    }
}

/// The headers with which Upvest would send a `POST` of `body` to `path`: the
/// content type, its length and digest, and the signature over them. The
/// signature is deterministic (RFC 6979).
#[must_use]
pub fn sign(
    key: &SigningKey,
    path: &str,
    body: &[u8],
    parameters: SignatureParameters<'_>,
) -> Vec<(String, Vec<u8>)> {
    let digest = format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)));
    let mut headers: Vec<(String, Vec<u8>)> = [
        ("accept", "*/*".to_owned()),
        ("content-length", body.len().to_string()),
        ("content-type", "application/json".to_owned()),
        ("digest", digest),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into_bytes()))
    .collect();

    let components = [
        "@method",
        "@path",
        "accept",
        "content-length",
        "content-type",
        "digest",
    ];
    let raw = format!(
        "({});keyid=\"{}\";created={};expires={};nonce=\"{}\"",
        components.map(|c| format!("\"{c}\"")).join(" "),
        key.key_id,
        parameters.created_s,
        parameters.expires_s,
        parameters.nonce,
    );
    let delivery = Delivery {
        method: "POST",
        path,
        query: None,
        headers: &headers,
        body,
    };
    let base = signature_base(&delivery, &components.map(str::to_owned), &raw)
        .expect("all components are there");
    let value = format!("sig1=:{}:", key.sign_raw(&base));
    headers.push((
        "signature-input".to_owned(),
        format!("sig1={raw}").into_bytes(),
    ));
    headers.push(("signature".to_owned(), value.into_bytes()));
    headers
}
