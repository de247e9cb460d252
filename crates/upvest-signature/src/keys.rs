//! The sender's public keys.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p521::ecdsa::VerifyingKey;
use serde::Deserialize;

use crate::Rejection;

/// Public keys by id, read from a JSON Web Key Set (RFC 7517, section 5).
///
/// A key may have the members `nbf` and `exp`, seconds since the epoch: it is valid
/// from the one, and not any more from the other.
#[derive(Clone, Debug, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Clone, Debug)]
struct Key {
    id: String,
    key: VerifyingKey,
    valid_from_s: Option<i64>,
    valid_until_s: Option<i64>,
}

/// The text is not a JSON Web Key Set, or a P-521 key in it is not a point of the
/// curve, or has no id, or another's.
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
    nbf: Option<i64>,
    exp: Option<i64>,
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
        let mut keys: Vec<Key> = Vec::new();
        for jwk in jwks.keys.into_iter().filter(ours) {
            let key = Key::of(jwk).ok_or(InvalidKeys)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(InvalidKeys);
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The ids of all keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }

    /// The key of this id, if it is valid at `now_s`.
    pub(crate) fn find(&self, id: &str, now_s: i64) -> Result<&VerifyingKey, Rejection> {
        let key = self
            .0
            .iter()
            .find(|key| key.id == id)
            .ok_or(Rejection::UnknownKey)?;
        let begun = key.valid_from_s.is_none_or(|from| from <= now_s);
        let ended = key.valid_until_s.is_some_and(|until| until <= now_s);
        if begun && !ended {
            Ok(&key.key)
        } else {
            Err(Rejection::KeyNotValid)
        }
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        let point = sec1(jwk.x.as_deref()?, jwk.y.as_deref()?)?;
        Some(Self {
            id: jwk.kid?,
            key: VerifyingKey::from_sec1_bytes(&point).ok()?,
            valid_from_s: jwk.nbf,
            valid_until_s: jwk.exp,
        })
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
