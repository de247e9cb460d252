//! The document with all tables.

use std::fmt::Write as _;

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

/// Tables in the order in which they were measured.
pub(crate) struct Report {
    text: String,
}

impl Report {
    pub(crate) fn new() -> Result<Self> {
        let mut text = String::from("# Benchmarks\n\nWritten by `cargo xtask bench`. ");
        writeln!(
            text,
            "Measured on {}: {}. Server, client and database share the machine; \
             a ratio compares two numbers of this one run.",
            time::UtcDateTime::now().date(),
            machine()?
        )?;
        Ok(Self { text })
    }

    /// Adds a table: what was measured and how, the header, the rows.
    pub(crate) fn table(
        &mut self,
        title: &str,
        method: &str,
        header: &[&str],
        rows: Vec<Vec<String>>,
    ) {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(header);
        for row in rows {
            table.add_row(row);
        }
        self.text += &format!("\n## {title}\n\n{method}\n\n{table}\n");
        println!("measured: {title}");
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The processor, the cores, the memory, the system, the compiler.
fn machine() -> Result<String> {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let value = |text: &str, key: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default();
        line.split(':')
            .nth(1)
            .unwrap_or("unknown")
            .trim()
            .to_owned()
    };
    let memory = value(&read("/proc/meminfo"), "MemTotal");
    let gib = memory
        .split(' ')
        .next()
        .and_then(|kb| kb.parse::<u64>().ok())
        .unwrap_or(0)
        >> 20;
    let cores = std::thread::available_parallelism()?;
    let kernel = read("/proc/sys/kernel/osrelease");
    Ok(format!(
        "{}, {cores} cores, {gib} GiB, Linux {}",
        value(&read("/proc/cpuinfo"), "model name"),
        kernel.trim()
    ))
}
