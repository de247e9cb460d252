//! Cursors: the place where a page ended, sealed by the database for one subject and one
//! question.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use web::{Code, Problem};

/// How long a cursor is good.
const LIFE_S: i64 = 24 * 60 * 60;
/// The longest cursor.
const MAX_LEN: usize = 6_000;

/// A cursor. Opaque to its bearer; what it says is believed only with its seal.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Cursor {
    #[serde(rename = "e")]
    expires_s: i64,
    #[serde(rename = "p")]
    place_text: String,
    #[serde(rename = "s")]
    seal: String,
    #[serde(skip)]
    place: Vec<Option<String>>,
}

impl Cursor {
    /// Until when a cursor is good that is made at `now_s`.
    pub(super) const fn expiry(now_s: i64) -> i64 {
        now_s + LIFE_S
    }

    /// Reads a cursor that came back.
    ///
    /// # Errors
    /// [`Code::CursorRefused`].
    pub(super) fn read(text: &str, now_s: i64) -> Result<Self, Problem> {
        let refused = |why: &str| Problem::new(Code::CursorRefused).because(why);
        let none = || refused("it is no cursor");
        let octets = (text.len() <= MAX_LEN)
            .then(|| URL_SAFE_NO_PAD.decode(text).ok())
            .flatten()
            .ok_or_else(none)?;
        let mut cursor: Self = serde_json::from_slice(&octets).map_err(|_| none())?;
        if cursor.seal.len() != 64 {
            return Err(none());
        }
        if cursor.expires_s < now_s {
            return Err(refused("it is too old"));
        }
        cursor.place = place(&cursor.place_text).ok_or_else(none)?;
        Ok(cursor)
    }

    /// A cursor for the next page.
    pub(super) fn write(place_text: &str, seal: &str, expires_s: i64) -> String {
        let cursor = Self {
            expires_s,
            place_text: place_text.to_owned(),
            seal: seal.to_owned(),
            place: Vec::new(),
        };
        // A number and two texts have a JSON form.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
    }

    pub(super) fn place(&self) -> &[Option<String>] {
        &self.place
    }

    /// The place with its seal.
    pub(super) fn sealed(&self) -> (&str, &str) {
        (&self.place_text, &self.seal)
    }

    pub(super) const fn expires_s(&self) -> i64 {
        self.expires_s
    }
}

/// A place as the database writes it.
pub(super) fn place(text: &str) -> Option<Vec<Option<String>>> {
    serde_json::from_slice(text.as_bytes()).ok()
}
