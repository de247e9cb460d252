//! A request as it arrived.

use crate::Rejection;

/// The parts of a request that a signature can cover.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path that the sender called, before any rewrite on the way.
    pub path: &'a str,
    /// The query without `?`, if there is one.
    pub query: Option<&'a str>,
    /// All headers in the order of arrival: names in lower case, values raw. A
    /// header that was sent twice is there twice.
    pub headers: &'a [(String, Vec<u8>)],
    /// The raw body.
    pub body: &'a [u8],
}

impl<'a> Delivery<'a> {
    /// All values of a header, without the whitespace around them (RFC 9110, section
    /// 5.6.3).
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| trimmed(value))
    }

    /// The value of a header that must be there once.
    pub(crate) fn value(&self, name: &'static str) -> Result<&'a [u8], Rejection> {
        let mut values = self.values(name);
        let value = values.next().ok_or(Rejection::MissingHeader(name))?;
        match values.next() {
            Some(_) => Err(Rejection::RepeatedHeader(name)),
            None => Ok(value),
        }
    }
}

/// `value` without spaces and tabs around it.
fn trimmed(value: &[u8]) -> &[u8] {
    let inside = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(inside).unwrap_or(value.len());
    let end = value
        .iter()
        .rposition(inside)
        .map_or(start, |last| last + 1);
    &value[start..end]
}
