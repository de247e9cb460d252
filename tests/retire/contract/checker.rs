//! What looks at every answer notices what the contract does not describe.

use serde_json::{Value, json};
use simulator::Answer;

use crate::harness::CONTRACT;

const POOL: &str = "/v1/pools/210446ca-26e6-54f9-8d63-a91312d90d87";

fn answer(status: u16, content_type: &str, body: &Value) -> Answer {
    let headers = [
        ("content-type", content_type),
        ("x-request-id", "0197f8c4-5a1e"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ];
    Answer {
        status,
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: body.to_string().into_bytes(),
    }
}

fn problem(status: u16, code: &str) -> Answer {
    let document = json!({
        "type": format!("/problems/{code}"), "title": "t", "status": status, "code": code,
        "request_id": "0197f8c4-5a1e",
    });
    answer(status, "application/problem+json", &document)
}

fn pool() -> Value {
    CONTRACT.document()["paths"]["/v1/pools/{pool}"]["get"]["responses"]["200"]["content"]
        ["application/json"]["examples"]["getPool"]["value"]
        .clone()
}

#[test]
fn what_the_contract_describes_passes() {
    let good = answer(200, "application/json", &pool());
    assert_eq!(CONTRACT.objection("GET", POOL, &good), None);
    assert_eq!(
        CONTRACT.objection(
            "GET",
            &format!("{POOL}?a=1"),
            &problem(400, "invalid-parameter")
        ),
        None
    );
    assert_eq!(
        CONTRACT.objection("GET", POOL, &problem(404, "unknown-pool")),
        None
    );
    let mut allowed = problem(405, "method-not-allowed");
    allowed.headers.push(("allow".to_owned(), "GET".to_owned()));
    assert_eq!(CONTRACT.objection("DELETE", POOL, &allowed), None);
    assert_eq!(
        CONTRACT.objection("GET", "/v1/nothing", &problem(404, "not-found")),
        None
    );
}

#[test]
fn what_the_contract_does_not_describe_is_noticed() {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = pool();
        change(&mut body);
        answer(200, "application/json", &body)
    };
    let without = |header: &str, mut answer: Answer| {
        answer.headers.retain(|(name, _)| name != header);
        answer
    };
    let mut allowed = problem(405, "method-not-allowed");
    allowed
        .headers
        .push(("allow".to_owned(), "GET, PUT".to_owned()));
    for (method, path, faulty, expected) in [
        (
            "GET",
            POOL,
            answer(202, "application/json", &pool()),
            "not declared",
        ),
        (
            "GET",
            POOL,
            answer(200, "text/html", &pool()),
            "text/html is not declared",
        ),
        ("GET", POOL, with(&|pool| pool["more"] = json!(1)), "more"),
        ("GET", POOL, with(&|pool| pool["name"] = json!(7)), "/name"),
        (
            "GET",
            POOL,
            with(&|pool| pool["pool_id"] = json!("x")),
            "/pool_id",
        ),
        (
            "GET",
            POOL,
            with(&|pool| {
                pool.as_object_mut().expect("an object").remove("name");
            }),
            "name",
        ),
        (
            "GET",
            POOL,
            without("x-request-id", with(&|_| ())),
            "X-Request-Id is missing",
        ),
        ("GET", POOL, problem(409, "period-settled"), "not declared"),
        ("GET", POOL, problem(404, "already-enrolled"), "/code"),
        ("GET", POOL, problem(404, "unknown-pool-x"), "/code"),
        ("DELETE", POOL, problem(405, "method-not-allowed"), "Allow"),
        ("DELETE", POOL, allowed, "Allow"),
        (
            "GET",
            "/v1/nothing",
            answer(200, "application/json", &pool()),
            "not in the contract",
        ),
    ] {
        let objection = CONTRACT.objection(method, path, &faulty);
        let told = objection
            .as_deref()
            .is_some_and(|why| why.contains(expected));
        assert!(told, "{expected}: {objection:?}");
    }
}
