//! The document with all tables.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use comfy_table::Table;
use comfy_table::presets::ASCII_MARKDOWN;

/// How the document begins.
const HEAD: &str = "# Benchmarks\n\nWritten by `cargo xtask bench`. Server, client and database \
                    share the machine; a ratio compares two numbers of one run.\n";

/// A section of the document: tables in the order in which they were measured.
pub(crate) struct Report {
    title: &'static str,
    text: String,
}

impl Report {
    pub(crate) fn new(title: &'static str) -> Result<Self> {
        let text = format!(
            "\nMeasured on {}: {}.\n",
            time::UtcDateTime::now().date(),
            machine()?
        );
        Ok(Self { title, text })
    }

    /// Adds a paragraph.
    pub(crate) fn paragraph(&mut self, text: &str) {
        // A string takes all.
        let _ = write!(self.text, "\n{text}\n");
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
        self.text += &format!("\n### {title}\n\n{method}\n\n{table}\n");
        println!("measured: {title}");
    }

    pub(crate) fn text(&self) -> String {
        format!("## {}\n{}", self.title, self.text)
    }

    /// Puts the section into the document, in place of an older one; the others stay.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let document = std::fs::read_to_string(path).unwrap_or_default();
        let document = self.placed(&document);
        std::fs::write(path, document).with_context(|| path.display().to_string())?;
        println!("wrote {}: {}", path.display(), self.title);
        Ok(())
    }

    fn placed(&self, document: &str) -> String {
        let own_head = format!("{}\n", self.title);
        let mut sections: Vec<&str> = document.split("\n## ").skip(1).collect();
        let own = format!("{own_head}{}", self.text);
        match sections.iter_mut().find(|s| s.starts_with(&own_head)) {
            Some(section) => *section = &own,
            None => sections.push(&own),
        }
        sections.into_iter().fold(HEAD.to_owned(), |text, section| {
            format!("{text}\n## {}\n", section.trim_end())
        })
    }
}

/// The processor, the cores, the memory, the system.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn report(title: &'static str, text: &str) -> Report {
        Report {
            title,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_section_takes_the_place_of_its_older_self() {
        let first = report("First", "\none\n\n### Table\n");
        let second = report("Second", "\ntwo\n");
        let both = second.placed(&first.placed(""));
        assert_eq!(
            both,
            format!("{HEAD}\n## First\n\none\n\n### Table\n\n## Second\n\ntwo\n")
        );
        let again = report("First", "\nnew\n").placed(&both);
        assert_eq!(
            again,
            format!("{HEAD}\n## First\n\nnew\n\n## Second\n\ntwo\n")
        );
        assert_eq!(second.placed(&again), again);
    }
}
