//! Yearly returns.

use mortality::{InvalidParameter, Parameter};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng as _;
use serde::{Deserialize, Serialize};

/// Independent lognormal returns: 1 + R = exp(μ + σZ), the same for all members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Fields"))]
pub struct Returns {
    mean: Parameter,
    volatility: Parameter,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Fields {
    /// E[R], the expected (arithmetic) return of a year: −0.5 to 1.
    mean: Parameter,
    /// σ, the standard deviation of ln(1 + R): 0 to 1.
    volatility: Parameter,
}

impl Returns {
    /// Returns with the expectation `mean` (−0.5 to 1) and the standard deviation
    /// `volatility` of the logarithm (0 to 1).
    ///
    /// # Errors
    /// [`InvalidParameter`].
    pub fn new(mean: Parameter, volatility: Parameter) -> Result<Self, InvalidParameter> {
        Ok(Self {
            mean: mean.within(-0.5, 1.0)?,
            volatility: volatility.within(0.0, 1.0)?,
        })
    }

    /// Draws 1 + R of each year into `growth`: μ = ln(1 + mean) − σ²/2.
    #[allow(clippy::float_arithmetic, reason = "a simulation, through libm")]
    pub(crate) fn draw(self, rng: &mut ChaCha8Rng, growth: &mut [f64]) {
        let volatility = self.volatility.to_float();
        let drift = libm::log1p(self.mean.to_float()) - volatility * volatility * 0.5;
        for year in growth {
            *year = libm::exp(drift + volatility * normal(rng));
        }
    }
}

/// A standard normal variate of Box & Muller (1958), of which the second of the
/// pair is not used, so that every year takes the same two draws.
#[allow(clippy::float_arithmetic, reason = "a simulation, through libm")]
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    // 53 bits, in (0, 1] and in [0, 1).
    let above_zero = ((rng.next_u64() >> 11) + 1) as f64 * UNIT;
    let below_one = (rng.next_u64() >> 11) as f64 * UNIT;
    let radius = libm::sqrt(-2.0 * libm::log(above_zero));
    radius * libm::cos(2.0 * core::f64::consts::PI * below_one)
}

/// 2^−53.
const UNIT: f64 = 1.0 / (1_u64 << 53) as f64;

impl TryFrom<Fields> for Returns {
    type Error = InvalidParameter;
    fn try_from(fields: Fields) -> Result<Self, InvalidParameter> {
        Self::new(fields.mean, fields.volatility)
    }
}

impl From<Returns> for Fields {
    fn from(returns: Returns) -> Self {
        Self {
            mean: returns.mean,
            volatility: returns.volatility,
        }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    #[test]
    #[allow(clippy::float_arithmetic, reason = "moments of a sample")]
    fn returns_have_their_mean_and_their_volatility() {
        let parameter = |text: &str| text.parse().expect("a parameter");
        let returns = Returns::new(parameter("0.05"), parameter("0.2")).expect("returns");
        let mut growth = vec![0.0; 400_000];
        returns.draw(&mut ChaCha8Rng::from_seed([7; 32]), &mut growth);
        let n = growth.len() as f64;
        let mean = growth.iter().sum::<f64>() / n;
        // Four standard errors: 4 · 1.05 · 0.202 / √400,000.
        assert!((mean - 1.05).abs() < 0.001_35, "{mean}");
        let logs: Vec<f64> = growth.iter().map(|g| libm::log(*g)).collect();
        let log_mean = logs.iter().sum::<f64>() / n;
        let variance = logs
            .iter()
            .map(|l| (l - log_mean) * (l - log_mean))
            .sum::<f64>()
            / n;
        assert!(
            (log_mean - (libm::log(1.05) - 0.02)).abs() < 0.001_3,
            "{log_mean}"
        );
        assert!((libm::sqrt(variance) - 0.2).abs() < 0.000_9, "{variance}");
    }

    #[test]
    fn returns_without_volatility_are_certain() {
        let parameter = |text: &str| text.parse().expect("a parameter");
        let returns = Returns::new(parameter("0.02"), Parameter::ZERO).expect("returns");
        let mut growth = [0.0; 10];
        returns.draw(&mut ChaCha8Rng::from_seed([0; 32]), &mut growth);
        assert!(growth.iter().all(|g| (g - 1.02).abs() < 1e-15));
        assert!(Returns::new(parameter("1.1"), Parameter::ZERO).is_err());
        assert!(Returns::new(parameter("0"), parameter("-0.1")).is_err());
    }
}
