//! The patch.

use serde::Serialize;
use serde_json::{Value, json};

use crate::colour::{Split, service};
use crate::route::{Route, RouteError, Target};

/// An operation of a JSON patch (RFC 6902).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    /// Nothing of the patch is done unless the value at the place is this one.
    Test {
        /// The place.
        path: String,
        /// What must be there.
        value: Value,
    },
    /// Another value for the place.
    Replace {
        /// The place.
        path: String,
        /// What will be there.
        value: Value,
    },
}

/// The patch after which `split` holds for all functions. It is for the version of the
/// route that was read: who else changed it meanwhile makes all of it fail.
///
/// # Errors
/// [`RouteError::NoWeights`] for a canary where a header says the colour.
pub fn switch(route: &Route, split: Split) -> Result<Vec<Operation>, RouteError> {
    let mut operations = vec![Operation::Test {
        path: "/metadata/resourceVersion".to_owned(),
        value: route.resource_version.clone().into(),
    }];
    for rule in &route.rules {
        let place = format!("/spec/rules/{}", rule.index);
        operations.push(Operation::Test {
            path: format!("{place}/matches/0/path/value"),
            value: rule.prefix.into(),
        });
        operations.push(match rule.target {
            Target::Services { port } => Operation::Replace {
                path: format!("{place}/backendRefs"),
                value: backends(rule.function, port, split),
            },
            Target::Header(..) if split.canary_percent > 0 => {
                return Err(RouteError::NoWeights(rule.function));
            }
            Target::Header(filter, at) => Operation::Replace {
                path: format!("{place}/filters/{filter}/requestHeaderModifier/set/{at}/value"),
                value: split.colour.name().into(),
            },
        });
    }
    Ok(operations)
}

fn backends(function: &str, port: u16, split: Split) -> Value {
    let backend = |colour, weight: u8| json!({"name": service(colour, function), "port": port, "weight": weight});
    match split.canary_percent {
        0 => json!([{"name": service(split.colour, function), "port": port}]),
        percent => json!([
            backend(split.colour, 100 - percent),
            backend(split.colour.other(), percent),
        ]),
    }
}
