//! The catalogue for people.

use std::fmt::Write as _;

use crate::{Audience, Moments, Shown, VIEWS};

/// A section per view, with a table of its columns.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    for view in VIEWS {
        let moments = match view.moments {
            Moments::Now => "",
            _ => " Takes `as_of` and `known_at`.",
        };
        let _ = write!(
            text,
            "\n### {}\n\n{} Key: `{}`.{moments}\n\n\
             | column | type | unit | meaning | sensitivity | analysts | members |\n\
             |---|---|---|---|---|---|---|\n",
            view.name,
            view.meaning,
            view.key.join("`, `"),
        );
        for column in view.columns {
            let seen = |audience: Audience| match column.shown_to(audience) {
                _ if !view.is_for(audience) => Shown::Hidden.name(),
                shown => shown.name(),
            };
            let null = if column.nullable { " or null" } else { "" };
            let _ = writeln!(
                text,
                "| `{}` | {}{null} | {} | {} | {} | {} | {} |",
                column.name,
                column.kind.name(),
                column.unit.unwrap_or_default(),
                column.meaning,
                column.sensitivity.name(),
                seen(Audience::Analyst),
                seen(Audience::Own),
            );
        }
    }
    text
}
