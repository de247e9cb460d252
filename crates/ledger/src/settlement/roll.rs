//! The members of a period, as they are read.

use uuid::Uuid;

use super::{Candidate, Exception, Standing, assess};
use crate::Term;

/// Takes the candidates of a period one by one, and keeps of each what a settlement
/// needs: 48 octets.
#[derive(Clone, Debug)]
pub struct Roll {
    term: Term,
    members: u32,
    ids: Vec<Uuid>,
    standings: Vec<Standing>,
    skipped: Vec<u32>,
    open: u64,
    exceptions: Vec<Exception>,
}

impl Roll {
    /// The most exceptions that are kept; the rest is counted.
    pub const MAX_EXCEPTIONS: usize = 1_000;

    /// Nobody yet.
    #[must_use]
    pub const fn new(term: Term) -> Self {
        Self {
            term,
            members: 0,
            ids: Vec::new(),
            standings: Vec::new(),
            skipped: Vec::new(),
            open: 0,
            exceptions: Vec::new(),
        }
    }

    /// Adds a candidate. The ids rise.
    pub fn add(&mut self, member_id: Uuid, candidate: &Candidate) {
        match assess(self.term, candidate) {
            Ok(Some(standing)) => {
                self.ids.push(member_id);
                self.standings.push(standing);
            }
            Ok(None) => self.skipped.push(self.members),
            Err(reason) => {
                self.open += 1;
                if self.exceptions.len() < Self::MAX_EXCEPTIONS {
                    self.exceptions.push(Exception { member_id, reason });
                }
            }
        }
        self.members += 1;
    }

    /// How many candidates were added.
    #[must_use]
    pub const fn members(&self) -> u32 {
        self.members
    }

    /// Who takes part and how, in the order of the ids.
    #[must_use]
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// The id of a standing.
    #[must_use]
    pub fn id(&self, index: usize) -> Option<Uuid> {
        self.ids.get(index).copied()
    }

    /// The places, from 0, of the candidates who do not take part.
    #[must_use]
    pub fn skipped(&self) -> &[u32] {
        &self.skipped
    }

    /// How many exceptions are open, and the first of them.
    #[must_use]
    pub fn exceptions(&self) -> (u64, &[Exception]) {
        (self.open, &self.exceptions)
    }
}
