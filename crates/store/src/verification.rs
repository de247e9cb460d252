//! The keys of the broker, and its deliveries that were refused.

use time::UtcDateTime;

use crate::commands::rfc3339;
use crate::queries::{read, the};
use crate::{API_SCHEMA, Database, DatabaseError, Document, Parameter};

/// A JSON Web Key Set of the stored key of this id, or of none.
///
/// # Errors
/// See [`DatabaseError`].
pub fn webhook_key(database: &dyn Database, key_id: &str) -> Result<String, DatabaseError> {
    let statement = format!(
        "select json_build_object('keys', coalesce(json_agg(k.jwk), '[]'))::text \
         from {API_SCHEMA}.webhook_key_record k where k.key_id = $1"
    );
    the(database, &statement, &[Parameter::Text(key_id)]).map(|document| document.0)
}

/// Counts a refusal by its reason and keeps the evidence, a JSON document of at most
/// 32,768 characters, among the last twenty.
///
/// # Errors
/// See [`DatabaseError`].
pub fn record_rejection(
    database: &dyn Database,
    reason: &str,
    evidence: &str,
    now: UtcDateTime,
) -> Result<(), DatabaseError> {
    let statement =
        format!("select {API_SCHEMA}.record_rejection($1, $2, $3::text::timestamptz)::text");
    let now = rfc3339(now);
    let parameters = [reason, evidence, &now].map(Parameter::Text);
    the(database, &statement, &parameters).map(|_| ())
}

/// The last refusals, the newest first: a `Page` of `Rejected`.
///
/// # Errors
/// See [`DatabaseError`].
pub fn webhook_rejections(database: &dyn Database) -> Result<Document, DatabaseError> {
    let statement = format!(
        "select json_build_object('items', coalesce(json_agg(json_build_object( \
             'rejected_at', r.rejected_at, 'reason', r.reason, \
             'method', r.evidence -> 'method', 'path', r.evidence -> 'path', \
             'headers', r.evidence -> 'headers', 'bases', r.evidence -> 'bases') \
             order by r.rejected_at desc), '[]'), 'next', null)::text \
         from {API_SCHEMA}.webhook_rejection_record r"
    );
    the(database, &statement, &[])
}

/// What is counted of webhooks: name, labels as Prometheus writes them, value.
///
/// # Errors
/// See [`DatabaseError`].
pub fn webhook_metrics(
    database: &dyn Database,
) -> Result<Vec<(String, String, String)>, DatabaseError> {
    let statement = format!(
        "select coalesce(json_agg(json_build_array(m.name, m.label, m.value::text) \
             order by m.name, m.label), '[]')::text from {API_SCHEMA}.webhook_metric m"
    );
    read(&the(database, &statement, &[])?)
}
