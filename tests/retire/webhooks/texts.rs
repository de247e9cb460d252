//! The texts of events: encrypted, and removed by age and by member.

use ledger::record::Purged;
use serde_json::{Value, json};
use uuid::Uuid;

use super::quarantine::{about, inspected, listed};
use super::{balance, group};
use crate::harness::{App, Database, cash, event, problem, text};

const KEY: &str = "first:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[test]
fn texts_are_encrypted_with_a_key_and_read_with_it() {
    let database = Database::create();
    let app = App::start_with(database, None, &[("upvest_raw_key", KEY)]);
    let named = event(
        "USER.CREATED",
        &json!({"id": 7, "first_name": "Ottilie", "status": "ACTIVE"}),
    );
    app.deliver(std::slice::from_ref(&named));
    let row = app
        .database
        .admin()
        .query_one(
            "select raw, sealed, sealed_with, e::text from retire.webhook_event e",
            &[],
        )
        .expect("an event");
    assert_eq!(row.get::<_, Option<String>>(0), None);
    assert_eq!(row.get::<_, Option<String>>(2).as_deref(), Some("first"));
    let sealed: Vec<u8> = row.get(1);
    assert!(!sealed.windows(7).any(|part| part == b"Ottilie"));
    assert!(!row.get::<_, String>(3).contains("Ottilie"));
    let id = listed(&app)[0].event_id;
    let raw = inspected(&app, id).raw.expect("a text");
    assert_eq!(serde_json::from_str::<Value>(&raw).expect("JSON"), named);
    let (status, document) = about(&app, id, "retry", &json!({}));
    assert_eq!(
        (status, document["reason"].as_str()),
        (201, Some("malformed-object"))
    );
}

#[test]
fn texts_are_purged_by_age_and_by_member() {
    let app = App::start();
    let pool = app.open_pool();
    let (member, other) = (pool.member(1, 10_00), pool.member(2, 20_00));
    app.deliver(&[
        event(
            "USER_CHECK.CREATED",
            &json!({"id": Uuid::new_v4(), "user_id": Uuid::from_u128(1), "name": "Ottilie"}),
        ),
        event(
            "USER.CREATED",
            &json!({"id": [Uuid::from_u128(1)], "name": "Ottilie"}),
        ),
        event("USER.CREATED", &json!({"id": [Uuid::from_u128(2)]})),
    ]);
    let purge = |body: Value| {
        let answer = app.command("/v1/webhooks/purge", &body);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        answer.json::<Purged>().expect("a number")
    };
    let rows = app.database.rows();
    let by_member = purge(json!({"member_id": member}));
    assert_eq!((by_member.purged, by_member.complete), (4, true));
    assert_eq!(purge(json!({"member_id": member})).purged, 0);
    let (kept, named): (i64, i64) = {
        let row = app
            .database
            .admin()
            .query_one(
                "select count(raw), count(*) filter (where raw like '%Ottilie%')
                 from retire.webhook_event",
                &[],
            )
            .expect("counts");
        (row.get(0), row.get(1))
    };
    assert_eq!((kept, named), (3, 0));
    let purged = listed(&app)
        .into_iter()
        .find(|event| inspected(&app, event.event_id).raw.is_none())
        .expect("one of the two")
        .event_id;
    assert!(inspected(&app, purged).purged_at.is_some());
    let (status, document) = about(&app, purged, "retry", &json!({}));
    assert_eq!(
        (status, document["code"].as_str()),
        (409, Some("event-purged"))
    );
    app.database
        .admin()
        .batch_execute("update retire.webhook_event set received_at = now() - interval '40 days'")
        .expect("older");
    assert_eq!(purge(json!({"older_than_days": 41})).purged, 0);
    assert_eq!(
        purge(json!({"older_than_days": 39})).purged,
        2,
        "what waits in quarantine is still needed"
    );
    let after = app.database.rows();
    let same = |table: &str| assert_eq!(rows[table], after[table], "{table}");
    for table in [
        "webhook_event",
        "journal_entry",
        "posting",
        "broker_transaction",
    ] {
        same(table);
    }
    assert_eq!(
        (balance(&app, member), balance(&app, other)),
        (10_00, 20_00)
    );
    for (body, pointer) in [
        (json!({}), ""),
        (json!({"older_than_days": 0}), "/older_than_days"),
        (json!({"older_than_days": 1, "member_id": member}), ""),
        (json!({"member_id": Uuid::nil()}), "/member_id"),
    ] {
        let refused = problem(&app.command("/v1/webhooks/purge", &body));
        assert_eq!((refused.0, refused.2.as_deref()), (422, Some(pointer)));
    }
}

/// The id is the guard against replays for ever: also of what was purged.
#[test]
fn a_purged_event_is_not_applied_again() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 0);
    let paid = cash(group(1), "TOPUP", 10_00, "2025-06-02");
    app.deliver(std::slice::from_ref(&paid));
    let purge = json!({"member_id": member});
    assert_eq!(app.command("/v1/webhooks/purge", &purge).status, 201);
    assert_eq!(app.deliver(&[paid]), 0);
    assert_eq!(balance(&app, member), 10_00);
}
