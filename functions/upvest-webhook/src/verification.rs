//! Whether a delivery is believed.

use upvest_signature::{Delivery, KeySet, Policy, Rejection, Verified, claimed_key_id, verify};
use web::routes::Webhook;
use web::{Call, Code, Host, Problem};

use crate::rejections;
use crate::source::{Sources, Strange};

/// The longest id of a key that is looked up.
const MAX_KEY_ID_LEN: usize = 200;

/// Why a delivery is not believed.
enum Disbelief {
    Source(Strange),
    Signature(Rejection),
}

/// Who signed a delivery. What is not believed is counted and remembered, with one
/// statement; the caller learns that it was refused, the log why.
///
/// # Errors
/// [`Code::SignatureRejected`], [`Code::SourceRefused`]; those of the variables, and
/// those of the database where the key is not in a variable.
pub(crate) fn verified(host: &dyn Host, call: &Call<Webhook>) -> Result<Verified, Problem> {
    let policy = policy(host)?;
    let sources = Sources::new(
        &variable(host, "upvest_source_addresses")?,
        &variable(host, "upvest_source_header")?,
    )
    .map_err(Problem::internal)?;
    // The path that Upvest was told, if something on the way rewrites it.
    let registered_path = variable(host, "upvest_path")?;
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
    let believed = match sources.check(&call.head.headers) {
        Ok(()) => signed(host, &delivery, call.now.unix_timestamp(), policy)?
            .map_err(Disbelief::Signature),
        Err(strange) => Err(Disbelief::Source(strange)),
    };
    believed.map_err(|disbelief| {
        let (code, reason) = match disbelief {
            Disbelief::Source(strange) => (Code::SourceRefused, strange.code()),
            Disbelief::Signature(rejection) => (Code::SignatureRejected, rejection.code()),
        };
        let problem = Problem::new(code).counted_as(reason);
        // Whether it could be counted changes nothing for the caller.
        match rejections::record(host, reason, &delivery, policy.profiles, call.now) {
            Ok(()) => problem,
            Err(failure) => problem.caused_by(failure.inside().unwrap_or_default()),
        }
    })
}

/// Verifies with the keys of the variable, or else with the stored key that the
/// delivery names: only that is a statement.
fn signed(
    host: &dyn Host,
    delivery: &Delivery<'_>,
    now_s: i64,
    policy: Policy,
) -> Result<Result<Verified, Rejection>, Problem> {
    let keys = match variable(host, "upvest_jwks")?.as_str() {
        "" => KeySet::default(),
        jwks => KeySet::from_jwks(jwks)
            .map_err(|error| Problem::internal(format!("upvest_jwks: {error}")))?,
    };
    let verified = verify(delivery, &keys, now_s, policy);
    if verified != Err(Rejection::UnknownKey) {
        return Ok(verified);
    }
    let Some(key_id) = claimed_key_id(delivery).filter(|id| id.len() <= MAX_KEY_ID_LEN) else {
        return Ok(verified);
    };
    let jwks = store::webhook_key(&*host.database()?, &key_id)?;
    let stored = KeySet::from_jwks(&jwks)
        .map_err(|error| Problem::internal(format!("a stored key: {error}")))?;
    Ok(verify(delivery, &stored, now_s, policy))
}

fn policy(host: &dyn Host) -> Result<Policy, Problem> {
    let number = |name| {
        variable(host, name)?
            .parse()
            .map_err(|_| Problem::internal(format!("{name} is not a number")))
    };
    let profiles = variable(host, "upvest_profiles")?;
    Ok(Policy {
        profiles: profiles
            .parse()
            .map_err(|error| Problem::internal(format!("upvest_profiles: {error}")))?,
        max_age_s: number("upvest_max_age_s")?,
        max_skew_s: number("upvest_max_skew_s")?,
    })
}

fn variable(host: &dyn Host, name: &str) -> Result<String, Problem> {
    host.variable(name).map_err(Problem::internal)
}
