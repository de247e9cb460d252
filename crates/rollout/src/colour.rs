//! Colours, and the names that they give to what the functions run as.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The functions with the prefixes of their paths.
pub const FUNCTIONS: [(&str, &str); 4] = [
    ("tontine-calc", "/v1/tontine"),
    ("credit-accrual", "/v1/pools"),
    ("upvest-webhook", "/v1/webhooks"),
    ("data-query", "/v1/data"),
];

/// One of two full sets of functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// The one.
    Blue,
    /// The other.
    Green,
}

impl Colour {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Blue => Self::Green,
            Self::Green => Self::Blue,
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "blue" => Ok(Self::Blue),
            "green" => Ok(Self::Green),
            other => Err(format!("{other} is neither blue nor green")),
        }
    }
}

/// The Service of a function, which is also the name of its Deployment.
#[must_use]
pub fn service(colour: Colour, function: &str) -> String {
    format!("retire-{colour}-{function}")
}

/// Who answers: a colour, and how many in a hundred requests the other one gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// The colour that answers.
    pub colour: Colour,
    /// Requests of a hundred for the other colour, 0 to 99.
    pub canary_percent: u8,
}

impl Split {
    /// All requests to one colour.
    #[must_use]
    pub const fn all(colour: Colour) -> Self {
        Self {
            colour,
            canary_percent: 0,
        }
    }

    /// Whether a colour gets requests.
    #[must_use]
    pub fn has(self, colour: Colour) -> bool {
        colour == self.colour || self.canary_percent > 0
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.canary_percent {
            0 => write!(f, "{}", self.colour),
            percent => write!(
                f,
                "{}, and {} gets {percent} %",
                self.colour,
                self.colour.other()
            ),
        }
    }
}
