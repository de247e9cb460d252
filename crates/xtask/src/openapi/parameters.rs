//! The parameters of an operation.

use serde_json::{Value, json};
use web::{Access, Query, Route};

use super::views;

/// A calendar month.
const MONTH: &str = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$";

/// What a route takes in its path, its query and its headers.
pub(super) fn of<O>(route: &Route<O>) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        let schema = match name {
            "period" => json!({"type": "string", "pattern": MONTH, "examples": ["2025-01"]}),
            "year" => json!({"type": "string", "pattern": "^[0-9]{4}$", "examples": ["2025"]}),
            "view" => views::names(),
            "table" => json!({
                "type": "string", "minLength": 1, "maxLength": 100, "examples": ["destatis-2022-2024"],
            }),
            _ => json!({"type": "string", "format": "uuid"}),
        };
        Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
    });
    let of_view = route
        .query
        .contains(&Query::Columns)
        .then(views::parameters);
    let in_query = route.query.iter().filter(|query| **query != Query::Columns).map(|query| {
        let (required, schema, description) = match query {
            Query::After => (false, json!({"type": "string", "format": "uuid"}), "The `next` of the page before"),
            Query::Limit => (false, json!({"type": "integer", "minimum": 1, "maximum": 500, "default": 100}), "The most items"),
            Query::From => (true, json!({"type": "string", "pattern": MONTH, "examples": ["2025-01"]}), "The first month"),
            Query::To => (true, json!({"type": "string", "pattern": MONTH, "examples": ["2025-12"]}), "The last month, at most 24 months from the first"),
            Query::AfterEntry => (false, json!({"type": "integer", "minimum": 0}), "The `next` of the page before"),
            Query::AfterHours => (false, json!({"type": "integer", "minimum": 0, "maximum": 87600, "default": 24}), "How long something has been missing, in hours"),
            Query::Category => (false, json!({"type": "string", "pattern": "^[A-Z_]{1,50}$", "examples": ["WITHDRAWAL"]}), "Which of the broker's objects; all if absent"),
            Query::AsOf => (false, json!({"type": "string", "format": "date"}), "The day; today if absent"),
            Query::KnownAt => (false, json!({"type": "string", "format": "date-time"}), "Only what was recorded until then counts; now if absent"),
            Query::Member => (false, json!({"type": "string", "format": "uuid"}), "The member; a member's token means its own"),
            Query::Revision => (false, json!({"type": "integer", "minimum": 1, "maximum": 1_000_000}), "Which settlement of the period; the newest if absent"),
            Query::Columns => (false, json!({}), ""),
            Query::FromMonth => (false, json!({"type": "string", "pattern": MONTH, "examples": ["2025-01"]}), "The first month; the first of all if absent"),
            Query::ToMonth => (false, json!({"type": "string", "pattern": MONTH, "examples": ["2025-12"]}), "The last month; the last that is over if absent"),
            Query::Language => (false, json!({"type": "string", "enum": ["de", "en"]}), "The language; what `Accept-Language` prefers if absent"),
            Query::Interest => (false, json!({"type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]+)?$", "examples": ["0.02"], "default": "0"}), "What the investments are taken to earn in a year, -0.5 to 1"),
            Query::Period => (true, json!({"type": "string", "pattern": MONTH, "examples": ["2025-01"]}), "The month"),
        };
        json!({"name": query.name(), "in": "query", "required": required, "schema": schema, "description": description})
    });
    let key = route.command.then(|| {
        json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "schema": {
                "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$",
                "examples": ["6f2d1c1e-7a5b-4b0e-9f43-2f1f6c0e8a77"],
            },
            "description": "The same key with the same body gives the first answer again",
        })
    });
    let purpose = route.purpose.then(|| {
        json!({
            "name": "purpose", "in": "header", "required": false,
            "description": "What is read of members for: operators and auditors have to say it to read who they are",
            "schema": {"type": "string", "pattern": "^[a-z0-9-]{1,64}$", "examples": ["yearly-audit"]},
        })
    });
    let tag = matches!(route.access, Access::Open).then(|| {
        json!({
            "name": "If-None-Match", "in": "header",
            "schema": {"type": "string", "examples": ["W/\"6b1f0c7d2e9a4853\""]},
            "description": "The ETag of the version that the caller has",
        })
    });
    let of_view = of_view.into_iter().flatten();
    in_path
        .chain(in_query)
        .chain(of_view)
        .chain(key)
        .chain(purpose)
        .chain(tag)
        .collect()
}
