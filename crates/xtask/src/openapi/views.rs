//! The views of the catalogue, in the contract and in their page.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::bodies::Bodies;
use crate::workspace;

/// The page of the data layer, of which the catalogue is a section.
const PAGE: &str = "docs/data.md";
const BEGIN: &str = "<!-- catalogue: written by `cargo xtask openapi` -->\n";
const END: &str = "<!-- end of the catalogue -->";

/// The page with the section that is written from the catalogue.
pub(super) fn page() -> Result<String> {
    let text = std::fs::read_to_string(workspace::root().join(PAGE))?;
    let (before, rest) = text.split_once(BEGIN).context("the catalogue begins")?;
    let (_, after) = rest.split_once(END).context("the catalogue ends")?;
    Ok(format!(
        "{before}{BEGIN}{}\n{END}{after}",
        catalogue::markdown()
    ))
}

/// The schema of the path's parameter `view`.
pub(super) fn names() -> Value {
    let names: Vec<&str> = catalogue::VIEWS.iter().map(|view| view.name).collect();
    json!({"type": "string", "enum": names, "examples": ["members"]})
}

/// The parameters of a query.
pub(super) fn parameters() -> Vec<Value> {
    let text = |name: &str, example: &str, description: &str| {
        json!({
            "name": name, "in": "query", "required": false, "description": description,
            "schema": {"type": "string", "examples": [example]},
        })
    };
    vec![
        text(
            "select",
            "month,total:amount_minor.sum()",
            "Columns, renamed by `alias:`, and aggregates `sum()`, `avg()`, `min()`, `max()`, `count()`; all columns if absent",
        ),
        text(
            "or",
            "(state.eq.requested,paid_on.is.null)",
            "One of these conditions; so `and`, `not.or`, `not.and`. A condition of one column is a parameter of its name: `amount_cents=gte.1000`",
        ),
        text(
            "order",
            "amount_cents.desc.nullslast",
            "Columns, with `.desc` and `.nullsfirst` or `.nullslast`",
        ),
        text("cursor", "eyJl…", "The `next` of the page before"),
        text(
            "as_of",
            "2025-06-30",
            "The day, of views that have a history",
        ),
        text(
            "known_at",
            "2025-06-30T20:00:00Z",
            "Only what was recorded until then counts, of views that have a history",
        ),
        json!({
            "name": "limit", "in": "query", "required": false,
            "description": "The most rows of a page; without it, JSON lines and CSV give all rows",
            "schema": {"type": "integer", "minimum": 1, "maximum": query::MAX_LIMIT, "default": query::DEFAULT_LIMIT},
        }),
        json!({
            "name": "count", "in": "query", "required": false, "description": "Whether all rows are counted",
            "schema": {"type": "string", "enum": ["exact", "estimated"]},
        }),
    ]
}

/// The answer of a query.
pub(super) fn rows() -> Bodies {
    plain(
        "queryView",
        json!({
            "type": "object",
            "description": "A page. As `application/x-ndjson` a row on each line, as `text/csv` RFC 4180.",
            "required": ["items", "next"],
            "properties": {
                "items": {"type": "array", "items": {"type": "object"}},
                "next": {"type": ["string", "null"], "description": "The cursor of the next page"},
                "count": {"type": "integer", "description": "How many rows there are, if asked for"},
            },
        }),
    )
}

/// The forms of an answer besides JSON, what it says of itself, and that it may be known.
pub(super) fn describe_forms(operation: &mut Value) {
    let headers = &mut operation["responses"]["200"]["headers"];
    for (name, description) in [
        ("ETag", "Names this page; send it as If-None-Match"),
        ("Link", "The next page (RFC 8288)"),
        ("Content-Range", "How many rows there are, if asked for"),
        ("Vary", "What else of the request the answer depends on"),
    ] {
        headers[name] = json!({"description": description, "schema": {"type": "string"}});
    }
    let headers = headers.clone();
    let content = &mut operation["responses"]["200"]["content"];
    content["application/x-ndjson"] = json!({
        "schema": {"type": "string", "description": "A row a line"},
        "x-item-schema": {"type": "object"},
    });
    content["text/csv"] = json!({
        "schema": {"type": "string", "description": "RFC 4180, with a heading"},
    });
    operation["responses"]["304"] = json!({
        "description": "The caller has it: its ETag is that of If-None-Match",
        "headers": headers,
    });
}

/// The catalogue.
pub(super) fn catalogue_body() -> Bodies {
    plain(
        "getCatalogue",
        json!({
            "type": "object",
            "required": ["audience", "views"],
            "properties": {
                "audience": {"type": "string", "enum": ["staff", "analyst", "own"]},
                "views": {"type": "array", "items": {
                    "type": "object",
                    "required": ["name", "path", "meaning", "key", "moments", "schema"],
                    "properties": {
                        "name": names(),
                        "path": {"type": "string"},
                        "meaning": {"type": "string"},
                        "key": {"type": "array", "items": {"type": "string"}},
                        "moments": {"type": "boolean", "description": "Whether it takes `as_of` and `known_at`"},
                        "schema": {"type": "object", "description": "JSON Schema of a row"},
                    },
                }},
            },
        }),
    )
}

fn plain(id: &'static str, response: Value) -> Bodies {
    Bodies {
        id,
        request: None,
        status: "200",
        response,
        by_line: None,
        accepted: None,
        text: None,
    }
}
