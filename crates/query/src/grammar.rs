//! From the parameters of a URL to a query.

use winnow::Parser;
use winnow::combinator::{alt, delimited, opt, preceded, repeat, separated, terminated};
use winnow::error::EmptyError;
use winnow::token::{any, none_of, rest, take_while};

use crate::refused::{Refused, nearest};
use crate::{
    Aggregate, Comparison, Condition, Counted, Item, MAX_CONDITIONS, MAX_DEPTH, MAX_ITEMS,
    MAX_LIMIT, MAX_LIST, MAX_VALUE_LEN, Operand, Operator, Query, Source, State, Term,
};

/// The parameters that are no columns.
pub(crate) const WORDS: [&str; 9] = [
    "select", "order", "limit", "cursor", "as_of", "known_at", "count", "and", "or",
];

type Parsed<T> = Result<T, EmptyError>;

impl Query {
    /// Reads the parameters of a URL, decoded, in their order.
    ///
    /// # Errors
    /// [`Refused`] with the parameter that is not understood.
    pub fn parse<K: AsRef<str>, V: AsRef<str>>(parameters: &[(K, V)]) -> Result<Self, Refused> {
        let mut query = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in parameters {
            let (name, value) = (name.as_ref(), value.as_ref());
            let read = query.read(name, value)?;
            if read == Repeats::No {
                if seen.contains(&name) {
                    return Err(Refused::new(name, "is given twice"));
                }
                seen.push(name);
            }
        }
        let conditions = query.conditions.iter().map(size).sum::<usize>();
        if conditions > MAX_CONDITIONS {
            let detail = format!("there are at most {MAX_CONDITIONS} conditions");
            return Err(Refused::new("", detail));
        }
        Ok(query)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<Repeats, Refused> {
        match name {
            "select" => self.select = list(name, value, item)?,
            "order" => self.order = list(name, value, term)?,
            "limit" => self.limit = Some(limit(value)?),
            "cursor" => self.cursor = Some(value.to_owned()),
            "as_of" => self.as_of = Some(value.to_owned()),
            "known_at" => self.known_at = Some(value.to_owned()),
            "count" => {
                let known = [Counted::Exact, Counted::Estimated];
                let counted = known.into_iter().find(|counted| counted.name() == value);
                let detail = "is `exact` or `estimated`";
                self.count = Some(counted.ok_or_else(|| Refused::new(name, detail))?);
            }
            "offset" => {
                let detail = "pages follow each other by `cursor`";
                return Err(Refused {
                    nearest: Some("cursor"),
                    ..Refused::new(name, detail)
                });
            }
            "and" | "or" | "not.and" | "not.or" => {
                let parts = group(MAX_DEPTH);
                let (negated, kind) = match name.strip_prefix("not.") {
                    Some(kind) => (true, kind),
                    None => (false, name),
                };
                let parts = understood(name, value, parts)?;
                self.conditions.push(Condition::Group {
                    negated,
                    any: kind == "or",
                    parts,
                });
                return Ok(Repeats::Yes);
            }
            column if identifier.parse(column).is_ok() => {
                let (negated, operand) = match top(value) {
                    Some(read) => read,
                    None => return Err(not_an_operand(name, value)),
                };
                check_operand(name, &operand)?;
                self.conditions.push(Condition::Compare(Comparison {
                    column: column.to_owned(),
                    negated,
                    operand,
                }));
                return Ok(Repeats::Yes);
            }
            _ => return Err(Refused::new(name, "is not known here")),
        }
        Ok(Repeats::No)
    }
}

/// Whether a parameter may be given more than once.
#[derive(PartialEq, Eq)]
enum Repeats {
    No,
    Yes,
}

fn understood<'a, T>(
    name: &str,
    value: &'a str,
    mut parser: impl Parser<&'a str, T, EmptyError>,
) -> Result<T, Refused> {
    parser.parse(value).map_err(|error| {
        let place = value[..error.offset()].chars().count() + 1;
        Refused::new(name, format!("is not understood at character {place}"))
    })
}

fn list<'a, T>(
    name: &str,
    value: &'a str,
    each: impl Fn(&mut &'a str) -> Parsed<T>,
) -> Result<Vec<T>, Refused> {
    let items: Vec<T> = understood(name, value, separated(1.., each, ','))?;
    if items.len() > MAX_ITEMS {
        return Err(Refused::new(name, format!("has at most {MAX_ITEMS} items")));
    }
    Ok(items)
}

fn limit(value: &str) -> Result<u32, Refused> {
    value
        .parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit) && value.len() <= 10)
        .ok_or_else(|| Refused::new("limit", format!("must be 1 to {MAX_LIMIT}")))
}

/// A name of the catalogue: lower case, digits, underscores.
fn identifier<'a>(input: &mut &'a str) -> Parsed<&'a str> {
    (
        take_while(1, ('a'..='z', '_')),
        take_while(0..63, ('a'..='z', '0'..='9', '_')),
    )
        .take()
        .parse_next(input)
}

/// A name of the caller's own.
fn alias<'a>(input: &mut &'a str) -> Parsed<&'a str> {
    (
        take_while(1, ('a'..='z', 'A'..='Z', '_')),
        take_while(0..63, ('a'..='z', 'A'..='Z', '0'..='9', '_')),
    )
        .take()
        .parse_next(input)
}

fn item(input: &mut &str) -> Parsed<Item> {
    let alias = opt(terminated(alias, ':')).parse_next(input)?;
    let source = alt((
        "*".value(Source::All),
        "count()".value(Source::Count),
        (identifier, opt(delimited('.', aggregate, "()"))).map(
            |(column, aggregate)| match aggregate {
                Some(aggregate) => Source::Aggregate(column.to_owned(), aggregate),
                None => Source::Column(column.to_owned()),
            },
        ),
    ))
    .verify(|source| alias.is_none() || *source != Source::All)
    .parse_next(input)?;
    Ok(Item {
        alias: alias.map(str::to_owned),
        source,
    })
}

fn aggregate(input: &mut &str) -> Parsed<Aggregate> {
    identifier
        .verify_map(|name| {
            Aggregate::ALL
                .into_iter()
                .find(|known| known.name() == name)
        })
        .parse_next(input)
}

fn term(input: &mut &str) -> Parsed<Term> {
    // What is ordered may be named by the caller.
    let name = alias.parse_next(input)?;
    let descending = opt(alt((".desc".value(true), ".asc".value(false)))).parse_next(input)?;
    let nulls_first =
        opt(alt((".nullsfirst".value(true), ".nullslast".value(false)))).parse_next(input)?;
    Ok(Term {
        name: name.to_owned(),
        descending: descending.unwrap_or(false),
        nulls_first,
    })
}

/// `(a.eq.1,not.and(b.gt.2,c.lt.3))`
fn group<'a>(depth: usize) -> impl Parser<&'a str, Vec<Condition>, EmptyError> {
    move |input: &mut &'a str| {
        let part = move |input: &mut &'a str| condition(input, depth);
        delimited('(', separated(1..=MAX_CONDITIONS, part, ','), ')').parse_next(input)
    }
}

fn condition(input: &mut &str, depth: usize) -> Parsed<Condition> {
    let nested = move |input: &mut &str| {
        let negated = opt("not.").parse_next(input)?.is_some();
        let any = alt(("or".value(true), "and".value(false))).parse_next(input)?;
        if depth == 0 {
            return Err(EmptyError);
        }
        let parts = group(depth - 1).parse_next(input)?;
        Ok(Condition::Group {
            negated,
            any,
            parts,
        })
    };
    let compare = |input: &mut &str| {
        let column = terminated(identifier, '.').parse_next(input)?;
        let negated = opt("not.").parse_next(input)?.is_some();
        let operand = operand(input, value)?;
        Ok(Condition::Compare(Comparison {
            column: column.to_owned(),
            negated,
            operand,
        }))
    };
    alt((nested, compare)).parse_next(input)
}

/// `not.eq.value`, where the value is all that follows.
fn top(input: &str) -> Option<(bool, Operand)> {
    let whole = |input: &mut &str| rest.map(str::to_owned).parse_next(input);
    let mut parser = |input: &mut &str| -> Parsed<(bool, Operand)> {
        let negated = opt("not.").parse_next(input)?.is_some();
        Ok((negated, operand(input, whole)?))
    };
    parser.parse(input).ok()
}

fn operand(input: &mut &str, value: impl Fn(&mut &str) -> Parsed<String>) -> Parsed<Operand> {
    let operator = terminated(identifier, '.').parse_next(input)?;
    match operator {
        "in" => delimited('(', separated(0..=MAX_LIST, self::value, ','), ')')
            .map(Operand::In)
            .parse_next(input),
        "is" => identifier
            .verify_map(|name| State::ALL.into_iter().find(|known| known.name() == name))
            .map(Operand::Is)
            .parse_next(input),
        name => {
            let operator = Operator::ALL.into_iter().find(|known| known.name() == name);
            let operator = operator.ok_or(EmptyError)?;
            Ok(Operand::One(operator, value(input)?))
        }
    }
}

/// A value among others: quoted, or without commas and parentheses.
fn value(input: &mut &str) -> Parsed<String> {
    let quoted = delimited(
        '"',
        repeat(0.., alt((preceded('\\', any), none_of(['"', '\\'])))).fold(
            String::new,
            |mut text, character| {
                text.push(character);
                text
            },
        ),
        '"',
    );
    let bare = (
        none_of([',', '(', ')', '"']),
        take_while(0.., |c| !matches!(c, ',' | '(' | ')')),
    )
        .take()
        .map(str::to_owned);
    alt((quoted, bare)).parse_next(input)
}

/// What is wrong with the value of a column's parameter.
fn not_an_operand(name: &str, value: &str) -> Refused {
    let operator = value.strip_prefix("not.").unwrap_or(value);
    let operator = operator.split('.').next().unwrap_or_default();
    let known = || {
        let of_one = Operator::ALL.into_iter().map(Operator::name);
        of_one.chain(["in", "is"])
    };
    if known().any(|known| known == operator) {
        let detail = match operator {
            "in" => format!("`in` is followed by `.(…)` with at most {MAX_LIST} values"),
            "is" => "`is` is followed by `.null`, `.not_null`, `.true` or `.false`".to_owned(),
            _ => format!("`{operator}` is followed by `.` and a value"),
        };
        return Refused::new(name, detail);
    }
    let shown: String = operator.chars().take(20).collect();
    // A column of the view may be like a word, but hardly by a single letter.
    let mut words = WORDS.iter().copied();
    let word = words.find(|word| strsim::damerau_levenshtein(word, name) == 1);
    Refused {
        nearest: word.or_else(|| nearest(&shown, known())),
        ..Refused::new(name, format!("there is no operator `{shown}`"))
    }
}

fn check_operand(name: &str, operand: &Operand) -> Result<(), Refused> {
    let long = |value: &String| value.chars().count() > MAX_VALUE_LEN;
    let too_long = match operand {
        Operand::One(_, value) => long(value),
        Operand::In(values) => values.iter().any(long),
        Operand::Is(_) => false,
    };
    if too_long {
        let detail = format!("a value has at most {MAX_VALUE_LEN} characters");
        return Err(Refused::new(name, detail));
    }
    Ok(())
}

fn size(condition: &Condition) -> usize {
    match condition {
        Condition::Compare(_) => 1,
        Condition::Group { parts, .. } => 1 + parts.iter().map(size).sum::<usize>(),
    }
}
