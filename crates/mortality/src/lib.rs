//! Mortality as an actuary states it: a life table with its source, an explicit
//! rule for ages beyond it, and an explicit assumption for parts of a year.
//!
//! The result is a [`Probability`] with 28 decimals, and from it the odds
//! q/(1 − q) as an integer. Floats occur in one place, the constant-force
//! assumption, and go through `libm`, so that native code and WebAssembly give
//! the same bits.

mod age;
mod fractional;
mod probability;
mod table;

pub use age::{ExactAge, NotYetBorn};
pub use fractional::FractionalAge;
pub use probability::{InvalidProbability, Probability};
pub use table::{Closing, Sex, Table, UnknownTable};
