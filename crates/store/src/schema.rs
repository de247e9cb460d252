//! The SQL files, embedded.

/// A file of SQL.
#[derive(Clone, Copy, Debug)]
pub struct SqlFile {
    /// The file's name without its ending.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/sql.rs"));
