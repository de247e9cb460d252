//! Rows as text, made by the database: a component passes them on as they are.

use catalogue::Kind;

use super::select::Selected;
use super::{Form, Values};

/// The expression of a row `v` as text.
pub(super) fn item(selected: &[Selected], form: Form, values: &mut Values) -> String {
    let of = |selected: &Selected| format!("v.{}", selected.name_inside);
    if form == Form::Csv {
        let cells: Vec<String> = selected.iter().map(|s| cell(s, &of(s))).collect();
        return format!("concat_ws(',', {})", cells.join(", "));
    }
    let mut parts: Vec<String> = Vec::new();
    for (i, selected) in selected.iter().enumerate() {
        let before = if i > 0 { "," } else { "{" };
        if selected.renamed {
            // The caller's own names are values too.
            parts.push(values.add(format!("{before}\"{}\":", selected.name)));
        } else {
            parts.push(format!("'{before}\"{}\":'", selected.name));
        }
        parts.push(member(selected, &of(selected)));
    }
    format!("concat({}, '}}')", parts.join(", "))
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
fn cell(selected: &Selected, e: &str) -> String {
    let text = match selected.kind {
        Kind::Time => format!("utc_text({e})"),
        Kind::Text => format!("csv_text({e})"),
        Kind::Json => format!("csv_text({e}::text)"),
        Kind::Boolean => format!("{e}::text"),
        // What it is written as is left to the whole: a text of its own takes time.
        Kind::Uuid | Kind::Date | Kind::Month | Kind::Ratio | Kind::Integer
            if !selected.nullable =>
        {
            e.to_owned()
        }
        Kind::Uuid | Kind::Date | Kind::Month | Kind::Ratio | Kind::Integer => format!("{e}::text"),
    };
    if selected.nullable {
        format!("coalesce({text}, '')")
    } else {
        text
    }
}
