//! Schemas made exact.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Limits that the types do not state: where, and what is added there.
fn limits() -> Vec<(&'static str, Value)> {
    let currency = json!({"pattern": "^[A-Z]{3}$"});
    let rates = json!({
        "minItems": 1, "maxItems": 131,
        "items": {"type": "string", "pattern": "^[01](\\.[0-9]{1,28})?$"},
    });
    vec![
        ("/Booking/properties/currency", currency.clone()),
        ("/RequestPayout/properties/currency", currency),
        (
            "/Booking/properties/metadata",
            json!({
                "maxProperties": 8,
                "propertyNames": {"minLength": 1, "maxLength": 100},
                "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 100},
            }),
        ),
        (
            "/PositionValue/properties/isin",
            json!({"pattern": "^[A-Z]{2}[A-Z0-9]{9}[0-9]$"}),
        ),
        (
            "/Mortality/oneOf/0/properties/table/properties/id",
            json!({"minLength": 1, "maxLength": 100}),
        ),
        ("/RatesDocument/properties/female", rates.clone()),
        ("/RatesDocument/properties/male", rates.clone()),
        ("/RatesDocument/properties/unisex", rates),
        ("/TableUpload/properties/csv", json!({"maxLength": 98_304})),
        (
            "/YearlyImprovement/properties/bands",
            json!({"minItems": 1, "maxItems": 131}),
        ),
        (
            "/YearlyImprovement/properties/base_year",
            json!({"minimum": 1800, "maximum": 2300}),
        ),
        (
            "/ForecastTerms/properties/first_year",
            json!({"minimum": 1900, "maximum": 2199}),
        ),
        (
            "/ForecastTerms/properties/years",
            json!({"minimum": 1, "maximum": 70}),
        ),
        ("/ForecastTerms/properties/paths", json!({"minimum": 1})),
        (
            "/GsaTerms/properties/living",
            json!({"minItems": 1, "maxItems": 131}),
        ),
        ("/GsaTerms/properties/returns", json!({"maxItems": 130})),
    ]
}

/// States the limits. Those of a place that is gone are a fault of this table.
pub(super) fn state_limits(schemas: &mut serde_json::Map<String, Value>) {
    for (place, limit) in limits() {
        let (name, rest) = place[1..].split_once('/').unwrap_or((&place[1..], ""));
        let schema = schemas
            .get_mut(name)
            .and_then(|schema| schema.pointer_mut(&format!("/{rest}")));
        let (Some(Value::Object(schema)), Value::Object(limit)) = (schema, limit) else {
            panic!("there is no {place}");
        };
        schema.extend(limit.into_iter().collect::<BTreeMap<_, _>>());
    }
}

/// Closes every object: a document has no members but those that are named. Bounds every
/// integer to what its type holds.
pub(super) fn make_exact(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let closes = members.contains_key("properties")
                && !members.contains_key("$ref")
                && !members.contains_key("additionalProperties")
                && !members.contains_key("unevaluatedProperties");
            if closes {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            if let Some((least, most)) = members.get("format").and_then(range) {
                members.entry("minimum").or_insert(least);
                members.entry("maximum").or_insert(most);
            }
            members.values_mut().for_each(make_exact);
        }
        Value::Array(items) => items.iter_mut().for_each(make_exact),
        _ => {}
    }
}

/// What an integer of the format can be.
fn range(format: &Value) -> Option<(Value, Value)> {
    Some(match format.as_str()? {
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "uint16" => (0.into(), u16::MAX.into()),
        "uint32" => (0.into(), u32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint64" => (0.into(), u64::MAX.into()),
        // The components are 32-bit programs.
        "uint" => (0.into(), u32::MAX.into()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_are_closed_and_integers_bounded() {
        let mut schema = json!({
            "type": "object",
            "properties": {
                "inner": {"properties": {}},
                "open": {"properties": {}, "additionalProperties": {"type": "string"}},
                "count": {"type": "integer", "format": "uint32", "maximum": 7},
                "on": {"type": "string", "format": "date"},
            },
        });
        make_exact(&mut schema);
        let properties = &schema["properties"];
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(properties["inner"]["additionalProperties"], false);
        assert_eq!(properties["open"]["additionalProperties"]["type"], "string");
        assert_eq!(properties["count"]["minimum"], 0);
        assert_eq!(properties["count"]["maximum"], 7);
        assert_eq!(
            properties["on"],
            json!({"type": "string", "format": "date"})
        );
    }
}
