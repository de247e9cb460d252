//! The contract, and the page that shows it: compressed when this was built, and taken
//! apart only for who does not take gzip.

use http::StatusCode;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use web::{Head, Problem, Reply, ReplyBody};

/// A document that never changes within a build.
pub(crate) struct Document {
    content_type: &'static str,
    /// RFC 1952, without a name and extra fields.
    gzip: &'static [u8],
    /// The octets when taken apart.
    len: usize,
    etag: &'static str,
    /// Of a page: what it may load.
    policy: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/documents.rs"));

/// The octets of a gzip header without optional fields, and of what follows the data.
const GZIP_HEAD_LEN: usize = 10;
const GZIP_TAIL_LEN: usize = 8;

/// What the page may load: itself and this host. The viewer writes styles into its
/// elements, and its icons are in its own text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    connect-src 'self'; img-src 'self' data:; font-src 'self' data:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

impl Document {
    /// The answer: compressed, plain, or nothing but that the caller has it.
    pub(crate) fn reply(&self, head: &Head) -> Result<Reply, Problem> {
        let mut headers = vec![
            ("etag", self.etag.to_owned()),
            ("cache-control", "no-cache".to_owned()),
            ("vary", "accept-encoding".to_owned()),
        ];
        if head
            .header("if-none-match")
            .is_some_and(|value| names(value, self.etag))
        {
            return Ok(Reply {
                status: StatusCode::NOT_MODIFIED,
                headers,
                body: ReplyBody::Whole(Vec::new()),
            });
        }
        headers.push(("content-type", self.content_type.to_owned()));
        if let Some(policy) = self.policy {
            headers.push(("content-security-policy", policy.to_owned()));
            headers.push(("referrer-policy", "no-referrer".to_owned()));
        }
        let body = if takes_gzip(head.header("accept-encoding").unwrap_or_default()) {
            headers.push(("content-encoding", "gzip".to_owned()));
            self.gzip.to_vec()
        } else {
            self.plain()?
        };
        Ok(Reply {
            status: StatusCode::OK,
            headers,
            body: ReplyBody::Whole(body),
        })
    }

    fn plain(&self) -> Result<Vec<u8>, Problem> {
        let end = self.gzip.len().saturating_sub(GZIP_TAIL_LEN);
        let deflated = self.gzip.get(GZIP_HEAD_LEN..end).unwrap_or_default();
        decompress_to_vec_with_limit(deflated, self.len)
            .map_err(|error| Problem::internal(format!("a document of this build: {error}")))
    }
}

/// RFC 9110, section 13.1.2: whether the list has the tag, by the weak comparison.
fn names(list: &str, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    list.trim() == "*" || list.split(',').any(|tag| opaque(tag) == opaque(etag))
}

/// RFC 9110, section 12.5.3.
fn takes_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let name = name.trim();
        let zero = |q: &str| q.bytes().all(|octet| matches!(octet, b'0' | b'.'));
        let refused = weight.trim().strip_prefix("q=").is_some_and(zero);
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn head(headers: &[(&str, &str)]) -> Head {
        let headers = headers.iter();
        Head {
            method: Method::GET,
            path: String::new(),
            query: None,
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect(),
        }
    }

    fn body(reply: Reply) -> Vec<u8> {
        match reply.body {
            ReplyBody::Whole(body) => body,
            ReplyBody::Pieces(_) => Vec::new(),
        }
    }

    #[test]
    fn each_document_comes_plain_and_compressed() {
        for document in [&CONTRACT, &PAGE, &VIEWER] {
            let plain = body(document.reply(&head(&[])).expect("a reply"));
            assert_eq!(plain.len(), document.len);
            let asked = head(&[("accept-encoding", "br, GZIP;q=0.5")]);
            let packed = body(document.reply(&asked).expect("a reply"));
            assert_eq!(packed, document.gzip);
            assert!(packed.len() < plain.len());
        }
    }

    #[test]
    fn gzip_is_for_who_takes_it() {
        for (accepted, taken) in [
            ("", false),
            ("br", false),
            ("gzip", true),
            ("deflate, gzip", true),
            ("gzip;q=0", false),
            ("gzip; q=0.000, br", false),
            ("*", true),
            ("x-gzip", false),
        ] {
            assert_eq!(takes_gzip(accepted), taken, "{accepted}");
        }
    }

    #[test]
    fn who_has_it_is_told_so() {
        let etag = PAGE.etag;
        let strong = etag.trim_start_matches("W/");
        for value in [etag, strong, "*", &format!("\"a\", {etag}")] {
            let reply = PAGE
                .reply(&head(&[("if-none-match", value)]))
                .expect("a reply");
            assert_eq!(reply.status, StatusCode::NOT_MODIFIED, "{value}");
            assert!(body(reply).is_empty());
        }
        let reply = PAGE
            .reply(&head(&[("if-none-match", "\"a\"")]))
            .expect("a reply");
        assert_eq!(reply.status, StatusCode::OK);
    }
}
