//! The application as processes: how fast they start, and what they take while they wait.

mod cold_start;
mod density;
mod process;

pub(crate) use cold_start::measure as measure_cold_start;
pub(crate) use density::measure as measure_density;
