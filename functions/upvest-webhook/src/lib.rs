//! `upvest-webhook`: the broker's events, verified, stored and applied before the
//! answer.
//!
//! Any answer but 200 makes the sender repeat the delivery and hold back all later
//! ones. So what a delivery says never leads to a refusal; only a bad signature, a
//! strange source, a body that is too large or no JSON, and a database that cannot be
//! reached do.

mod metrics;
mod rejections;
mod source;
mod verification;

use serde::Serialize;
use upvest_events::read_package;
use web::routes::{WEBHOOK, Webhook};
use web::{Call, Code, Head, Host, Problem, Reply, bearer, serve as serve_routes};

pub use rejections::{Rejected, ShownBase, ShownHeader};

#[cfg(target_arch = "wasm32")]
edge::export!(crate::serve);

/// Answers a request.
pub fn serve(host: &dyn Host, head: Head) -> Reply {
    serve_routes("upvest-webhook", WEBHOOK, bearer, host, head, |call| {
        handle(host, call)
    })
}

fn handle(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    match call.operation {
        Webhook::Receive => receive(host, call),
        Webhook::ListRejections => Ok(Reply::ok(store::webhook_rejections(&*host.database()?)?)),
        Webhook::Metrics => metrics::reply(host),
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
    let verified = verification::verified(host, call)?;
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
