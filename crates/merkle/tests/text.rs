//! The text of a hash.

use merkle::{Hash, InvalidHash, sha256};
use proptest::prelude::*;

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn a_hash_is_64_lower_case_digits() {
    let hash = sha256(b"");
    assert_eq!(hash.to_string(), EMPTY);
    assert_eq!(format!("{hash:?}"), EMPTY);
    assert_eq!(format!("{hash:>66}"), format!("  {EMPTY}"));
    assert_eq!(EMPTY.parse(), Ok(hash));
    assert_eq!(hash.as_bytes()[..3], [0xe3, 0xb0, 0xc4]);
    let upper = EMPTY.to_uppercase();
    for bad in [
        "",
        "e3",
        &EMPTY[1..],
        &format!("{EMPTY}0"),
        &format!(" {}", &EMPTY[1..]),
        &format!("{EMPTY} "),
        &format!("0x{}", &EMPTY[2..]),
        &format!("+{}", &EMPTY[1..]),
        &format!("{}g", &EMPTY[1..]),
        &format!("{}é", &EMPTY[2..]),
        &upper,
    ] {
        assert_eq!(bad.parse::<Hash>(), Err(InvalidHash), "{bad}");
    }
}

#[test]
fn json_is_the_text() {
    let json = format!("\"{EMPTY}\"");
    assert_eq!(serde_json::to_string(&sha256(b"")).ok(), Some(json.clone()));
    assert_eq!(serde_json::from_str(&json).ok(), Some(sha256(b"")));
    let upper = json.to_uppercase();
    for bad in ["null", "0", "\"\"", "[]", &upper] {
        assert!(serde_json::from_str::<Hash>(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_order_is_that_of_the_text() {
    let mut hashes = [sha256(b"a"), sha256(b"b"), sha256(b"c"), sha256(b"d")];
    hashes.sort();
    assert!(hashes.map(|hash| hash.to_string()).is_sorted());
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_describes_the_text() {
    let schema = schemars::schema_for!(Hash);
    let field = |name| schema.get(name).cloned();
    assert_eq!(field("type"), Some("string".into()));
    assert_eq!(field("pattern"), Some("^[0-9a-f]{64}$".into()));
}

proptest! {
    #[test]
    fn text_and_back(bytes in any::<[u8; 32]>()) {
        let hash = Hash::from_bytes(bytes);
        prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        prop_assert_eq!(hash.as_bytes(), &bytes);
    }
}
