//! The headers of answers.

use serde_json::{Map, Value, json};

/// Those that every answer has.
pub(super) fn of_every_answer() -> Map<String, Value> {
    let mut headers = Map::new();
    for name in ["X-Request-Id", "Cache-Control", "X-Content-Type-Options"] {
        headers.insert(name.to_owned(), reference(name));
    }
    headers
}

/// Those that a status comes with.
pub(super) fn of_status(status: u16) -> Option<(String, Value)> {
    let name = match status {
        401 => "WWW-Authenticate",
        405 => "Allow",
        429 | 503 => "Retry-After",
        _ => return None,
    };
    Some((name.to_owned(), reference(name)))
}

/// Those of a document that does not change.
pub(super) fn of_document() -> [(String, Value); 2] {
    ["ETag", "Vary"].map(|name| (name.to_owned(), reference(name)))
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

/// What operations share.
pub(super) fn shared() -> Value {
    json!({
        "X-Request-Id": {
            "description": "Under which the log has more: that of the request if it sent a plain one of 8 to 64 characters, or else a new one",
            "required": true,
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"},
        },
        "Cache-Control": {
            "description": "Whether and how long the answer may be kept",
            "required": true,
            "schema": {"type": "string"},
        },
        "X-Content-Type-Options": {
            "description": "The type is what it is said to be",
            "required": true,
            "schema": {"type": "string", "const": "nosniff"},
        },
        "WWW-Authenticate": {
            "description": "RFC 6750; absent where a signature was refused",
            "schema": {"type": "string", "const": "Bearer"},
        },
        "Allow": {
            "description": "The methods of the path",
            "required": true,
            "schema": {"type": "string", "examples": ["GET, POST"]},
        },
        "Retry-After": {
            "description": "After how many seconds to try again",
            "required": true,
            "schema": {"type": "string", "pattern": "^[0-9]{1,5}$"},
        },
        "ETag": {
            "description": "Names this version of the document; send it as If-None-Match",
            "required": true,
            "schema": {"type": "string", "pattern": "^W/\"[0-9a-f]{16}\"$"},
        },
        "Vary": {
            "description": "What else of the request the answer depends on",
            "schema": {"type": "string", "examples": ["accept-encoding"]},
        },
    })
}
