//! `cargo xtask openapi`: the contract, written from the route table.

mod bodies;
mod views;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use ledger::settlement::Exception;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use web::routes::{DATA, LEDGER, TONTINE, WEBHOOK};
use web::{Access, BodyKind, Code, Query, Route};

use self::bodies::{Bodies, data, ledger_bodies, reference, tontine, webhook};
use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail if the files are not what they would be.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let files = [
        ("docs/openapi.json", format!("{:#}\n", document())),
        ("docs/problems.md", problems()),
        ("crates/store/sql/api/66_data_views.sql", catalogue::sql()),
        ("docs/data.md", views::page()?),
    ];
    for (file, text) in files {
        let path = workspace::root().join(file);
        if arguments.check {
            let committed = std::fs::read_to_string(&path)?;
            ensure!(
                committed == text,
                "{file} is not up to date: run `cargo xtask openapi`"
            );
        } else {
            std::fs::write(&path, text)?;
            println!("wrote {file}");
        }
    }
    Ok(())
}

/// The page of all problem codes.
fn problems() -> String {
    let mut text = String::from(
        "# Problems\n\nEvery refusal and every fault is a problem document (RFC 9457, \
         `application/problem+json`) with a stable `code`. `pointer` is a JSON pointer to the \
         field of the body, `request_id` the id under which the log has more. Written by \
         `cargo xtask openapi` from the table in `crates/web/src/code.rs`.\n\n\
         | code | status | meaning |\n|---|---|---|\n",
    );
    for code in Code::ALL {
        let (name, status) = (code.name(), code.status().as_u16());
        text += &format!("| `{name}` | {status} | {} |\n", code.meaning());
    }
    text
}

/// The OpenAPI 3.1 document.
pub(crate) fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in TONTINE {
        add(&mut paths, route, tontine(route.operation, &mut generator));
    }
    for route in LEDGER {
        add(
            &mut paths,
            route,
            ledger_bodies(route.operation, &mut generator),
        );
    }
    for route in WEBHOOK {
        add(&mut paths, route, webhook(route.operation, &mut generator));
    }
    for route in DATA {
        add(&mut paths, route, data(route.operation, &mut generator));
    }
    let exception = reference::<Exception>(&mut generator);
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem(&exception));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Retire",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The open backend of a tontine pension. Amounts are integers in minor units; probabilities and ratios are decimal text.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "signature": {
                    "type": "apiKey", "in": "header", "name": "signature",
                    "description": "HTTP message signature of the broker, with signature-input and digest",
                },
            },
        },
    })
}

fn add<O>(
    paths: &mut BTreeMap<&'static str, Map<String, Value>>,
    route: &Route<O>,
    bodies: Bodies,
) {
    let mut operation = json!({
        "operationId": bodies.id,
        "summary": route.summary,
        "parameters": parameters(route),
        "security": security(route.access),
        "responses": {
            bodies.status: {
                "description": "Done",
                "content": bodies.content(route.body),
            },
            "default": {
                "description": "A problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    });
    if let Some(progress) = bodies.accepted {
        operation["responses"]["202"] = json!({
            "description": "A step is done; send the command again for the next",
            "content": {"application/json": {"schema": progress}},
        });
    }
    if let (Some(schema), Value::Object(members)) = (bodies.request, &mut operation) {
        let mut content = json!({"application/json": {"schema": schema}});
        if let BodyKind::JsonOrLines { lines_len, .. } = route.body {
            content["application/x-ndjson"] = json!({
                "schema": {"type": "string"},
                "x-max-body-bytes": lines_len,
            });
        }
        let body = json!({"required": true, "content": content});
        members.insert("requestBody".to_owned(), body);
        if let BodyKind::Json { max_len } | BodyKind::JsonOrLines { max_len, .. } = route.body {
            members.insert("x-max-body-bytes".to_owned(), json!(max_len));
        }
    }
    let method = route.method.as_str().to_lowercase();
    paths
        .entry(route.path)
        .or_default()
        .insert(method, operation);
}

fn security(access: Access) -> Value {
    match access {
        Access::Signature => json!([{"signature": []}]),
        Access::Token(scopes) => {
            let each = scopes.iter().map(|scope| json!({"token": [scope.name()]}));
            each.collect()
        }
    }
}

fn parameters<O>(route: &Route<O>) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        let schema = match name {
            "period" => json!({"type": "string", "examples": ["2025-01"]}),
            "view" => views::names(),
            "table" => json!({"type": "string", "examples": ["destatis-2022-2024"]}),
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
            Query::From => (true, json!({"type": "string", "examples": ["2025-01"]}), "The first month"),
            Query::To => (true, json!({"type": "string", "examples": ["2025-12"]}), "The last month, at most 24 months from the first"),
            Query::AfterEntry => (false, json!({"type": "integer", "minimum": 0}), "The `next` of the page before"),
            Query::AfterHours => (false, json!({"type": "integer", "minimum": 0, "maximum": 87600, "default": 24}), "How long something has been missing, in hours"),
            Query::Category => (false, json!({"type": "string", "examples": ["WITHDRAWAL"]}), "Which of the broker's objects; all if absent"),
            Query::AsOf => (false, json!({"type": "string", "format": "date"}), "The day; today if absent"),
            Query::KnownAt => (false, json!({"type": "string", "format": "date-time"}), "Only what was recorded until then counts; now if absent"),
            Query::Member => (false, json!({"type": "string", "format": "uuid"}), "The member; a member's token means its own"),
            Query::Revision => (false, json!({"type": "integer", "minimum": 1}), "Which settlement of the period; the newest if absent"),
            Query::Columns => (false, json!({}), ""),
            Query::Period => (true, json!({"type": "string", "examples": ["2025-01"]}), "The month"),
        };
        json!({"name": query.name(), "in": "query", "required": required, "schema": schema, "description": description})
    });
    let key = route.command.then(|| {
        json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "schema": {"type": "string", "minLength": 1, "maxLength": 100},
            "description": "The same key with the same body gives the first answer again",
        })
    });
    let of_view = of_view.into_iter().flatten();
    in_path.chain(in_query).chain(of_view).chain(key).collect()
}

fn problem(exception: &Value) -> Value {
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let meanings: Map<String, Value> = Code::ALL
        .iter()
        .map(|code| (code.name().to_owned(), json!(code.meaning())))
        .collect();
    json!({
        "type": "object",
        "description": "RFC 9457 problem details",
        "required": ["type", "title", "status", "code", "request_id"],
        "properties": {
            "type": {"type": "string", "description": "/problems/ and the code"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": codes, "x-meanings": meanings},
            "request_id": {"type": "string", "description": "Under which the log has more"},
            "detail": {"type": "string"},
            "pointer": {"type": "string", "description": "JSON pointer to the field of the body"},
            "parameter": {"type": "string", "description": "The query parameter"},
            "exceptions": {
                "type": "array", "items": exception,
                "description": "Members that keep a period from being settled, at most 100",
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_contract_is_up_to_date() {
        run(&Arguments { check: true }).expect("up to date");
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"#/").skip(1) {
            let pointer = format!("/{}", reference.split('"').next().unwrap_or_default());
            assert!(document.pointer(&pointer).is_some(), "{pointer}");
        }
    }
}
