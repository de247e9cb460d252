//! What `deploy/` reads of a running application: figures and log lines.

mod figures;
mod redaction;

use crate::harness::workspace;

/// A file below `deploy/components`.
fn component_file(path: &str) -> String {
    let file = workspace().join("deploy/components").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
