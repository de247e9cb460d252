//! Mortality as an actuary states it. A [`Basis`] says where yearly rates come
//! from (a life [`Table`] with its source, an [`UploadedTable`] or a [`Law`]),
//! what holds beyond the last age ([`Closing`]), whether the sexes are blended
//! ([`Blend`]), how rates fall over the years ([`Improvement`]) and how deaths
//! spread over a year of age ([`FractionalAge`]). No part has a default. Its
//! [`Rates`] give the same answers, whatever they come from:
//!
//! - the probability of dying in a period, a [`Probability`] with 28 decimals and
//!   from it the odds q/(1 − q) as an integer: what settlements use;
//! - the survival curve of a [`Life`], in floats: what factors and forecasts use.
//!
//! Floats go through `libm`, so that native code and WebAssembly give the same
//! bits.

mod age;
mod basis;
mod blend;
mod closing;
mod fractional;
mod improvement;
mod law;
mod life;
mod parameter;
mod period;
mod probability;
mod rate;
mod rates;
mod table;
mod upload;

pub use age::{ExactAge, InvalidAge, NotYetBorn};
pub use basis::{Basis, BasisError, Mortality};
pub use blend::{Blend, Share};
pub use closing::{Closing, ClosingAge, InvalidClosing, MAX_AGE};
pub use fractional::FractionalAge;
pub use improvement::{Improvement, ImprovementBand, InvalidImprovement, YearlyImprovement};
pub use law::{Gompertz, GompertzMakeham, Law};
pub use life::Life;
pub use parameter::{InvalidParameter, Parameter};
pub use period::Period;
pub use probability::{InvalidProbability, Probability};
pub use rates::{AgeOutsideTable, Rates};
pub use table::{Sex, Table, UnknownTable};
pub use upload::{
    MAX_CSV_BYTES, Place, RatesDocument, TableDocument, TableHead, UploadError, UploadProblem,
    UploadedTable,
};
