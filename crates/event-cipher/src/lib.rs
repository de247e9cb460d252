//! The text of events, encrypted where it is kept.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, over RFC 8439): its nonce is long
//! enough to be drawn at random. The event's fingerprint is authenticated with the text, so
//! that no text can be put in the place of another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use uuid::Uuid;

/// The octets of a key.
const KEY_LEN: usize = 32;
/// The octets of a nonce.
const NONCE_LEN: usize = 24;

/// The keys. The first encrypts, all decrypt: a new key goes in front, and an old one
/// stays for as long as texts are kept that it encrypted.
pub struct Keys(Vec<(String, XChaCha20Poly1305)>);

/// A text, encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The name of the key.
    pub key_id: String,
    /// The nonce, the ciphertext and its tag.
    pub octets: Vec<u8>,
}

/// Why there are no keys or no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CipherError {
    /// The keys are not written as they should be.
    #[error("keys are written <name>:<base64 of 32 octets>, apart by spaces, each name once")]
    MalformedKeys,
    /// The text was encrypted with a key that is not there.
    #[error("the key is not known")]
    UnknownKey,
    /// The text is not what was encrypted for this event.
    #[error("the text was altered")]
    Altered,
    /// The text is longer than the cipher takes.
    #[error("the text is too long")]
    TooLong,
}

impl Keys {
    /// Reads keys, `<name>:<base64 of 32 octets>` apart by white space. An empty text has
    /// none: nothing is encrypted.
    ///
    /// # Errors
    /// [`CipherError::MalformedKeys`].
    pub fn parse(text: &str) -> Result<Self, CipherError> {
        let mut keys: Vec<(String, XChaCha20Poly1305)> = Vec::new();
        for key in text.split_whitespace() {
            let (name, secret) = key.split_once(':').ok_or(CipherError::MalformedKeys)?;
            let secret = STANDARD
                .decode(secret)
                .ok()
                .and_then(|octets| <[u8; KEY_LEN]>::try_from(octets).ok())
                .ok_or(CipherError::MalformedKeys)?;
            if name.is_empty() || name.len() > 50 || keys.iter().any(|(other, _)| other == name) {
                return Err(CipherError::MalformedKeys);
            }
            keys.push((name.to_owned(), XChaCha20Poly1305::new(&Key::from(secret))));
        }
        Ok(Self(keys))
    }

    /// Encrypts the text of an event. `None` if there is no key.
    ///
    /// `seed` is random and new for each delivery, `index` counts its events: together
    /// they are the nonce, which must never come again under the same key.
    ///
    /// # Errors
    /// [`CipherError::TooLong`].
    pub fn seal(
        &self,
        seed: Uuid,
        index: u64,
        fingerprint: Uuid,
        text: &str,
    ) -> Result<Option<Sealed>, CipherError> {
        let Some((key_id, cipher)) = self.0.first() else {
            return Ok(None);
        };
        let mut nonce = [0; NONCE_LEN];
        nonce[..16].copy_from_slice(seed.as_bytes());
        nonce[16..].copy_from_slice(&index.to_be_bytes());
        let payload = Payload {
            msg: text.as_bytes(),
            aad: fingerprint.as_bytes(),
        };
        let encrypted = cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| CipherError::TooLong)?;
        let mut octets = nonce.to_vec();
        octets.extend(encrypted);
        Ok(Some(Sealed {
            key_id: key_id.clone(),
            octets,
        }))
    }

    /// The text of an event.
    ///
    /// # Errors
    /// [`CipherError::UnknownKey`], [`CipherError::Altered`].
    pub fn open(&self, fingerprint: Uuid, sealed: &Sealed) -> Result<String, CipherError> {
        let (_, cipher) = self
            .0
            .iter()
            .find(|(name, _)| *name == sealed.key_id)
            .ok_or(CipherError::UnknownKey)?;
        let (nonce, encrypted) = sealed
            .octets
            .split_at_checked(NONCE_LEN)
            .ok_or(CipherError::Altered)?;
        let nonce = <[u8; NONCE_LEN]>::try_from(nonce).map_err(|_| CipherError::Altered)?;
        let payload = Payload {
            msg: encrypted,
            aad: fingerprint.as_bytes(),
        };
        let text = cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| CipherError::Altered)?;
        String::from_utf8(text).map_err(|_| CipherError::Altered)
    }
}
