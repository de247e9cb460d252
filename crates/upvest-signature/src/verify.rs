//! Verification.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::ecdsa::Signature;
use p521::ecdsa::signature::Verifier;

use crate::base::SignatureBase;
use crate::input::{SignatureInput, single_member};
use crate::{Delivery, KeySet, Profile, Profiles, Rejection, digest};

/// What is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How signatures are made.
    pub profiles: Profiles,
    /// A signature older than this is refused, though it verifies.
    pub max_age_s: u32,
    /// What is tolerated between the sender's clock and ours.
    pub max_skew_s: u32,
}

/// A delivery that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The id of the key that verified it.
    pub key_id: String,
    /// When it was signed, in seconds since the epoch.
    pub created_s: i64,
    /// By which profile.
    pub profile: Profile,
}

/// Verifies that `delivery` was signed by one of `keys` and is fresh at `now_s`,
/// seconds since the epoch.
///
/// The method, the path, a query and, if there is a body, its digest must be
/// covered. Time is looked at last, so that [`Rejection::TooOld`],
/// [`Rejection::Expired`] and [`Rejection::CreatedInFuture`] say that the signature
/// itself is valid.
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
    let candidates = covered(delivery, &input.components, policy.profiles)?;
    let base = SignatureBase::of(delivery, &input.components, input.raw)?;
    let key = keys.find(&input.key_id, now_s)?;
    let profile = candidates
        .into_iter()
        .find(|profile| key.verify(&base.bytes(*profile), &signature).is_ok())
        .ok_or(Rejection::BadSignature)?;
    let stated = input
        .components
        .iter()
        .any(|c| c == profile.digest_header());
    if stated || !delivery.body.is_empty() {
        digest::check(profile, delivery)?;
    }
    check_time(&input, now_s, policy)?;
    Ok(Verified {
        key_id: input.key_id,
        created_s: input.created_s,
        profile,
    })
}

/// What the signature of `delivery` is over by a profile, with the components and the
/// parameters that the sender states. Nothing is verified.
///
/// # Errors
/// See [`Rejection`].
pub fn signature_base(delivery: &Delivery<'_>, profile: Profile) -> Result<Vec<u8>, Rejection> {
    let input = SignatureInput::of(delivery)?;
    let base = SignatureBase::of(delivery, &input.components, input.raw)?;
    Ok(base.bytes(profile))
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

/// The accepted profiles of which all that must be covered is.
fn covered(
    delivery: &Delivery<'_>,
    components: &[String],
    profiles: Profiles,
) -> Result<Vec<Profile>, Rejection> {
    let lacks = |required: &&str| !components.iter().any(|c| c == required);
    let query = delivery.query.is_some_and(|query| !query.is_empty());
    let always = ["@method", "@path"].into_iter();
    if let Some(lacking) = always.chain(query.then_some("@query")).find(lacks) {
        return Err(Rejection::UncoveredComponent(lacking));
    }
    let mut uncovered = Rejection::UncoveredComponent("digest");
    let mut candidates = Vec::new();
    for profile in profiles.iter() {
        let digest = profile.digest_header();
        if delivery.body.is_empty() || !lacks(&digest) {
            candidates.push(profile);
        } else {
            uncovered = Rejection::UncoveredComponent(digest);
        }
    }
    if candidates.is_empty() {
        return Err(uncovered);
    }
    Ok(candidates)
}

fn check_time(input: &SignatureInput<'_>, now_s: i64, policy: Policy) -> Result<(), Rejection> {
    let skew_s = i64::from(policy.max_skew_s);
    if input.created_s > now_s.saturating_add(skew_s) {
        return Err(Rejection::CreatedInFuture);
    }
    if now_s.saturating_sub(input.created_s) > i64::from(policy.max_age_s) {
        return Err(Rejection::TooOld);
    }
    let tolerated_s = now_s.saturating_sub(skew_s);
    if input.expires_s.is_some_and(|expires| expires < tolerated_s) {
        return Err(Rejection::Expired);
    }
    Ok(())
}
