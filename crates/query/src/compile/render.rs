//! Rows as text, made by the database: a component passes them on as they are.

use catalogue::Kind;

use super::select::Selected;
use super::{Form, Values};

/// The expression of a row `v` as text.
pub(super) fn item(selected: &[Selected], form: Form, values: &mut Values) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (i, selected) in selected.iter().enumerate() {
        let expression = format!("v.{}", selected.name_inside);
        let comma = if i > 0 { "," } else { "" };
        if form == Form::Csv {
            if i > 0 {
                parts.push("','".to_owned());
            }
            parts.push(cell(selected.kind, &expression));
            continue;
        }
        let open = if i > 0 { "" } else { "{" };
        if selected.renamed {
            // The caller's own names are values too.
            parts.push(values.add(format!("{open}{comma}\"{}\":", selected.name)));
        } else {
            parts.push(format!("'{open}{comma}\"{}\":'", selected.name));
        }
        parts.push(member(selected, &expression));
    }
    if form != Form::Csv {
        parts.push("'}'".to_owned());
    }
    format!("concat({})", parts.join(", "))
}

/// The value of a JSON object's member.
fn member(selected: &Selected, e: &str) -> String {
    let text = match selected.kind {
        Kind::Uuid | Kind::Date | Kind::Month | Kind::Ratio => format!("'\"' || {e} || '\"'"),
        Kind::Time => format!("'\"' || utc_text({e}) || '\"'"),
        Kind::Integer | Kind::Boolean | Kind::Json => format!("{e}::text"),
        Kind::Text => format!("to_json({e})::text"),
    };
    if selected.nullable {
        format!("coalesce({text}, 'null')")
    } else {
        text
    }
}

/// A cell of a CSV file; null is empty, and a text always quoted.
fn cell(kind: Kind, e: &str) -> String {
    match kind {
        Kind::Uuid | Kind::Date | Kind::Month | Kind::Ratio | Kind::Integer => e.to_owned(),
        Kind::Time => format!("utc_text({e})"),
        Kind::Boolean => format!("{e}::text"),
        Kind::Text => format!("csv_text({e})"),
        Kind::Json => format!("csv_text({e}::text)"),
    }
}
