//! Every byte counts.

use audit::{Audit, Fault};

use crate::world::small;

/// Whether a line is hashed or a settlement.
pub fn is_sealed(line: &str) -> bool {
    ["entry", "posting", "settlement", "line"]
        .iter()
        .any(|kind| line.starts_with(&format!(r#"{{"type":"{kind}","#)))
}

/// Other characters in the place of one: its neighbour, the other case, a space.
fn others(character: char) -> impl Iterator<Item = char> {
    let byte = u8::try_from(character).unwrap_or(b'x');
    [byte ^ 1, byte ^ 0x20, b' ', b'0']
        .into_iter()
        .filter(|other| (0x20..0x7f).contains(other))
        .map(char::from)
        .filter(move |other| *other != character)
}

/// The fault of an export whose line at `index` is `line`. `before` has seen those
/// before it.
fn fault(before: &Audit, export: &[String], index: usize, line: &str) -> Option<Fault> {
    let mut audit = before.clone();
    if let Err(fault) = audit.push(line) {
        return Some(fault);
    }
    for line in &export[index + 1..] {
        if let Err(fault) = audit.push(line) {
            return Some(fault);
        }
    }
    audit.finish().err()
}

#[test]
fn no_byte_of_what_is_sealed_can_be_another() {
    let export = small().export();
    let (mut before, mut changes) = (Audit::new(), 0);
    for (index, line) in export.iter().enumerate() {
        for (at, character) in line.char_indices().filter(|_| is_sealed(line)) {
            for other in others(character) {
                let (begin, end) = (&line[..at], &line[at + character.len_utf8()..]);
                let changed = format!("{begin}{other}{end}");
                let found = fault(&before, &export, index, &changed);
                let Some(fault) = found else {
                    panic!("unnoticed: {changed}")
                };
                assert!(is_named(&export, index, &fault), "{fault}: {changed}");
                changes += 1;
            }
        }
        before.push(line).expect("valid");
    }
    assert!(changes > 50_000, "{changes}");
}

/// Whether a fault is on the line at `index` or on an entry of its settlement.
fn is_named(export: &[String], index: usize, fault: &Fault) -> bool {
    let named = &export[fault.line as usize - 1];
    let id = |line: &str| {
        let id = line.split(r#""settlement_id":""#).nth(1);
        id.map(|id| id[..36].to_owned())
    };
    fault.line as usize == index + 1 || (id(named).is_some() && id(named) == id(&export[index]))
}

/// The escapes of JSON write a text otherwise; the wrapper has none.
#[test]
fn the_wrapper_has_one_form() {
    let export = small().export();
    for (index, line) in export
        .iter()
        .enumerate()
        .filter(|(_, line)| is_sealed(line))
    {
        let mut before = Audit::new();
        for line in &export[..index] {
            before.push(line).expect("valid");
        }
        for (from, to) in [
            (r#"{"type":"#, r#"{ "type":"#),
            (r#""type":"#, r#""type": "#),
            (r#""type""#, r#""t\u0079pe""#),
            (r#","head":"#, r#", "head":"#),
            (r#""tiles":""#, r#""tiles":"\u0030"#),
            ("}", "} "),
            (r#"{"type""#, r#"{"x":1,"type""#),
            (r#"{"type":"#, r#" {"type":"#),
        ] {
            let changed = line.replacen(from, to, 1);
            assert!(
                changed == *line || before.clone().push(&changed).is_err(),
                "{changed}"
            );
        }
        assert!(before.clone().push(&format!("{line} ")).is_err());
        assert!(before.clone().push(&format!("{line}\r")).is_err());
    }
}
