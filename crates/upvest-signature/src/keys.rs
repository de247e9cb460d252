//! The sender's public keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p521::ecdsa::VerifyingKey;
use serde::Deserialize;

/// Public keys by id, read from a JSON Web Key Set (RFC 7517, section 5).
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<(String, VerifyingKey)>);

/// The text is not a JSON Web Key Set, or a P-521 key in it is not a point of
/// the curve or has no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Web Key Set with valid P-521 keys")]
pub struct InvalidKeys;

/// The most keys of a set: a rotation needs two.
const MAX_KEYS: usize = 64;
/// Octets of a coordinate on P-521.
const COORDINATE_LEN: usize = 66;

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a key set. Keys of another type or curve are passed over, as RFC
    /// 7517 asks.
    ///
    /// # Errors
    /// [`InvalidKeys`].
    pub fn from_jwks(json: &str) -> Result<Self, InvalidKeys> {
        let jwks: Jwks = serde_json::from_slice(json.as_bytes()).map_err(|_| InvalidKeys)?;
        if jwks.keys.len() > MAX_KEYS {
            return Err(InvalidKeys);
        }
        let ours = |key: &Jwk| key.kty == "EC" && key.crv.as_deref() == Some("P-521");
        let keys = jwks.keys.into_iter().filter(ours).map(|key| {
            let point = sec1(key.x.as_deref()?, key.y.as_deref()?)?;
            Some((key.kid?, VerifyingKey::from_sec1_bytes(&point).ok()?))
        });
        keys.collect::<Option<Vec<_>>>()
            .map(Self)
            .ok_or(InvalidKeys)
    }

    /// The key of this id.
    pub(crate) fn get(&self, key_id: &str) -> Option<&VerifyingKey> {
        self.0
            .iter()
            .find(|(id, _)| id == key_id)
            .map(|(_, key)| key)
    }
}

/// An uncompressed point: 0x04, x, y (SEC 1, section 2.3.3).
fn sec1(x: &str, y: &str) -> Option<Vec<u8>> {
    let mut point = vec![4];
    for coordinate in [x, y] {
        let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok()?;
        if bytes.len() != COORDINATE_LEN {
            return None;
        }
        point.extend(bytes);
    }
    Some(point)
}
