//! What can follow a command: whose answer names what the next is about.

use serde_json::{Map, Value, json};

/// The command, the parameter that its answer gives, the member of the answer, and the
/// operations that take it.
const LINKS: &[(&str, &str, &str, &[&str])] = &[
    (
        "openPool",
        "pool",
        "pool_id",
        &["getPool", "setRules", "enrolMember"],
    ),
    (
        "enrolMember",
        "member",
        "member_id",
        &["getBeneficiaries", "setBeneficiaries", "closeMember"],
    ),
    (
        "reportDeath",
        "death",
        "death_id",
        &["confirmDeath", "withdrawDeath"],
    ),
    (
        "requestPayout",
        "payout",
        "payout_id",
        &["confirmPayout", "voidPayout"],
    ),
    (
        "settlePeriod",
        "period",
        "period",
        &["getSettlement", "getSettlementDocument"],
    ),
    (
        "uploadMortalityTable",
        "table",
        "id",
        &["getMortalityTable"],
    ),
];

/// Names in the operation's 201 what can follow it.
pub(super) fn add(operation: &mut Value, template: &str, operation_id: &str) {
    let Some((_, parameter, member, next)) = LINKS.iter().find(|(id, ..)| *id == operation_id)
    else {
        return;
    };
    let mut parameters = Map::new();
    if template.contains("/{pool}") {
        parameters.insert("pool".to_owned(), json!("$request.path.pool"));
    }
    let given = format!("$response.body#/{member}");
    parameters.insert((*parameter).to_owned(), json!(given));
    let links: Map<String, Value> = next
        .iter()
        .map(|next| {
            let link = json!({"operationId": next, "parameters": parameters});
            ((*next).to_owned(), link)
        })
        .collect();
    if let Some(created) = operation.pointer_mut("/responses/201") {
        created["links"] = Value::Object(links);
    }
}
