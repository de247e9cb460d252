//! The signature base.

use crate::{Delivery, Rejection};

/// The bytes that are signed: a line `name: value` per component in the order of
/// the list, names unquoted, then `@signature-params: ` and the raw parameters;
/// lines end with LF but for the last.
pub(crate) fn signature_base(
    delivery: &Delivery<'_>,
    components: &[String],
    raw_parameters: &str,
) -> Result<Vec<u8>, Rejection> {
    let mut base = Vec::with_capacity(1024);
    for component in components {
        base.extend_from_slice(component.as_bytes());
        base.extend_from_slice(b": ");
        match component.as_str() {
            "@method" => base.extend_from_slice(delivery.method.as_bytes()),
            "@path" => base.extend_from_slice(delivery.path.as_bytes()),
            "@query" => {
                base.push(b'?');
                base.extend_from_slice(delivery.query.unwrap_or_default().as_bytes());
            }
            derived if derived.starts_with('@') => return Err(Rejection::UnknownComponent),
            header => {
                let mut values = delivery.values(header).peekable();
                if values.peek().is_none() {
                    return Err(Rejection::MissingCoveredHeader);
                }
                base.extend_from_slice(&values.collect::<Vec<_>>().join(&b", "[..]));
            }
        }
        base.push(b'\n');
    }
    base.extend_from_slice(b"@signature-params: ");
    base.extend_from_slice(raw_parameters.as_bytes());
    Ok(base)
}
