//! How large the components are.

use anyhow::Result;

use crate::application::{COMPONENTS, wasm_file};
use crate::report::Report;

const BUDGET: u64 = 600_000;

pub(crate) fn measure(report: &mut Report) -> Result<()> {
    let mut rows = Vec::new();
    for component in COMPONENTS {
        let size = wasm_file(component).metadata()?.len();
        let share = size * 100 / BUDGET;
        rows.push(vec![
            component.to_owned(),
            size.to_string(),
            format!("{share} %"),
        ]);
    }
    let method = "Bytes of the shipped file; a test fails above the budget of 600,000.";
    report.table(
        "Size of each component",
        method,
        &["component", "bytes", "of the budget"],
        rows,
    );
    Ok(())
}
