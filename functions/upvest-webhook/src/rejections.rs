//! What is kept of deliveries that were refused.

use serde::Serialize;
use time::UtcDateTime;
use upvest_signature::{Delivery, Evidence, Profiles};
use web::{Host, Problem};

/// A delivery that was refused: what helps to find out why, and nothing else of it.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rejected {
    /// When.
    pub rejected_at: String,
    /// The stable name of the reason, as it is counted.
    pub reason: String,
    /// The method.
    pub method: String,
    /// The path over which the signature was verified.
    pub path: String,
    /// The headers that signatures are about; no others.
    pub headers: Vec<ShownHeader>,
    /// The signature base by each accepted profile, where the list of components could
    /// be read.
    pub bases: Vec<ShownBase>,
}

/// A header.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownHeader {
    /// In lower case.
    pub name: String,
    /// The first of it, without control characters.
    pub value: String,
}

/// A signature base.
#[derive(Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShownBase {
    /// The profile by which it is written.
    pub profile: String,
    /// Its text; in brackets why the value of a component is not shown.
    pub base: String,
}

/// The part of [`Rejected`] that is stored as it is.
#[derive(Serialize)]
struct Stored<'a> {
    method: &'a str,
    path: &'a str,
    headers: Vec<ShownHeader>,
    bases: Vec<ShownBase>,
}

/// The most octets that are stored.
const MAX_EVIDENCE_LEN: usize = 32_768;
/// The most characters of a path.
const MAX_PATH_CHARS: usize = 500;

/// Counts a refusal and keeps the evidence.
///
/// # Errors
/// Those of the database.
pub(crate) fn record(
    host: &dyn Host,
    reason: &str,
    delivery: &Delivery<'_>,
    profiles: Profiles,
    now: UtcDateTime,
) -> Result<(), Problem> {
    let evidence = evidence(delivery, profiles)?;
    store::record_rejection(&*host.database()?, reason, &evidence, now)?;
    Ok(())
}

fn evidence(delivery: &Delivery<'_>, profiles: Profiles) -> Result<String, Problem> {
    let evidence = Evidence::of(delivery, profiles);
    let headers = evidence
        .headers
        .into_iter()
        .map(|(name, value)| ShownHeader {
            name: name.to_owned(),
            value,
        });
    let bases = evidence.bases.into_iter().map(|(profile, base)| ShownBase {
        profile: profile.to_string(),
        base,
    });
    let path: String = delivery.path.chars().take(MAX_PATH_CHARS).collect();
    let mut stored = Stored {
        method: delivery.method,
        path: &path,
        headers: headers.collect(),
        bases: bases.collect(),
    };
    // What was made to be large is shown in part.
    loop {
        let text =
            serde_json::to_string(&stored).map_err(|error| Problem::internal(error.to_string()))?;
        if text.len() <= MAX_EVIDENCE_LEN {
            return Ok(text);
        }
        if stored.bases.pop().is_none() && stored.headers.pop().is_none() {
            return Err(Problem::internal("the evidence is too large"));
        }
    }
}
