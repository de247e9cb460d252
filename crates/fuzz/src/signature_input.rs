//! The headers `Signature-Input` and `Signature`.

use sfv::{BareItem, Dictionary, InnerList, KeyRef, ListEntry, Parser};
use upvest_signature::{
    Delivery, Evidence, KeySet, Policy, Profile, Profiles, Rejection, claimed_key_id, verify,
};

/// The most characters of all that is shown of a delivery.
const MAX_EVIDENCE_CHARS: usize = 40_000;
const NOW_S: i64 = 1_633_529_660;
const POLICIES: [Policy; 2] = [policy(Profile::Draft06), policy(Profile::Draft15)];

const fn policy(profile: Profile) -> Policy {
    Policy {
        profiles: Profiles::only(profile),
        max_age_s: 300,
        max_skew_s: 30,
    }
}

/// `data`: the values of `Signature-Input` and, after a line feed, of `Signature`.
///
/// # Panics
/// A signature is believed without a key; the id of a key is read that the dictionary of
/// the sender does not have; what is shown of the delivery has no end.
pub fn signature_input(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == b'\n');
    let (input, signature) = data.split_at(at.unwrap_or(data.len()));
    let headers = [
        ("accept", &b"*/*"[..]),
        ("content-length", b"2"),
        ("content-type", b"application/json"),
        (
            "digest",
            b"SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        ),
        ("content-digest", b"sha-512=:Jw==:"),
        ("signature-input", input),
        (
            "signature",
            signature.strip_prefix(b"\n").unwrap_or_default(),
        ),
    ];
    let delivery = Delivery {
        method: "POST",
        path: "/v1/webhooks/upvest",
        query: None,
        headers: &headers.map(|(name, value)| (name.to_owned(), value.to_vec())),
        body: b"{}",
    };
    let claimed = claimed_key_id(&delivery);
    if let Some(key_id) = &claimed {
        assert_eq!(*key_id, stated_key_id(input), "the key's id");
    }
    for policy in POLICIES {
        let rejection = verify(&delivery, &KeySet::default(), NOW_S, policy)
            .expect_err("believed without a key");
        let unread = matches!(
            rejection,
            Rejection::MalformedSignatureInput
                | Rejection::MalformedParameter(_)
                | Rejection::UnsupportedAlgorithm
        );
        assert!(!(unread && claimed.is_some()), "{rejection}");
        let evidence = Evidence::of(&delivery, policy.profiles);
        let headers = evidence.headers.iter().map(|(_, value)| value);
        let bases = evidence.bases.iter().map(|(_, base)| base);
        let shown: usize = headers.chain(bases).map(|text| text.chars().count()).sum();
        assert!(shown <= MAX_EVIDENCE_CHARS, "{shown} characters");
    }
}

/// The `keyid` of the one list that the dictionary has, read as a whole.
fn stated_key_id(input: &[u8]) -> String {
    let list = only_list(input);
    let key = KeyRef::constant("keyid");
    let Some(BareItem::String(key_id)) = list.params.get(key) else {
        panic!("no key's id");
    };
    key_id.as_str().to_owned()
}

/// The list of a `Signature-Input` that was read.
pub(crate) fn only_list(input: &[u8]) -> InnerList {
    let text = input.trim_ascii();
    let dictionary: Dictionary = Parser::new(text).parse().expect("a dictionary");
    assert_eq!(dictionary.len(), 1, "signatures");
    let Some((_, ListEntry::InnerList(list))) = dictionary.into_iter().next() else {
        panic!("no list");
    };
    list
}
