//! What a line of an answer or a body by line is. OpenAPI 3.1 has no word for it: the
//! content's schema is text, and `x-item-schema` that of each line.

use serde_json::{Value, json};

/// The schema of each line of an answer; `whole` is that of the answer as a document.
pub(super) fn of_answer(operation_id: &str, whole: &Value) -> Value {
    match operation_id {
        // The document without its list, then the list.
        "shareCredits" => any(whole, "Credit"),
        "stateFairness" => any(whole, "MemberFairness"),
        "getSettlementDocument" => json!({"anyOf": [seal(), whole]}),
        "exportPool" => json!({"oneOf": [row(), leaf(), settlement(), end()]}),
        _ => whole.clone(),
    }
}

/// The schema of each line of a body: the pool without its members, then they.
pub(super) fn of_body(whole: &Value) -> Value {
    any(whole, "MemberAtRisk")
}

fn any(whole: &Value, item: &str) -> Value {
    json!({"anyOf": [whole, {"$ref": format!("#/components/schemas/{item}")}]})
}

fn hash() -> Value {
    json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})
}

/// docs/decisions/seals.md.
fn seal() -> Value {
    let cents = json!({"$ref": "#/components/schemas/Cents"});
    let day = json!({"$ref": "#/components/schemas/CalendarDate"});
    let id = json!({"type": "string", "format": "uuid"});
    let count = json!({"type": "integer", "minimum": 0});
    let properties = json!({
        "applied_rule": {"type": "string"},
        "carried_in_cents": cents,
        "carried_out_cents": cents,
        "engine_sha256": hash(),
        "first_day": day,
        "group_gain": {"type": "string"},
        "journal": {
            "type": "object",
            "properties": {"from": count, "leaves": count, "root": hash(), "to": count},
            "required": ["from", "leaves", "root", "to"],
        },
        "last_day": day,
        "lines": {
            "type": "object",
            "properties": {"leaves": count, "root": hash()},
            "required": ["leaves", "root"],
        },
        "number": count,
        "outcome": {"$ref": "#/components/schemas/Outcome"},
        "pool_id": id,
        "pot_cents": cents,
        "previous": hash(),
        "recorded_at": {"type": "string"},
        "recorded_by": {"type": "string"},
        "replaces": {"type": ["string", "null"], "format": "uuid"},
        "revision": count,
        "rules": {"$ref": "#/components/schemas/PoolRules"},
        "rules_version": count,
        "settlement_id": id,
    });
    let required: Vec<&String> = properties
        .as_object()
        .into_iter()
        .flat_map(|p| p.keys())
        .collect();
    json!({
        "type": "object",
        "description": "The seal: what the settlement was computed from, and its place in the chain",
        "required": required,
        "properties": properties,
    })
}

fn row() -> Value {
    json!({
        "type": "object",
        "description": "A row of a table, with its columns",
        "required": ["type", "row"],
        "properties": {
            "type": {"enum": [
                "pool", "table", "rules", "member", "death", "payout", "beneficiary",
                "valuation", "settlement_reversal",
            ]},
            "row": {"type": "object"},
        },
    })
}

fn leaf() -> Value {
    json!({
        "type": "object",
        "description": "What is hashed, as the text that was, and its hash",
        "required": ["type", "leaf", "body"],
        "properties": {
            "type": {"enum": ["entry", "posting", "line"]},
            "leaf": hash(),
            "body": {"type": "object"},
        },
    })
}

fn settlement() -> Value {
    json!({
        "type": "object",
        "description": "A settlement with its seal, the digest of it, and the roots of its tiles",
        "required": ["type", "row", "head", "tiles", "seal"],
        "properties": {
            "type": {"const": "settlement"},
            "row": {"type": "object"},
            "head": hash(),
            "tiles": {"type": "string", "pattern": "^([0-9a-f]{64})*$"},
            "seal": seal(),
        },
    })
}

fn end() -> Value {
    json!({
        "type": "object",
        "description": "The end, and how many lines are before it",
        "required": ["type", "lines"],
        "properties": {
            "type": {"const": "end"},
            "lines": {"type": "integer", "minimum": 1},
        },
    })
}
