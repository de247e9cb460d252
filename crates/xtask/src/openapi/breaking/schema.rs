//! Two schemas beside each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Pair;

/// Who writes the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Callers: what they wrote has to stay good.
    Request,
    /// The application: what it writes has to be what callers expect.
    Answer,
}

/// Why a value by the one schema may be none by the other, each with its place.
pub(super) fn differences(
    pair: Pair<'_>,
    direction: Direction,
    old: &Value,
    new: &Value,
) -> Vec<String> {
    let (from, to) = match direction {
        Direction::Request => ((pair.old, old), (pair.new, new)),
        Direction::Answer => ((pair.new, new), (pair.old, old)),
    };
    let mut comparison = Comparison {
        from: from.0,
        to: to.0,
        direction,
        seen: BTreeSet::new(),
    };
    comparison.compare(from.1, to.1, "")
}

/// Asks whether every value of `from` is one of `to`.
struct Comparison<'a> {
    from: &'a Value,
    to: &'a Value,
    direction: Direction,
    /// Pairs of references that are being compared: schemas may contain themselves.
    seen: BTreeSet<(String, String)>,
}

/// Bounds from below, which may not rise, and from above, which may not fall.
const LOWER: [&str; 4] = ["minimum", "exclusiveMinimum", "minLength", "minItems"];
const UPPER: [&str; 4] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"];

impl Comparison<'_> {
    fn compare(&mut self, from: &Value, to: &Value, at: &str) -> Vec<String> {
        let names = (reference(from), reference(to));
        if let (Some(a), Some(b)) = names {
            let new = self.seen.insert((a.to_owned(), b.to_owned()));
            if !new {
                return Vec::new();
            }
        }
        let (from, to) = (resolved(self.from, from), resolved(self.to, to));
        if to.is_null() {
            return Vec::new();
        }
        if from.is_null() {
            return vec![self.say(at, "the form", "is not told any more")];
        }
        let (mine, theirs) = (variants(from), variants(to));
        if mine.len() > 1 || theirs.len() > 1 {
            return self.compare_variants(&mine, &theirs, at);
        }
        let mut found = self.compare_values(from, to, at);
        found.extend(self.compare_members(from, to, at));
        if !from["items"].is_null() {
            found.extend(self.compare(&from["items"], &to["items"], &format!("{at}/items")));
        }
        found
    }

    /// Each variant has to fit one of the other's.
    fn compare_variants(&mut self, from: &[&Value], to: &[&Value], at: &str) -> Vec<String> {
        let mut found = Vec::new();
        for variant in from {
            let fits = to.iter().any(|other| {
                let seen = self.seen.clone();
                let fits = self.compare(variant, other, at).is_empty();
                if !fits {
                    self.seen = seen;
                }
                fits
            });
            if !fits {
                found.push(self.say(at, "one of its forms", "has no place"));
            }
        }
        found
    }

    fn compare_values(&self, from: &Value, to: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        let (mine, theirs) = (types(from), types(to));
        let fits =
            |name: &&str| theirs.contains(*name) || *name == "integer" && theirs.contains("number");
        if !theirs.is_empty() && (mine.is_empty() || !mine.iter().all(|name| fits(&name.as_str())))
        {
            found.push(self.say(at, "the type", "is another"));
        }
        if let Some(theirs) = values(to) {
            let within = values(from).is_some_and(|mine| mine.iter().all(|v| theirs.contains(v)));
            if !within {
                found.push(self.say(at, "the values", "are others"));
            }
        }
        for (bounds, from_above) in [(LOWER, false), (UPPER, true)] {
            for bound in bounds {
                let stricter = match (from[bound].as_f64(), to[bound].as_f64()) {
                    (_, None) => false,
                    (None, Some(_)) => true,
                    (Some(mine), Some(theirs)) if from_above => theirs < mine,
                    (Some(mine), Some(theirs)) => theirs > mine,
                };
                if stricter {
                    found.push(self.say(at, bound, "is another"));
                }
            }
        }
        for form in ["pattern", "format"] {
            if !to[form].is_null() && to[form] != from[form] {
                found.push(self.say(at, &format!("the {form}"), "is another"));
            }
        }
        found
    }

    fn compare_members(&mut self, from: &Value, to: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        let empty = Map::new();
        let properties = |schema: &'_ Value| schema["properties"].as_object().cloned();
        let mine = properties(from).unwrap_or(empty.clone());
        let theirs = properties(to).unwrap_or(empty);
        for name in required(to).difference(&required(from)) {
            let why = match self.direction {
                Direction::Request => "is required now",
                Direction::Answer => "may be absent now",
            };
            found.push(format!("{at}/{name} {why}"));
        }
        for (name, schema) in &mine {
            match theirs.get(name) {
                Some(other) => {
                    found.extend(self.compare(schema, other, &format!("{at}/{name}")));
                }
                None if self.direction == Direction::Answer => {}
                None if to["additionalProperties"] == false => {
                    found.push(format!("{at}/{name} is not taken any more"));
                }
                None => {}
            }
        }
        if self.direction == Direction::Answer {
            let lost = theirs.keys().filter(|name| !mine.contains_key(*name));
            let optional = lost.filter(|name| !required(to).contains(name.as_str()));
            found.extend(optional.map(|name| format!("{at}/{name} is gone")));
        }
        let (rest, others) = (&from["additionalProperties"], &to["additionalProperties"]);
        if rest.is_object() && others.is_object() {
            found.extend(self.compare(rest, others, &format!("{at}/*")));
        }
        found
    }

    fn say(&self, at: &str, what: &str, why: &str) -> String {
        format!(" at {at:?}: {what} {why}")
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()
}

fn resolved<'a>(contract: &'a Value, schema: &'a Value) -> &'a Value {
    match reference(schema) {
        Some(reference) => contract
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or(schema),
        None => schema,
    }
}

/// The alternatives of a schema; itself if it has none.
fn variants(schema: &Value) -> Vec<&Value> {
    let listed = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    listed.map_or(vec![schema], |list| list.iter().collect())
}

fn types(schema: &Value) -> BTreeSet<String> {
    let one = schema["type"].as_str().map(str::to_owned);
    let several = schema["type"].as_array().into_iter().flatten();
    one.into_iter()
        .chain(several.filter_map(|name| Some(name.as_str()?.to_owned())))
        .collect()
}

/// The values of `enum` and `const`.
fn values(schema: &Value) -> Option<Vec<Value>> {
    let constant = schema.get("const").map(|value| vec![value.clone()]);
    constant.or_else(|| schema["enum"].as_array().cloned())
}

fn required(schema: &Value) -> BTreeSet<&str> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).collect()
}
