//! What is encrypted is read again, by whoever has the key, and in its own place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_cipher::{CipherError, Keys, Sealed};
use proptest::prelude::*;
use uuid::Uuid;

fn key(name: &str, octet: u8) -> String {
    format!("{name}:{}", STANDARD.encode([octet; 32]))
}

fn keys(text: &str) -> Keys {
    Keys::parse(text).expect("keys")
}

const SEED: Uuid = Uuid::from_u128(7);
const EVENT: Uuid = Uuid::from_u128(8);

fn sealed(keys: &Keys, text: &str) -> Sealed {
    keys.seal(SEED, 3, EVENT, text)
        .expect("short")
        .expect("a key")
}

#[test]
fn without_a_key_nothing_is_encrypted() {
    assert_eq!(keys("").seal(SEED, 0, EVENT, "x"), Ok(None));
    assert_eq!(keys(" \n").seal(SEED, 0, EVENT, "x"), Ok(None));
}

#[test]
fn keys_are_read_or_refused() {
    for wrong in [
        "a".to_owned(),
        "a:".to_owned(),
        ":AAAA".to_owned(),
        format!("a:{}", STANDARD.encode([0; 31])),
        format!("a:{}", STANDARD.encode([0; 33])),
        format!("{} {}", key("a", 1), key("a", 2)),
        key("", 1),
        key(&"n".repeat(51), 1),
    ] {
        assert_eq!(
            Keys::parse(&wrong).err(),
            Some(CipherError::MalformedKeys),
            "{wrong}"
        );
    }
}

#[test]
fn the_first_key_encrypts_and_all_decrypt() {
    let old = keys(&key("old", 1));
    let kept = sealed(&old, "a text");
    assert_eq!(kept.key_id, "old");
    let rotated = keys(&format!("{} {}", key("new", 2), key("old", 1)));
    assert_eq!(rotated.open(EVENT, &kept).as_deref(), Ok("a text"));
    assert_eq!(sealed(&rotated, "a text").key_id, "new");
    let gone = keys(&key("new", 2));
    assert_eq!(gone.open(EVENT, &kept), Err(CipherError::UnknownKey));
    let another = keys(&key("old", 3));
    assert_eq!(another.open(EVENT, &kept), Err(CipherError::Altered));
}

#[test]
fn a_text_is_read_in_its_own_place_only() {
    let keys = keys(&key("k", 1));
    let kept = sealed(&keys, "a text");
    assert_eq!(
        keys.open(Uuid::from_u128(9), &kept),
        Err(CipherError::Altered)
    );
}

proptest! {
    #[test]
    fn every_text_comes_back_and_no_octet_can_be_another(text in ".{0,200}", at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let keys = keys(&key("k", 5));
        let kept = sealed(&keys, &text);
        let is_plain = |octets: &[u8]| octets.windows(text.len()).any(|part| part == text.as_bytes());
        prop_assert!(text.len() <= 8 || !is_plain(&kept.octets));
        prop_assert_eq!(keys.open(EVENT, &kept), Ok(text));
        let mut altered = kept;
        let at = at.index(altered.octets.len());
        altered.octets[at] ^= 1 << bit;
        prop_assert_eq!(keys.open(EVENT, &altered), Err(CipherError::Altered));
        altered.octets.truncate(at);
        prop_assert_eq!(keys.open(EVENT, &altered), Err(CipherError::Altered));
    }

    #[test]
    fn no_two_events_have_the_same_nonce(seeds in prop::collection::hash_set(any::<u128>(), 2), indices in prop::collection::hash_set(any::<u64>(), 2)) {
        let keys = keys(&key("k", 5));
        let mut nonces = std::collections::HashSet::new();
        for seed in &seeds {
            for index in &indices {
                let sealed = keys.seal(Uuid::from_u128(*seed), *index, EVENT, "").expect("short").expect("a key");
                prop_assert!(nonces.insert(sealed.octets[..24].to_vec()));
            }
        }
    }
}
