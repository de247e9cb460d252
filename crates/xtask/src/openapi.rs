//! `cargo xtask openapi`: the contract, written from the route table.

mod bodies;
mod breaking;
mod examples;
mod headers;
mod lines;
mod links;
mod parameters;
mod problems;
mod release;
mod schemas;
mod views;

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use ledger::settlement::Exception;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use web::routes::{DATA, LEDGER, TONTINE, WEBHOOK};
use web::{Access, BodyKind, Code, Query, Route, Scope};

use self::bodies::{Bodies, data, ledger_bodies, reference, tontine, webhook};
use self::schemas::{make_exact, state_limits};
use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail if the files are not what they would be.
    #[arg(long)]
    check: bool,
    /// Keep the contract as that of a release: what comes later must not break it.
    #[arg(long, conflicts_with = "check")]
    release: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if arguments.release {
        return release::keep(&document());
    }
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
    if arguments.check {
        break_no_release()?;
    }
    Ok(())
}

/// Fails if callers of a release before could not go on.
fn break_no_release() -> Result<()> {
    let now = document();
    for (name, then) in release::releases()? {
        let found = breaking::breaking(&then, &now);
        ensure!(found.is_empty(), "{name} is broken: {found:#?}");
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
    state_limits(&mut schemas);
    schemas.values_mut().for_each(make_exact);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Retire",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The open backend of a tontine pension. Amounts are integers in minor units; probabilities and ratios are decimal text.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "Where this document was read"}],
        "tags": [
            {"name": "data", "description": "What members, operators, auditors and analysts read"},
            {"name": "pools", "description": "Pools, members, deaths, bookings, payouts, settlements, proofs"},
            {"name": "tontine", "description": "The mathematics alone: nothing is stored"},
            {"name": "webhooks", "description": "The broker's signed events, and what became of them"},
            {"name": "contract", "description": "This document, and a page that shows it"},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems::shared_responses(),
            "headers": headers::shared(),
            "examples": problems::examples(),
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                    "description": "A JSON Web Token of the issuer (ES256 or EdDSA). Its claim `scope` has one or more of: `member` (the own account; the subject is the member's id), `operator` (everything that runs a pool), `analyst` (figures without members), `auditor` (everything that an operator reads). An operation names the scopes of which one is enough.",
                    "x-scopes": Scope::ALL.map(Scope::name),
                },
                "signature": {
                    "type": "apiKey", "in": "header", "name": "signature",
                    "description": "HTTP message signature of the broker, with signature-input and digest",
                },
            },
        },
    });
    make_exact(&mut document["paths"]);
    document
}

fn add<O>(
    paths: &mut BTreeMap<&'static str, Map<String, Value>>,
    route: &Route<O>,
    bodies: Bodies,
) {
    let mut operation = json!({
        "operationId": bodies.id,
        "summary": route.summary,
        "tags": [tag(route.path)],
        "parameters": parameters::of(route),
        "security": security(route.access),
        "responses": problems::responses(&problems::codes(route, bodies.id)),
    });
    let mut headers = headers::of_every_answer();
    if matches!(route.access, Access::Open) {
        headers.extend(headers::of_document());
        operation["responses"]["304"] = json!({
            "description": "The caller has it: its ETag is that of If-None-Match",
            "headers": headers,
        });
    }
    let done = json!({
        "description": "Done",
        "headers": headers,
        "content": bodies.content(route.body),
    });
    if let Some(settled) = also_ok(bodies.id) {
        operation["responses"]["200"] = done.clone();
        operation["responses"]["200"]["description"] = json!(settled);
    }
    operation["responses"][bodies.status] = done;
    if let Some(progress) = bodies.accepted {
        operation["responses"]["202"] = json!({
            "description": "A step is done; send the command again for the next",
            "headers": headers,
            "content": {"application/json": {"schema": progress}},
        });
    }
    if let (Some(schema), Value::Object(members)) = (bodies.request, &mut operation) {
        let mut content = json!({"application/json": {"schema": schema}});
        if let BodyKind::JsonOrLines { lines_len, .. } = route.body {
            content["application/x-ndjson"] = json!({
                "schema": {"type": "string", "description": "A JSON document a line"},
                "x-item-schema": lines::of_body(&content["application/json"]["schema"]),
                "x-max-body-bytes": lines_len,
            });
        }
        let body = json!({"required": true, "content": content});
        members.insert("requestBody".to_owned(), body);
        if let BodyKind::Json { max_len } | BodyKind::JsonOrLines { max_len, .. } = route.body {
            members.insert("x-max-body-bytes".to_owned(), json!(max_len));
        }
    }
    if route.query.contains(&Query::Columns) {
        views::describe_forms(&mut operation);
    }
    examples::show(&mut operation, route.path, bodies.id);
    links::add(&mut operation, route.path, bodies.id);
    let method = route.method.as_str().to_lowercase();
    paths
        .entry(route.path)
        .or_default()
        .insert(method, operation);
}

/// Which part of the application the path belongs to.
fn tag(path: &str) -> &str {
    match path.split('/').nth(2) {
        Some(part @ ("data" | "pools" | "tontine" | "webhooks")) => part,
        _ => "contract",
    }
}

/// What a 200 means to a command that otherwise creates something.
fn also_ok(operation_id: &str) -> Option<&'static str> {
    match operation_id {
        "settlePeriod" => Some("The period was settled before, or this is a dry run"),
        _ => None,
    }
}

fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Signature => json!([{"signature": []}]),
        Access::Token(scopes) => {
            let each = scopes.iter().map(|scope| json!({"token": [scope.name()]}));
            each.collect()
        }
    }
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
            "title": {"type": "string", "description": "What kind of problem, for a person"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "The status of the response"},
            "code": {"type": "string", "enum": codes, "x-meanings": meanings},
            "request_id": {"type": "string", "description": "Under which the log has more"},
            "detail": {"type": "string", "description": "What is wrong this time, for a person"},
            "pointer": {"type": "string", "description": "JSON pointer to the field of the body"},
            "parameter": {"type": "string", "description": "The query parameter"},
            "nearest": {"type": "string", "description": "The name that is nearest to one that is not known"},
            "line": {"type": "integer", "minimum": 1, "description": "Of JSON lines: which; empty lines do not count"},
            "exceptions": {
                "type": "array", "items": exception,
                "description": "Members that keep a period from being settled, at most 100",
            },
        },
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_breaks_no_release() {
        assert!(!release::releases().expect("readable").is_empty());
        break_no_release().expect("unbroken");
    }

    #[test]
    fn the_committed_contract_is_up_to_date() {
        run(&Arguments {
            check: true,
            release: false,
        })
        .expect("up to date");
    }

    #[test]
    fn every_link_leads_to_an_operation_with_its_parameters() {
        let document = document();
        let operations = || {
            let paths = document["paths"].as_object().into_iter().flatten();
            paths.flat_map(|(_, path)| path.as_object().into_iter().flatten())
        };
        let mut seen = 0;
        for (_, operation) in operations() {
            let links = operation["responses"]["201"]["links"].as_object();
            for link in links.into_iter().flatten().map(|(_, link)| link) {
                let (_, next) = operations()
                    .find(|(_, next)| next["operationId"] == link["operationId"])
                    .unwrap_or_else(|| panic!("{link}"));
                let taken = next["parameters"].as_array().into_iter().flatten();
                let taken: Vec<&str> = taken.filter_map(|p| p["name"].as_str()).collect();
                let given = link["parameters"].as_object().into_iter().flatten();
                for (name, _) in given {
                    assert!(taken.contains(&name.as_str()), "{link}");
                }
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen} links");
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
