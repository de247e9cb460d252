//! Everything that is held about a member (Art. 15 and 20 GDPR).

use std::collections::VecDeque;

use serde_json::{Value, json};
use store::Database;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;
use web::routes::Data;
use web::{Broken, Call, Code, Host, Problem, Reply};

use super::Asked;

/// What the law wants told of each category: what for, on which ground, from whom, to whom,
/// for how long.
const CATEGORIES: &str = include_str!("categories.json");

/// The sections with the rows that are looked at for a page of each.
const SECTIONS: [(&str, u32); 6] = [
    ("member", 1),
    ("objects", 1),
    ("valuations", 1),
    ("journal", 5_000),
    ("settlements", 1),
    ("events", 20_000),
];

pub(super) fn export(host: &dyn Host, call: &Call<Data>, asked: Asked) -> Result<Reply, Problem> {
    let database = host.database()?;
    let member = store::member_account(&*database, asked.member_id, call.today())?;
    member.ok_or(Problem::new(Code::NotFound))?;
    let categories: Value = serde_json::from_str(CATEGORIES)
        .map_err(|error| Problem::internal(format!("the categories: {error}")))?;
    let first = json!({
        "type": "export",
        "member_id": asked.member_id,
        "made_at": call.now.format(&Rfc3339).unwrap_or_default(),
        "about": categories,
    });
    Ok(Reply::lines(Export {
        database,
        member_id: asked.member_id,
        first: Some(format!("{first}\n")),
        lines: 1,
        sections: SECTIONS.into(),
        after: None,
        ended: false,
    }))
}

/// An export, page by page.
struct Export {
    database: Box<dyn Database>,
    member_id: Uuid,
    /// The first line, until it is given.
    first: Option<String>,
    /// How many lines were given so far.
    lines: usize,
    /// The section that is read, and those to come.
    sections: VecDeque<(&'static str, u32)>,
    /// Where the next page begins.
    after: Option<String>,
    /// Whether the last line was given: without it an export was cut off.
    ended: bool,
}

impl Iterator for Export {
    type Item = Result<Vec<u8>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(first) = self.first.take() {
            return Some(Ok(first.into_bytes()));
        }
        while let Some((section, limit)) = self.sections.front().copied() {
            let after = self.after.take();
            let page = store::member_export_page(
                &*self.database,
                self.member_id,
                section,
                after.as_deref(),
                limit,
            );
            let Ok(page) = page else {
                self.sections.clear();
                self.ended = true;
                return Some(Err(Broken));
            };
            self.after = page.next;
            if self.after.is_none() {
                self.sections.pop_front();
            }
            if !page.lines.is_empty() {
                let mut piece = page.lines.into_bytes();
                piece.push(b'\n');
                self.lines += piece.iter().filter(|octet| **octet == b'\n').count();
                return Some(Ok(piece));
            }
        }
        if self.ended {
            return None;
        }
        self.ended = true;
        let end = format!("{{\"type\":\"end\",\"lines\":{}}}\n", self.lines);
        Some(Ok(end.into_bytes()))
    }
}
