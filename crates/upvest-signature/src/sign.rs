//! A signer: as Upvest, for tests and simulators, and of our own requests to Upvest.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p521::SecretKey;
use p521::ecdsa::signature::Signer;
use p521::ecdsa::{Signature, SigningKey as EcdsaKey};
use p521::pkcs8::DecodePrivateKey as _;

use crate::base::SignatureBase;
use crate::{Delivery, Profile, Rejection, digest};

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

    /// The key of a PEM file: `PRIVATE KEY` (RFC 5958) or `EC PRIVATE KEY` (RFC
    /// 5915), not encrypted. `None` if the text is no such key on P-521.
    #[must_use]
    pub fn from_pem(key_id: &str, pem: &str) -> Option<Self> {
        let key = SecretKey::from_pkcs8_pem(pem).ok();
        let key = key.or_else(|| SecretKey::from_sec1_pem(pem).ok())?;
        Some(Self {
            key_id: key_id.to_owned(),
            key: EcdsaKey::from(&key),
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
/// content type, its length and digest, and the signature over them, by the profile
/// of its webhooks. The signature is deterministic (RFC 6979).
#[must_use]
pub fn sign(
    key: &SigningKey,
    path: &str,
    body: &[u8],
    parameters: SignatureParameters<'_>,
) -> Vec<(String, Vec<u8>)> {
    let headers = [
        ("accept", "*/*".to_owned()),
        ("content-length", body.len().to_string()),
        ("content-type", "application/json".to_owned()),
    ];
    let delivery = Delivery {
        method: "POST",
        path,
        query: None,
        headers: &headers.map(|(name, value)| (name.to_owned(), value.into_bytes())),
        body,
    };
    sign_request(Profile::Draft06, key, &delivery, parameters)
        .expect("each of the headers is there once")
}

/// The headers of a request that has none of a signature yet, and behind them the
/// digest of its body, if there is one, and the signature: over the method, the path,
/// a query, and all headers.
///
/// # Errors
/// A header is there twice, or has a line break in it.
pub fn sign_request(
    profile: Profile,
    key: &SigningKey,
    request: &Delivery<'_>,
    parameters: SignatureParameters<'_>,
) -> Result<Vec<(String, Vec<u8>)>, Rejection> {
    let mut headers = request.headers.to_vec();
    if !request.body.is_empty() || profile == Profile::Draft06 {
        let digest = digest::header(profile, request.body);
        headers.push((profile.digest_header().to_owned(), digest.into_bytes()));
    }
    let query = request.query.map(|_| "@query");
    let derived = ["@method", "@path"].into_iter().chain(query);
    let names = headers.iter().map(|(name, _)| name.as_str());
    let components: Vec<String> = derived.chain(names).map(str::to_owned).collect();
    let quoted: Vec<String> = components.iter().map(|c| format!("\"{c}\"")).collect();
    let raw = format!(
        "({});keyid=\"{}\";created={};expires={};nonce=\"{}\"",
        quoted.join(" "),
        key.key_id,
        parameters.created_s,
        parameters.expires_s,
        parameters.nonce,
    );
    let signed = Delivery {
        headers: &headers,
        ..*request
    };
    let base = SignatureBase::of(&signed, &components, &raw)?.bytes(profile);
    let value = format!("sig1=:{}:", key.sign_raw(&base));
    headers.push((
        "signature-input".to_owned(),
        format!("sig1={raw}").into_bytes(),
    ));
    headers.push(("signature".to_owned(), value.into_bytes()));
    Ok(headers)
}
