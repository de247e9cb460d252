//! The contract is what the application does, and says enough of it.

mod checker;
mod examples;
mod page;
mod story;
