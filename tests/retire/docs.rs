//! The documents say what is so.

use std::collections::HashSet;

use web::Code;

use crate::harness::workspace;

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of all test functions in the workspace.
fn test_names() -> HashSet<String> {
    let mut names = HashSet::new();
    let mut folders = vec![
        workspace().join("crates"),
        workspace().join("functions"),
        workspace().join("tests"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("readable");
                let functions = text
                    .lines()
                    .filter_map(|line| line.trim().strip_prefix("fn "));
                names.extend(
                    functions
                        .filter_map(|f| f.split('(').next())
                        .map(str::to_owned),
                );
            }
        }
    }
    names
}

/// Each invariant of the map names the test that checks it, and the test exists.
#[test]
fn every_invariant_names_a_test_that_exists() {
    let text = read("docs/architecture.md");
    let section = text
        .split("\n## Invariants\n")
        .nth(1)
        .expect("the invariants");
    let section = section.split("\n## ").next().expect("a section");
    let names = test_names();
    let mut invariants = 0;
    for line in section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| Invariant"))
    {
        let cell = line
            .trim_end_matches(" |")
            .rsplit('|')
            .next()
            .expect("a cell");
        let tests: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "no test: {line}");
        for test in tests {
            assert!(names.contains(test), "there is no test {test}");
        }
        invariants += 1;
    }
    assert!(invariants >= 15, "{invariants} invariants");
}

/// Each problem code is explained.
#[test]
fn every_problem_code_is_documented() {
    let text = read("docs/problems.md");
    for code in Code::ALL {
        let row = format!(
            "| `{}` | {} | {} |",
            code.name(),
            code.status().as_u16(),
            code.meaning()
        );
        assert!(text.contains(&row), "docs/problems.md lacks: {row}");
    }
}

/// No link leads nowhere.
#[test]
fn links_between_documents_lead_somewhere() {
    let root = workspace();
    let mut documents = vec![root.join("README.md")];
    for folder in ["docs", "docs/decisions"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder") {
            documents.push(entry.expect("an entry").path());
        }
    }
    let mut links = 0;
    for document in documents
        .iter()
        .filter(|d| d.extension().is_some_and(|e| e == "md"))
    {
        let text = std::fs::read_to_string(document).expect("readable");
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = target.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let path = document.parent().expect("a folder").join(target);
            assert!(path.exists(), "{} links to {target}", document.display());
            links += 1;
        }
    }
    assert!(links > 10, "{links} links");
}
