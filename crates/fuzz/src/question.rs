//! A query to a view.

use catalogue::{Audience, SMALLEST_CELL, VIEWS, View, relation};
use query::{Ask, Compiled, Form, Query, compile};

const FORMS: [Form; 3] = [Form::Json, Form::Lines, Form::Csv];

/// The words of statements that are no column's, view's or type's.
const KEYWORDS: &str = "
    all and any array as asc avg bool_and bool_or by case coalesce concat count csv_text desc
    distinct else end false filter first from group having ilike in is jsonb_build_array
    last least like limit max min not null nulls or order over p row_number select string_agg
    sum text then to_json true utc_text v when where within
    item n place unknown
    bigint boolean date json jsonb numeric timestamptz uuid E";

/// `data`: a view, an audience and a form by number, then the parameters of the URL,
/// decoded, as `name=value` with `&` between them.
///
/// # Panics
/// A statement has a word, a sign or a literal that is not the catalogue's; a hidden column
/// is named; a query that is printed reads as another.
pub fn question(data: &[u8]) {
    let [view, audience, form, parameters @ ..] = data else {
        return;
    };
    let view = &VIEWS[usize::from(*view) % VIEWS.len()];
    let audience = Audience::ALL[usize::from(*audience) % Audience::ALL.len()];
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
    let ask = Ask {
        view,
        audience,
        form,
        limit: 50,
        after: None,
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
    let (mut outside, mut literals) = (String::new(), String::new());
    for (i, part) in text.split('\'').enumerate() {
        let (kept, end) = if i % 2 == 0 {
            (&mut outside, ' ')
        } else {
            (&mut literals, '\n')
        };
        kept.push_str(part);
        kept.push(end);
    }
    assert!(
        text.matches('\'').count().is_multiple_of(2),
        "a literal is open: {text}"
    );
    let shown = |word: &str| view.columns_for(audience).any(|column| column.name == word);
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let in_literals = |c: char| is_word(c) || "{}\":,\\\n".contains(c);
    assert!(literals.chars().all(in_literals), "{text}");
    for word in literals
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty())
    {
        assert!(
            shown(word) || KEYWORDS.contains(word) || "rn".contains(word),
            "{word}: {text}"
        );
    }
    let between = |c: char| is_word(c) || " .,()[]:$=<>|*".contains(c);
    assert!(outside.chars().all(between), "{text}");
    let relations = [false, true].map(|then| relation(view, audience, then));
    let mut last = 0;
    for word in outside
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty())
    {
        let known = shown(word)
            || relations.iter().any(|relation| relation == word)
            || KEYWORDS.split_whitespace().any(|keyword| keyword == word)
            || word.bytes().all(|b| b.is_ascii_digit())
            || word
                .strip_prefix('o')
                .is_some_and(|n| n.parse::<u8>().is_ok());
        assert!(known, "{word}: {text}");
        last = last.max(word.parse().unwrap_or(0));
    }
    // The largest number is a place among the values, or of the smallest cell.
    let most = compiled.values.len().max(SMALLEST_CELL as usize);
    assert!(last <= most, "{text}");
}
