//! The corpus of each target, as it is and a little changed.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

/// What is drawn for each target where nobody asks for more.
const SLICE: u32 = 500;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).expect("a file");
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}

#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Cut(Index, Index),
    Insert(Index, Vec<u8>),
    /// From one place of another file to its end, in place of the rest.
    Splice(Index, Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        (at(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (at(), at()).prop_map(|(from, to)| Change::Cut(from, to)),
        (at(), prop::collection::vec(any::<u8>(), 1..6)).prop_map(|(at, b)| Change::Insert(at, b)),
        (at(), "[\"\\\\,:;=() \\[\\]{}0-9-]{1,4}").prop_map(|(at, s)| Change::Insert(at, s.into())),
        (at(), at(), at()).prop_map(|(file, from, at)| Change::Splice(file, from, at)),
    ]
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>, files: &[(PathBuf, Vec<u8>)]) {
        // The end is a place too.
        let end = bytes.len() + 1;
        match self {
            Self::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(at.index(end)) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Cut(from, to) => {
                let (from, to) = (from.index(end), to.index(end));
                bytes.drain(from.min(to)..from.max(to));
            }
            Self::Insert(at, inserted) => {
                let at = at.index(end);
                bytes.splice(at..at, inserted.iter().copied());
            }
            Self::Splice(file, from, at) => {
                let (_, other) = &files[file.index(files.len())];
                bytes.truncate(at.index(end));
                bytes.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
        }
    }
}

fn replay(target: &str, check: fn(&[u8])) {
    let files = corpus(target);
    assert!(files.len() >= 5, "{} files", files.len());
    for (path, bytes) in &files {
        let outcome = std::panic::catch_unwind(|| check(bytes));
        assert!(outcome.is_ok(), "{}", path.display());
    }
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = SLICE;
    }
    config.failure_persistence = None;
    let changed = (any::<Index>(), prop::collection::vec(change(), 1..4));
    let changed = changed.prop_map(|(file, changes)| {
        let mut bytes = files[file.index(files.len())].1.clone();
        for change in changes {
            change.apply(&mut bytes, &files);
        }
        bytes
    });
    let run = TestRunner::new(config).run(&changed, |bytes| {
        check(&bytes);
        Ok(())
    });
    if let Err(failure) = run {
        panic!("{failure}");
    }
}

#[test]
fn no_header_of_a_signature_is_too_odd() {
    replay("signature-input", fuzz::signature_input);
}

#[test]
fn no_request_has_the_base_of_another() {
    replay("signature-base", fuzz::signature_base);
}

#[test]
fn no_package_is_too_odd() {
    replay("package", fuzz::package);
}

#[test]
fn no_question_writes_a_statement() {
    replay("question", fuzz::question);
}
