//! The rules, their edge cases and their fairness.

mod caps;
mod edge_cases;
#[allow(clippy::float_arithmetic, reason = "comparison with floats")]
mod equitable;
#[allow(clippy::float_arithmetic, reason = "comparison with floats")]
mod fairness;
mod laws;
#[allow(clippy::float_arithmetic, reason = "pools from random numbers")]
mod pools;
mod vectors;
