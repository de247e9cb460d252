//! The lines of an export, taken apart to the byte.

use merkle::{Hash, leaf_hash};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::finding::FormFinding;

/// What a line holds, in the order in which an export has them. Postings go among the
/// entries, lines among the settlements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The pool: the first line.
    Pool,
    /// A life table of the operator's own.
    Table,
    /// A version of the pool's rules.
    Rules,
    /// A member.
    Member,
    /// A report of a death.
    Death,
    /// A payout.
    Payout,
    /// A share of what a member leaves to heirs.
    Beneficiary,
    /// What an operator said that a position was worth.
    Valuation,
    /// A journal entry.
    Entry,
    /// A posting of the entry before it.
    Posting,
    /// A settlement with its seal.
    Settlement,
    /// A member's line of the settlement before it.
    Line,
    /// Says which settlement replaced which.
    SettlementReversal,
    /// The last line: how many are before it.
    End,
}

impl Kind {
    /// The name that the lines give to it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Table => "table",
            Self::Rules => "rules",
            Self::Member => "member",
            Self::Death => "death",
            Self::Payout => "payout",
            Self::Beneficiary => "beneficiary",
            Self::Valuation => "valuation",
            Self::Entry => "entry",
            Self::Posting => "posting",
            Self::Settlement => "settlement",
            Self::Line => "line",
            Self::SettlementReversal => "settlement_reversal",
            Self::End => "end",
        }
    }

    fn of_row(name: &str) -> Option<Self> {
        use Kind::{
            Beneficiary, Death, Member, Payout, Pool, Rules, SettlementReversal, Table, Valuation,
        };
        [
            Pool,
            Table,
            Rules,
            Member,
            Death,
            Payout,
            Beneficiary,
            Valuation,
            SettlementReversal,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// A line of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// A row of a table: JSON, an object with the columns.
    Row(Kind, &'a str),
    /// The hashed text of an entry, a posting or a line. It fits its leaf.
    Leaf(Kind, Hash, &'a str),
    /// A settlement.
    Settlement(Settlement<'a>),
    /// The end, and how many lines are before it.
    End(u64),
}

/// A settlement as it is exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement<'a> {
    /// The row of the table.
    pub row: &'a str,
    /// What is said to be the digest of the seal.
    pub head: Hash,
    /// The roots of the tiles one after the other, in hex.
    pub tiles: &'a str,
    /// The text of the seal.
    pub seal: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowForm<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    row: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettlementForm<'a> {
    r#type: &'a str,
    #[serde(borrow)]
    row: &'a RawValue,
    head: Hash,
    tiles: &'a str,
    #[serde(borrow)]
    seal: &'a RawValue,
}

impl<'a> Line<'a> {
    /// Takes a line apart. Around a text that is hashed, no byte can be another: there
    /// are no spaces, and the fields are in their order.
    ///
    /// # Errors
    /// [`FormFinding::NotALine`]; [`FormFinding::Leaf`] if a text has another hash than
    /// the line says.
    pub fn read(text: &'a str) -> Result<Self, FormFinding> {
        for kind in [Kind::Entry, Kind::Posting, Kind::Line] {
            if let Some(rest) = after_type(text, kind) {
                return read_leaf(kind, rest);
            }
        }
        if after_type(text, Kind::Settlement).is_some() {
            return read_settlement(text).map(Self::Settlement);
        }
        if let Some(rest) = after_type(text, Kind::End) {
            let lines = rest
                .strip_prefix(r#""lines":"#)
                .and_then(|rest| rest.strip_suffix('}'));
            let lines = lines.and_then(|lines| lines.parse().ok());
            return lines.map(Self::End).ok_or(FormFinding::NotALine);
        }
        let form: RowForm<'_> = serde_json::from_str(text).map_err(|_| FormFinding::NotALine)?;
        let kind = Kind::of_row(form.r#type).ok_or(FormFinding::NotALine)?;
        Ok(Self::Row(kind, form.row.get()))
    }

    /// What the line holds.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Row(kind, _) | Self::Leaf(kind, ..) => *kind,
            Self::Settlement(_) => Kind::Settlement,
            Self::End(_) => Kind::End,
        }
    }
}

fn after_type(text: &str, kind: Kind) -> Option<&str> {
    let rest = text.strip_prefix(r#"{"type":""#)?;
    rest.strip_prefix(kind.name())?.strip_prefix(r#"","#)
}

fn read_leaf(kind: Kind, rest: &str) -> Result<Line<'_>, FormFinding> {
    let parts = || {
        let (leaf, rest) = rest.strip_prefix(r#""leaf":""#)?.split_at_checked(64)?;
        let body = rest.strip_prefix(r#"","body":"#)?.strip_suffix('}')?;
        Some((leaf.parse::<Hash>().ok()?, body))
    };
    let (stated, body) = parts().ok_or(FormFinding::NotALine)?;
    let hashed = leaf_hash(body.as_bytes());
    if hashed != stated {
        let kind = kind.name();
        return Err(FormFinding::Leaf {
            kind,
            stated,
            hashed,
        });
    }
    Ok(Line::Leaf(kind, stated, body))
}

fn read_settlement(text: &str) -> Result<Settlement<'_>, FormFinding> {
    let form: SettlementForm<'_> = serde_json::from_str(text).map_err(|_| FormFinding::NotALine)?;
    let settlement = Settlement {
        row: form.row.get(),
        head: form.head,
        tiles: form.tiles,
        seal: form.seal.get(),
    };
    let Settlement {
        row,
        head,
        tiles,
        seal,
    } = settlement;
    let written = format!(
        r#"{{"type":"{}","row":{row},"head":"{head}","tiles":"{tiles}","seal":{seal}}}"#,
        form.r#type
    );
    (written == text)
        .then_some(settlement)
        .ok_or(FormFinding::NotALine)
}
