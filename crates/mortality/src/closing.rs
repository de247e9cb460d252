//! What holds beyond the last age of a table.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Probability;
use crate::rate::Rate;

/// The last age that anything here is computed for: who reaches it dies within
/// the year. The oldest person on record reached 122.
pub const MAX_AGE: u32 = 130;

/// What holds beyond a table's last age. Always passed, never a default. See
/// docs/decisions/closing-a-table.md.
///
/// As text and in JSON: `last_rate`, `last_age`, or `log_quadratic_130` with the
/// closing age. One text, because a component that reads an object here is 5 kB
/// larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Closing {
    /// The rate of the last age holds for every age above it.
    LastRate,
    /// Nobody outlives the last age: its rate is 1, which enters odds as
    /// [`Probability::ODDS_CAP`].
    LastAge,
    /// The rates go on from the last one and reach 1 at the closing age A:
    /// ln q is quadratic in the age, flat at A and 0 there, ln q(x) = c (A − x)²,
    /// with c such that the curve starts at the table's last rate. The shape is
    /// that of Denuit & Goderniaux, "Closing and projecting life tables using
    /// log-linear models", Bulletin of the Swiss Association of Actuaries 2005/1,
    /// who take A = 130. If the table goes beyond A, it is cut there.
    LogQuadratic {
        /// The age of which nobody outlives the year.
        closed_at_age: ClosingAge,
    },
}

/// An age at which a table can be closed: 90 to 130.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosingAge(u32);

/// The text names no closing, or the age is not one at which a table can be
/// closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not last_rate, last_age or log_quadratic_ with an age from 90 to 130")]
pub struct InvalidClosing;

impl TryFrom<u32> for ClosingAge {
    type Error = InvalidClosing;
    fn try_from(age: u32) -> Result<Self, InvalidClosing> {
        if (90..=MAX_AGE).contains(&age) {
            Ok(Self(age))
        } else {
            Err(InvalidClosing)
        }
    }
}

impl From<ClosingAge> for u32 {
    fn from(age: ClosingAge) -> Self {
        age.0
    }
}

impl FromStr for Closing {
    type Err = InvalidClosing;

    fn from_str(text: &str) -> Result<Self, InvalidClosing> {
        match text {
            "last_rate" => return Ok(Self::LastRate),
            "last_age" => return Ok(Self::LastAge),
            _ => {}
        }
        let digits = text.strip_prefix("log_quadratic_");
        let plain = |d: &&str| !d.starts_with('0') && d.bytes().all(|b| b.is_ascii_digit());
        let age = digits.filter(plain).and_then(|d| d.parse::<u32>().ok());
        let closed_at_age = ClosingAge::try_from(age.ok_or(InvalidClosing)?)?;
        Ok(Self::LogQuadratic { closed_at_age })
    }
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastRate => f.write_str("last_rate"),
            Self::LastAge => f.write_str("last_age"),
            Self::LogQuadratic { closed_at_age } => write!(f, "log_quadratic_{}", closed_at_age.0),
        }
    }
}

impl TryFrom<String> for Closing {
    type Error = InvalidClosing;
    fn try_from(text: String) -> Result<Self, InvalidClosing> {
        text.parse()
    }
}

impl From<Closing> for String {
    fn from(closing: Closing) -> Self {
        closing.to_string()
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Closing {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Closing".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^(last_rate|last_age|log_quadratic_(9[0-9]|1[0-2][0-9]|130))$",
            "description": "What holds beyond a table's last age: the last rate; nobody \
                outlives the last age; or rates that rise to 1 at the age that is named.",
            "examples": ["last_rate"],
        })
    }
}

impl Closing {
    /// The rate at `age`, where `published` has the rates up to `last_age`.
    pub(crate) fn rate(self, age: u32, last_age: u32, published: &dyn Fn(u32) -> Rate) -> Rate {
        match self {
            Self::LastRate => published(age.min(last_age)),
            Self::LastAge if age >= last_age => Rate::CERTAIN,
            Self::LogQuadratic { closed_at_age } if age >= closed_at_age.0 => Rate::CERTAIN,
            Self::LogQuadratic { closed_at_age } if age > last_age => {
                log_quadratic(published(last_age), last_age, closed_at_age.0, age)
            }
            Self::LastAge | Self::LogQuadratic { .. } => published(age),
        }
    }
}

/// q(ω)^(((A − x)/(A − ω))²) for ω < x < A.
#[allow(
    clippy::float_arithmetic,
    reason = "an actuarial function, through libm"
)]
fn log_quadratic(last: Rate, last_age: u32, closed_at_age: u32, age: u32) -> Rate {
    if last == Rate::CERTAIN {
        return last;
    }
    let left = f64::from(closed_at_age - age) / f64::from(closed_at_age - last_age);
    let log_last = libm::log(last.probability().to_float());
    Probability::from_float(libm::exp(log_last * left * left)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Sex, Table};

    fn at(age: u32) -> Closing {
        Closing::LogQuadratic {
            closed_at_age: age.try_into().expect("an age to close at"),
        }
    }

    #[test]
    fn the_last_rate_holds_or_nobody_outlives_it() {
        let table = Table::by_id("destatis-2022-2024").expect("shipped");
        let q = |age, closing| table.yearly(Sex::Male, age, closing).to_string();
        for age in [100, 101, 130, 4_000_000_000] {
            assert_eq!(q(age, Closing::LastRate), "0.42042179");
            assert_eq!(q(age, Closing::LastAge), "0.999999999");
        }
        assert_eq!(q(99, Closing::LastAge), "0.39954454");
    }

    /// By hand: 0.42042179^((20/30)²) = 0.680376, 0.42042179^((1/30)²) = 0.999038.
    #[test]
    fn an_extrapolated_table_rises_to_one_at_its_closing_age() {
        let table = Table::by_id("destatis-2022-2024").expect("shipped");
        let q = |age| table.yearly(Sex::Male, age, at(130)).to_float();
        assert_eq!(q(100), 0.420_421_79);
        assert!((q(110) - 0.680_376).abs() < 1e-6, "{}", q(110));
        assert!((q(129) - 0.999_038).abs() < 1e-6, "{}", q(129));
        assert_eq!(q(130), Probability::ODDS_CAP.to_float());
        assert!((100..130).all(|age| q(age) < q(age + 1)));
    }

    #[test]
    fn a_table_that_goes_beyond_its_closing_age_is_cut() {
        let table = Table::by_id("ssa-2023").expect("shipped");
        let q = |age| table.yearly(Sex::Female, age, at(110));
        assert_eq!(q(109), table.yearly(Sex::Female, 109, Closing::LastRate));
        assert_eq!(q(110), Probability::ODDS_CAP);
    }

    #[test]
    fn a_closing_is_a_text() {
        for text in [
            "last_rate",
            "last_age",
            "log_quadratic_90",
            "log_quadratic_130",
        ] {
            let closing: Closing = text.parse().expect("a closing");
            assert_eq!(closing.to_string(), text);
        }
        assert_eq!("log_quadratic_121".parse(), Ok(at(121)));
        for bad in [
            "",
            "LastRate",
            "log_quadratic",
            "log_quadratic_",
            "log_quadratic_89",
            "log_quadratic_131",
            "log_quadratic_0100",
            "log_quadratic_+100",
            "log_quadratic_99999999999",
        ] {
            assert_eq!(bad.parse::<Closing>(), Err(InvalidClosing), "{bad}");
        }
    }

    #[test]
    fn a_last_rate_of_one_or_zero_stays() {
        let one = |_| Rate::CERTAIN;
        let zero = |_| Rate::from_scaled(0);
        assert_eq!(at(120).rate(110, 100, &one), Rate::CERTAIN);
        assert_eq!(at(120).rate(110, 100, &zero), Rate::from_scaled(0));
        assert_eq!(at(120).rate(120, 100, &zero), Rate::CERTAIN);
    }
}
