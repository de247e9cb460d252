//! Bodies that are read and written in pieces.

use std::fmt;

use crate::{Code, Problem};

/// A request's body as it arrives.
pub trait BodyStream {
    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// [`BodyError::Truncated`].
    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, BodyError>;
}

/// Why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than allowed.
    TooLarge,
    /// It ended before its end.
    Truncated,
}

/// A body with a limit.
pub(crate) struct Limited {
    stream: Box<dyn BodyStream>,
    max_len: usize,
    seen_len: usize,
}

impl Limited {
    pub(crate) fn new(stream: Box<dyn BodyStream>, max_len: usize) -> Self {
        Self {
            stream,
            max_len,
            seen_len: 0,
        }
    }

    fn next_piece(&mut self) -> Result<Option<Vec<u8>>, Problem> {
        let piece = self.stream.next_piece().map_err(|error| match error {
            BodyError::TooLarge => self.too_large(),
            BodyError::Truncated => Problem::new(Code::TruncatedBody),
        })?;
        self.seen_len += piece.as_ref().map_or(0, Vec::len);
        if self.seen_len > self.max_len {
            return Err(self.too_large());
        }
        Ok(piece)
    }

    fn too_large(&self) -> Problem {
        too_large(self.max_len)
    }

    /// The whole body.
    pub(crate) fn collect(mut self) -> Result<Vec<u8>, Problem> {
        let mut body = Vec::new();
        while let Some(piece) = self.next_piece()? {
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

/// [`Code::BodyTooLarge`] with the limit.
pub(crate) fn too_large(max_len: usize) -> Problem {
    Problem::new(Code::BodyTooLarge)
        .because(format!("this operation takes at most {max_len} bytes"))
}

/// A body of lines (`application/x-ndjson`), one after the other: no more of it is
/// in memory than a piece and a line.
pub struct Lines {
    body: Limited,
    buffer: Vec<u8>,
    /// Where the next line begins in the buffer.
    start: usize,
    ended: bool,
}

impl Lines {
    /// The most octets of a line.
    pub const MAX_LINE_LEN: usize = 16 * 1024;

    pub(crate) fn new(body: Limited) -> Self {
        Self {
            body,
            buffer: Vec::new(),
            start: 0,
            ended: false,
        }
    }

    /// The octets that have arrived.
    #[must_use]
    pub const fn seen_len(&self) -> usize {
        self.body.seen_len
    }

    /// The next line that is not empty, without its end; `None` after the last.
    ///
    /// # Errors
    /// [`Code::BodyTooLarge`], also for a line beyond [`Lines::MAX_LINE_LEN`];
    /// [`Code::TruncatedBody`].
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, Problem> {
        loop {
            let rest = &self.buffer[self.start..];
            let (len, skip) = match rest.iter().position(|b| *b == b'\n') {
                Some(len) => (len, len + 1),
                None if self.ended && rest.is_empty() => return Ok(None),
                None if self.ended => (rest.len(), rest.len()),
                None => {
                    self.fill()?;
                    continue;
                }
            };
            if len > Self::MAX_LINE_LEN {
                return Err(Self::line_too_long());
            }
            let from = self.start;
            self.start += skip;
            if !self.buffer[from..from + len].trim_ascii().is_empty() {
                return Ok(Some(&self.buffer[from..from + len]));
            }
        }
    }

    fn fill(&mut self) -> Result<(), Problem> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if self.buffer.len() > Self::MAX_LINE_LEN {
            return Err(Self::line_too_long());
        }
        match self.body.next_piece()? {
            Some(piece) => self.buffer.extend_from_slice(&piece),
            None => self.ended = true,
        }
        Ok(())
    }

    fn line_too_long() -> Problem {
        Problem::new(Code::BodyTooLarge)
            .because(format!("a line has at most {} bytes", Self::MAX_LINE_LEN))
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("seen_len", &self.seen_len())
            .finish_non_exhaustive()
    }
}

/// An answer cannot be brought to its end: its body is left unfinished, which
/// every client notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// The pieces of a body.
pub type Pieces = Box<dyn Iterator<Item = Result<Vec<u8>, Broken>>>;

/// The body of an answer.
pub enum ReplyBody {
    /// All of it.
    Whole(Vec<u8>),
    /// Pieces that are made while the first are on their way. Nothing that can be
    /// refused is left to them: the status has gone ahead.
    Pieces(Pieces),
}

impl ReplyBody {
    /// The octets, where they are known.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::Whole(bytes) => Some(bytes.len()),
            Self::Pieces(_) => None,
        }
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => f.debug_tuple("Whole").field(&bytes.len()).finish(),
            Self::Pieces(_) => f.write_str("Pieces"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    struct Arriving(VecDeque<&'static str>, bool);

    impl BodyStream for Arriving {
        fn next_piece(&mut self) -> Result<Option<Vec<u8>>, BodyError> {
            match self.0.pop_front() {
                Some(piece) => Ok(Some(piece.as_bytes().to_vec())),
                None if self.1 => Err(BodyError::Truncated),
                None => Ok(None),
            }
        }
    }

    fn limited(pieces: &[&'static str], truncated: bool, max_len: usize) -> Limited {
        let pieces = Arriving(pieces.iter().copied().collect(), truncated);
        Limited::new(Box::new(pieces), max_len)
    }

    fn lines(pieces: &[&'static str]) -> Vec<String> {
        let mut lines = Lines::new(limited(pieces, false, 1_000_000));
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().expect("readable").map(<[u8]>::to_vec) {
            found.push(String::from_utf8(line).expect("text"));
        }
        found
    }

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let expected = ["one", "two ", "3"];
        for pieces in [
            &["one\n\ntwo \n3"][..],
            &["on", "e", "\n", "\n", "two ", "\n3"],
            &["one\n", "\ntwo \n", "", "3", "\n"],
        ] {
            assert_eq!(lines(pieces), expected, "{pieces:?}");
        }
        assert_eq!(lines(&[]), [""; 0]);
        assert_eq!(lines(&["\n \r\n"]), [""; 0]);
    }

    #[test]
    fn limits_are_kept() {
        let body = limited(&["12345", "678"], false, 8).collect();
        assert_eq!(body, Ok(b"12345678".to_vec()));
        let body = limited(&["12345", "6789"], false, 8).collect();
        assert_eq!(body.expect_err("too long").code(), Code::BodyTooLarge);
        let body = limited(&["12345"], true, 8).collect();
        assert_eq!(body.expect_err("cut short").code(), Code::TruncatedBody);

        let long: &'static str = "x".repeat(Lines::MAX_LINE_LEN).leak();
        let mut one_line = Lines::new(limited(&[long, "\n"], false, 1_000_000));
        assert!(matches!(one_line.next_line(), Ok(Some(line)) if line.len() == long.len()));
        for pieces in [&[long, "y\n"][..], &[long, "y", long]] {
            let mut too_long = Lines::new(limited(pieces, false, 1_000_000));
            let problem = too_long.next_line().expect_err("too long");
            assert_eq!(problem.code(), Code::BodyTooLarge);
        }
    }
}
