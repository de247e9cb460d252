//! Ids in a text.

use uuid::Uuid;

/// The length of an id with its hyphens.
const ID_LEN: usize = 36;

/// The ids that occur in `text` in their hyphenated form, each once, sorted: what an
/// event is about, even if it cannot be read.
pub(crate) fn ids(text: &str) -> Vec<Uuid> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 8;
    while let Some(hyphen) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| *b == b'-'))
    {
        let start = at + hyphen - 8;
        let id = bytes
            .get(start..start + ID_LEN)
            .and_then(|candidate| Uuid::try_parse_ascii(candidate).ok());
        at += hyphen + 1;
        if let Some(id) = id {
            found.push(id);
            at = start + ID_LEN + 8;
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8962b496-8d42-4560-bfab-10490dd1a721";
    const OTHER: &str = "eb5ba93f-5dfe-4bf1-8571-4da0caacc80c";

    #[test]
    fn ids_are_found_wherever_they_are() {
        let (id, other): (Uuid, Uuid) = (ID.parse().expect("an id"), OTHER.parse().expect("an id"));
        for (text, expected) in [
            (String::new(), vec![]),
            ("-".repeat(100), vec![]),
            (ID.to_owned(), vec![id]),
            (ID.to_uppercase(), vec![id]),
            (format!("x{ID}"), vec![id]),
            (format!("{OTHER}{ID}"), vec![id, other]),
            (
                format!(r#"{{"a":"{ID}","b":["{OTHER}","{ID}"]}}"#),
                vec![id, other],
            ),
            (format!("a-b {ID}"), vec![id]),
            (ID[..35].to_owned(), vec![]),
            (format!("é-{ID}-é"), vec![id]),
        ] {
            assert_eq!(ids(&text), expected, "{text}");
        }
    }
}
