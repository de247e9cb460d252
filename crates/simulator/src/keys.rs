//! Keys for development: an issuer of tokens, and a broker that signs.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    Claims, Clock, Duration, Ed25519KeyPair, EdDSAKeyPairLike, UnixTimeStamp,
};
use serde::{Deserialize, Serialize};
use upvest_signature::SigningKey;
use uuid::Uuid;

/// The issuer of development tokens.
pub const ISSUER: &str = "https://issuer.retire.test";
/// The audience of tokens.
pub const AUDIENCE: &str = "retire";

const TOKEN_KEY_ID: &str = "development";

/// A time for the claims of a token.
pub type UnixTime = UnixTimeStamp;

/// The time `seconds` after the epoch.
#[must_use]
pub fn unix_time(seconds: u64) -> UnixTime {
    Duration::from_secs(seconds)
}

/// The private keys of a development machine.
#[derive(Clone, Serialize, Deserialize)]
pub struct DevKeys {
    /// Ed25519, as jwt-simple stores a pair.
    token_key: String,
    /// A scalar of P-521.
    upvest_scalar: String,
    /// The id under which the broker's key is published.
    upvest_key_id: Uuid,
}

#[derive(Serialize, Deserialize)]
struct Scope {
    scope: String,
}

impl DevKeys {
    /// Makes new keys from the system's randomness.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn generate() -> Result<Self> {
        let mut id = [0; 16];
        getrandom::fill(&mut id)?;
        // A random number of 520 bits is below the curve's order.
        let mut scalar = [0; 66];
        getrandom::fill(&mut scalar[1..])?;
        Ok(Self {
            token_key: URL_SAFE_NO_PAD.encode(Ed25519KeyPair::generate().to_bytes()),
            upvest_scalar: URL_SAFE_NO_PAD.encode(scalar),
            upvest_key_id: uuid::Builder::from_random_bytes(id).into_uuid(),
        })
    }

    /// Reads the keys of a file, or makes them and writes it, for its owner only.
    ///
    /// # Errors
    /// The file.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        match std::fs::read(path) {
            Ok(json) => serde_json::from_slice(&json).with_context(|| path.display().to_string()),
            Err(_) => {
                let keys = Self::generate()?;
                write_private(path, &serde_json::to_vec_pretty(&keys)?)
                    .with_context(|| path.display().to_string())?;
                Ok(keys)
            }
        }
    }

    fn token_pair(&self) -> Result<Ed25519KeyPair> {
        let bytes = URL_SAFE_NO_PAD.decode(&self.token_key)?;
        Ed25519KeyPair::from_bytes(&bytes).map(|pair| pair.with_key_id(TOKEN_KEY_ID))
    }

    /// The public key of tokens, for the variable `auth_jwks`.
    ///
    /// # Errors
    /// The stored key is damaged.
    pub fn token_jwks(&self) -> Result<String> {
        let public = self.token_pair()?.public_key().to_bytes();
        let jwks = serde_json::json!({"keys": [{
            "kid": TOKEN_KEY_ID, "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public),
        }]});
        Ok(jwks.to_string())
    }

    /// A token for `subject` with the scopes of `scope`, separated by spaces.
    ///
    /// # Errors
    /// The stored key is damaged.
    pub fn token(&self, subject: &str, scope: &str, valid_days: u64) -> Result<String> {
        self.token_of(
            subject,
            scope,
            ISSUER,
            AUDIENCE,
            Clock::now_since_epoch(),
            valid_days,
        )
    }

    /// A token with an id (`jti`), by which it can be revoked.
    ///
    /// # Errors
    /// The stored key is damaged.
    pub fn token_with_id(&self, subject: &str, scope: &str, id: &str) -> Result<String> {
        let custom = Scope {
            scope: scope.to_owned(),
        };
        let claims = Claims::with_custom_claims(custom, Duration::from_days(1))
            .with_issuer(ISSUER)
            .with_audience(AUDIENCE)
            .with_subject(subject)
            .with_jwt_id(id);
        self.token_pair()?.sign(claims)
    }

    /// A token with every claim chosen, for tests of what must be refused.
    ///
    /// # Errors
    /// The stored key is damaged.
    pub fn token_of(
        &self,
        subject: &str,
        scope: &str,
        issuer: &str,
        audience: &str,
        issued_at: UnixTimeStamp,
        valid_days: u64,
    ) -> Result<String> {
        let custom = Scope {
            scope: scope.to_owned(),
        };
        let mut claims = Claims::with_custom_claims(custom, Duration::from_days(valid_days))
            .with_issuer(issuer)
            .with_audience(audience)
            .with_subject(subject);
        claims.issued_at = Some(issued_at);
        claims.invalid_before = Some(issued_at);
        claims.expires_at = Some(issued_at + Duration::from_days(valid_days));
        self.token_pair()?.sign(claims)
    }

    /// The broker's private key.
    ///
    /// # Errors
    /// The stored key is damaged.
    pub fn upvest_key(&self) -> Result<SigningKey> {
        let scalar: [u8; 66] = URL_SAFE_NO_PAD
            .decode(&self.upvest_scalar)?
            .try_into()
            .map_err(|_| anyhow!("the broker's key is damaged"))?;
        SigningKey::from_scalar(&self.upvest_key_id.to_string(), &scalar)
            .context("the broker's key is damaged")
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)
}
