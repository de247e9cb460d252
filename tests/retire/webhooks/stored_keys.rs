//! Keys in the database.

use serde_json::json;
use simulator::DevKeys;
use upvest_signature::{SignatureParameters, SigningKey, sign};

use super::{PATH, counted, now_s, package, refused, send};
use crate::harness::{App, Database, KEYS, event};

/// Stores a key set as the job does, whose login can do nothing else.
fn store(app: &App, jwks: &str, grace_s: i64, now_s: i64) -> String {
    let store = format!(
        "select {}.store_webhook_keys($1, $2, to_timestamp($3::bigint))::text",
        store::API_SCHEMA
    );
    let mut job = app.database.component("upvest_keys");
    job.query_one(&store, &[&jwks, &grace_s, &now_s])
        .expect("stored")
        .get(0)
}

fn other_key() -> SigningKey {
    let keys = DevKeys::generate().expect("randomness");
    keys.upvest_key().expect("a key")
}

fn signed_by(key: &SigningKey, body: &[u8]) -> Vec<(String, Vec<u8>)> {
    let parameters = SignatureParameters {
        created_s: now_s(),
        expires_s: now_s() + 60,
        nonce: "n",
    };
    sign(key, PATH, body, parameters)
}

fn both(one: &SigningKey, two: &SigningKey) -> String {
    let key = |key: &SigningKey| -> serde_json::Value {
        let set: serde_json::Value = serde_json::from_str(&key.jwks()).expect("JSON");
        set["keys"][0].clone()
    };
    json!({"keys": [key(one), {"kty": "RSA", "kid": "rsa"}, key(two)]}).to_string()
}

#[test]
fn a_key_that_no_variable_has_is_found_in_the_store() {
    let app = App::start_with(Database::create(), None, &[("upvest_jwks", "")]);
    let own = KEYS.upvest_key().expect("a key");
    let body = package(&[event("ORDER.NEW", &json!({}))]);
    assert_eq!(refused(&app, &signed_by(&own, &body), &body).0, 401);
    assert_eq!(counted(&app, "unknown-key"), 1);
    let stored = store(&app, &own.jwks(), 60, now_s());
    assert_eq!(stored, r#"{"published" : 1, "retired" : 0}"#);
    assert_eq!(send(&app, &signed_by(&own, &body), &body).status, 200);
}

/// A rotation: two keys at once; the old one ends after its grace time.
#[test]
fn a_key_that_is_not_published_any_more_ends_after_a_grace_time() {
    let app = App::start();
    let (old, new) = (other_key(), other_key());
    let body = package(&[]);
    let accepted = |key: &SigningKey| send(&app, &signed_by(key, &body), &body).status == 200;
    store(&app, &both(&old, &new), 60, now_s());
    assert!(accepted(&old) && accepted(&new));

    let retired = store(&app, &new.jwks(), 3_600, now_s());
    assert_eq!(retired, r#"{"published" : 1, "retired" : 1}"#);
    assert!(accepted(&old) && accepted(&new));

    // A later run does not prolong the grace time; a shorter one may end it.
    let again = store(&app, &new.jwks(), 7_200, now_s());
    assert_eq!(again, r#"{"published" : 1, "retired" : 0}"#);
    store(&app, &new.jwks(), 0, now_s() - 1);
    assert!(!accepted(&old) && accepted(&new));
    assert_eq!(counted(&app, "key-not-valid"), 1);

    // Published again, it is valid again; the variable's own key was all the time.
    store(&app, &both(&old, &new), 0, now_s());
    assert!(accepted(&old) && accepted(&new));
    assert!(accepted(&KEYS.upvest_key().expect("a key")));
}

/// An answer without keys takes none away.
#[test]
fn an_empty_set_is_refused() {
    let app = App::start();
    let key = other_key();
    store(&app, &key.jwks(), 0, now_s());
    let mut job = app.database.component("upvest_keys");
    for set in [
        r#"{"keys":[]}"#,
        "{}",
        r#"{"keys":[{"kty":"RSA","kid":"a"}]}"#,
    ] {
        let statement = format!(
            "select {}.store_webhook_keys('{set}', 0, now())",
            store::API_SCHEMA
        );
        let error = job.batch_execute(&statement).expect_err(set);
        let code = error.code().map(|code| code.code().to_owned());
        assert_eq!(code.as_deref(), Some("RT422"), "{set}");
    }
    let body = package(&[]);
    assert_eq!(send(&app, &signed_by(&key, &body), &body).status, 200);
}
