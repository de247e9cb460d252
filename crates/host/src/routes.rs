//! Which component a path leads to.

use anyhow::{Result, anyhow};

use crate::manifest::HttpTrigger;

/// The routes of an application, with Spin's precedence: an exact route before a
/// wildcard, a longer prefix before a shorter one. The matcher is the one that
/// Spin uses.
pub(crate) struct Routes(routefinder::Router<Target>);

#[derive(Debug)]
struct Target {
    route: String,
    component: String,
}

/// A path's component.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matched<'a> {
    /// The component's id.
    pub component: &'a str,
    /// The route as it stands in the manifest.
    pub route: &'a str,
    /// What the trailing wildcard stands for, with its slash.
    pub path_info: String,
    /// What the named wildcards stand for.
    pub named: Vec<(String, String)>,
}

impl Routes {
    pub(crate) fn new(triggers: &[HttpTrigger]) -> Result<Self> {
        let mut router = routefinder::Router::new();
        for trigger in triggers {
            let route = trigger.route.trim_end_matches('/').to_owned();
            let pattern = match route.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => route.clone(),
            };
            let target = Target {
                route,
                component: trigger.component.clone(),
            };
            router
                .add(pattern.as_str(), target)
                .map_err(|error| anyhow!("the route {}: {error}", trigger.route))?;
        }
        Ok(Self(router))
    }

    pub(crate) fn find(&self, path: &str) -> Option<Matched<'_>> {
        let found = self.0.best_match(path)?;
        let captures = found.captures();
        let path_info = captures.wildcard().map_or_else(String::new, |rest| {
            match (rest.is_empty(), path.ends_with('/')) {
                (true, false) => String::new(),
                (true, true) => "/".to_owned(),
                (false, false) => format!("/{rest}"),
                (false, true) => format!("/{rest}/"),
            }
        });
        let named = captures
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let target = found.handler();
        Some(Matched {
            component: &target.component,
            route: &target.route,
            path_info,
            named,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(list: &[(&str, &str)]) -> Routes {
        let triggers: Vec<HttpTrigger> = list
            .iter()
            .map(|(route, component)| HttpTrigger {
                route: (*route).to_owned(),
                component: (*component).to_owned(),
            })
            .collect();
        Routes::new(&triggers).expect("routes")
    }

    #[test]
    fn exact_before_wildcard_and_the_longest_prefix_first() {
        let routes = routes(&[
            ("/...", "all"),
            ("/v1/...", "v1"),
            ("/v1/pools/...", "pools"),
            ("/v1/pools", "list"),
            ("/v1/:kind/one", "kind"),
        ]);
        for (path, component, path_info) in [
            ("/", "all", "/"),
            ("/x", "all", "/x"),
            ("/v1", "v1", ""),
            ("/v1/", "v1", "/"),
            ("/v1/x/y/", "v1", "/x/y/"),
            ("/v1/pools", "list", ""),
            ("/v1/pools/7", "pools", "/7"),
        ] {
            let matched = routes.find(path).expect(path);
            assert_eq!(
                (matched.component, matched.path_info.as_str()),
                (component, path_info),
                "{path}"
            );
        }
        let named = routes.find("/v1/cat/one").expect("named");
        assert_eq!(named.component, "kind");
        assert_eq!(named.named, [("kind".to_owned(), "cat".to_owned())]);
    }

    #[test]
    fn an_unknown_path_has_no_component() {
        let routes = routes(&[("/v1/data/...", "data"), ("/v1/webhooks/upvest", "hook")]);
        for path in [
            "/",
            "/v1",
            "/v1/webhooks",
            "/v1/webhooks/upvest/x",
            "/V1/data/x",
        ] {
            assert_eq!(routes.find(path), None, "{path}");
        }
    }
}
