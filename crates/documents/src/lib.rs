//! What is written to a member.
//!
//! - [`Language`]: which of the two, by the preferences of a request;
//! - [`amounts`]: money, per cents, days as each language writes them;
//! - [`explain`]: a longevity credit in a sentence;
//! - [`yearly_statement`]: the year's letter as a PDF.
//!
//! The same input gives the same bytes.

pub mod amounts;
mod encoding;
mod language;
mod letter;
mod page;
mod phrases;
mod tables;
mod widths;
mod words;

pub use language::Language;
pub use letter::{Letter, yearly_statement};
pub use words::explain;
