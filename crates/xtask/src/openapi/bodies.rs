//! What each operation takes and gives.

use super::lines;
use forecast::Snapshot;
use ledger::Statement;
use ledger::command::{
    BookItems, CloseMember, ConfirmPayout, DismissEvent, EnrolMember, EraseMember, Nothing,
    OpenPool, PurgeEvents, RecordValuations, ReportDeath, RequestPayout, ReverseEntry,
    SetBeneficiaries, SetRules, SettlePeriod, VoidPayout, WithdrawDeath,
};
use ledger::reconciliation::Difference;
use ledger::record::{
    Account, Balance, Beneficiaries, Booked, BrokerObject, Death, Erased, EventCount, Gap,
    InspectedEvent, JournalEntry, Member, OpenExceptions, Page, Payout, Pool, Proof, Purged,
    QuarantinedEvent, RulesVersion, Settlement, SettlementProgress, TrialBalanceLine, Valued,
    WebhookEvent,
};
use ledger::settlement::Leaf;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};
use tontine_calc::credits::SharedCredits;
use tontine_calc::fairness::PoolFairness;
use tontine_calc::forecasts::Forecast;
use tontine_calc::payouts::{ComputePayouts, Payouts};
use tontine_calc::pool::PoolAtRisk;
use tontine_calc::tables::{LifeTable, TableList, TableRecord, TableUpload};
use upvest_webhook::{Received, Rejected};
use web::BodyKind;
use web::routes::{Data, Ledger, Tontine, Webhook};

mod member;

use self::member::member_view;

/// The body and the answer of an operation.
pub(super) struct Bodies {
    pub(super) id: &'static str,
    pub(super) request: Option<Value>,
    pub(super) status: &'static str,
    pub(super) response: Value,
    /// What the lines are, if the answer comes by line.
    pub(super) by_line: Option<&'static str>,
    /// The answer of a step towards it.
    pub(super) accepted: Option<Value>,
    /// The media type, if the answer is text.
    pub(super) text: Option<&'static str>,
}

impl Bodies {
    /// The answer's media types. What is asked by line is answered by line.
    pub(super) fn content(&self, asked: BodyKind) -> Value {
        let lines = |description: &str| {
            json!({
                "schema": {"type": "string", "description": description},
                "x-item-schema": lines::of_answer(self.id, &self.response),
            })
        };
        if let Some(media_type) = self.text {
            return json!({media_type: {"schema": self.response}});
        }
        match (self.by_line, asked) {
            (Some(description), _) => json!({"application/x-ndjson": lines(description)}),
            (None, BodyKind::JsonOrLines { .. }) => json!({
                "application/json": {"schema": self.response},
                "application/x-ndjson": lines("A JSON document a line"),
            }),
            (None, _) => json!({"application/json": {"schema": self.response}}),
        }
    }
}

pub(super) fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
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

pub(super) fn tontine(operation: Tontine, g: &mut SchemaGenerator) -> Bodies {
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

pub(super) fn ledger_bodies(operation: Ledger, g: &mut SchemaGenerator) -> Bodies {
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
        Ledger::EraseMember => {
            let request = reference::<EraseMember>(g);
            bodies::<Erased>(g, "eraseMember", "201", Some(request))
        }
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

pub(super) fn webhook(operation: Webhook, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Webhook::Receive => {
            let request = json!({
                "type": "object",
                "description": "A package of events, as Upvest describes them",
                "required": ["payload"],
                "properties": {"payload": {"type": "array", "items": {"type": "object"}}},
            });
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

pub(super) fn data(operation: Data, g: &mut SchemaGenerator) -> Bodies {
    match operation {
        Data::Me => bodies::<Account>(g, "getMyAccount", "200", None),
        Data::MyStatements => bodies::<Page<Statement>>(g, "listMyStatements", "200", None),
        Data::Member => bodies::<Account>(g, "getMember", "200", None),
        Data::MemberStatements => bodies::<Page<Statement>>(g, "listMemberStatements", "200", None),
        Data::Catalogue => super::views::catalogue_body(),
        Data::View => super::views::rows(),
        Data::PoolMembers => bodies::<Page<Member>>(g, "listMembers", "200", None),
        Data::PoolStatements => bodies::<Page<Statement>>(g, "listPoolStatements", "200", None),
        Data::PoolSettlements => bodies::<Page<Settlement>>(g, "listSettlements", "200", None),
        Data::TrialBalance => bodies::<Page<TrialBalanceLine>>(g, "getTrialBalance", "200", None),
        Data::EventCounts => bodies::<Page<EventCount>>(g, "countWebhookEvents", "200", None),
        Data::Contract => Bodies {
            response: json!({"type": "object", "required": ["openapi", "paths"]}),
            ..bodies::<String>(g, "getContract", "200", None)
        },
        Data::Docs => Bodies {
            text: Some("text/html"),
            ..bodies::<String>(g, "getDocs", "200", None)
        },
        Data::DocsViewer => Bodies {
            text: Some("text/javascript"),
            ..bodies::<String>(g, "getDocsViewer", "200", None)
        },
        Data::Mine(view) => member_view(view, true, g),
        Data::OfMember(view) => member_view(view, false, g),
    }
}
