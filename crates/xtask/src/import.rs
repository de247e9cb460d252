//! `cargo xtask import`

mod accounts;
mod journal;
mod rows;
mod settlements;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use audit::{Audit, Kind, Line};
use postgres::Transaction;

use self::accounts::Accounts;
use crate::database::connect;
use crate::verify::{each_line, print};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The export of a pool; `-` for standard input
    file: PathBuf,
    /// The address of a migrated database whose journal is empty
    #[arg(long)]
    database: String,
}

/// How many rows a statement takes, and how many octets of them.
const ROWS: usize = 5_000;
const OCTETS: usize = 8 << 20;

/// Verifies the export while it is read, and keeps what was inserted only if all of it is
/// valid.
///
/// What an export does not have is not there afterwards: beneficiaries, valuations, what
/// the broker told, the keys of commands.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut client = connect(&arguments.database)?;
    let mut transaction = client.transaction()?;
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

    let mut audit = Audit::new();
    let mut import = Import::new(&mut transaction);
    each_line(&arguments.file, |line| {
        audit.push(line)?;
        import.push(Line::read(line)?)
    })?;
    import.flush()?;
    let report = audit.finish()?;
    let balances = accounts::settle_balances(&mut transaction)?;
    transaction.commit().context("committing")?;
    print(&report);
    println!("imported, with {balances} balances that are those of the journal");
    Ok(())
}

/// What was read and is not inserted yet.
struct Import<'a, 'b> {
    transaction: &'a mut Transaction<'b>,
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
    fn new(transaction: &'a mut Transaction<'b>) -> Self {
        Self {
            transaction,
            kind: Kind::Pool,
            rows: Vec::new(),
            postings: Vec::new(),
            octets: 0,
            accounts: Accounts::default(),
            pool_id: String::new(),
            settlement_id: String::new(),
            lines: 0,
        }
    }

    fn push(&mut self, line: Line<'_>) -> Result<()> {
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
}
