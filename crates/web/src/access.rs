//! Who may do what: bearer tokens (RFC 6750, RFC 7519).

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{
    Duration, ECDSAP256PublicKeyLike, ES256PublicKey, Ed25519PublicKey, EdDSAPublicKeyLike,
    JWTClaims, Token, VerificationOptions,
};
use serde::{Deserialize, Serialize};
use time::UtcDateTime;

use crate::{Code, Head, Host, Problem};

/// What a token allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The caller's own account; the token's subject is the member's id.
    Member,
    /// Everything that runs a pool.
    Operator,
    /// Figures of pools without members.
    Analyst,
    /// Everything that an operator reads, and nothing that an operator does.
    Auditor,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Member, Self::Operator, Self::Analyst, Self::Auditor];

    /// The name in a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Analyst => "analyst",
            Self::Auditor => "auditor",
        }
    }
}

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Who holds a token with one of these scopes.
    Token(&'static [Scope]),
    /// Who signs the request: the handler verifies it.
    Signature,
    /// Anybody.
    Open,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's subject; a member's id for the scope `member`.
    pub subject: String,
    /// The scopes.
    pub scopes: Vec<Scope>,
}

impl Caller {
    /// Whether the token has the scope.
    #[must_use]
    pub fn has(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// Verifies tokens with the keys of an issuer.
#[derive(Debug)]
pub struct Authority {
    keys: Vec<(String, Key)>,
    issuer: String,
    audience: String,
    revoked: HashSet<String>,
}

#[derive(Debug)]
enum Key {
    Es256(Box<ES256PublicKey>),
    EdDsa(Ed25519PublicKey),
}

/// The text is not a JSON Web Key Set, or an ES256 or EdDSA key in it is not
/// valid or has no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JSON Web Key Set with valid keys")]
pub struct InvalidJwks;

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

#[derive(Serialize, Deserialize)]
struct CustomClaims {
    #[serde(default)]
    scope: String,
}

/// The longest token that is looked at.
const MAX_TOKEN_LEN: usize = 4096;
/// The most keys of a set.
const MAX_KEYS: usize = 64;
/// The tolerated difference between the issuer's clock and ours.
const CLOCK_SKEW_S: u64 = 30;
/// The longest subject.
const MAX_SUBJECT_LEN: usize = 200;

impl Authority {
    /// Reads a key set (RFC 7517): EC keys on P-256 for ES256, OKP keys on Ed25519
    /// for EdDSA. Keys of other types are passed over.
    ///
    /// # Errors
    /// [`InvalidJwks`].
    pub fn new(jwks: &str, issuer: &str, audience: &str) -> Result<Self, InvalidJwks> {
        let jwks: Jwks = serde_json::from_slice(jwks.as_bytes()).map_err(|_| InvalidJwks)?;
        if jwks.keys.len() > MAX_KEYS {
            return Err(InvalidJwks);
        }
        let mut keys = Vec::with_capacity(jwks.keys.len());
        for jwk in jwks.keys {
            let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
                ("EC", Some("P-256")) => es256(&jwk).map(Key::Es256),
                ("OKP", Some("Ed25519")) => ed25519(&jwk).map(Key::EdDsa),
                _ => continue,
            };
            keys.push((jwk.kid.ok_or(InvalidJwks)?, key.ok_or(InvalidJwks)?));
        }
        Ok(Self {
            keys,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
            revoked: HashSet::new(),
        })
    }

    /// Accepts no token whose id (`jti`) is among these, apart by spaces.
    #[must_use]
    pub fn without(mut self, revoked: &str) -> Self {
        self.revoked = revoked.split_whitespace().map(str::to_owned).collect();
        self
    }

    /// The caller behind the header `Authorization`, at `now_s` seconds since the
    /// epoch. `None` for whatever is not a valid, current token of this issuer for
    /// this audience: the reasons are nobody's business.
    ///
    /// The key decides the algorithm, never the token.
    #[must_use]
    pub fn authenticate(&self, authorization: Option<&str>, now_s: u64) -> Option<Caller> {
        let (scheme, token) = authorization?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let options = VerificationOptions {
            artificial_time: Some(Duration::from_secs(now_s)),
            time_tolerance: Some(Duration::from_secs(CLOCK_SKEW_S)),
            allowed_issuers: Some(HashSet::from([self.issuer.clone()])),
            allowed_audiences: Some(HashSet::from([self.audience.clone()])),
            max_token_length: Some(MAX_TOKEN_LEN),
            ..VerificationOptions::default()
        };
        if token.len() > MAX_TOKEN_LEN {
            return None;
        }
        let metadata = Token::decode_metadata(token).ok()?;
        let key_id = metadata.key_id()?;
        let (_, key) = self.keys.iter().find(|(id, _)| id == key_id)?;
        let claims: JWTClaims<CustomClaims> = match key {
            Key::Es256(key) => key.verify_token(token, Some(options)).ok()?,
            Key::EdDsa(key) => key.verify_token(token, Some(options)).ok()?,
        };
        // A token that never expires is not accepted.
        claims.expires_at?;
        if claims.jwt_id.is_some_and(|id| self.revoked.contains(&id)) {
            return None;
        }
        let subject = claims
            .subject
            .filter(|s| !s.is_empty() && s.len() <= MAX_SUBJECT_LEN)?;
        let granted = |scope: &Scope| {
            claims
                .custom
                .scope
                .split(' ')
                .any(|name| name == scope.name())
        };
        Some(Caller {
            subject,
            scopes: Scope::ALL.into_iter().filter(granted).collect(),
        })
    }
}

/// The caller behind a bearer token, by the application's variables.
///
/// # Errors
/// [`Code::Unauthenticated`]; [`Code::Internal`] if a variable is missing or wrong.
pub fn bearer(host: &dyn Host, head: &Head, now: UtcDateTime) -> Result<Caller, Problem> {
    let variable = |name| host.variable(name).map_err(Problem::internal);
    let authority = Authority::new(
        &variable("auth_jwks")?,
        &variable("auth_issuer")?,
        &variable("auth_audience")?,
    )
    .map_err(|error| Problem::internal(format!("auth_jwks: {error}")))?
    .without(&variable("auth_revoked")?);
    let now_s = u64::try_from(now.unix_timestamp()).unwrap_or(0);
    authority
        .authenticate(head.header("authorization"), now_s)
        .ok_or_else(unauthenticated)
}

fn unauthenticated() -> Problem {
    Problem::new(Code::Unauthenticated).header("www-authenticate", "Bearer")
}

/// RFC 7518, section 6.2.
fn es256(jwk: &Jwk) -> Option<Box<ES256PublicKey>> {
    let mut point = vec![4];
    point.extend(octets(jwk.x.as_deref())?);
    point.extend(octets(jwk.y.as_deref())?);
    ES256PublicKey::from_bytes(&point).ok().map(Box::new)
}

/// RFC 8037, section 2.
fn ed25519(jwk: &Jwk) -> Option<Ed25519PublicKey> {
    Ed25519PublicKey::from_bytes(&octets(jwk.x.as_deref())?).ok()
}

fn octets(text: Option<&str>) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text?).ok()?.try_into().ok()
}
