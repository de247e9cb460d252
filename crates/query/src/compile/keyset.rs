//! Pages by the place of the last row: no row is skipped or repeated, and the next page
//! is found as fast as the first.

use super::Values;

/// An expression by which rows are ordered.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The name of the column.
    pub(super) name: String,
    /// Its type in PostgreSQL.
    pub(super) sql: &'static str,
    pub(super) descending: bool,
    pub(super) nulls_first: bool,
    pub(super) nullable: bool,
}

impl Key {
    /// The term of `order by`.
    pub(super) fn order(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let nulls = match (self.nullable, self.nulls_first) {
            // Where nothing is null, what says so keeps an index from being used.
            (false, _) => "",
            (true, true) => " nulls first",
            (true, false) => " nulls last",
        };
        format!("v.{}{direction}{nulls}", self.name)
    }

    const fn comparison(&self) -> &'static str {
        if self.descending { "<" } else { ">" }
    }
}

/// The rows after a place.
pub(super) fn after(keys: &[Key], place: &[Option<String>], values: &mut Values) -> String {
    let place: Vec<Option<String>> = keys
        .iter()
        .zip(place)
        .map(|(key, value)| {
            let value = value.as_ref()?;
            Some(format!("{}::{}", values.add(value), key.sql))
        })
        .collect();
    let Some(first) = keys.first() else {
        return "false".to_owned();
    };
    let plain = keys
        .iter()
        .all(|key| !key.nullable && key.descending == first.descending);
    if plain && place.iter().all(Option::is_some) {
        let names: Vec<String> = keys.iter().map(|key| format!("v.{}", key.name)).collect();
        let place: Vec<String> = place.into_iter().flatten().collect();
        let (names, place) = (names.join(", "), place.join(", "));
        return format!("({names}) {} ({place})", first.comparison());
    }
    let mut ways = Vec::new();
    let mut same = Vec::new();
    for (key, value) in keys.iter().zip(&place) {
        let name = format!("v.{}", key.name);
        let beyond = match value {
            Some(value) if key.nullable && !key.nulls_first => {
                format!("({name} {} {value} or {name} is null)", key.comparison())
            }
            Some(value) => format!("{name} {} {value}", key.comparison()),
            None if key.nulls_first => format!("{name} is not null"),
            None => "false".to_owned(),
        };
        let mut way = same.clone();
        way.push(beyond);
        ways.push(format!("({})", way.join(" and ")));
        same.push(match value {
            Some(value) => format!("{name} = {value}"),
            None => format!("{name} is null"),
        });
    }
    // A bound that an index can use.
    let bound = match &place[0] {
        Some(value) if !first.nullable => {
            format!("v.{} {}= {value} and ", first.name, first.comparison())
        }
        _ => String::new(),
    };
    format!("{bound}({})", ways.join(" or "))
}
