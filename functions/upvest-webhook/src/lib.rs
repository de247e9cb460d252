//! `upvest-webhook`: the broker's events, verified, stored and applied before the
//! answer.
//!
//! Any answer but 200 makes the sender repeat the delivery and hold back all later
//! ones. So what a delivery says never leads to a refusal; only a bad signature, a
//! strange source, a body that is too large or no JSON, and a database that cannot be
//! reached do.

mod events;
mod metrics;
mod receive;
mod rejections;
mod source;
mod verification;

use web::routes::{WEBHOOK, Webhook};
use web::{Call, Head, Host, Problem, Reply, bearer, serve as serve_routes};

pub use receive::Received;
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
        Webhook::Receive => receive::receive(host, call),
        Webhook::ListRejections => Ok(Reply::ok(store::webhook_rejections(&*host.database()?)?)),
        Webhook::Metrics => metrics::reply(host),
        Webhook::ListQuarantine => events::quarantine(host, call),
        Webhook::InspectEvent => events::inspect(host, call),
        Webhook::RetryEvent => events::retry(host, call),
        Webhook::DismissEvent => events::dismiss(host, call),
        Webhook::PurgeEvents => events::purge(host, call),
        Webhook::ListGaps => events::gaps(host, call),
        Webhook::ListObjects => events::objects(host, call),
    }
}
