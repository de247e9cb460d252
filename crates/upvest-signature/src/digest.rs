//! The digest of the body, as a header states it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, Dictionary, KeyRef, ListEntry, Parser};
use sha2::{Digest, Sha256, Sha512};

use crate::{Delivery, Profile, Rejection};

/// Computes the digest of the body and compares it with the one in the header of the
/// profile.
///
/// # Errors
/// The header is absent, repeated, malformed, or states another digest.
pub(crate) fn check(profile: Profile, delivery: &Delivery<'_>) -> Result<(), Rejection> {
    let value = delivery.value(profile.digest_header())?;
    let value = std::str::from_utf8(value).map_err(|_| Rejection::MalformedDigest)?;
    let same = match profile {
        Profile::Draft06 => sha_256(value)? == STANDARD.encode(Sha256::digest(delivery.body)),
        Profile::Draft15 => sha_512(value)? == Sha512::digest(delivery.body).as_slice(),
    };
    if same {
        Ok(())
    } else {
        Err(Rejection::DigestMismatch)
    }
}

/// The header that states the digest of `body`.
#[cfg(feature = "sign")]
pub(crate) fn header(profile: Profile, body: &[u8]) -> String {
    match profile {
        Profile::Draft06 => format!("SHA-256={}", STANDARD.encode(Sha256::digest(body))),
        Profile::Draft15 => format!("sha-512=:{}:", STANDARD.encode(Sha512::digest(body))),
    }
}

/// `SHA-256=BASE64` (RFC 3230, RFC 5843), the algorithm's name in any case.
fn sha_256(value: &str) -> Result<&str, Rejection> {
    value
        .split_once('=')
        .filter(|(algorithm, _)| algorithm.eq_ignore_ascii_case("sha-256"))
        .map(|(_, digest)| digest)
        .ok_or(Rejection::MalformedDigest)
}

/// The member `sha-512` of a dictionary (RFC 9530). What other algorithms say is
/// signed, and not looked at.
fn sha_512(value: &str) -> Result<Vec<u8>, Rejection> {
    let digests: Option<Dictionary> = Parser::new(value).parse().ok();
    let stated = digests.and_then(|mut digests| {
        let key = KeyRef::from_str("sha-512").ok()?;
        digests.swap_remove(key)
    });
    match stated {
        Some(ListEntry::Item(item)) => match item.bare_item {
            BareItem::ByteSequence(bytes) => Ok(bytes),
            _ => Err(Rejection::MalformedDigest),
        },
        _ => Err(Rejection::MalformedDigest),
    }
}
