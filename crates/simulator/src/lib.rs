//! The world around Retire, for development, demonstrations and tests.
//!
//! - [`DevKeys`] stands in for an issuer of tokens and for Upvest's signing key.
//! - [`Scenario`] is a pool and its years, drawn with a seed: members of a life
//!   table, a market, what the broker reports, who dies.
//! - [`Client`] speaks to an application over HTTP, and [`play`] takes a scenario
//!   through it and checks what comes back.
//! - [`sender`] delivers webhooks as Upvest does, [`traffic`] is what there is to deliver.

mod broker;
mod client;
mod keys;
mod market;
mod play;
mod population;
mod scenario;
pub mod sender;
pub mod traffic;
mod verify;

pub use broker::BrokerEvent;
pub use client::{Answer, Client, Look};
pub use keys::{AUDIENCE, DevKeys, ISSUER, UnixTime, unix_time};
pub use play::{MonthReport, Progress, YearReport, play};
pub use population::Person;
pub use scenario::{Closing, Death, Scenario, ScenarioMonth};
