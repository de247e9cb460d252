use serde_json::json;

use super::*;

/// A contract with a bit of everything.
fn contract() -> Value {
    json!({
        "paths": {"/v1/pools/{pool}": {
            "get": {
                "operationId": "getPool",
                "security": [{"token": ["operator"]}, {"token": ["auditor"]}],
                "parameters": [
                    {"name": "pool", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 500}},
                ],
                "responses": {
                    "200": {
                        "headers": {"ETag": {}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pool"}},
                            "application/x-ndjson": {"schema": {"type": "string"}},
                        },
                    },
                    "404": {},
                },
            },
            "post": {
                "operationId": "setPool",
                "security": [],
                "requestBody": {"required": true, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/SetPool"},
                    "x-max-body-bytes": 100,
                }}},
                "responses": {"201": {}},
            },
        }},
        "components": {
            "responses": {"gone": {"content": {"application/problem+json": {
                "schema": {"properties": {"status": {"const": 410}}},
            }}}},
            "schemas": {
                "Pool": {
                    "type": "object", "additionalProperties": false,
                    "required": ["id", "state"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "state": {"enum": ["open", "closed"]},
                        "note": {"type": ["string", "null"]},
                        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Pool"}},
                    },
                },
                "SetPool": {
                    "type": "object", "additionalProperties": false,
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string", "maxLength": 100},
                        "rule": {"oneOf": [{"const": "nominal"}, {"const": "fair"}]},
                        "count": {"type": "integer", "minimum": 1},
                    },
                },
            },
        },
    })
}

const GET: &str = "/paths/~1v1~1pools~1{pool}/get";
const POST: &str = "/paths/~1v1~1pools~1{pool}/post";
const POOL: &str = "/components/schemas/Pool";
const SET: &str = "/components/schemas/SetPool";

/// Puts a value, or takes one away.
fn changed(place: &str, value: Option<Value>) -> Value {
    let mut contract = contract();
    let (parent, name) = place.rsplit_once('/').expect("a place");
    let name = &name.replace("~1", "/");
    let parent = contract.pointer_mut(parent).expect("a parent");
    match (parent, value) {
        (Value::Object(members), Some(value)) => {
            members.insert(name.clone(), value);
        }
        (Value::Object(members), None) => {
            members.remove(name).expect("it was there");
        }
        (Value::Array(items), Some(value)) => match name.parse::<usize>() {
            Ok(index) => items[index] = value,
            Err(_) => items.push(value),
        },
        (Value::Array(items), None) => {
            items.remove(name.parse().expect("an index"));
        }
        _ => panic!("{place}"),
    }
    contract
}

#[test]
fn every_kind_of_break_is_found() {
    let faults: &[(String, Option<Value>, &str)] = &[
        (POST.to_owned(), None, "the operation is gone"),
        (
            format!("{GET}/operationId"),
            Some(json!("readPool")),
            "id is another",
        ),
        (format!("{GET}/security/1"), None, "is not let in"),
        (
            format!("{POST}/security/-"),
            Some(json!({"token": []})),
            "not open any more",
        ),
        (
            format!("{GET}/parameters/1"),
            None,
            "the parameter limit is gone",
        ),
        (
            format!("{GET}/parameters/1/required"),
            Some(json!(true)),
            "limit is required now",
        ),
        (
            format!("{GET}/parameters/1/schema/maximum"),
            Some(json!(100)),
            "maximum is another",
        ),
        (
            format!("{GET}/parameters/0/schema/pattern"),
            Some(json!("^a")),
            "the pattern is another",
        ),
        (
            format!("{GET}/parameters/-"),
            Some(json!({"name": "of", "in": "query", "required": true})),
            "new and required",
        ),
        (
            format!("{GET}/responses/200"),
            None,
            "200: the answer is gone",
        ),
        (
            format!("{GET}/responses/200/headers/ETag"),
            None,
            "the header ETag is gone",
        ),
        (
            format!("{GET}/responses/200/content/application~1x-ndjson"),
            None,
            "application/x-ndjson is gone",
        ),
        (
            format!("{GET}/requestBody"),
            Some(json!({"required": true})),
            "a body is needed now",
        ),
        (
            format!("{POST}/requestBody/content/application~1json"),
            None,
            "cannot be application/json",
        ),
        (
            format!("{POST}/requestBody/content/application~1json/x-max-body-bytes"),
            Some(json!(99)),
            "to be shorter",
        ),
        (format!("{POOL}/required/0"), None, "/id may be absent now"),
        (format!("{POOL}/properties/note"), None, "/note is gone"),
        (
            format!("{POOL}/properties/id"),
            Some(json!({"type": "integer"})),
            "the type is another",
        ),
        (
            format!("{POOL}/properties/id/format"),
            None,
            "the format is another",
        ),
        (
            format!("{POOL}/properties/state/enum/-"),
            Some(json!("new")),
            "the values are others",
        ),
        (
            format!("{POOL}/properties/parts/items"),
            Some(json!({"type": "string"})),
            "the type",
        ),
        (
            format!("{SET}/required/-"),
            Some(json!("count")),
            "/count is required now",
        ),
        (
            format!("{SET}/properties/count"),
            None,
            "/count is not taken any more",
        ),
        (
            format!("{SET}/properties/count/minimum"),
            Some(json!(2)),
            "minimum is another",
        ),
        (
            format!("{SET}/properties/name/maxLength"),
            Some(json!(99)),
            "maxLength is another",
        ),
        (
            format!("{SET}/properties/rule/oneOf/0"),
            None,
            "one of its forms has no place",
        ),
        (
            "/components/responses/gone".to_owned(),
            None,
            "the problem gone had the status 410",
        ),
    ];
    for (place, value, expected) in faults {
        let found = breaking(&contract(), &changed(place, value.clone()));
        let told = found.iter().any(|why| why.contains(expected));
        assert!(told, "{place}: {found:?}");
    }
}

#[test]
fn what_is_added_breaks_nothing() {
    let additions: &[(String, Value)] = &[
        ("/paths/~1v1~1new".to_owned(), json!({"get": {}})),
        (format!("{GET}/security/-"), json!({"token": ["analyst"]})),
        (
            format!("{GET}/parameters/-"),
            json!({"name": "of", "in": "query", "schema": {}}),
        ),
        (format!("{GET}/parameters/1/schema/maximum"), json!(1000)),
        (format!("{GET}/responses/202"), json!({})),
        (format!("{GET}/responses/200/headers/Link"), json!({})),
        (format!("{POOL}/properties/new"), json!({"type": "string"})),
        (format!("{POOL}/required/-"), json!("note")),
        (format!("{SET}/properties/new"), json!({"type": "string"})),
        (format!("{SET}/properties/name/maxLength"), json!(200)),
        (
            format!("{SET}/properties/rule/oneOf/-"),
            json!({"const": "third"}),
        ),
        (format!("{SET}/required"), json!([])),
        ("/components/responses/new".to_owned(), json!({})),
    ];
    assert_eq!(breaking(&contract(), &contract()), [""; 0]);
    for (place, value) in additions {
        let found = breaking(&contract(), &changed(place, Some(value.clone())));
        assert_eq!(found, [""; 0], "{place}");
    }
}
