//! A query to a view.

use catalogue::{Audience, SMALLEST_CELL, VIEWS, View, relation};
use query::{Ask, Compiled, Form, Query, compile};

const FORMS: [Form; 3] = [Form::Json, Form::Lines, Form::Csv];

/// The words of statements that are no column's, view's or type's.
const KEYWORDS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "array_agg",
    "as",
    "asc",
    "avg",
    "bool_and",
    "bool_or",
    "by",
    "case",
    "coalesce",
    "concat",
    "concat_ws",
    "cross",
    "count",
    "csv_text",
    "desc",
    "distinct",
    "else",
    "end",
    "f",
    "false",
    "filter",
    "first",
    "from",
    "group",
    "having",
    "ilike",
    "in",
    "is",
    "item",
    "join",
    "jsonb_build_array",
    "last",
    "lateral",
    "least",
    "like",
    "limit",
    "max",
    "min",
    "n",
    "not",
    "null",
    "nulls",
    "one",
    "or",
    "order",
    "ordinality",
    "over",
    "p",
    "place",
    "row_number",
    "select",
    "string_agg",
    "sum",
    "text",
    "then",
    "to_json",
    "trim_scale",
    "true",
    "unnest",
    "utc_text",
    "v",
    "when",
    "where",
    "with",
    "bigint",
    "boolean",
    "date",
    "json",
    "jsonb",
    "numeric",
    "timestamptz",
    "uuid",
    "E",
];
/// Those of literals: the names of aggregates, what stands for nothing, the ends of lines, the
/// least of all ids.
const IN_LITERALS: &[&str] = &[
    "avg",
    "count",
    "max",
    "min",
    "sum",
    "null",
    "n",
    "r",
    "00000000000000000000000000000000",
];
/// Where a page begins: a value like any other.
const PLACE: &str = "a place of the caller";

/// `data`: a view, an audience and a form by number, then the parameters of the URL,
/// decoded, as `name=value` with `&` between them. The number of the audience also says
/// whether a piece is asked for, and whether after a place.
///
/// # Panics
/// A statement has a word, a sign or a literal that is not the catalogue's; a hidden column
/// is named; a query that is printed reads as another.
pub fn question(data: &[u8]) {
    let [view, audience, form, parameters @ ..] = data else {
        return;
    };
    let view = &VIEWS[usize::from(*view) % VIEWS.len()];
    let audiences = Audience::ALL.len();
    let (audience, part) = (
        usize::from(*audience) % audiences,
        usize::from(*audience) / audiences,
    );
    let audience = Audience::ALL[audience];
    let form = FORMS[usize::from(*form) % FORMS.len()];
    if !view.is_for(audience) {
        return;
    }
    let text = String::from_utf8_lossy(parameters);
    let parameters: Vec<(&str, &str)> = text
        .split('&')
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .collect();
    let Ok(query) = Query::parse(&parameters) else {
        return;
    };
    let printed = Query::parse(&query.parameters());
    assert_eq!(printed.as_ref(), Ok(&query), "printed and read again");
    let place = vec![Some(PLACE.to_owned()); view.key.len()];
    let ask = Ask {
        view,
        audience,
        form,
        limit: 50,
        piece: part % 2 == 1,
        after: (part / 2 % 2 == 1).then_some(&place[..]),
    };
    let Ok(compiled) = compile(&query, &ask) else {
        return;
    };
    for text in [&compiled.text, &compiled.count_text] {
        ours(text, view, audience, &compiled);
    }
}

/// Nothing of the caller's is in a statement.
fn ours(text: &str, view: &View, audience: Audience, compiled: &Compiled) {
    let parts: Vec<&str> = text.split('\'').collect();
    assert!(!parts.len().is_multiple_of(2), "a literal is open: {text}");
    let shown = |word: &str| view.columns_for(audience).any(|column| column.name == word);
    for literal in parts.iter().skip(1).step_by(2) {
        // The backslash of an end of a line is not a word's.
        let literal = literal.replace('\\', " ");
        for word in words(&literal, " {}\":,", text) {
            assert!(shown(word) || IN_LITERALS.contains(&word), "{word}: {text}");
        }
    }
    let mut relations = vec![
        relation(view, audience, false),
        relation(view, audience, true),
    ];
    let whole = view.within.and_then(|within| catalogue::view(within.view));
    relations.extend(whole.map(|whole| relation(whole, audience, false)));
    // The largest number is a place among the values, or of the smallest cell.
    let most = compiled.values.len().max(SMALLEST_CELL as usize);
    let is_number = |word: &str| word.parse::<usize>().is_ok_and(|number| number <= most);
    let is_output = |word: &str| word.strip_prefix('o').is_some_and(is_number);
    for part in parts.iter().step_by(2) {
        for word in words(part, " .,()[]:$=<>|*", text) {
            let known = shown(word)
                || relations.iter().any(|relation| relation == word)
                || KEYWORDS.contains(&word)
                || is_number(word)
                || is_output(word);
            assert!(known, "{word}: {text}");
        }
    }
}

/// The words of a part of a statement, which has nothing but these signs between them.
fn words<'a>(part: &'a str, signs: &str, text: &str) -> Vec<&'a str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    assert!(
        part.chars().all(|c| is_word(c) || signs.contains(c)),
        "{text}"
    );
    let words = part.split(|c| !is_word(c));
    words.filter(|word| !word.is_empty()).collect()
}
