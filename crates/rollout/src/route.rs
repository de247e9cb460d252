//! The HTTPRoute, as far as it says which colour answers.

use serde::Deserialize;

use crate::colour::{Colour, FUNCTIONS, Split, service};

/// The header that tells an interceptor the colour, where functions scale from zero
/// behind one.
pub(crate) const COLOUR_HEADER: &str = "x-retire-colour";

/// Why a route cannot be read or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// It is no HTTPRoute as it is deployed.
    #[error("the route is none of this application: {0}")]
    Foreign(String),
    /// A function has no rule, or two.
    #[error("{0} rules lead to {1}")]
    Rules(usize, &'static str),
    /// Functions answer in different colours.
    #[error("the functions are not of one colour: {0}")]
    Mixed(String),
    /// A header can name one colour only.
    #[error("{0} is behind an interceptor, which takes no weights: switch without a canary")]
    NoWeights(&'static str),
}

/// A route that was read.
#[derive(Clone, Debug)]
pub struct Route {
    /// What it is a version of: a patch is for this one.
    pub(crate) resource_version: String,
    /// The rule of each function, in the order of [`FUNCTIONS`].
    pub(crate) rules: Vec<Rule>,
}

/// The rule of a function.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Its place in the object.
    pub index: usize,
    pub function: &'static str,
    pub prefix: &'static str,
    pub target: Target,
    pub split: Split,
}

/// Where a rule says the colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// By the Services of its backends.
    Services {
        /// Their port.
        port: u16,
    },
    /// By a header: places of the filter and of the header in it.
    Header(usize, usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    resource_version: String,
}

#[derive(Deserialize)]
struct Spec {
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRule {
    #[serde(default)]
    matches: Vec<Match>,
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    backend_refs: Vec<Backend>,
}

#[derive(Deserialize)]
struct Match {
    path: Option<PathMatch>,
}

#[derive(Deserialize)]
struct PathMatch {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    request_header_modifier: Option<Modifier>,
}

#[derive(Deserialize)]
struct Modifier {
    #[serde(default)]
    set: Vec<Header>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Backend {
    name: String,
    port: Option<u16>,
    weight: Option<u32>,
}

impl Route {
    /// Reads the object as `kubectl get httproute retire -o json` gives it.
    ///
    /// # Errors
    /// See [`RouteError`].
    pub fn read(json: &str) -> Result<Self, RouteError> {
        let foreign = |why: String| RouteError::Foreign(why);
        let object: Object = serde_json::from_str(json).map_err(|e| foreign(e.to_string()))?;
        if object.kind != "HTTPRoute" {
            return Err(foreign(object.kind));
        }
        let mut rules = Vec::new();
        for (function, prefix) in FUNCTIONS {
            let of = |rule: &RawRule| {
                let path = |m: &Match| m.path.as_ref().is_some_and(|p| p.value == prefix);
                rule.matches.iter().any(path)
            };
            let rules_of_all = object.spec.rules.iter().enumerate();
            let found: Vec<_> = rules_of_all.filter(|(_, rule)| of(rule)).collect();
            let [(index, rule)] = found.as_slice() else {
                return Err(RouteError::Rules(found.len(), function));
            };
            let (target, split) = rule.read(function)?;
            rules.push(Rule {
                index: *index,
                function,
                prefix,
                target,
                split,
            });
        }
        Ok(Self {
            resource_version: object.metadata.resource_version,
            rules,
        })
    }

    /// Who answers now.
    ///
    /// # Errors
    /// [`RouteError::Mixed`] if that is not the same for all functions.
    pub fn split(&self) -> Result<Split, RouteError> {
        let first = self.rules[0].split;
        if self.rules.iter().all(|rule| rule.split == first) {
            return Ok(first);
        }
        let said: Vec<String> = self
            .rules
            .iter()
            .map(|rule| format!("{}: {}", rule.function, rule.split))
            .collect();
        Err(RouteError::Mixed(said.join("; ")))
    }
}

impl RawRule {
    fn read(&self, function: &'static str) -> Result<(Target, Split), RouteError> {
        let foreign = |why: &str| RouteError::Foreign(format!("{function}: {why}"));
        for (filter, modifier) in self.filters.iter().enumerate() {
            let set = modifier.request_header_modifier.iter().flat_map(|m| &m.set);
            for (at, header) in set.enumerate() {
                if header.name.eq_ignore_ascii_case(COLOUR_HEADER) {
                    let colour: Colour = header.value.parse().map_err(|e: String| foreign(&e))?;
                    return Ok((Target::Header(filter, at), Split::all(colour)));
                }
            }
        }
        // A weight that is not there is 1 (Gateway API, HTTPBackendRef).
        let mut weights = [(Colour::Blue, 0), (Colour::Green, 0)];
        let mut port = None;
        for backend in &self.backend_refs {
            let weight = weights
                .iter_mut()
                .find(|(colour, _)| service(*colour, function) == backend.name)
                .ok_or_else(|| foreign(&format!("a backend {}", backend.name)))?;
            weight.1 += backend.weight.unwrap_or(1);
            port = port.or(backend.port);
        }
        let [(_, blue), (_, green)] = weights;
        let (colour, other) = if blue >= green {
            (Colour::Blue, green)
        } else {
            (Colour::Green, blue)
        };
        let total = blue + green;
        if total == 0 {
            return Err(foreign("no backend gets requests"));
        }
        let split = Split {
            colour,
            canary_percent: u8::try_from(other * 100 / total).unwrap_or(u8::MAX),
        };
        let port = port.unwrap_or(80);
        Ok((Target::Services { port }, split))
    }
}
