//! A request as it arrived.

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
    /// All values of a header.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_slice().trim_ascii())
    }
}
