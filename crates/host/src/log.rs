//! Where log lines go.

use std::fmt;
use std::sync::Arc;

/// A sink for lines: the host's own, one per request, and those that components
/// write.
#[derive(Clone)]
pub struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    /// Gives each line, without its end, to `sink`.
    pub fn new(sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(sink))
    }

    /// Writes lines to standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Self::new(|line| eprintln!("{line}"))
    }

    /// Drops every line.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_| ())
    }

    pub(crate) fn line(&self, line: &str) {
        (self.0)(line);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}
