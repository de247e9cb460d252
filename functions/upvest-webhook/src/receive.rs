//! Receiving a delivery.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use event_cipher::Keys;
use serde::Serialize;
use store::KeptEvent;
use upvest_events::{Event, read_package};
use web::routes::Webhook;
use web::{Call, Code, Host, Problem, Reply};

use crate::verification::verified;

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
    let verified = verified(host, call)?;
    let events = read_package(&call.body)
        .map_err(|error| Problem::new(Code::MalformedJson).because(error.to_string()))?;
    let fresh = if events.is_empty() {
        0
    } else {
        let delivery = store::Delivery {
            key_id: &verified.key_id,
            profile: verified.profile.name(),
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
