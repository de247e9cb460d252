//! `cargo xtask openapi`: the contract, written from the route table.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use forecast::Snapshot;
use ledger::Statement;
use ledger::command::{
    BookItems, CloseMember, ConfirmPayout, DismissEvent, EnrolMember, Nothing, OpenPool,
    PurgeEvents, RecordValuations, ReportDeath, RequestPayout, ReverseEntry, SetBeneficiaries,
    SetRules, SettlePeriod, VoidPayout, WithdrawDeath,
};
use ledger::reconciliation::Difference;
use ledger::record::{
    Account, Balance, Beneficiaries, Booked, BrokerObject, Death, EventCount, Gap, InspectedEvent,
    JournalEntry, Member, OpenExceptions, Page, Payout, Pool, Proof, Purged, QuarantinedEvent,
    RulesVersion, Settlement, SettlementProgress, TrialBalanceLine, Valued, WebhookEvent,
};
use ledger::settlement::{Exception, Leaf};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};
use tontine_calc::credits::SharedCredits;
use tontine_calc::fairness::PoolFairness;
use tontine_calc::forecasts::Forecast;
use tontine_calc::payouts::{ComputePayouts, Payouts};
use tontine_calc::pool::PoolAtRisk;
use tontine_calc::tables::{LifeTable, TableList, TableRecord, TableUpload};
use upvest_webhook::{Received, Rejected};
use web::routes::{DATA, Data, LEDGER, Ledger, TONTINE, Tontine, WEBHOOK, Webhook};
use web::{Access, BodyKind, Code, Query, Route};

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

/// The body and the answer of an operation.
struct Bodies {
    id: &'static str,
    request: Option<Value>,
    status: &'static str,
    response: Value,
    /// What the lines are, if the answer comes by line.
    by_line: Option<&'static str>,
    /// The answer of a step towards it.
    accepted: Option<Value>,
    /// The media type, if the answer is text.
    text: Option<&'static str>,
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

impl Bodies {
    /// The answer's media types. What is asked by line is answered by line.
    fn content(&self, asked: BodyKind) -> Value {
        let lines = json!({
            "schema": {"type": "string"},
            "description": "A JSON document a line",
        });
        if let Some(media_type) = self.text {
            return json!({media_type: {"schema": self.response}});
        }
        match (self.by_line, asked) {
            (Some(lines), _) => json!({"application/x-ndjson": {
                "schema": self.response,
                "description": lines,
            }}),
            (None, BodyKind::JsonOrLines { .. }) => json!({
                "application/json": {"schema": self.response},
                "application/x-ndjson": lines,
            }),
            (None, _) => json!({"application/json": {"schema": self.response}}),
        }
    }
}

fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn bodies<T: JsonSchema>(
    generator: &mut SchemaGenerator,
    id: &'static str,
    status: &'static str,
    request: Option<Value>,
) -> Bodies {
    Bodies {
        id,
        request,
        status,
        response: reference::<T>(generator),
        by_line: None,
        accepted: None,
        text: None,
    }
}

fn tontine(operation: Tontine, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Tontine::ShareCredits => {
            let request = reference::<PoolAtRisk>(g);
            bodies::<SharedCredits>(g, "shareCredits", "200", Some(request))
        }
        Tontine::StateFairness => {
            let request = reference::<PoolAtRisk>(g);
            bodies::<PoolFairness>(g, "stateFairness", "200", Some(request))
        }
        Tontine::ComputePayouts => {
            let request = reference::<ComputePayouts>(g);
            bodies::<Payouts>(g, "computePayouts", "200", Some(request))
        }
        Tontine::Forecast => {
            let request = reference::<Forecast>(g);
            let bodies = bodies::<Snapshot>(g, "forecast", "200", Some(request));
            Bodies {
                by_line: Some("A line for each, as soon as it is computed"),
                ..bodies
            }
        }
        Tontine::ListTables => bodies::<TableList>(g, "listMortalityTables", "200", None),
        Tontine::GetTable => bodies::<LifeTable>(g, "getMortalityTable", "200", None),
        Tontine::UploadTable => {
            let request = reference::<TableUpload>(g);
            bodies::<TableRecord>(g, "uploadMortalityTable", "201", Some(request))
        }
    }
}

fn ledger_bodies(operation: Ledger, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Ledger::OpenPool => {
            let request = reference::<OpenPool>(g);
            bodies::<Pool>(g, "openPool", "201", Some(request))
        }
        Ledger::GetPool => bodies::<Pool>(g, "getPool", "200", None),
        Ledger::SetRules => {
            let request = reference::<SetRules>(g);
            bodies::<RulesVersion>(g, "setRules", "201", Some(request))
        }
        Ledger::ListRules => bodies::<Page<RulesVersion>>(g, "listRules", "200", None),
        Ledger::EnrolMember => {
            let request = reference::<EnrolMember>(g);
            bodies::<Member>(g, "enrolMember", "201", Some(request))
        }
        Ledger::CloseMember => {
            let request = reference::<CloseMember>(g);
            bodies::<Member>(g, "closeMember", "201", Some(request))
        }
        Ledger::SetBeneficiaries => {
            let request = reference::<SetBeneficiaries>(g);
            bodies::<Beneficiaries>(g, "setBeneficiaries", "201", Some(request))
        }
        Ledger::GetBeneficiaries => bodies::<Beneficiaries>(g, "getBeneficiaries", "200", None),
        Ledger::ReportDeath => {
            let request = reference::<ReportDeath>(g);
            bodies::<Death>(g, "reportDeath", "201", Some(request))
        }
        Ledger::ConfirmDeath => {
            let request = reference::<Nothing>(g);
            bodies::<Death>(g, "confirmDeath", "201", Some(request))
        }
        Ledger::WithdrawDeath => {
            let request = reference::<WithdrawDeath>(g);
            bodies::<Death>(g, "withdrawDeath", "201", Some(request))
        }
        Ledger::ListDeaths => bodies::<Page<Death>>(g, "listDeaths", "200", None),
        Ledger::BookContributions => {
            let request = reference::<BookItems>(g);
            bodies::<Booked>(g, "bookContributions", "201", Some(request))
        }
        Ledger::BookFees => {
            let request = reference::<BookItems>(g);
            bodies::<Booked>(g, "bookFees", "201", Some(request))
        }
        Ledger::ReverseEntry => {
            let request = reference::<ReverseEntry>(g);
            bodies::<JournalEntry>(g, "reverseEntry", "201", Some(request))
        }
        Ledger::RequestPayout => {
            let request = reference::<RequestPayout>(g);
            bodies::<Payout>(g, "requestPayout", "201", Some(request))
        }
        Ledger::ConfirmPayout => {
            let request = reference::<ConfirmPayout>(g);
            bodies::<Payout>(g, "confirmPayout", "201", Some(request))
        }
        Ledger::VoidPayout => {
            let request = reference::<VoidPayout>(g);
            bodies::<Payout>(g, "voidPayout", "201", Some(request))
        }
        Ledger::ListPayouts => bodies::<Page<Payout>>(g, "listPayouts", "200", None),
        Ledger::RecordValuations => {
            let request = reference::<RecordValuations>(g);
            bodies::<Valued>(g, "recordValuations", "201", Some(request))
        }
        Ledger::ListBalances => bodies::<Page<Balance>>(g, "listBalances", "200", None),
        Ledger::ListJournal => bodies::<Page<JournalEntry>>(g, "listJournal", "200", None),
        Ledger::Reconcile => bodies::<Page<Difference>>(g, "reconcile", "200", None),
        Ledger::ListExceptions => bodies::<OpenExceptions>(g, "listExceptions", "200", None),
        Ledger::SettlePeriod => {
            let request = reference::<SettlePeriod>(g);
            let progress = reference::<SettlementProgress>(g);
            let bodies = bodies::<Settlement>(g, "settlePeriod", "201", Some(request));
            Bodies {
                accepted: Some(progress),
                ..bodies
            }
        }
        Ledger::GetSettlement => {
            let (settled, progress) = (
                reference::<Settlement>(g),
                reference::<SettlementProgress>(g),
            );
            let bodies = bodies::<Settlement>(g, "getSettlement", "200", None);
            Bodies {
                response: json!({"oneOf": [settled, progress]}),
                ..bodies
            }
        }
        Ledger::GetDocument => {
            let bodies = bodies::<Leaf>(g, "getSettlementDocument", "200", None);
            Bodies {
                by_line: Some("The seal, then a line for each member"),
                ..bodies
            }
        }
        Ledger::GetProof => bodies::<Proof>(g, "getSettlementProof", "200", None),
        Ledger::ExportPool => Bodies {
            id: "exportPool",
            request: None,
            status: "200",
            response: json!({"type": "object"}),
            by_line: Some("A line for each row, entry, posting, settlement and settlement line"),
            accepted: None,
            text: None,
        },
    }
}

fn webhook(operation: Webhook, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Webhook::Receive => {
            let request = json!({"type": "object", "description": "A package of events"});
            bodies::<Received>(g, "receiveUpvestEvents", "200", Some(request))
        }
        Webhook::ListRejections => {
            bodies::<Page<Rejected>>(g, "listWebhookRejections", "200", None)
        }
        Webhook::Metrics => Bodies {
            text: Some("text/plain"),
            ..bodies::<String>(g, "getWebhookMetrics", "200", None)
        },
        Webhook::ListQuarantine => {
            bodies::<Page<QuarantinedEvent>>(g, "listQuarantinedEvents", "200", None)
        }
        Webhook::InspectEvent => bodies::<InspectedEvent>(g, "inspectEvent", "200", None),
        Webhook::RetryEvent => {
            let request = reference::<Nothing>(g);
            bodies::<WebhookEvent>(g, "retryEvent", "201", Some(request))
        }
        Webhook::DismissEvent => {
            let request = reference::<DismissEvent>(g);
            bodies::<WebhookEvent>(g, "dismissEvent", "201", Some(request))
        }
        Webhook::PurgeEvents => {
            let request = reference::<PurgeEvents>(g);
            bodies::<Purged>(g, "purgeEvents", "201", Some(request))
        }
        Webhook::ListGaps => bodies::<Page<Gap>>(g, "listGaps", "200", None),
        Webhook::ListObjects => bodies::<Page<BrokerObject>>(g, "listBrokerObjects", "200", None),
    }
}

fn data(operation: Data, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Data::Me => bodies::<Account>(g, "getMyAccount", "200", None),
        Data::MyStatements => bodies::<Page<Statement>>(g, "listMyStatements", "200", None),
        Data::Member => bodies::<Account>(g, "getMember", "200", None),
        Data::MemberStatements => bodies::<Page<Statement>>(g, "listMemberStatements", "200", None),
        Data::Pools => bodies::<Page<Pool>>(g, "listPools", "200", None),
        Data::PoolMembers => bodies::<Page<Member>>(g, "listMembers", "200", None),
        Data::PoolStatements => bodies::<Page<Statement>>(g, "listPoolStatements", "200", None),
        Data::PoolSettlements => bodies::<Page<Settlement>>(g, "listSettlements", "200", None),
        Data::TrialBalance => bodies::<Page<TrialBalanceLine>>(g, "getTrialBalance", "200", None),
        Data::EventCounts => bodies::<Page<EventCount>>(g, "countWebhookEvents", "200", None),
    }
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
            "table" => json!({"type": "string", "examples": ["destatis-2022-2024"]}),
            _ => json!({"type": "string", "format": "uuid"}),
        };
        Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
    });
    let in_query = route.query.iter().map(|query| {
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
    in_path.chain(in_query).chain(key).collect()
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
