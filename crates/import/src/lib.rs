//! Loads a pool's export into an empty database, and verifies it meanwhile.
//!
//! What an export does not have is not there afterwards: what the broker told, and the
//! keys of commands.

mod accounts;
mod journal;
mod rows;
mod settlements;

use anyhow::{Result, ensure};
use audit::{Audit, Kind, Line, Report};
use postgres::Transaction;

use self::accounts::Accounts;

/// How many rows a statement takes, and how many octets of them.
const ROWS: usize = 5_000;
const OCTETS: usize = 8 << 20;

/// An export on its way into a database: give it every line, then [`Import::finish`], and
/// commit the transaction only then.
pub struct Import<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
    audit: Audit,
    /// The type of the rows; an entry's for the journal.
    kind: Kind,
    rows: Vec<String>,
    /// Postings of the entries in `rows`, and of the one before.
    postings: Vec<String>,
    octets: usize,
    accounts: Accounts,
    pool_id: String,
    /// The settlement whose lines are read, and how many of them are inserted.
    settlement_id: String,
    lines: i64,
}

impl<'a, 'b> Import<'a, 'b> {
    /// Begins an import; the transaction is a superuser's.
    ///
    /// # Errors
    /// If the database has no ledger, or one whose journal is not empty.
    pub fn begin(transaction: &'a mut Transaction<'b>) -> Result<Self> {
        let schema =
            transaction.query_one("select to_regclass('retire.settlement_seal') is null", &[])?;
        ensure!(
            !schema.get::<_, bool>(0),
            "the database has no ledger: run `cargo xtask migrate`"
        );
        transaction.batch_execute(
            "set local role retire_owner;
             set local search_path = retire;
             set local datestyle = 'ISO, YMD';
             select pg_advisory_xact_lock(hashtextextended('retire.journal', 0));",
        )?;
        let journal = transaction.query_one("select exists (select from journal_entry)", &[])?;
        ensure!(
            !journal.get::<_, bool>(0),
            "the journal is not empty: import into an empty database"
        );
        Ok(Self {
            transaction,
            audit: Audit::new(),
            kind: Kind::Pool,
            rows: Vec::new(),
            postings: Vec::new(),
            octets: 0,
            accounts: Accounts::default(),
            pool_id: String::new(),
            settlement_id: String::new(),
            lines: 0,
        })
    }

    /// Takes the next line of the export, without the newline at its end.
    ///
    /// # Errors
    /// If it is not valid, or the database fails.
    pub fn push(&mut self, text: &str) -> Result<()> {
        self.audit.push(text)?;
        let line = Line::read(text)?;
        let kind = match line.kind() {
            Kind::Posting => Kind::Entry,
            kind => kind,
        };
        let is_full = self.rows.len() + self.postings.len() >= ROWS || self.octets >= OCTETS;
        if kind != self.kind || is_full {
            self.flush()?;
            self.kind = kind;
        }
        match line {
            Line::Row(Kind::Pool, row) => {
                self.pool_id = rows::text_of(row, "pool_id")?;
                self.keep(row);
            }
            Line::Settlement(settlement) => {
                self.settlement_id = rows::text_of(settlement.row, "settlement_id")?;
                self.lines = 0;
                settlements::insert(self.transaction, &settlement)?;
            }
            Line::Leaf(Kind::Posting, _, body) => {
                self.octets += body.len();
                self.postings.push(body.to_owned());
            }
            Line::End(_) => {}
            Line::Row(_, text) | Line::Leaf(_, _, text) => self.keep(text),
        }
        Ok(())
    }

    fn keep(&mut self, text: &str) {
        self.octets += text.len();
        self.rows.push(text.to_owned());
    }

    fn flush(&mut self) -> Result<()> {
        let (rows, postings) = (
            std::mem::take(&mut self.rows),
            std::mem::take(&mut self.postings),
        );
        self.octets = 0;
        match self.kind {
            Kind::Entry => {
                journal::insert_entries(self.transaction, &self.pool_id, &rows)?;
                let (accounts, pool_id) = (&mut self.accounts, &self.pool_id);
                journal::insert_postings(self.transaction, accounts, pool_id, &postings)
            }
            Kind::Line => {
                let (first, settlement_id) = (self.lines, &self.settlement_id);
                self.lines += i64::try_from(rows.len())?;
                settlements::insert_lines(self.transaction, settlement_id, first, &rows)
            }
            kind => rows::insert(self.transaction, kind, &rows),
        }
    }

    /// Ends the import: what was verified, and how many balances there are now.
    ///
    /// # Errors
    /// If something is missing or does not add up, or the database fails.
    pub fn finish(mut self) -> Result<(Report, i64)> {
        self.flush()?;
        let report = self.audit.finish()?;
        settlements::count_lines(self.transaction)?;
        let balances = accounts::settle_balances(self.transaction)?;
        Ok((report, balances))
    }
}
