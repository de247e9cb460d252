//! Why a query is refused.

/// A query that is not understood, or asks for what is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The parameter of the URL.
    pub parameter: String,
    /// What is wrong with it.
    pub detail: String,
    /// The known name that is nearest to the unknown one.
    pub nearest: Option<&'static str>,
}

impl Refused {
    /// A parameter that is refused.
    pub(crate) fn new(parameter: &str, detail: impl Into<String>) -> Self {
        Self {
            parameter: parameter.chars().take(100).collect(),
            detail: detail.into(),
            nearest: None,
        }
    }

    /// A name that is not known.
    pub(crate) fn unknown(
        parameter: &str,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'static str>,
    ) -> Self {
        let shown: String = name.chars().take(64).collect();
        Self {
            nearest: nearest(&shown, known),
            ..Self::new(parameter, format!("there is no {what} `{shown}`"))
        }
    }
}

/// The nearest of the known names, if it is near and has something of the name.
pub(crate) fn nearest(
    name: &str,
    known: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let len = name.chars().count();
    let far = (len / 2).max(1);
    known
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, known)| *distance <= far && *distance < len.max(known.len()))
        .min()
        .map(|(_, known)| known)
}
