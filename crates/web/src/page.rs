//! Query parameters.

use ledger::Month;
use store::PageRequest;

use crate::{Call, Problem};

/// The most items of a page.
const MAX_LIMIT: u32 = 500;
/// The items of a page if the caller does not say.
const DEFAULT_LIMIT: u32 = 100;
/// The longest query that is read.
const MAX_QUERY_LEN: usize = 2_000;
/// The longest query of a view.
const MAX_VIEW_QUERY_LEN: usize = 8_000;

impl<O> Call<O> {
    /// The value of a query parameter. [`crate::serve`] has refused unknown and
    /// repeated ones.
    fn query_value(&self, name: &str) -> Option<String> {
        let query = self.head.query.as_deref().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The parameters `after` and `limit`.
    ///
    /// # Errors
    /// [`crate::Code::InvalidParameter`].
    pub fn page(&self) -> Result<PageRequest, Problem> {
        Ok(PageRequest {
            after: self.query("after", "is not the `next` of a page", |text| {
                text.parse().ok()
            })?,
            limit: self.limit()?,
        })
    }

    /// A query parameter that may be absent, read by `parse`.
    ///
    /// # Errors
    /// [`crate::Code::InvalidParameter`] with `expected`.
    pub fn query<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        self.query_value(name)
            .map(|text| parse(&text).ok_or_else(|| Problem::invalid_parameter(name, expected)))
            .transpose()
    }

    /// The most items of a page: the parameter `limit`.
    ///
    /// # Errors
    /// [`crate::Code::InvalidParameter`].
    pub fn limit(&self) -> Result<u32, Problem> {
        let within = |limit: &u32| (1..=MAX_LIMIT).contains(limit);
        let expected = format!("must be 1 to {MAX_LIMIT}");
        let limit = self.query("limit", &expected, |text| text.parse().ok().filter(within))?;
        Ok(limit.unwrap_or(DEFAULT_LIMIT))
    }

    /// A required month.
    ///
    /// # Errors
    /// [`crate::Code::InvalidParameter`].
    pub fn query_month(&self, name: &str) -> Result<Month, Problem> {
        self.query_value(name)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Problem::invalid_parameter(name, "must be a month such as 2025-01"))
    }
}

/// Refuses a query with parameters that the route does not have.
pub(crate) fn check_query(query: Option<&str>, known: &[crate::Query]) -> Result<(), Problem> {
    let Some(query) = query else {
        return Ok(());
    };
    let free = known.contains(&crate::Query::Columns);
    if query.len()
        > if free {
            MAX_VIEW_QUERY_LEN
        } else {
            MAX_QUERY_LEN
        }
    {
        return Err(Problem::invalid_parameter("", "the query is too long"));
    }
    if free {
        return Ok(());
    }
    let mut seen = Vec::new();
    for (key, _) in form_urlencoded::parse(query.as_bytes()) {
        if !known.iter().any(|parameter| parameter.name() == key) {
            let name: String = key.chars().take(100).collect();
            return Err(Problem::invalid_parameter(&name, "is not known here"));
        }
        if seen.contains(&key) {
            return Err(Problem::invalid_parameter(&key, "is given twice"));
        }
        seen.push(key);
    }
    Ok(())
}
