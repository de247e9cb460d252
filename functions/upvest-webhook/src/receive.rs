//! Receiving a delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_cipher::Keys;
use serde::Serialize;
use store::KeptEvent;
use upvest_events::{Event, read_package};
use upvest_signature::{Delivery, KeySet, Policy, Rejection, Verified, verify};
use web::routes::Webhook;
use web::{Call, Code, Host, Problem, Reply};

/// The profile of signatures.
const PROFILE: &str = "draft-06";

/// How many events a delivery had, and how many of them were new.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Received {
    /// Events in the delivery.
    pub events: usize,
    /// Those that had not arrived before.
    pub fresh: u64,
}

/// Stores a delivery and applies its events.
pub(crate) fn receive(host: &dyn Host, call: &Call<Webhook>) -> Result<Reply, Problem> {
    let verified = verify_call(host, call)?;
    let events = read_package(&call.body)
        .map_err(|error| Problem::new(Code::MalformedJson).because(error.to_string()))?;
    let fresh = if events.is_empty() {
        0
    } else {
        let delivery = store::Delivery {
            key_id: &verified.key_id,
            profile: PROFILE,
            events: kept(host, &events)?,
        };
        store::ingest(&*host.database()?, &delivery, call.now)?
    };
    Reply::json(&Received {
        events: events.len(),
        fresh,
    })
}

/// The events with their texts as they are kept: encrypted if there is a key.
fn kept<'a>(host: &dyn Host, events: &'a [Event<'a>]) -> Result<Vec<KeptEvent<'a>>, Problem> {
    let keys = keys(host)?;
    let seed = host.random_id();
    (0..)
        .zip(events)
        .map(|(index, event)| {
            let sealed = keys
                .seal(seed, index, event.fingerprint, event.raw)
                .map_err(|error| Problem::internal(error.to_string()))?;
            let sealed = sealed.map(|sealed| (STANDARD.encode(sealed.octets), sealed.key_id));
            Ok(KeptEvent { event, sealed })
        })
        .collect()
}

/// The keys that the texts of events are encrypted with.
pub(crate) fn keys(host: &dyn Host) -> Result<Keys, Problem> {
    let text = host.variable("upvest_raw_key").map_err(Problem::internal)?;
    Keys::parse(&text).map_err(|error| Problem::internal(format!("upvest_raw_key: {error}")))
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
