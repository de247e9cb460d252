//! Deliveries that verify.

use proptest::test_runner::Config as ProptestConfig;
use upvest_signature::{
    Delivery, KeySet, Policy, Profile, Profiles, Rejection, SignatureParameters, SigningKey,
    Verified, sign_request, verify,
};

/// A second after the vector was signed.
pub const NOW_S: i64 = 1_633_529_660;
pub const POLICY: Policy = Policy {
    profiles: Profiles::only(Profile::Draft06),
    max_age_s: 300,
    max_skew_s: 30,
};
pub const BODY: &str = r#"{"payload":[{"id":"8962b496-8d42-4560-bfab-10490dd1a721","created_at":"2021-07-21T14:10:00Z","type":"ORDER.NEW","object":{"id":"eb5ba93f-5dfe-4bf1-8571-4da0caacc80c"},"webhook_id":"9df39835-be87-4243-9018-f2500b39cee6"}]}"#;
pub const JWKS: &str = r#"{"keys":[{"kid":"9ed77463-c18e-4794-ab5c-17423f9b801a","kty":"EC","crv":"P-521",
"x":"AL8IJDzqP1hqIfn9N2FbiEwN9-3LUTZGpvQ2BCz-SecxTIo4Js_YoFBqwm48r6ov3mNe8Wc-Ht0loOesByN2EEe4",
"y":"ADi6D8DDU-pzUptSzXIN2201Dl2E5wCgGJnsxymgKwVqdAmzlyXbIUTBKJw0J2htV4Z1RQARs_u5EiFEzVoV6dPx"},
{"kid":"rsa","kty":"RSA","n":"AQAB","e":"AQAB"}]}"#;

pub type Headers = Vec<(String, Vec<u8>)>;

/// The headers of a request that OpenSSL signed (P-521, SHA-512, DER) over the
/// unquoted base.
pub fn vector() -> Headers {
    headers(&[
        ("content-type", "application/json"),
        ("content-length", "221"),
        (
            "digest",
            "SHA-256=teUGMXlIVlfGsiwwPO2BwEL+MAjmQNO3LWlGRJx1nK0=",
        ),
        ("accept", "*/*"),
        (
            "signature-input",
            "sig1=(\"@method\" \"@path\" \"accept\" \"content-length\" \"content-type\" \"digest\");keyid=\"9ed77463-c18e-4794-ab5c-17423f9b801a\";created=1633529659;expires=1633529664;nonce=\"o085M4cMgpbicuOL\"",
        ),
        (
            "signature",
            "sig1=:MIGGAkFd9l4VXYmws0CJmHcLJLWvszMzwfR9e+F9aVNw2efkZDTkCrH/99Z7xGv9zmm52pNuQBZUVrI4qHvaoMx7+S1cxgJBRf5kpHsbs6+rVpW3szy/zfmd/gKI5lSPqS3nN2nC1jjjj+WYHmgYkRZ3TOAKsd6W278FKPA8HRGPZTMuOYOb3Fs=:",
        ),
    ])
}

pub fn headers(pairs: &[(&str, &str)]) -> Headers {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect()
}

/// A request with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Signed {
    pub fn delivery(&self) -> Delivery<'_> {
        Delivery {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers: &self.headers,
            body: &self.body,
        }
    }

    pub fn verify(&self, keys: &KeySet, policy: Policy) -> Result<Verified, Rejection> {
        verify(&self.delivery(), keys, NOW_S, policy)
    }

    /// The value of a header that is there once.
    pub fn header(&self, name: &str) -> String {
        let (_, value) = self
            .headers
            .iter()
            .find(|(n, _)| n == name)
            .expect("the header");
        String::from_utf8(value.clone()).expect("text")
    }

    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let (_, old) = self
            .headers
            .iter_mut()
            .find(|(n, _)| n == name)
            .expect("the header");
        *old = value.into();
    }
}

/// A key with a scalar that is known.
pub fn key(id: &str, number: u8) -> SigningKey {
    let mut scalar = [number; 66];
    scalar[0] = 0;
    SigningKey::from_scalar(id, &scalar).expect("a scalar")
}

/// A set of these keys.
pub fn key_set(keys: &[&SigningKey]) -> KeySet {
    KeySet::from_jwks(&jwks(keys)).expect("keys")
}

pub fn jwks(keys: &[&SigningKey]) -> String {
    let own = |key: &&SigningKey| {
        let jwks = key.jwks();
        let inner = jwks.strip_prefix("{\"keys\":[").expect("a set");
        inner.strip_suffix("]}").expect("a set").to_owned()
    };
    let keys: Vec<String> = keys.iter().map(own).collect();
    format!("{{\"keys\":[{}]}}", keys.join(","))
}

/// A `POST` that is signed by a profile a second before [`NOW_S`].
pub fn signed(profile: Profile, key: &SigningKey, query: Option<&str>, body: &[u8]) -> Signed {
    let length = body.len().to_string();
    let headers = headers(&[
        ("accept", "*/*"),
        ("content-length", &length),
        ("content-type", "application/json"),
    ]);
    let mut signed = Signed {
        method: "POST".to_owned(),
        path: "/v1/webhooks/upvest".to_owned(),
        query: query.map(str::to_owned),
        headers,
        body: body.to_vec(),
    };
    let parameters = SignatureParameters {
        created_s: NOW_S - 1,
        expires_s: NOW_S + 60,
        nonce: "n-1",
    };
    signed.headers =
        sign_request(profile, key, &signed.delivery(), parameters).expect("can be signed");
    signed
}

/// As many cases as are asked for, or a slice of them.
pub fn cases(slice: u32) -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(slice),
    }
}

/// A policy of these profiles.
pub fn accepting(profiles: &str) -> Policy {
    Policy {
        profiles: profiles.parse().expect("profiles"),
        ..POLICY
    }
}
