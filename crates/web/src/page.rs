//! Query parameters.

use ledger::Month;
use store::PageRequest;
use uuid::Uuid;

use crate::{Call, Problem};

/// The most items of a page.
const MAX_LIMIT: u32 = 500;
/// The items of a page if the caller does not say.
const DEFAULT_LIMIT: u32 = 100;
/// The longest query that is read.
const MAX_QUERY_LEN: usize = 2_000;

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
        let after = self.query_value("after").map(|text| {
            text.parse::<Uuid>()
                .map_err(|_| Problem::invalid_parameter("after", "is not the `next` of a page"))
        });
        let limit = self.query_value("limit").map(|text| {
            text.parse::<u32>()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit))
                .ok_or_else(|| {
                    Problem::invalid_parameter("limit", format!("must be 1 to {MAX_LIMIT}"))
                })
        });
        Ok(PageRequest {
            after: after.transpose()?,
            limit: limit.transpose()?.unwrap_or(DEFAULT_LIMIT),
        })
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
    if query.len() > MAX_QUERY_LEN {
        return Err(Problem::invalid_parameter("", "the query is too long"));
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
