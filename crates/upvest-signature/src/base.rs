//! The signature base.

use std::borrow::Cow;

use crate::{Delivery, Profile, Rejection};

/// What a component list covers of a delivery, before a profile writes it.
pub(crate) struct SignatureBase<'a> {
    /// Names and values in the sender's order.
    lines: Vec<(&'a str, Cow<'a, [u8]>)>,
    /// The text of the list and its parameters, byte for byte.
    raw_parameters: &'a str,
}

impl<'a> SignatureBase<'a> {
    /// # Errors
    /// A component that is unknown, absent, repeated, or has a line break in it.
    pub(crate) fn of(
        delivery: &Delivery<'a>,
        components: &'a [String],
        raw_parameters: &'a str,
    ) -> Result<Self, Rejection> {
        let line = |component: &'a String| {
            let value = value(delivery, component)?;
            // One base must not be that of two requests.
            if value.iter().any(|b| matches!(b, b'\n' | b'\r' | 0)) {
                return Err(Rejection::MalformedCoveredHeader);
            }
            Ok((component.as_str(), value))
        };
        Ok(Self {
            lines: components.iter().map(line).collect::<Result<_, _>>()?,
            raw_parameters,
        })
    }

    /// The bytes that are signed: a line `name: value` per component, then
    /// `@signature-params: ` and the raw parameters; lines end with LF but for the
    /// last. The profile says whether names are quoted.
    pub(crate) fn bytes(&self, profile: Profile) -> Vec<u8> {
        let quote = profile.quote();
        let mut base = Vec::with_capacity(1024);
        for (name, value) in &self.lines {
            base.extend_from_slice(format!("{quote}{name}{quote}: ").as_bytes());
            base.extend_from_slice(value);
            base.push(b'\n');
        }
        base.extend_from_slice(format!("{quote}@signature-params{quote}: ").as_bytes());
        base.extend_from_slice(self.raw_parameters.as_bytes());
        base
    }
}

/// What a component stands for.
pub(crate) fn value<'a>(
    delivery: &Delivery<'a>,
    component: &str,
) -> Result<Cow<'a, [u8]>, Rejection> {
    match component {
        "@method" => Ok(Cow::Borrowed(delivery.method.as_bytes())),
        "@path" => Ok(Cow::Borrowed(delivery.path.as_bytes())),
        "@query" => {
            let query = delivery.query.unwrap_or_default();
            Ok(Cow::Owned(format!("?{query}").into_bytes()))
        }
        header if is_field_name(header) => {
            let mut values = delivery.values(header);
            let value = values.next().ok_or(Rejection::MissingCoveredHeader)?;
            match values.next() {
                Some(_) => Err(Rejection::RepeatedCoveredHeader),
                None => Ok(Cow::Borrowed(value)),
            }
        }
        _ => Err(Rejection::UnknownComponent),
    }
}

/// A token of RFC 9110, section 5.6.2.
fn is_field_name(name: &str) -> bool {
    let tchar = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(tchar)
}

#[cfg(test)]
mod tests;
