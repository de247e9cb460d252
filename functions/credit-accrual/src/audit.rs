//! What leaves for those who verify: documents, proofs, exports.

use std::collections::VecDeque;

use ledger::record::Proof;
use merkle::{Hash, inclusion_path, root_of_tiles};
use store::Database;
use uuid::Uuid;
use web::routes::Ledger;
use web::{Broken, Call, Code, Host, Problem, Reply, Scope};

/// How many lines a piece of an answer has.
const PIECE_LINES: u32 = 5_000;

/// The seal and all lines of a settlement.
pub(crate) fn document(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, period) = (call.id(0)?, call.month(1)?);
    let revision = call.query("revision", "must be a number from 1", |text| {
        text.parse().ok().filter(|revision: &i64| *revision > 0)
    })?;
    let database = host.database()?;
    let seal = store::settlement_seal(&*database, pool_id, period, revision)?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let mut first = Some(seal.document + "\n");
    let mut next = 0;
    Ok(Reply::lines(std::iter::from_fn(move || {
        if let Some(first) = first.take() {
            return Some(Ok(first.into_bytes()));
        }
        if next >= seal.leaves {
            return None;
        }
        let page = store::settlement_leaves(&*database, seal.settlement_id, next, PIECE_LINES);
        next += u64::from(PIECE_LINES);
        Some(page.map_err(|_| Broken).map(|leaves| {
            let mut piece = leaves.join("\n").into_bytes();
            piece.push(b'\n');
            piece
        }))
    })))
}

/// The proof of a member's line. A member sees their own alone.
pub(crate) fn proof(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let (pool_id, period, caller) = (call.id(0)?, call.month(1)?, call.caller()?);
    let asked: Option<Uuid> = call.query("member", "must be an id", |text| text.parse().ok())?;
    let own: Option<Uuid> = caller.subject.parse().ok();
    let sees_all = caller.has(Scope::Operator) || caller.has(Scope::Auditor);
    let member_id = match (asked, own) {
        (Some(asked), _) if sees_all || own == Some(asked) => asked,
        (None, Some(own)) if caller.has(Scope::Member) => own,
        (None, _) => return Err(Problem::invalid_parameter("member", "is missing")),
        (Some(_), _) => return Err(Problem::new(Code::NotFound)),
    };
    let row = store::settlement_proof(&*host.database()?, pool_id, period, member_id)?
        .ok_or_else(|| Problem::new(Code::NotFound))?;
    let broken = || Problem::internal("a settlement's tree does not fit its lines");
    let tile: Option<Vec<Hash>> = row.tile.iter().map(|hash| hash.parse().ok()).collect();
    let tiles: Option<Vec<Hash>> = row
        .tiles
        .as_bytes()
        .chunks(64)
        .map(|hex| std::str::from_utf8(hex).ok()?.parse().ok())
        .collect();
    let (tile, tiles) = (tile.ok_or_else(broken)?, tiles.ok_or_else(broken)?);
    let place = |number: u64| usize::try_from(number).map_err(|_| broken());
    let (index, leaves) = (place(row.leaf_index)?, place(row.leaves)?);
    let path = inclusion_path(index, leaves, &tile, &tiles).ok_or_else(broken)?;
    Reply::json(&Proof {
        settlement_id: row.settlement_id,
        seal: row.seal,
        head: row.head,
        line: row.line,
        leaf_index: row.leaf_index,
        leaves: row.leaves,
        path: path.iter().map(Hash::to_string).collect(),
        root: root_of_tiles(&tiles).to_string(),
    })
}

/// A pool with its journal and its settlements, as it is known now.
pub(crate) fn export(host: &dyn Host, call: &Call<Ledger>) -> Result<Reply, Problem> {
    let pool_id = call.id(0)?;
    let database = host.database()?;
    if store::pool(&*database, pool_id)?.is_none() {
        return Err(Problem::new(Code::UnknownPool));
    }
    let known_at = store::journal_time(&*database, call.now)?;
    Ok(Reply::lines(Export {
        database,
        pool_id,
        known_at,
        lines: 0,
        sections: [
            "pool",
            "members",
            "deaths",
            "payouts",
            "beneficiaries",
            "valuations",
            "journal",
            "settlements",
            "reversals",
            END,
        ]
        .map(str::to_owned)
        .into(),
        after: None,
        resume: None,
    }))
}

/// The last section: a line that says how many are before it, so that an export that was
/// cut off is known.
const END: &str = "end";

/// An export, page by page.
struct Export {
    database: Box<dyn Database>,
    pool_id: Uuid,
    /// What is recorded later is not part of it.
    known_at: String,
    /// How many lines were given so far.
    lines: usize,
    /// The section that is read, and those to come.
    sections: VecDeque<String>,
    /// Where the next page begins.
    after: Option<String>,
    /// Where the settlements go on after the lines of one.
    resume: Option<String>,
}

impl Iterator for Export {
    type Item = Result<Vec<u8>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let section = self.sections.front()?.clone();
            if section == END {
                self.sections.clear();
                let end = format!("{{\"type\":\"end\",\"lines\":{}}}\n", self.lines);
                return Some(Ok(end.into_bytes()));
            }
            let after = self.after.take();
            let page = store::export_page(
                &*self.database,
                self.pool_id,
                &self.known_at,
                &section,
                after.as_deref(),
                PIECE_LINES,
            );
            let Ok(page) = page else {
                self.sections.clear();
                return Some(Err(Broken));
            };
            match (section.as_str(), page.next) {
                // Each settlement is followed by its lines.
                ("settlements", Some(next)) => {
                    let Some(id) = store::exported_settlement_id(&page.lines) else {
                        self.sections.clear();
                        return Some(Err(Broken));
                    };
                    self.resume = Some(next);
                    self.sections.push_front(format!("lines/{id}"));
                }
                (_, Some(next)) => self.after = Some(next),
                (_, None) => {
                    self.sections.pop_front();
                    if section.starts_with("lines/") {
                        self.after = self.resume.take();
                    }
                }
            }
            if !page.lines.is_empty() {
                let mut piece = page.lines.into_bytes();
                piece.push(b'\n');
                self.lines += piece.iter().filter(|octet| **octet == b'\n').count();
                return Some(Ok(piece));
            }
        }
    }
}
