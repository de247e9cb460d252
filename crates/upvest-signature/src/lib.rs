//! The signature on Upvest's webhooks, verified and made.
//!
//! Upvest signs with the profile of *HTTP Message Signatures*, draft 06 of the
//! IETF HTTP working group, with one deviation that it has declared permanent:
//! component names stand unquoted in the signature base, though they are quoted
//! in `Signature-Input`. The body is covered through the old `Digest: SHA-256=…`
//! header. Requests to Upvest are signed by draft 15, to which the webhooks are to
//! move. The algorithm of both is ECDSA on P-521 over SHA-512. A policy says which
//! are accepted: [`Profiles`].
//!
//! Everything here is a function of its arguments: the keys, the policy and the
//! time are passed in. No I/O, no clock, no randomness.

mod base;
mod delivery;
mod digest;
mod evidence;
mod input;
mod keys;
mod profile;
mod rejection;
#[cfg(feature = "sign")]
mod sign;
mod verify;

pub use delivery::Delivery;
pub use evidence::Evidence;
pub use input::claimed_key_id;
pub use keys::{InvalidKeys, KeySet};
pub use profile::{InvalidProfiles, Profile, Profiles};
pub use rejection::Rejection;
#[cfg(feature = "sign")]
pub use sign::{SignatureParameters, SigningKey, sign, sign_request};
pub use verify::{Policy, Verified, signature_base, verify};
