//! `allowed_outbound_hosts`: which hosts a component may reach.

use std::net::IpAddr;
use std::ops::Range;

use anyhow::{Context as _, Result, bail, ensure};
use ip_network::IpNetwork;

/// The hosts that a component may reach.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedHosts(Vec<AllowedHost>);

#[derive(Clone, Debug)]
struct AllowedHost {
    scheme: Option<String>,
    host: HostPattern,
    ports: PortPattern,
}

#[derive(Clone, Debug)]
enum HostPattern {
    Any,
    Subdomains(String),
    Network(IpNetwork),
    Exact(String),
}

#[derive(Clone, Debug)]
enum PortPattern {
    Any,
    One(u16),
    Range(Range<u16>),
}

impl AllowedHosts {
    /// Reads the patterns: `scheme://host:port`, where each part may be `*`, a host
    /// may be `*.domain` or a network, and a port a range `a..b`.
    pub(crate) fn parse(patterns: &[String]) -> Result<Self> {
        let parse = |pattern: &String| {
            AllowedHost::parse(pattern)
                .with_context(|| format!("allowed_outbound_hosts: {pattern:?}"))
        };
        patterns.iter().map(parse).collect::<Result<_>>().map(Self)
    }

    /// Whether `host` on `port` may be reached by `scheme`.
    pub(crate) fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let port = port.or_else(|| well_known_port(scheme));
        self.0.iter().any(|allowed| {
            allowed.scheme.as_deref().is_none_or(|s| s == scheme)
                && allowed.host.matches(host)
                && allowed.ports.matches(port)
        })
    }
}

impl AllowedHost {
    fn parse(pattern: &str) -> Result<Self> {
        let (scheme, rest) = pattern
            .trim()
            .split_once("://")
            .context("there is no scheme")?;
        let scheme = match scheme {
            "*" => None,
            s if !s.is_empty() && s.chars().all(char::is_alphabetic) => Some(s.to_owned()),
            _ => bail!("the scheme is not a word"),
        };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.trim_end_matches('/')),
            None => (rest.trim_end_matches('/'), ""),
        };
        Ok(Self {
            host: HostPattern::parse(host)?,
            ports: PortPattern::parse(port, scheme.as_deref())?,
            scheme,
        })
    }
}

impl HostPattern {
    fn parse(host: &str) -> Result<Self> {
        if host == "*" {
            return Ok(Self::Any);
        }
        if let Ok(network) = IpNetwork::from_str_truncate(host) {
            return Ok(Self::Network(network));
        }
        ensure!(!host.is_empty() && !host.contains('/'), "there is no host");
        match host.strip_prefix("*.") {
            Some(domain) if !domain.contains('*') => Ok(Self::Subdomains(format!(".{domain}"))),
            None if !host.contains('*') => Ok(Self::Exact(host.to_owned())),
            _ => bail!("a wildcard stands for a whole host or its first part"),
        }
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Subdomains(suffix) => host.ends_with(suffix),
            Self::Exact(exact) => host == exact,
            Self::Network(network) => host
                .parse::<IpAddr>()
                .is_ok_and(|address| network.contains(address)),
        }
    }
}

impl PortPattern {
    fn parse(port: &str, scheme: Option<&str>) -> Result<Self> {
        if port == "*" {
            return Ok(Self::Any);
        }
        if port.is_empty() {
            return scheme
                .and_then(well_known_port)
                .map(Self::One)
                .context("there is no port, and the scheme has none of its own");
        }
        match port.split_once("..") {
            Some((first, end)) => Ok(Self::Range(first.parse()?..end.parse()?)),
            None => Ok(Self::One(port.parse()?)),
        }
    }

    fn matches(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Self::Any, _) => true,
            (Self::One(one), Some(port)) => *one == port,
            (Self::Range(range), Some(port)) => range.contains(&port),
            (_, None) => false,
        }
    }
}

fn well_known_port(scheme: &str) -> Option<u16> {
    match scheme {
        "postgres" => Some(5432),
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let hosts = AllowedHosts::parse(&[pattern.to_owned()]).expect("a pattern");
        hosts.allows(scheme, host, port)
    }

    #[test]
    fn patterns() {
        for (pattern, scheme, host, port, expected) in [
            (
                "postgres://127.0.0.1:5432",
                "postgres",
                "127.0.0.1",
                Some(5432),
                true,
            ),
            (
                "postgres://127.0.0.1:5432",
                "postgres",
                "127.0.0.1",
                None,
                true,
            ),
            (
                "postgres://127.0.0.1:5432",
                "postgres",
                "127.0.0.1",
                Some(5433),
                false,
            ),
            (
                "postgres://127.0.0.1:5432",
                "postgres",
                "127.0.0.2",
                Some(5432),
                false,
            ),
            (
                "postgres://127.0.0.1:5432",
                "https",
                "127.0.0.1",
                Some(5432),
                false,
            ),
            ("postgres://db", "postgres", "db", None, true),
            ("postgres://db:*", "postgres", "db", Some(1), true),
            (
                "postgres://db:5000..5010",
                "postgres",
                "db",
                Some(5009),
                true,
            ),
            (
                "postgres://db:5000..5010",
                "postgres",
                "db",
                Some(5010),
                false,
            ),
            (
                "postgres://10.0.0.0/8:5432",
                "postgres",
                "10.1.2.3",
                Some(5432),
                true,
            ),
            (
                "postgres://10.0.0.0/8:5432",
                "postgres",
                "11.1.2.3",
                Some(5432),
                false,
            ),
            (
                "https://*.example.com",
                "https",
                "a.example.com",
                None,
                true,
            ),
            ("https://*.example.com", "https", "example.com", None, false),
            ("*://*:*", "postgres", "anything", Some(1), true),
        ] {
            assert_eq!(
                allows(pattern, scheme, host, port),
                expected,
                "{pattern} {scheme} {host} {port:?}"
            );
        }
        assert!(!AllowedHosts::default().allows("https", "example.com", None));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in [
            "",
            "*",
            "db:5432",
            "postgres://",
            "postgres://a*b:1",
            "p0://db:1",
            "x://db",
            "postgres://db:x",
        ] {
            assert!(
                AllowedHosts::parse(&[pattern.to_owned()]).is_err(),
                "{pattern}"
            );
        }
    }
}
