//! How large the components are.

use anyhow::Result;

use crate::application::{COMPONENTS, wasm_file};
use crate::report::Report;

/// See docs/decisions/small-components.md.
const fn budget(component: &str) -> u64 {
    match component.as_bytes() {
        b"tontine-calc" => 1_050_000,
        b"credit-accrual" => 950_000,
        b"upvest-webhook" => 875_000,
        _ => 1_400_000,
    }
}

pub(crate) fn measure(report: &mut Report) -> Result<()> {
    let mut rows = Vec::new();
    for component in COMPONENTS {
        let size = wasm_file(component).metadata()?.len();
        let share = size * 100 / budget(component);
        rows.push(vec![
            component.to_owned(),
            size.to_string(),
            budget(component).to_string(),
            format!("{share} %"),
        ]);
    }
    report.table(
        "Size of each component",
        "Bytes of the shipped file; a test fails above the budget.",
        &["component", "bytes", "budget", "of the budget"],
        rows,
    );
    Ok(())
}
