//! The application as one OCI artefact, in the two forms that Spin's shim for
//! containerd runs.
//!
//! - [`scratch`]: an image of files, `/spin.toml` and the components where it names them.
//! - [`registry`]: what `spin registry push` makes, a layer per component and one with
//!   the locked application.
//!
//! Everything here is a function of the bytes that go in: no time, no path of this
//! machine, no order of a folder gets into a blob. [`Layout`] is what both are written
//! to, [`check`] reads it back and believes nothing. [`sbom`] and [`provenance`] say what
//! went in.

mod application;
mod check;
mod layer;
mod layout;
pub mod provenance;
pub mod registry;
pub mod sbom;
pub mod scratch;

pub use application::{Application, Component};
pub use check::{Contents, check};
pub use layout::{Blob, Layout, sha256};
