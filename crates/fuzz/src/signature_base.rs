//! The signature base.

use sfv::BareItem;
use upvest_signature::{Delivery, Profile};

use crate::signature_input::only_list;

/// Between the parts of `data`.
const RECORD_SEPARATOR: u8 = 0x1e;
/// Between the name and the value of a header.
const UNIT_SEPARATOR: u8 = 0x1f;

/// `data`: the path, the query (absent if empty), the value of `Signature-Input`, and
/// headers, each name in front of its value.
///
/// # Panics
/// A base cannot be read back as what it is the base of: then it could be that of
/// another request too.
pub fn signature_base(data: &[u8]) {
    let mut parts = data.split(|byte| *byte == RECORD_SEPARATOR);
    let path = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let query = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let input = parts.next().unwrap_or_default();
    let mut headers: Vec<(String, Vec<u8>)> = parts.map(header).collect();
    headers.push(("signature-input".to_owned(), input.to_vec()));
    let delivery = Delivery {
        method: "POST",
        path: &path,
        query: (!query.is_empty()).then_some(&query),
        headers: &headers,
        body: b"",
    };
    let of = |profile| upvest_signature::signature_base(&delivery, profile);
    let (unquoted, quoted) = (of(Profile::Draft06), of(Profile::Draft15));
    assert_eq!(unquoted.as_ref().err(), quoted.as_ref().err(), "by profile");
    if let (Ok(unquoted), Ok(quoted)) = (unquoted, quoted) {
        read_back(&delivery, &unquoted, "");
        read_back(&delivery, &quoted, "\"");
    }
}

fn header(part: &[u8]) -> (String, Vec<u8>) {
    let at = part.iter().position(|byte| *byte == UNIT_SEPARATOR);
    let (name, value) = part.split_at(at.unwrap_or(part.len()));
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    (name, value.get(1..).unwrap_or_default().to_vec())
}

fn read_back(delivery: &Delivery<'_>, base: &[u8], quote: &str) {
    let (_, input) = delivery.headers.last().expect("it is there");
    let list = only_list(input);
    let mut lines = base.split(|byte| *byte == b'\n');
    for item in &list.items {
        let BareItem::String(component) = &item.bare_item else {
            panic!("a component that is no text");
        };
        assert!(item.params.is_empty(), "parameters of a component");
        let name = format!("{quote}{}{quote}: ", component.as_str());
        let line = lines.next().expect("a line");
        let value = line.strip_prefix(name.as_bytes()).expect("its name");
        assert_eq!(value, sent(delivery, component.as_str()), "{name}");
    }
    let name = format!("{quote}@signature-params{quote}: ");
    let line = lines.next().expect("the last line");
    let parameters = line.strip_prefix(name.as_bytes()).expect("its name");
    assert_eq!(lines.next(), None, "a line too many");
    let stated = input.trim_ascii();
    let at = stated.iter().position(|byte| *byte == b'=');
    assert_eq!(Some(parameters), at.map(|at| &stated[at + 1..]));
}

/// What the request has for a component.
fn sent(delivery: &Delivery<'_>, component: &str) -> Vec<u8> {
    let query = delivery.query.unwrap_or_default();
    match component {
        "@method" => delivery.method.as_bytes().to_vec(),
        "@path" => delivery.path.as_bytes().to_vec(),
        "@query" => format!("?{query}").into_bytes(),
        name => {
            let mut values = delivery.headers.iter().filter(|(n, _)| n == name);
            let (_, value) = values.next().expect("the header");
            assert_eq!(values.next(), None, "a header twice");
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
            let from = value.iter().take_while(|byte| blank(byte)).count();
            let to = value.iter().rev().take_while(|byte| blank(byte)).count();
            value
                .get(from..value.len() - to)
                .unwrap_or_default()
                .to_vec()
        }
    }
}
