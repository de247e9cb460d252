//! Octets and lines that came within a time.

use std::io::Read as _;
use std::time::{Duration, Instant};

use anyhow::Result;
use postgres::Client;

/// What an export or a COPY sent.
#[derive(Default)]
pub(crate) struct Stream {
    pub bytes: u64,
    pub lines: u64,
    pub time: Duration,
}

impl Stream {
    /// What the statements send to STDOUT, one after the other.
    pub(crate) fn copied(client: &mut Client, statements: &[String]) -> Result<Self> {
        let mut stream = Self::default();
        let mut piece = vec![0; 1 << 16];
        let start = Instant::now();
        for statement in statements {
            let mut rows = client.copy_out(statement)?;
            loop {
                let len = rows.read(&mut piece)?;
                if len == 0 {
                    break;
                }
                stream.add(&piece[..len]);
            }
        }
        stream.time = start.elapsed();
        Ok(stream)
    }

    pub(crate) fn add(&mut self, piece: &[u8]) {
        let lines = piece.iter().filter(|&&octet| octet == b'\n').count();
        self.lines += lines as u64;
        self.bytes += piece.len() as u64;
    }

    fn mb_per_s(&self) -> f64 {
        self.bytes as f64 / 1e6 / self.time.as_secs_f64()
    }

    fn lines_per_s(&self) -> f64 {
        self.lines as f64 / self.time.as_secs_f64()
    }

    /// Columns of a table: MB/s and lines/s of this stream, then of a baseline,
    /// with the ratio of this stream to it.
    pub(crate) fn beside(&self, baseline: &Self) -> [String; 4] {
        let (mb, lines) = (self.mb_per_s(), self.lines_per_s());
        let (base_mb, base_lines) = (baseline.mb_per_s(), baseline.lines_per_s());
        [
            format!("{mb:.1}"),
            format!("{lines:.0}"),
            format!("{base_mb:.1} ({:.2})", mb / base_mb),
            format!("{base_lines:.0} ({:.2})", lines / base_lines),
        ]
    }
}
