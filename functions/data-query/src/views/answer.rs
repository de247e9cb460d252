//! A page as one answer.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use query::{Compiled, Output};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Page;
use web::routes::Data;
use web::{Call, Problem, Reply, ReplyBody};

use super::Reading;
use super::accept::Media;
use super::cursor::Cursor;
use crate::negotiation::has;

/// Answers that are shorter are sent as they are.
const MIN_GZIP_LEN: usize = 1_000;

/// The answer of a page.
pub(super) fn reply(
    call: &Call<Data>,
    reading: &Reading,
    compiled: &Compiled,
    media: Media,
    page: Page,
    gzip: bool,
) -> Result<Reply, Problem> {
    let facts = &page.facts;
    let expires_s = Cursor::expiry(reading.now_s);
    let next = match (&facts.next, &facts.seal) {
        (Some(place), Some(seal)) => Some((place, seal)),
        _ => None,
    };
    // A page that was reached by a cursor is in that cursor's frame.
    let expires_s = match reading.query.cursor.as_deref() {
        Some(text) => Cursor::read(text, reading.now_s)?.expires_s(),
        None => expires_s,
    };
    let next = next.map(|(place, seal)| Cursor::write(place, seal, expires_s));
    let mut headers = vec![
        ("content-type", media.content_type().to_owned()),
        ("vary", "accept, accept-encoding, authorization".to_owned()),
    ];
    if let Some(next) = &next {
        headers.push((
            "link",
            format!("<{}>; rel=\"next\"", address(reading, next)),
        ));
    }
    if let Some(count) = facts.count {
        headers.push(("content-range", format!("*/{count}")));
    }
    let body = match media {
        Media::Json => {
            let next = json!(next);
            let count = facts.count.map(|count| format!(",\"count\":{count}"));
            let count = count.unwrap_or_default();
            format!("{{\"items\":[{}],\"next\":{next}{count}}}", page.text)
        }
        Media::Lines => with_end(page.text, "\n"),
        Media::Csv => with_end(heading(&compiled.outputs) + page.text.as_str(), "\r\n"),
    };
    let mut body = body.into_bytes();
    let gzip = gzip && body.len() >= MIN_GZIP_LEN;
    let tag = tag(&body, next.is_some(), gzip);
    let known = has(&call.head, &tag);
    headers.push(("etag", tag));
    if known {
        return Ok(Reply {
            status: StatusCode::NOT_MODIFIED,
            headers,
            body: ReplyBody::Whole(Vec::new()),
        });
    }
    if gzip {
        headers.push(("content-encoding", "gzip".to_owned()));
        body = compressed(&body)?;
    }
    Ok(Reply {
        status: StatusCode::OK,
        headers,
        body: ReplyBody::Whole(body),
    })
}

/// The names of the columns, as the first line of a CSV file.
pub(super) fn heading(outputs: &[Output]) -> String {
    let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
    names.join(",") + "\r\n"
}

fn with_end(mut text: String, end: &str) -> String {
    if !text.is_empty() && !text.ends_with(end) {
        text.push_str(end);
    }
    text
}

/// The digest of a representation. The cursor is another each time.
fn tag(body: &[u8], has_next: bool, gzip: bool) -> String {
    let end = if has_next {
        body.windows(8).rposition(|window| window == b",\"next\":")
    } else {
        None
    };
    let digest = Sha256::digest(&body[..end.unwrap_or(body.len())]);
    let hex: String = digest.iter().take(16).map(|b| format!("{b:02x}")).collect();
    let (next, gzip) = (u8::from(has_next), if gzip { "-gzip" } else { "" });
    format!("\"{hex}{next}{gzip}\"")
}

fn compressed(body: &[u8]) -> Result<Vec<u8>, Problem> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder
        .write_all(body)
        .and_then(|()| encoder.finish())
        .map_err(|error| Problem::internal(error.to_string()))
}

/// The address of the next page.
fn address(reading: &Reading, next: &str) -> String {
    let mut query = reading.query.clone();
    query.cursor = Some(next.to_owned());
    let parameters = query.parameters();
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(&parameters);
    format!("/v1/data/{}?{}", reading.view.name, text.finish())
}
