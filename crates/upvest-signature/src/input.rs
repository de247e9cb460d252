//! The headers `Signature-Input` and `Signature`.

use std::convert::Infallible;

use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored};
use sfv::{BareItem, InnerList, KeyRef, List, ListEntry, Parser};

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
        let list: List = Parser::new(raw).parse().map_err(|_| malformed())?;
        let [ListEntry::InnerList(inner)] = list.as_slice() else {
            return Err(malformed());
        };
        let components = components(inner)?;
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

/// The id of the key by which a delivery says that it was signed, if that can be
/// read. Nothing is verified.
#[must_use]
pub fn claimed_key_id(delivery: &Delivery<'_>) -> Option<String> {
    SignatureInput::of(delivery).ok().map(|input| input.key_id)
}

/// The names of an inner list, each once and without parameters.
fn components(inner: &InnerList) -> Result<Vec<String>, Rejection> {
    if inner.items.len() > MAX_COMPONENTS {
        return Err(Rejection::MalformedSignatureInput);
    }
    let mut components: Vec<String> = Vec::with_capacity(inner.items.len());
    for item in &inner.items {
        let BareItem::String(name) = &item.bare_item else {
            return Err(Rejection::MalformedSignatureInput);
        };
        if !item.params.is_empty() {
            return Err(Rejection::UnknownComponent);
        }
        if components.iter().any(|seen| seen == name.as_str()) {
            return Err(Rejection::DuplicateComponent);
        }
        components.push(name.as_str().to_owned());
    }
    Ok(components)
}

/// Splits a header with a dictionary of one member into its key and the text of
/// its value.
pub(crate) fn single_member<'a>(
    delivery: &Delivery<'a>,
    header: &'static str,
    malformed: impl Fn() -> Rejection,
) -> Result<(&'a str, &'a str), Rejection> {
    let text = std::str::from_utf8(delivery.value(header)?)
        .ok()
        .filter(|text| text.len() <= MAX_HEADER_LEN)
        .ok_or_else(&malformed)?;
    let labels = Parser::new(text)
        .parse_dictionary_with_visitor(Labels(Vec::new()))
        .map_err(|_| malformed())?;
    let [label] = labels.as_slice() else {
        let twice = |(i, label)| labels[..i].contains(label);
        return Err(match labels.iter().enumerate().any(twice) {
            true => Rejection::DuplicateLabel,
            false if labels.is_empty() => malformed(),
            false => Rejection::SeveralSignatures,
        });
    };
    text.strip_prefix(label)
        .and_then(|rest| rest.strip_prefix('='))
        .map(|value| (*label, value))
        .ok_or_else(malformed)
}

/// The keys of a dictionary, those too that a later one replaces.
struct Labels<'a>(Vec<&'a str>);

impl<'a> DictionaryVisitor<'a> for Labels<'a> {
    type Out = Vec<&'a str>;
    type Error = Infallible;

    fn entry(&mut self, key: &'a KeyRef) -> Result<impl EntryVisitor<'a>, Infallible> {
        self.0.push(key.as_str());
        Ok(Ignored)
    }

    fn finish(self) -> Result<Self::Out, Infallible> {
        Ok(self.0)
    }
}
