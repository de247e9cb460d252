//! The contract, and the page that shows it: compressed when this was built, and taken
//! apart only for who does not take gzip.

use std::io::Read as _;

use flate2::read::GzDecoder;
use http::StatusCode;
use web::{Head, Problem, Reply, ReplyBody};

use crate::negotiation::{has, takes_gzip};

/// A document that never changes within a build.
pub(crate) struct Document {
    content_type: &'static str,
    /// RFC 1952.
    gzip: &'static [u8],
    /// The octets when taken apart.
    len: usize,
    etag: &'static str,
    /// Of a page: what it may load.
    policy: Option<&'static str>,
}

include!(concat!(env!("OUT_DIR"), "/documents.rs"));

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
        if has(head, self.etag) {
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
        let body = if takes_gzip(head) {
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
        let mut plain = Vec::with_capacity(self.len);
        GzDecoder::new(self.gzip)
            .read_to_end(&mut plain)
            .map_err(|error| Problem::internal(format!("a document of this build: {error}")))?;
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::negotiation::tests::head;

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
