//! The catalogue as an audience gets it.

use serde_json::{Map, Value, json};

use crate::{Audience, Column, Kind, Moments, VIEWS, View};

/// The views that an audience sees, with a JSON Schema (draft 2020-12) of a row.
#[must_use]
pub fn document(audience: Audience) -> Value {
    let views: Vec<Value> = VIEWS
        .iter()
        .filter(|view| view.is_for(audience))
        .map(|view| entry(view, audience))
        .collect();
    json!({ "audience": audience.name(), "views": views })
}

fn entry(view: &View, audience: Audience) -> Value {
    let properties: Map<String, Value> = view
        .columns_for(audience)
        .map(|column| (column.name.to_owned(), property(column, audience)))
        .collect();
    let required: Vec<&str> = view.columns_for(audience).map(|c| c.name).collect();
    json!({
        "name": view.name,
        "path": format!("/v1/data/{}", view.name),
        "meaning": view.meaning,
        "key": view.key,
        "moments": view.moments != Moments::Now,
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        },
    })
}

fn property(column: &Column, audience: Audience) -> Value {
    let (kind, format, pattern) = match column.kind {
        Kind::Uuid => ("string", Some("uuid"), None),
        Kind::Text => ("string", None, None),
        Kind::Integer => ("integer", None, None),
        Kind::Ratio => ("string", None, Some("^-?[0-9]+(\\.[0-9]+)?$")),
        Kind::Date => ("string", Some("date"), None),
        Kind::Month => ("string", None, Some("^[0-9]{4}-[0-9]{2}$")),
        Kind::Time => ("string", Some("date-time"), None),
        Kind::Boolean => ("boolean", None, None),
        Kind::Json => ("object", None, None),
    };
    let mut property = json!({
        "type": if column.nullable { json!([kind, "null"]) } else { json!(kind) },
        "description": column.meaning,
        "x-type": column.kind.name(),
        "x-sensitivity": column.sensitivity.name(),
        "x-shown": column.shown_to(audience).name(),
    });
    for (name, value) in [
        ("format", format),
        ("pattern", pattern),
        ("x-unit", column.unit),
    ] {
        if let Some(value) = value {
            property[name] = json!(value);
        }
    }
    property
}
