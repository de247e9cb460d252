//! Which profile is accepted is the policy's to say.

use upvest_signature::{InvalidProfiles, Profile, Profiles, Rejection};

use crate::fixture::{Signed, accepting, key, key_set, signed};

const BODY: &[u8] = br#"{"payload":[]}"#;

fn by(profile: Profile, body: &[u8]) -> Signed {
    signed(profile, &key("test", 7), None, body)
}

fn verified(signed: &Signed, profiles: &str) -> Result<Profile, Rejection> {
    let keys = key_set(&[&key("test", 7)]);
    signed
        .verify(&keys, accepting(profiles))
        .map(|verified| verified.profile)
}

#[test]
fn a_profile_that_is_off_is_refused() {
    for (profile, own, other, lacking) in [
        (Profile::Draft06, "draft-06", "draft-15", "content-digest"),
        (Profile::Draft15, "draft-15", "draft-06", "digest"),
    ] {
        let signed = by(profile, BODY);
        assert_eq!(verified(&signed, own), Ok(profile));
        assert_eq!(verified(&signed, "draft-06 draft-15"), Ok(profile));
        let uncovered = Err(Rejection::UncoveredComponent(lacking));
        assert_eq!(verified(&signed, other), uncovered);
    }
}

/// Without a body nothing but the base tells them apart.
#[test]
fn the_base_tells_the_profile_where_there_is_no_body() {
    for profile in Profile::ALL {
        let signed = by(profile, b"");
        assert_eq!(verified(&signed, "draft-06 draft-15"), Ok(profile));
    }
    let refused = verified(&by(Profile::Draft15, b""), "draft-06");
    assert_eq!(refused, Err(Rejection::BadSignature));
    let refused = verified(&by(Profile::Draft06, b""), "draft-15");
    assert_eq!(refused, Err(Rejection::BadSignature));
}

#[test]
fn names_of_profiles() {
    for (text, expected) in [
        ("draft-06", vec![Profile::Draft06]),
        (" draft-15 ", vec![Profile::Draft15]),
        ("draft-15 draft-06", Profile::ALL.to_vec()),
        ("draft-06 draft-06", vec![Profile::Draft06]),
    ] {
        let profiles: Profiles = text.parse().expect(text);
        assert_eq!(profiles.iter().collect::<Vec<_>>(), expected, "{text}");
    }
    for text in ["", " ", "draft-07", "draft-06,draft-15", "Draft-06"] {
        assert_eq!(text.parse::<Profiles>(), Err(InvalidProfiles), "{text}");
    }
}
