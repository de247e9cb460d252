//! Deliveries of the broker, and what operators see of them.

use serde_json::{Value, json};

use super::super::{Story, id};
use super::{ANALYST, AUDITOR, OPERATOR, group};
use crate::harness::header;

/// The broker says that 1,000 euro came in.
pub(super) fn topup(number: u128, group: u128) -> Value {
    event(
        number,
        "CASH_TRANSACTION.EXECUTED",
        &json!({
            "id": id(1000 + number), "account_group_id": id(group), "type": "TOPUP",
            "delta": {"amount": "1000.00", "currency": "EUR"}, "value_date": "2025-06-02T00:00:00Z",
        }),
    )
}

pub(super) fn event(number: u128, event_type: &str, object: &Value) -> Value {
    json!({
        "id": id(500 + number), "created_at": "2025-06-30T20:00:00.123456789Z",
        "type": event_type, "object": object, "webhook_id": id(1),
    })
}

pub(super) fn deliver(story: &mut Story, events: &[Value]) {
    let body = json!({"payload": events});
    let answer = story.app.client.try_deliver(body.to_string().as_bytes());
    let answer = answer.expect("an answer");
    story.keep(
        "receiveUpvestEvents",
        "/v1/webhooks/upvest",
        Some(body),
        &answer,
    );
}

/// What is refused, set aside and asked for.
pub(super) fn tell(story: &mut Story, pool: &str) {
    let headers = [
        header("content-type", "application/json"),
        header(
            "digest",
            "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        ),
        header(
            "signature-input",
            "sig1=(\"@method\" \"@path\" \"content-type\" \"digest\");keyid=\"k-1\";created=1751360400;nonce=\"n-1\"",
        ),
        header("user-agent", "somebody/1.0"),
    ];
    let refused = story
        .app
        .client
        .send("POST", "/v1/webhooks/upvest", &headers, b"{}");
    assert_eq!(refused.expect("an answer").status, 401);
    story.ask(
        "listWebhookRejections",
        OPERATOR,
        "/v1/webhooks/rejections",
        None,
    );

    let poison = |number: u128| {
        event(
            number,
            "CASH_TRANSACTION.EXECUTED",
            &json!({
                "id": id(1000 + number), "account_group_id": id(group(1)), "type": "TOPUP",
                "delta": {"amount": "1e99", "currency": "EUR"}, "value_date": "2025-06-02T00:00:00Z",
            }),
        )
    };
    deliver(story, &[poison(80), poison(81)]);
    let quarantine = "/v1/webhooks/quarantine";
    story.ask("listQuarantinedEvents", OPERATOR, quarantine, None);
    let event = format!("{quarantine}/{}", id(580));
    story.ask("inspectEvent", OPERATOR, &event, None);
    story.ask(
        "retryEvent",
        OPERATOR,
        &format!("{event}/retry"),
        Some(json!({})),
    );
    let note = json!({"note": "the broker sent it anew"});
    story.ask(
        "dismissEvent",
        OPERATOR,
        &format!("{event}/dismissal"),
        Some(note),
    );
    deliver(story, &[topup(390, 299)]);
    story.ask(
        "listGaps",
        OPERATOR,
        "/v1/webhooks/gaps?after_hours=0",
        None,
    );
    story.ask(
        "listBrokerObjects",
        OPERATOR,
        "/v1/webhooks/objects?limit=2",
        None,
    );
    story.ask("getWebhookMetrics", ANALYST, "/v1/webhooks/metrics", None);
    story.ask(
        "reconcile",
        AUDITOR,
        &format!("{pool}/reconciliation"),
        None,
    );
    let purge = json!({"older_than_days": 30});
    story.ask("purgeEvents", OPERATOR, "/v1/webhooks/purge", Some(purge));
}
