//! The two profiles of HTTP message signatures that Upvest speaks.

use std::fmt;
use std::str::FromStr;

/// How a signature base is written, and which header covers the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// draft-ietf-httpbis-message-signatures-06 as Upvest has it: component names
    /// unquoted in the base, the body by `Digest: SHA-256=…` (RFC 3230).
    Draft06,
    /// draft-ietf-httpbis-message-signatures-15, in all that is used here RFC 9421:
    /// component names quoted, the body by `Content-Digest: sha-512=:…:` (RFC 9530).
    Draft15,
}

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 2] = [Self::Draft06, Self::Draft15];

    /// The name in configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft06 => "draft-06",
            Self::Draft15 => "draft-15",
        }
    }

    /// The header with the digest of the body.
    #[must_use]
    pub const fn digest_header(self) -> &'static str {
        match self {
            Self::Draft06 => "digest",
            Self::Draft15 => "content-digest",
        }
    }

    /// What stands around a component's name in the base.
    pub(crate) const fn quote(self) -> &'static str {
        match self {
            Self::Draft06 => "",
            Self::Draft15 => "\"",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The profiles that are accepted: at least one. The text form is their names,
/// separated by spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profiles {
    draft_06: bool,
    draft_15: bool,
}

/// The text names no profile, or one that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not draft-06, draft-15 or both with a space between")]
pub struct InvalidProfiles;

impl Profiles {
    /// One profile alone.
    #[must_use]
    pub const fn only(profile: Profile) -> Self {
        Self {
            draft_06: matches!(profile, Profile::Draft06),
            draft_15: matches!(profile, Profile::Draft15),
        }
    }

    /// The accepted profiles, the older first.
    pub fn iter(self) -> impl Iterator<Item = Profile> {
        Profile::ALL
            .into_iter()
            .filter(move |profile| match profile {
                Profile::Draft06 => self.draft_06,
                Profile::Draft15 => self.draft_15,
            })
    }
}

impl FromStr for Profiles {
    type Err = InvalidProfiles;

    fn from_str(text: &str) -> Result<Self, InvalidProfiles> {
        let mut names = text.split_ascii_whitespace().peekable();
        names.peek().ok_or(InvalidProfiles)?;
        let mut profiles = Self {
            draft_06: false,
            draft_15: false,
        };
        for name in names {
            match Profile::ALL
                .into_iter()
                .find(|profile| profile.name() == name)
            {
                Some(Profile::Draft06) => profiles.draft_06 = true,
                Some(Profile::Draft15) => profiles.draft_15 = true,
                None => return Err(InvalidProfiles),
            }
        }
        Ok(profiles)
    }
}
