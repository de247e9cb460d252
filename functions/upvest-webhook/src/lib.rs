//! `upvest-webhook`: the broker's events, verified, stored and applied before the
//! answer.
//!
//! Any answer but 200 makes the sender repeat the delivery and hold back all later
//! ones. So what a delivery says never leads to a refusal; only a bad signature, a
//! body that is too large or no JSON, and a database that cannot be reached do.

use serde::Serialize;
use upvest_events::read_package;
use upvest_signature::{Delivery, KeySet, Policy, Rejection, Verified, verify};
use web::routes::{WEBHOOK, Webhook};
use web::{Call, Code, Head, Host, Problem, Reply, nobody, serve as serve_routes};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("upvest-webhook", WEBHOOK, nobody, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    match call.operation {
        Webhook::Receive => receive(host, call),
    }
}

/// How many events a delivery had, and how many of them were new.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Received {
    /// Events in the delivery.
    pub events: usize,
    /// Those that had not arrived before.
    pub fresh: u64,
}

fn receive(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let verified = verify_call(host, call)?;
    let events = read_package(&call.body)
        .map_err(|error| Problem::new(Code::MalformedJson).because(error.to_string()))?;
    let fresh = if events.is_empty() {
        0
    } else {
        store::ingest(&*host.database()?, &verified.key_id, &events, call.now)?
    };
    Reply::json(&Received {
        events: events.len(),
        fresh,
    })
}

fn verify_call(host: &dyn Host, call: &Call<Webhook>) -> Result<Verified, Problem> {
    let variable = |name| host.variable(name).map_err(Problem::internal);
    let keys = KeySet::from_jwks(&variable("upvest_jwks")?)
        .map_err(|error| Problem::internal(format!("upvest_jwks: {error}")))?;
    let policy = Policy {
        max_age_s: number(host, "upvest_max_age_s")?,
        max_skew_s: number(host, "upvest_max_skew_s")?,
    };
    // The path that Upvest was told, if something on the way rewrites it.
    let registered_path = variable("upvest_path")?;
    let delivery = Delivery {
        method: call.head.method.as_str(),
        path: if registered_path.is_empty() {
            &call.head.path
        } else {
            &registered_path
        },
        query: call.head.query.as_deref(),
        headers: &call.head.headers,
        body: &call.body,
    };
    verify(&delivery, &keys, call.now.unix_timestamp(), policy)
        .map_err(|rejection| rejected(&rejection))
}

fn number(host: &dyn Host, name: &str) -> Result<u32, Problem> {
    host.variable(name)
        .map_err(Problem::internal)?
        .parse()
        .map_err(|_| Problem::internal(format!("{name} is not a number")))
}

/// The caller learns that it was refused, the log why.
fn rejected(rejection: &Rejection) -> Problem {
    Problem::new(Code::SignatureRejected).caused_by(rejection.code())
}
