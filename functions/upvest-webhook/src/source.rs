//! The addresses from which deliveries may come: a second layer, behind a proxy that
//! tells the address of whoever called it.

use std::net::{IpAddr, SocketAddr};

use ip_network::IpNetwork;

/// The addresses, and the header in which the proxy tells one.
pub(crate) struct Sources {
    networks: Vec<IpNetwork>,
    header: String,
}

/// Why a source is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strange {
    /// The header is absent, or does not end with an address.
    Unknown,
    /// The address is not one of the list.
    Foreign,
}

impl Strange {
    pub(crate) const ALL: [Self; 2] = [Self::Unknown, Self::Foreign];

    /// A stable name of the reason.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "source-unknown",
            Self::Foreign => "source-foreign",
        }
    }
}

impl Sources {
    /// Reads addresses and networks (`34.90.198.99`, `2001:db8::/32`), separated by
    /// spaces or commas. None at all, and no header: any source is accepted.
    ///
    /// # Errors
    /// An address or network that is none, or one of the two without the other.
    pub(crate) fn new(addresses: &str, header: &str) -> Result<Self, String> {
        let listed = addresses
            .split([' ', ',', '\n', '\t'])
            .filter(|text| !text.is_empty());
        let networks: Vec<IpNetwork> = listed
            .map(|text| {
                let address = text.parse::<IpAddr>().map(IpNetwork::from);
                address.or_else(|_| text.parse())
            })
            .collect::<Result<_, _>>()
            .map_err(|error| format!("upvest_source_addresses: {error}"))?;
        if networks.is_empty() != header.is_empty() {
            return Err("of upvest_source_addresses and upvest_source_header one is empty".into());
        }
        Ok(Self {
            networks,
            header: header.to_ascii_lowercase(),
        })
    }

    /// Accepts a request by its headers.
    pub(crate) fn check(&self, headers: &[(String, Vec<u8>)]) -> Result<(), Strange> {
        if self.networks.is_empty() {
            return Ok(());
        }
        let address = self.last_hop(headers).ok_or(Strange::Unknown)?;
        let mut networks = self.networks.iter();
        match networks.any(|network| network.contains(address)) {
            true => Ok(()),
            false => Err(Strange::Foreign),
        }
    }

    /// The end of the last value: what stands before it came with the request, and
    /// anybody can write it.
    fn last_hop(&self, headers: &[(String, Vec<u8>)]) -> Option<IpAddr> {
        let (_, value) = headers.iter().rfind(|(name, _)| *name == self.header)?;
        let text = std::str::from_utf8(value).ok()?;
        let hop = text.rsplit(',').next()?.trim_matches([' ', '\t']);
        let unbracketed = hop.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let address = match unbracketed {
            Some(v6) => IpAddr::V6(v6.parse().ok()?),
            None => match hop.parse() {
                Ok(address) => address,
                Err(_) => hop.parse::<SocketAddr>().ok()?.ip(),
            },
        };
        // ::ffff:192.0.2.1 is 192.0.2.1 over a socket of both kinds.
        Some(address.to_canonical())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(addresses: &str, values: &[&str]) -> Result<(), Strange> {
        let headers: Vec<(String, Vec<u8>)> = values
            .iter()
            .map(|value| ("x-forwarded-for".to_owned(), value.as_bytes().to_vec()))
            .collect();
        let sources = Sources::new(addresses, "X-Forwarded-For").expect("a list");
        sources.check(&headers)
    }

    #[test]
    fn the_last_hop_decides() {
        let list = "192.0.2.7, 198.51.100.0/24 2001:db8::/32";
        for good in [
            &["192.0.2.7"][..],
            &["203.0.113.9, 192.0.2.7"],
            &["203.0.113.9", "192.0.2.7"],
            &["nonsense,\t198.51.100.255 "],
            &["192.0.2.7:4711"],
            &["::ffff:192.0.2.7"],
            &["2001:db8::1"],
            &["[2001:db8::1]"],
            &["[2001:db8::1]:4711"],
        ] {
            assert_eq!(check(list, good), Ok(()), "{good:?}");
        }
        for foreign in [
            &["203.0.113.9"][..],
            &["192.0.2.7, 203.0.113.9"],
            &["192.0.2.7", "203.0.113.9"],
            &["198.51.101.0"],
            &["2001:db9::1"],
            &["::ffff:203.0.113.9"],
        ] {
            assert_eq!(check(list, foreign), Err(Strange::Foreign), "{foreign:?}");
        }
        for unknown in [
            &[][..],
            &[""],
            &["192.0.2.7,"],
            &["192.0.2.7 192.0.2.7"],
            &["0300.0.2.7"],
            &["192.0.2.7:"],
            &["192.0.2.7:99999"],
            &["[192.0.2.7]"],
            &["[2001:db8::1"],
            &["2001:db8::1%eth0"],
            &["for=192.0.2.7"],
            &["unknown"],
            &["\u{e9}"],
        ] {
            assert_eq!(check(list, unknown), Err(Strange::Unknown), "{unknown:?}");
        }
    }

    #[test]
    fn any_source_is_accepted_where_none_is_listed() {
        let sources = Sources::new(" ", "").expect("nothing");
        assert_eq!(sources.check(&[]), Ok(()));
    }

    #[test]
    fn half_a_configuration_is_a_fault() {
        for (addresses, header) in [
            ("192.0.2.7", ""),
            ("", "x-forwarded-for"),
            ("192.0.2.7/24", "x-forwarded-for"),
            ("192.0.2.7/33", "x-forwarded-for"),
            ("upvest.co", "x-forwarded-for"),
        ] {
            assert!(Sources::new(addresses, header).is_err(), "{addresses}");
        }
    }
}
