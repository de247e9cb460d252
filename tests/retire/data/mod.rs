//! The data layer: the catalogue, queries, who sees what, and what nobody can do.

mod catalogue;
mod differential;
mod forms;
mod injection;
mod limits;
mod pages;
mod questions;
mod rights;
mod world;
