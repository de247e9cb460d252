//! Verification.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::ecdsa::Signature;
use p521::ecdsa::signature::Verifier;
use sha2::{Digest, Sha256};

use crate::base::signature_base;
use crate::input::{SignatureInput, single_member};
use crate::{Delivery, KeySet, Rejection};

/// What is tolerated between the sender's clock and ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A signature older than this is refused, though it verifies.
    pub max_age_s: u32,
    /// A signature may be this far in the future.
    pub max_skew_s: u32,
}

/// A delivery that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The id of the key that verified it.
    pub key_id: String,
    /// When it was signed, in seconds since the epoch.
    pub created_s: i64,
}

/// Verifies that `delivery` was signed by one of `keys` and is fresh at `now_s`,
/// seconds since the epoch.
///
/// The method, the path and, if there is a body, its digest must be covered. Time
/// is looked at last, so that [`Rejection::TooOld`], [`Rejection::Expired`] and
/// [`Rejection::CreatedInFuture`] say that the signature itself is valid.
///
/// # Errors
/// See [`Rejection`].
pub fn verify(
    delivery: &Delivery<'_>,
    keys: &KeySet,
    now_s: i64,
    policy: Policy,
) -> Result<Verified, Rejection> {
    let input = SignatureInput::of(delivery)?;
    let signature = signature(delivery, input.label)?;
    require_coverage(delivery, &input.components)?;
    let base = signature_base(delivery, &input.components, input.raw)?;
    let key = keys.get(&input.key_id).ok_or(Rejection::UnknownKey)?;
    key.verify(&base, &signature)
        .map_err(|_| Rejection::BadSignature)?;
    if !delivery.body.is_empty() {
        check_digest(delivery)?;
    }

    if input.created_s > now_s.saturating_add(i64::from(policy.max_skew_s)) {
        return Err(Rejection::CreatedInFuture);
    }
    if now_s.saturating_sub(input.created_s) > i64::from(policy.max_age_s) {
        return Err(Rejection::TooOld);
    }
    let tolerated = now_s.saturating_sub(i64::from(policy.max_skew_s));
    if input.expires_s.is_some_and(|expires| expires < tolerated) {
        return Err(Rejection::Expired);
    }
    Ok(Verified {
        key_id: input.key_id,
        created_s: input.created_s,
    })
}

/// The signature under `label`: ASN.1 DER, or else exactly r‖s of 132 octets.
fn signature(delivery: &Delivery<'_>, label: &str) -> Result<Signature, Rejection> {
    let malformed = || Rejection::MalformedSignature;
    let (own_label, value) = single_member(delivery, "signature", malformed)?;
    if own_label != label {
        return Err(Rejection::LabelMismatch);
    }
    let base64 = value
        .strip_prefix(':')
        .and_then(|v| v.strip_suffix(':'))
        .ok_or_else(malformed)?;
    // Strict base64: one signature has one text.
    let bytes = STANDARD.decode(base64).map_err(|_| malformed())?;
    Signature::from_der(&bytes)
        .or_else(|_| Signature::from_slice(&bytes))
        .map_err(|_| malformed())
}

fn require_coverage(delivery: &Delivery<'_>, components: &[String]) -> Result<(), Rejection> {
    let digest = (!delivery.body.is_empty()).then_some("digest");
    for required in ["@method", "@path"].into_iter().chain(digest) {
        if !components.iter().any(|c| c == required) {
            return Err(Rejection::UncoveredComponent(required));
        }
    }
    Ok(())
}

/// RFC 3230 with SHA-256 (RFC 5843): `SHA-256=BASE64`, the algorithm's name in
/// any case.
fn check_digest(delivery: &Delivery<'_>) -> Result<(), Rejection> {
    let mut values = delivery.values("digest");
    let value = values.next().ok_or(Rejection::MissingHeader("digest"))?;
    if values.next().is_some() {
        return Err(Rejection::RepeatedHeader("digest"));
    }
    let (algorithm, digest) = std::str::from_utf8(value)
        .ok()
        .and_then(|text| text.split_once('='))
        .ok_or(Rejection::MalformedDigest)?;
    if !algorithm.eq_ignore_ascii_case("sha-256") {
        return Err(Rejection::MalformedDigest);
    }
    if digest == STANDARD.encode(Sha256::digest(delivery.body)) {
        Ok(())
    } else {
        Err(Rejection::DigestMismatch)
    }
}
