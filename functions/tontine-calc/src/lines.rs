//! Answers by line.

use serde::Serialize;
use web::{Broken, Problem, Reply};

/// When lines are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// When many are gathered.
    Gathered,
    /// Each as soon as there is one.
    EachAtOnce,
}

/// A reply whose first line is `head` and whose further lines are `items`, made
/// while the first are on their way.
pub(crate) fn reply<T: Serialize>(
    head: &impl Serialize,
    mut items: impl Iterator<Item = Result<T, Broken>> + 'static,
    pace: Pace,
) -> Result<Reply, Problem> {
    let mut first = Vec::new();
    append(&mut first, head).map_err(|error| Problem::internal(error.to_string()))?;
    let piece_len = match pace {
        Pace::Gathered => 64 * 1024,
        Pace::EachAtOnce => 1,
    };
    let mut started = Some(first);
    Ok(Reply::lines(std::iter::from_fn(move || {
        let mut piece = started.take().unwrap_or_default();
        while piece.len() < piece_len {
            let appended = match items.next() {
                None => break,
                Some(Err(broken)) => Err(broken),
                Some(Ok(item)) => append(&mut piece, &item).map_err(|_| Broken),
            };
            if let Err(broken) = appended {
                return Some(Err(broken));
            }
        }
        (!piece.is_empty()).then_some(Ok(piece))
    })))
}

fn append(piece: &mut Vec<u8>, item: &impl Serialize) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *piece, item)?;
    piece.push(b'\n');
    Ok(())
}
