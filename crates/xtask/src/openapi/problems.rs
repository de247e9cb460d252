//! The problems that an operation can give.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use web::{Access, BodyKind, Code, Problem, Route};

/// What the rules of the ledger refuse, by operation: the codes beyond those that every
/// operation of its form can give.
const REFUSALS: &[(&[&str], &[Code])] = &[
    (
        &["shareCredits", "stateFairness", "forecast"],
        &[
            Code::UnknownPool,
            Code::InputsChanged,
            Code::OpenExceptions,
            Code::PeriodOutOfOrder,
            Code::RuleNotApplicable,
        ],
    ),
    (
        &[
            "shareCredits",
            "stateFairness",
            "forecast",
            "computePayouts",
            "openPool",
            "setRules",
            "bookContributions",
            "bookFees",
            "requestPayout",
            "recordValuations",
        ],
        &[Code::TooManyDecimals, Code::AmountOutOfRange],
    ),
    (
        &[
            "setRules",
            "enrolMember",
            "closeMember",
            "bookContributions",
            "bookFees",
            "reverseEntry",
            "requestPayout",
            "confirmPayout",
            "settlePeriod",
        ],
        &[Code::PeriodSettled],
    ),
    (
        &[
            "enrolMember",
            "closeMember",
            "reportDeath",
            "bookContributions",
            "bookFees",
            "reverseEntry",
            "requestPayout",
            "confirmPayout",
            "recordValuations",
        ],
        &[Code::DateInFuture],
    ),
    (
        &[
            "reportDeath",
            "bookContributions",
            "bookFees",
            "requestPayout",
            "recordValuations",
            "purgeEvents",
        ],
        &[Code::UnknownMember],
    ),
    (
        &[
            "bookContributions",
            "bookFees",
            "reverseEntry",
            "requestPayout",
            "confirmPayout",
            "voidPayout",
        ],
        &[Code::InsufficientBalance],
    ),
    (
        &["bookContributions", "bookFees", "requestPayout"],
        &[
            Code::CurrencyMismatch,
            Code::MemberDeceased,
            Code::MemberClosed,
        ],
    ),
    (&["enrolMember"], &[Code::AlreadyEnrolled]),
    (
        &["closeMember"],
        &[
            Code::MemberClosed,
            Code::DeathAlreadyReported,
            Code::AccountNotEmpty,
        ],
    ),
    (
        &["reportDeath"],
        &[
            Code::DeathBeforeBirth,
            Code::DeathBeforeEnrolment,
            Code::DeathBeforeFirstPeriod,
            Code::MemberClosed,
            Code::DeathAlreadyReported,
        ],
    ),
    (&["confirmDeath", "withdrawDeath"], &[Code::DeathWithdrawn]),
    (&["confirmDeath"], &[Code::DeathAlreadyConfirmed]),
    (
        &["reverseEntry"],
        &[
            Code::UnknownEntry,
            Code::EntryIsReversal,
            Code::EntryReversed,
            Code::EntryNotReversible,
        ],
    ),
    (&["confirmPayout", "voidPayout"], &[Code::PayoutNotPending]),
    (
        &["confirmPayout"],
        &[Code::TransactionUsed, Code::TransactionDiffers],
    ),
    (
        &["settlePeriod"],
        &[
            Code::PeriodNotOver,
            Code::InputsChanged,
            Code::OpenExceptions,
            Code::RuleNotApplicable,
        ],
    ),
    (
        &["settlePeriod", "listExceptions"],
        &[Code::PeriodOutOfOrder],
    ),
    (
        &["retryEvent", "dismissEvent"],
        &[Code::EventNotQuarantined],
    ),
    (&["retryEvent"], &[Code::EventPurged]),
    (&["receiveUpvestEvents"], &[Code::MalformedJson]),
    (
        &["queryView"],
        &[
            Code::CursorRefused,
            Code::NotAcceptable,
            Code::QueryTooCostly,
            Code::TooManyQueries,
        ],
    ),
    (
        &["forecastMyIncome", "forecastMemberIncome"],
        &[Code::NotForecastable],
    ),
    (
        &["eraseMember"],
        &[
            Code::MemberActive,
            Code::MemberErased,
            Code::AccountNotEmpty,
            Code::RetentionPeriod,
        ],
    ),
];

/// All codes that the operation can give, in the order of their status.
pub(super) fn codes<O>(route: &Route<O>, operation_id: &str) -> Vec<Code> {
    let mut codes = vec![Code::InvalidParameter];
    match route.access {
        Access::Open => {}
        Access::Token(_) => codes.extend([Code::Unauthenticated, Code::InsufficientScope]),
        Access::Signature => codes.extend([Code::SignatureRejected, Code::SourceRefused]),
    }
    if !matches!(route.access, Access::Open) {
        codes.extend([
            Code::Internal,
            Code::DatabaseUnavailable,
            Code::SchemaMissing,
        ]);
    }
    if route.path.contains('{') {
        codes.push(Code::NotFound);
    }
    if route.path.contains("/{pool}") {
        codes.push(Code::UnknownPool);
    }
    if route.path == "/v1/data/me" || route.path.starts_with("/v1/data/me/") {
        codes.push(Code::NotFound);
    }
    match route.body {
        BodyKind::None => {}
        BodyKind::Json { .. } | BodyKind::JsonOrLines { .. } => codes.extend([
            Code::MalformedJson,
            Code::TruncatedBody,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidField,
        ]),
        BodyKind::Signed { .. } => codes.extend([Code::TruncatedBody, Code::BodyTooLarge]),
    }
    if route.command {
        codes.extend([Code::IdempotencyKeyMissing, Code::IdempotencyKeyReused]);
    }
    if route.purpose {
        codes.push(Code::PurposeMissing);
    }
    for (operations, refusals) in REFUSALS {
        if operations.contains(&operation_id) {
            codes.extend(*refusals);
        }
    }
    let given = Code::ALL.iter().filter(|code| codes.contains(code));
    given.copied().collect()
}

/// The responses of these problems, by status.
pub(super) fn responses(codes: &[Code]) -> BTreeMap<String, Value> {
    let mut by_status: BTreeMap<String, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let status = code.status().as_u16().to_string();
        by_status.entry(status).or_default().push(*code);
    }
    by_status
        .into_iter()
        .map(|(status, codes)| {
            let response = match codes.as_slice() {
                [code] => json!({"$ref": format!("#/components/responses/{}", code.name())}),
                several => response(several),
            };
            (status, response)
        })
        .collect()
}

/// A response with one of several problems of the same status.
fn response(codes: &[Code]) -> Value {
    let names: Vec<&str> = codes.iter().map(|code| code.name()).collect();
    let titles: Vec<&str> = codes.iter().map(|code| code.title()).collect();
    let status = codes.first().map_or(0, |code| code.status().as_u16());
    let examples: Map<String, Value> = names
        .iter()
        .map(|name| {
            let reference = format!("#/components/examples/{name}");
            ((*name).to_owned(), json!({"$ref": reference}))
        })
        .collect();
    let mut headers = super::headers::of_every_answer();
    if let Some((name, header)) = super::headers::of_status(status) {
        headers.insert(name, header);
    }
    json!({
        "description": titles.join("; "),
        "headers": headers,
        "content": {"application/problem+json": {
            "schema": {
                "$ref": "#/components/schemas/Problem",
                "properties": {"status": {"const": status}, "code": {"enum": names}},
            },
            "examples": examples,
        }},
    })
}

/// What operations share: a response for each code.
pub(super) fn shared_responses() -> Map<String, Value> {
    let each = Code::ALL
        .iter()
        .map(|code| (code.name().to_owned(), response(&[*code])));
    each.collect()
}

/// A problem of each code, as the application writes it.
pub(super) fn examples() -> Map<String, Value> {
    let each = Code::ALL.iter().map(|code| {
        let document = example(*code).document("0197f8c4-5a1e-7c3b-9f60-2d4b8e1a7c55");
        let example = json!({"summary": code.meaning(), "value": document});
        (code.name().to_owned(), example)
    });
    each.collect()
}

/// With the members that the code comes with.
fn example(code: Code) -> Problem {
    let problem = Problem::new(code);
    match code {
        Code::MalformedJson => problem.at("/rules/cadence").because("line 1, column 77"),
        Code::InvalidParameter => Problem::invalid_parameter("limit", "must be 1 to 500"),
        Code::InvalidField => Problem::invalid_field("/name", "missing field `name`"),
        Code::BodyTooLarge => problem.because("this operation takes at most 16384 bytes"),
        Code::UnsupportedMediaType => problem.because("send application/json"),
        Code::UnknownMember => problem
            .at("/member_id")
            .because("the pool has no such member"),
        Code::PeriodSettled => problem
            .at("/effective_on")
            .because("the period is settled already"),
        Code::OpenExceptions => problem.because("1 members need attention first").with(
            "exceptions",
            json!([{
                "member_id": "0c622fcd-aa25-57b8-a355-cae742c3d493", "reason": "missing_birth_date",
            }]),
        ),
        _ => problem,
    }
}
