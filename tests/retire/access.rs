//! Who may do what.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use simulator::{AUDIENCE, Answer, DevKeys, ISSUER, unix_time};
use time::UtcDateTime;
use uuid::Uuid;
use web::routes::{DATA, LEDGER, TONTINE, WEBHOOK};
use web::{Access, Route, Scope};

use crate::harness::{App, Caller, Database, KEYS, pool_command, problem};

const UNAUTHENTICATED: (u16, &str) = (401, "unauthenticated");

fn code(answer: &Answer) -> (u16, String) {
    let (status, code, _) = problem(answer);
    (status, code)
}

fn refused(app: &App, token: &str, why: &str) {
    let answer = app.get("/v1/data/pools", Caller::Token(token));
    let (status, code) = code(&answer);
    assert_eq!((status, code.as_str()), UNAUTHENTICATED, "{why}");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{why}");
}

#[test]
fn forged_truncated_and_foreign_tokens_are_refused() {
    let app = App::start();
    let good = KEYS.token("operator-1", "operator", 1).expect("keys");
    assert_eq!(app.get("/v1/data/pools", Caller::Token(&good)).status, 200);

    for cut in [1, 10, good.len() / 2, good.len() - 1] {
        refused(&app, &good[..cut], "truncated");
    }
    let other = DevKeys::generate().expect("randomness");
    refused(
        &app,
        &other.token("operator-1", "operator", 1).expect("keys"),
        "another key",
    );
    let parts: Vec<&str> = good.split('.').collect();
    let claims = json!({"sub": "x", "scope": "operator", "iss": ISSUER, "aud": AUDIENCE, "exp": 4_102_444_800_i64});
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    refused(
        &app,
        &format!("{}.{claims}.{}", parts[0], parts[2]),
        "other claims",
    );
    for algorithm in ["none", "HS256", "ES256"] {
        let header = json!({"alg": algorithm, "kid": "development", "typ": "JWT"});
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        refused(&app, &format!("{header}.{claims}.{}", parts[2]), algorithm);
        refused(&app, &format!("{header}.{claims}."), algorithm);
    }
    refused(&app, &format!("{good}.{}", "x".repeat(5_000)), "too long");
    refused(&app, "", "empty");
}

#[test]
fn a_token_is_for_this_issuer_this_audience_and_this_time() {
    let app = App::start();
    let now = u64::try_from(UtcDateTime::now().unix_timestamp()).expect("after 1970");
    let token = |issuer: &str, audience: &str, issued: u64| {
        KEYS.token_of(
            "operator-1",
            "operator",
            issuer,
            audience,
            unix_time(issued),
            1,
        )
        .expect("keys")
    };
    assert_eq!(
        app.get(
            "/v1/data/pools",
            Caller::Token(&token(ISSUER, AUDIENCE, now))
        )
        .status,
        200
    );
    refused(
        &app,
        &token("https://elsewhere.test", AUDIENCE, now),
        "issuer",
    );
    refused(&app, &token(ISSUER, "another", now), "audience");
    refused(&app, &token(ISSUER, AUDIENCE, now - 86_400 - 31), "expired");
    refused(&app, &token(ISSUER, AUDIENCE, now + 3_600), "not yet valid");
    let (status, _) = code(&app.get("/v1/data/pools", Caller::Nobody));
    assert_eq!(status, 401);
}

/// ES256 beside EdDSA, from one key set; a key that is not there verifies nothing.
#[test]
fn es256_tokens_are_accepted() {
    let key = SigningKey::from_slice(&[7; 32]).expect("a scalar");
    let point = key.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    let own: Value = serde_json::from_str(&KEYS.token_jwks().expect("keys")).expect("JSON");
    let jwks = json!({"keys": [
        own["keys"][0],
        {"kid": "ec", "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)},
        {"kid": "rsa", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
    ]});
    let app = App::start_with(
        Database::create(),
        None,
        &[("auth_jwks", &jwks.to_string())],
    );
    let sign = |kid: &str| {
        let now = UtcDateTime::now().unix_timestamp();
        let header = json!({"alg": "ES256", "kid": kid, "typ": "JWT"}).to_string();
        let claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "op", "scope": "operator", "iat": now, "exp": now + 60});
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature: Signature = key.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    };
    assert_eq!(
        app.get("/v1/data/pools", Caller::Token(&sign("ec"))).status,
        200
    );
    assert_eq!(app.get("/v1/data/pools", Caller::Operator).status, 200);
    refused(&app, &sign("development"), "the key decides the algorithm");
    refused(&app, &sign("unknown"), "unknown key");
    refused(&app, &sign("rsa"), "a key of another type");
}

/// Every route of the table wants a token, and one with its scope.
#[test]
fn every_route_wants_a_token_with_its_scope() {
    let app = App::start();
    let mut routes = 0;
    routes += check_routes(&app, TONTINE);
    routes += check_routes(&app, LEDGER);
    let (open, tokens): (Vec<_>, Vec<_>) = DATA
        .iter()
        .cloned()
        .partition(|route| route.access == Access::Open);
    let open: Vec<&str> = open.iter().map(|route| route.path).collect();
    assert_eq!(open, OPEN, "what anybody reads");
    routes += check_routes(&app, &tokens);
    let (signed, tokens): (Vec<_>, Vec<_>) = WEBHOOK
        .iter()
        .cloned()
        .partition(|route| route.access == Access::Signature);
    assert_eq!(signed.len(), 1, "what the broker signs");
    routes += check_routes(&app, &tokens);
    assert!(routes > 10, "the table was read");
}

/// The routes without a token: nothing in them is about a pool or a member.
const OPEN: [&str; 3] = ["/v1/openapi.json", "/v1/docs", "/v1/docs/viewer.js"];

fn check_routes<O>(app: &App, routes: &[Route<O>]) -> usize {
    for route in routes {
        let path: String = route
            .path
            .split('/')
            .map(|segment| match segment {
                "{period}" => "2025-06".to_owned(),
                s if s.starts_with('{') => Uuid::new_v4().to_string(),
                s => s.to_owned(),
            })
            .collect::<Vec<_>>()
            .join("/");
        let method = route.method.as_str();
        let body = json!({});
        let body = (method == "POST").then_some(&body);
        let (status, name) = code(&app.send(method, &path, Caller::Nobody, body));
        assert_eq!((status, name.as_str()), UNAUTHENTICATED, "{path}");
        let Access::Token(scopes) = route.access else {
            panic!("{path} is signed");
        };
        for scope in Scope::ALL {
            let token = KEYS
                .token(&Uuid::new_v4().to_string(), scope.name(), 1)
                .expect("keys");
            let answer = app.send(method, &path, Caller::Token(&token), body);
            let refused = answer.status == 403;
            assert_eq!(
                refused,
                !scopes.contains(&scope),
                "{path} as {}",
                scope.name()
            );
        }
        let none = KEYS.token("nobody", "", 1).expect("keys");
        let answer = app.send(method, &path, Caller::Token(&none), body);
        assert_eq!(
            code(&answer),
            (403, "insufficient-scope".to_owned()),
            "{path}"
        );
    }
    routes.len()
}

/// 404 where 403 would reveal that a member exists.
#[test]
fn a_member_sees_only_their_own_rows() {
    let app = App::start();
    let pool = app.open_pool();
    let (mine, other) = (pool.member(1, 100_00), pool.member(2, 200_00));
    let me = Caller::Member(mine);
    assert_eq!(app.get("/v1/data/me", me).status, 200);
    for rest in ["", "/statements?from=2025-06&to=2025-06"] {
        let own = app.get(&format!("/v1/data/members/{mine}{rest}"), me);
        assert_eq!(own.status, 200);
        let hidden = app.get(&format!("/v1/data/members/{other}{rest}"), me);
        let nobody = app.get(&format!("/v1/data/members/{}{rest}", Uuid::new_v4()), me);
        assert_eq!(code(&hidden), (404, "not-found".to_owned()));
        let without_id = |answer: &Answer| {
            let mut document: Value = answer.json().expect("JSON");
            document["request_id"] = Value::Null;
            document
        };
        assert_eq!(
            without_id(&hidden),
            without_id(&nobody),
            "nothing tells them apart"
        );
        let operator = app.get(&format!("/v1/data/members/{other}{rest}"), Caller::Operator);
        assert_eq!(operator.status, 200);
    }
    for path in [
        "members",
        "settlements",
        "trial-balance",
        "statements?period=2025-06",
    ] {
        let answer = app.get(&format!("/v1/data/pools/{}/{path}", pool.pool_id), me);
        assert_eq!(
            code(&answer),
            (403, "insufficient-scope".to_owned()),
            "{path}"
        );
    }
    let stranger = Caller::Member(Uuid::new_v4());
    assert_eq!(
        code(&app.get("/v1/data/me", stranger)),
        (404, "not-found".to_owned())
    );
    let subject_is_no_id = KEYS.token("not an id", "member", 1).expect("keys");
    let answer = app.get("/v1/data/me", Caller::Token(&subject_is_no_id));
    assert_eq!(code(&answer), (404, "not-found".to_owned()));
}

/// An analyst reads figures of pools and nothing about a member.
#[test]
fn an_analyst_reads_figures_and_commands_nothing() {
    let app = App::start();
    let pool = app.open_pool();
    let member = pool.member(1, 100_00);
    for path in ["settlements", "trial-balance"] {
        let answer = app.get(
            &format!("/v1/data/pools/{}/{path}", pool.pool_id),
            Caller::Analyst,
        );
        assert_eq!(answer.status, 200, "{path}");
    }
    let answer = app.get(&format!("/v1/data/members/{member}"), Caller::Analyst);
    assert_eq!(answer.status, 403);
    let rows = app.database.rows();
    let answer = app.send("POST", "/v1/pools", Caller::Analyst, Some(&pool_command()));
    assert_eq!(answer.status, 403);
    assert_eq!(app.database.rows(), rows);
}

#[test]
fn unknown_routes_and_methods() {
    let app = App::start();
    for path in [
        "/v1/pools/",
        "/v1/pools/x/y/z",
        "/v1/data/nothing",
        "/v1/tontine/x",
    ] {
        let (status, name) = code(&app.get(path, Caller::Operator));
        assert_eq!((status, name.as_str()), (404, "not-found"), "{path}");
    }
    for path in ["/", "/v2/pools", "/v1/webhooks/other"] {
        assert_eq!(app.get(path, Caller::Operator).status, 404, "{path}");
    }
    for (method, path, allow) in [
        ("DELETE", "/v1/pools", "POST"),
        ("PUT", "/v1/data/pools", "GET"),
        ("GET", "/v1/webhooks/upvest", "POST"),
        ("POST", "/v1/data/me", "GET"),
    ] {
        let answer = app.send(method, path, Caller::Operator, None);
        assert_eq!(
            code(&answer),
            (405, "method-not-allowed".to_owned()),
            "{method} {path}"
        );
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
}

#[test]
fn only_health_and_the_contract_are_open() {
    let app = App::start();
    let forged = Caller::Token("forged");
    for path in OPEN {
        for caller in [Caller::Nobody, forged] {
            assert_eq!(app.get(path, caller).status, 200, "{path}");
        }
        let posted = app.send("POST", path, Caller::Nobody, None);
        assert_eq!(posted.status, 405, "{path}");
    }
    let answer = app.get("/.well-known/spin/health", Caller::Nobody);
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"OK"[..]));
}
