//! The header `Signature-Input`.

use sfv::{BareItem, KeyRef, List, ListEntry, Parser};

use crate::{Delivery, Rejection};

/// The longest `Signature-Input` or `Signature` that is looked at.
const MAX_HEADER_LEN: usize = 4096;
/// The most components of a signature.
const MAX_COMPONENTS: usize = 32;

/// One signature's input, as the sender declared it.
pub(crate) struct SignatureInput<'a> {
    /// The dictionary key, such as `sig1`.
    pub label: &'a str,
    /// The text after `sig1=`, byte for byte: the last line of the base ends
    /// with it.
    pub raw: &'a str,
    /// The covered components in the sender's order.
    pub components: Vec<String>,
    pub key_id: String,
    pub created_s: i64,
    pub expires_s: Option<i64>,
}

impl<'a> SignatureInput<'a> {
    pub(crate) fn of(delivery: &Delivery<'a>) -> Result<Self, Rejection> {
        let malformed = || Rejection::MalformedSignatureInput;
        let (label, raw) = single_member(delivery, "signature-input", malformed)?;
        // The rest of the member, read as a list, must be one inner list: that
        // excludes a second member, whether its label is new or repeated.
        let list: List = Parser::new(raw).parse().map_err(|_| malformed())?;
        let [ListEntry::InnerList(inner)] = list.as_slice() else {
            return Err(malformed());
        };
        if inner.items.len() > MAX_COMPONENTS {
            return Err(malformed());
        }
        let mut components: Vec<String> = Vec::with_capacity(inner.items.len());
        for item in &inner.items {
            let BareItem::String(name) = &item.bare_item else {
                return Err(malformed());
            };
            if !item.params.is_empty() {
                return Err(Rejection::UnknownComponent);
            }
            if components.iter().any(|seen| seen == name.as_str()) {
                return Err(Rejection::DuplicateComponent);
            }
            components.push(name.as_str().to_owned());
        }
        let parameter = |name| {
            KeyRef::from_str(name)
                .ok()
                .and_then(|key| inner.params.get(key))
        };
        let Some(BareItem::String(key_id)) = parameter("keyid") else {
            return Err(Rejection::MalformedParameter("keyid"));
        };
        let Some(BareItem::Integer(created)) = parameter("created") else {
            return Err(Rejection::MalformedParameter("created"));
        };
        let expires_s = match parameter("expires") {
            None => None,
            Some(BareItem::Integer(expires)) => Some(i64::from(*expires)),
            Some(_) => return Err(Rejection::MalformedParameter("expires")),
        };
        if parameter("alg").is_some() {
            return Err(Rejection::UnsupportedAlgorithm);
        }
        Ok(Self {
            label,
            raw,
            components,
            key_id: key_id.as_str().to_owned(),
            created_s: i64::from(*created),
            expires_s,
        })
    }
}

/// Splits a header with a dictionary of one member into its key and the text of
/// its value.
pub(crate) fn single_member<'a>(
    delivery: &Delivery<'a>,
    header: &'static str,
    malformed: impl Fn() -> Rejection,
) -> Result<(&'a str, &'a str), Rejection> {
    let mut values = delivery.values(header);
    let value = values.next().ok_or(Rejection::MissingHeader(header))?;
    if values.next().is_some() {
        return Err(Rejection::RepeatedHeader(header));
    }
    std::str::from_utf8(value)
        .ok()
        .filter(|text| text.len() <= MAX_HEADER_LEN)
        .and_then(|text| text.split_once('='))
        .filter(|(label, _)| KeyRef::from_str(label).is_ok())
        .ok_or_else(malformed)
}
