//! Which period is next, and what its settlement will be.

use ledger::settlement::{Candidate, Exception, Fate, Roll, SettlementError, Valuation, settle};
use ledger::{Month, Term};
use money::Cents;
use time::Date;
use uuid::Uuid;

use super::book::{Book, Settled};
use super::check::Refusal;

/// What the command to settle will do.
pub enum Attempt {
    /// The period is settled, and that holds: which of the settlements.
    Settled(usize),
    New(Box<Settled>),
}

impl Book {
    /// The rules of a period: their number, and how long it is.
    pub fn rules_of(&self, period: Month) -> (i64, Term) {
        let begun = |(_, (from, _)): &(usize, &(Month, _))| *from <= period;
        let (index, (_, rules)) = (self.rules.iter().enumerate())
            .rfind(begun)
            .expect("the first version has begun");
        let number = i64::try_from(index + 1).expect("64 bits");
        let cadence = rules.cadence;
        (
            number,
            Term {
                starts: period,
                cadence,
            },
        )
    }

    /// Whether the dead of a settlement are not those that are certain now.
    pub fn is_stale(&self, settled: &Settled) -> bool {
        let certain = |member: Uuid| {
            let report = self.report_of(member).filter(|report| report.confirmed);
            report.is_some_and(|report| settled.term.contains(report.died_on))
        };
        let dead = |member: Uuid| {
            let line = settled.line(member);
            line.is_some_and(|(_, line)| line.fate != Fate::Survived)
        };
        self.people
            .keys()
            .any(|member| certain(*member) != dead(*member))
    }

    /// The period that is to be settled next, and whether a settlement of it holds.
    pub fn next_period(&self) -> (Month, bool) {
        let stale = self.holding().filter(|settled| self.is_stale(settled));
        let stale = stale.map(|settled| settled.term.starts).min();
        let after = self.holding().map(|settled| settled.term.last_day()).max();
        let after = after.map(|day| Month::of(day).and_then(Month::next).expect("a month"));
        let next = stale.or(after).unwrap_or(self.first_period);
        (next, stale.is_some())
    }

    /// The first day that can be booked, if any is closed.
    pub fn open_from(&self) -> Option<Date> {
        let last = self
            .settlements
            .iter()
            .map(|settled| settled.term.last_day())
            .max();
        last.and_then(Date::next_day)
    }

    /// The first day after what is settled now.
    pub fn unsettled_from(&self) -> Option<Date> {
        let last = self.holding().map(|settled| settled.term.last_day()).max();
        last.and_then(Date::next_day)
    }

    /// The members who take part in a period, as they are known now.
    pub fn roll(&self, term: Term) -> Roll {
        let (first_day, last_day) = (term.first_day(), term.last_day());
        let mut roll = Roll::new(term);
        for (id, person) in &self.people {
            let report = self.report_of(*id);
            let died_on = report.map(|report| report.died_on);
            let died_by_the_end = died_on.is_some_and(|day| day <= last_day);
            let left = person.closed_on.is_some_and(|day| day <= last_day);
            let is_dead = self
                .settled_death(*id)
                .is_some_and(|(settled, _)| settled.term.first_day() < first_day);
            if person.enrolled_on > last_day || (left && !died_by_the_end) || is_dead {
                continue;
            }
            let cash = Cents::new(self.cash(*id, last_day, first_day)).expect("in range");
            let candidate = Candidate {
                birth_date: Some(person.born),
                sex: person.sex,
                enrolled_on: person.enrolled_on,
                died_on,
                death_confirmed: report.is_some_and(|report| report.confirmed),
                cash,
                securities: Valuation::Complete(Cents::ZERO),
            };
            roll.add(*id, &candidate);
        }
        roll
    }

    /// What keeps the next period from being settled.
    pub fn exceptions(&self) -> Vec<Exception> {
        let (period, _) = self.next_period();
        let (_, term) = self.rules_of(period);
        self.roll(term).exceptions().1.to_vec()
    }

    /// The settlement that holds for a period, unless it or an earlier one is stale.
    pub fn standing_settlement(&self, period: Month) -> Option<usize> {
        let stale = self
            .holding()
            .any(|s| s.term.starts <= period && self.is_stale(s));
        let held = |s: &Settled| s.holds && s.term.starts == period;
        self.settlements.iter().position(held).filter(|_| !stale)
    }

    /// Settles a period, on the day `today`.
    pub fn attempt(&self, period: Month, today: Date) -> Result<Attempt, Refusal> {
        if let Some(index) = self.standing_settlement(period) {
            return Ok(Attempt::Settled(index));
        }
        let at_period = |code| Err(Refusal::at(409, code, "/period"));
        if period != self.next_period().0 {
            return at_period("period-out-of-order");
        }
        let (rules_version, term) = self.rules_of(period);
        if term.last_day() >= today {
            return at_period("period-not-over");
        }
        let roll = self.roll(term);
        if roll.exceptions().0 > 0 {
            return Err(Refusal::of(409, "open-exceptions"));
        }
        let before = |s: &&Settled| s.term.first_day() < term.first_day();
        let carried_in = self
            .holding()
            .filter(before)
            .max_by_key(|s| s.term.first_day());
        let carried_in = carried_in.map_or(Cents::ZERO, |s| s.draft.carried_out);
        let rules = &self.rules[usize::try_from(rules_version - 1).expect("an index")].1;
        let standings = roll.standings();
        let draft = match settle(rules, &self.rates, term, standings, carried_in) {
            Ok(draft) => draft,
            Err(SettlementError::Refused { .. }) => {
                return Err(Refusal::of(422, "rule-not-applicable"));
            }
            Err(error) => panic!("{error}"),
        };
        let earlier = self.settlements.iter().filter(|s| s.term.starts == period);
        let revision = earlier.count() + 1;
        let name = match revision {
            1 => period.to_string(),
            revision => format!("{period}/{revision}"),
        };
        let id = |index| roll.id(index).expect("as many ids as standings");
        Ok(Attempt::New(Box::new(Settled {
            settlement_id: Uuid::new_v5(&self.pool_id, name.as_bytes()),
            term,
            revision: i64::try_from(revision).expect("64 bits"),
            rules_version,
            ids: (0..standings.len()).map(id).collect(),
            standings: standings.to_vec(),
            draft,
            holds: true,
        })))
    }
}
