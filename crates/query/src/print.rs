//! From a query to the parameters of a URL.

use std::fmt::{self, Display, Formatter};

use crate::{Comparison, Condition, Item, Operand, Query, Source, Term};

impl Query {
    /// The parameters that [`Query::parse`] reads as this query.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, String)> {
        let mut parameters = self.question();
        let mut add = |name: &str, value: Option<String>| {
            parameters.extend(value.map(|value| (name.to_owned(), value)));
        };
        add("limit", self.limit.map(|limit| limit.to_string()));
        add("cursor", self.cursor.clone());
        add("count", self.count.map(|count| count.name().to_owned()));
        parameters
    }

    /// The parameters without those that say which part of the answer is wanted: a
    /// cursor holds for one question.
    #[must_use]
    pub fn question(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        let mut add = |name: &str, value: String| parameters.push((name.to_owned(), value));
        if !self.select.is_empty() {
            add("select", joined(&self.select));
        }
        for condition in &self.conditions {
            match condition {
                Condition::Compare(comparison) => {
                    add(&comparison.column, Top(comparison).to_string());
                }
                Condition::Group {
                    negated,
                    any,
                    parts,
                } => add(group_name(*negated, *any), format!("({})", joined(parts))),
            }
        }
        if !self.order.is_empty() {
            add("order", joined(&self.order));
        }
        if let Some(day) = &self.as_of {
            add("as_of", day.clone());
        }
        if let Some(time) = &self.known_at {
            add("known_at", time.clone());
        }
        parameters
    }
}

const fn group_name(negated: bool, any: bool) -> &'static str {
    match (negated, any) {
        (false, false) => "and",
        (false, true) => "or",
        (true, false) => "not.and",
        (true, true) => "not.or",
    }
}

fn joined<T: Display>(parts: &[T]) -> String {
    let parts: Vec<String> = parts.iter().map(T::to_string).collect();
    parts.join(",")
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(alias) = &self.alias {
            write!(f, "{alias}:")?;
        }
        match &self.source {
            Source::All => f.write_str("*"),
            Source::Column(column) => f.write_str(column),
            Source::Aggregate(column, aggregate) => write!(f, "{column}.{}()", aggregate.name()),
            Source::Count => f.write_str("count()"),
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let direction = if self.descending { ".desc" } else { "" };
        let nulls = match self.nulls_first {
            Some(true) => ".nullsfirst",
            Some(false) => ".nullslast",
            None => "",
        };
        write!(f, "{}{direction}{nulls}", self.name)
    }
}

/// As a parameter of its own, where a value is all that follows.
struct Top<'a>(&'a Comparison);

impl Display for Top<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let not = if self.0.negated { "not." } else { "" };
        match &self.0.operand {
            Operand::One(operator, value) => write!(f, "{not}{}.{value}", operator.name()),
            other => write!(f, "{not}{}", Among(other)),
        }
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(Comparison {
                column,
                negated,
                operand,
            }) => {
                let not = if *negated { "not." } else { "" };
                write!(f, "{column}.{not}{}", Among(operand))
            }
            Self::Group {
                negated,
                any,
                parts,
            } => write!(f, "{}({})", group_name(*negated, *any), joined(parts)),
        }
    }
}

/// Among others, where values are quoted.
struct Among<'a>(&'a Operand);

impl Display for Among<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Operand::One(operator, value) => {
                write!(f, "{}.", operator.name())?;
                quoted(f, value)
            }
            Operand::In(values) => {
                f.write_str("in.(")?;
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        f.write_str(",")?;
                    }
                    quoted(f, value)?;
                }
                f.write_str(")")
            }
            Operand::Is(state) => write!(f, "is.{}", state.name()),
        }
    }
}

fn quoted(f: &mut Formatter<'_>, value: &str) -> fmt::Result {
    write!(
        f,
        "\"{}\"",
        value.replace('\\', "\\\\").replace('"', "\\\"")
    )
}
