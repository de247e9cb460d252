//! Whole answers, page by page: no more of one is in memory than a page.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::StatusCode;
use query::Compiled;
use store::{Database, Page};
use web::{Broken, Reply, ReplyBody};

use super::accept::Media;
use super::answer::heading;
use super::{Reading, cursor};

/// How many rows a piece has.
pub(super) const PIECE_ROWS: u32 = 10_000;

/// An answer of which the first page is there.
pub(super) fn reply(
    database: Box<dyn Database>,
    reading: Reading,
    compiled: Compiled,
    media: Media,
    first: Page,
    gzip: bool,
) -> Reply {
    let mut headers = vec![
        ("content-type", media.content_type().to_owned()),
        ("vary", "accept, accept-encoding, authorization".to_owned()),
    ];
    if let Some(count) = first.facts.count {
        headers.push(("content-range", format!("*/{count}")));
    }
    if gzip {
        headers.push(("content-encoding", "gzip".to_owned()));
    }
    let heading = match media {
        Media::Csv => heading(&compiled.outputs),
        _ => String::new(),
    };
    let export = Export {
        database,
        reading,
        media,
        encoder: gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast())),
        heading: Some(heading),
        place: None,
        first: Some(first),
        ended: false,
    };
    Reply {
        status: StatusCode::OK,
        headers,
        body: ReplyBody::Pieces(Box::new(export)),
    }
}

struct Export {
    database: Box<dyn Database>,
    reading: Reading,
    media: Media,
    encoder: Option<GzEncoder<Vec<u8>>>,
    heading: Option<String>,
    /// Where the next page begins.
    place: Option<Vec<Option<String>>>,
    /// The page that was asked for before the answer began.
    first: Option<Page>,
    ended: bool,
}

impl Iterator for Export {
    type Item = Result<Vec<u8>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let piece = self.piece();
        self.ended |= piece.is_err();
        Some(piece)
    }
}

impl Export {
    fn piece(&mut self) -> Result<Vec<u8>, Broken> {
        let page = match self.first.take() {
            Some(first) => first,
            None => self.page()?,
        };
        self.place = match &page.facts.next {
            Some(next) => Some(cursor::place(next).ok_or(Broken)?),
            None => None,
        };
        self.ended = self.place.is_none();
        let mut text = self.heading.take().unwrap_or_default();
        text.push_str(&page.text);
        if !page.text.is_empty() {
            text.push_str(if self.media == Media::Csv {
                "\r\n"
            } else {
                "\n"
            });
        }
        self.encoded(text.into_bytes())
    }

    fn page(&self) -> Result<Page, Broken> {
        let place = self.place.as_deref();
        let compiled = self
            .reading
            .compile(self.media.form(), (PIECE_ROWS, true), place);
        let compiled = compiled.map_err(|_| Broken)?;
        self.reading
            .ask(&*self.database, &compiled, None, true)
            .map_err(|_| Broken)
    }

    /// A piece as it leaves; of a compressed answer, what is ready of it.
    fn encoded(&mut self, piece: Vec<u8>) -> Result<Vec<u8>, Broken> {
        let Some(encoder) = &mut self.encoder else {
            return Ok(piece);
        };
        encoder.write_all(&piece).map_err(|_| Broken)?;
        if self.ended {
            encoder.try_finish().map_err(|_| Broken)?;
        }
        Ok(std::mem::take(encoder.get_mut()))
    }
}
