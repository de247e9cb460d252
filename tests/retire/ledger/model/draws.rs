//! Commands that are about something that is there: entries, payouts, deaths, periods.

use ledger::Month;
use postgres::Client;
use time::Date;
use uuid::Uuid;

use super::book::{Account, Party, PayoutState};
use super::command::Command;
use super::moves::{Draw, FIRST_DAY, LAST_DAY, Step, rules};

impl Draw<'_> {
    pub fn reverse(&mut self, admin: &mut Client) -> Command {
        let on = self.day();
        let own: Vec<i64> = self.book.bookings.keys().copied().collect();
        if let Some(entry) = self.dice.pick(&own).filter(|_| self.dice.chance(80)) {
            let foreign = None;
            return Command::Reverse { entry, on, foreign };
        }
        let entries = admin
            .query(
                "select e.entry_id, e.reverses is not null, exists (
                     select from retire.journal_entry r where r.reverses = e.entry_id)
                 from retire.journal_entry e
                 where pool_id = $1 and source not like 'command:%' order by 1",
                &[&self.book.pool_id],
            )
            .expect("entries");
        let mut foreign: Vec<(i64, (u16, &str))> = entries
            .iter()
            .map(|row| {
                let code = match (row.get(1), row.get(2)) {
                    (true, _) => "entry-is-reversal",
                    (false, true) => "entry-reversed",
                    (false, false) => "entry-not-reversible",
                };
                (row.get(0), (409, code))
            })
            .collect();
        foreign.push((self.elsewhere.entry, (422, "unknown-entry")));
        foreign.push((i64::MAX, (422, "unknown-entry")));
        let (entry, code) = self.dice.pick(&foreign).expect("some");
        // A day that is refused is refused first.
        let (on, foreign) = (on.min(LAST_DAY), Some(code));
        Command::Reverse { entry, on, foreign }
    }

    pub fn request(&mut self) -> Command {
        let payable: Vec<(Uuid, &str, i64)> = self
            .book
            .balances(Date::MAX)
            .into_iter()
            .filter_map(|(account, cents)| match account {
                Account::Member(member) => Some((member, "member", cents)),
                Account::Estate(member) => Some((member, "estate", cents)),
                _ => None,
            })
            .collect();
        let anybody = (self.member(), "estate", 1);
        let likely = self.dice.pick(&payable).filter(|_| self.dice.chance(90));
        let (member, account, balance) = likely.unwrap_or(anybody);
        let cents = match self.dice.below(10) {
            0 => balance + 1,
            1..5 => balance,
            _ => self.dice.between(0, balance.max(1)),
        };
        let (currency, on) = (self.currency(), self.day());
        Command::Request {
            member,
            account,
            cents,
            currency,
            on,
        }
    }

    /// A payout that waits, if there is one; sometimes another. None is likely to make
    /// room for another command.
    fn payout(&mut self) -> Option<Uuid> {
        let all = self.book.payouts.iter();
        let waits = all
            .clone()
            .filter(|(_, payout)| payout.state == PayoutState::Requested);
        let waits: Vec<Uuid> = waits.map(|(id, _)| *id).collect();
        let all: Vec<Uuid> = all
            .map(|(id, _)| *id)
            .chain([self.elsewhere.payout])
            .collect();
        let likely = if self.dice.chance(80) {
            self.dice.pick(&waits)
        } else {
            None
        };
        likely.or_else(|| self.dice.pick(&all).filter(|_| self.dice.chance(20)))
    }

    pub fn confirm_payout(&mut self) -> Command {
        let Some(payout) = self.payout() else {
            return self.request();
        };
        let known: Vec<Uuid> = self.book.transactions.keys().copied().collect();
        let transaction = match self.dice.below(4) {
            0 => self.dice.pick(&known),
            1 => Some(self.transaction(payout)),
            _ => None,
        };
        Command::ConfirmPayout {
            payout,
            on: self.day(),
            transaction,
        }
    }

    pub fn void(&mut self) -> Command {
        match self.payout() {
            Some(payout) => Command::Void { payout },
            None => self.request(),
        }
    }

    /// The transaction by which the broker pays a payout.
    fn transaction(&self, payout: Uuid) -> Uuid {
        Uuid::new_v5(&payout, b"transaction")
    }

    /// A report that is or is not confirmed, if there is one; sometimes another.
    fn death(&mut self, confirmed: bool) -> Option<Uuid> {
        let all = self.book.reports.iter();
        let likely = all
            .clone()
            .filter(|(_, r)| r.confirmed == confirmed && !r.withdrawn);
        let likely: Vec<Uuid> = likely.map(|(id, _)| *id).collect();
        let all: Vec<Uuid> = all
            .map(|(id, _)| *id)
            .chain([self.elsewhere.death])
            .collect();
        let likely = if self.dice.chance(80) {
            self.dice.pick(&likely)
        } else {
            None
        };
        likely.or_else(|| self.dice.pick(&all).filter(|_| self.dice.chance(20)))
    }

    pub fn confirm_death(&mut self) -> Command {
        match self.death(false) {
            Some(death) => Command::ConfirmDeath { death },
            None => self.report(),
        }
    }

    pub fn withdraw(&mut self) -> Command {
        let confirmed = self.dice.chance(70);
        match self.death(confirmed) {
            Some(death) => Command::Withdraw { death },
            None => self.report(),
        }
    }

    pub fn report(&mut self) -> Command {
        let (next, _) = self.book.next_period();
        let first = self.book.first_period.first_day();
        let on = match self.dice.below(20) {
            0 => self.day(),
            1..10 => self.dice.day(first, next.last_day()),
            _ => self.dice.day(next.first_day(), next.last_day()),
        };
        let alive = self
            .book
            .people
            .keys()
            .filter(|id| self.book.report_of(**id).is_none());
        let alive: Vec<Uuid> = alive.copied().collect();
        let likely = if self.dice.chance(85) {
            self.dice.pick(&alive)
        } else {
            None
        };
        let member = likely.unwrap_or_else(|| self.member());
        Command::Report { member, on }
    }

    pub fn close(&mut self) -> Command {
        let balances = self.book.balances(Date::MAX);
        let poor = self.book.people.keys().filter(|id| {
            !balances.contains_key(&Account::Member(**id)) && self.book.report_of(**id).is_none()
        });
        let poor: Vec<Uuid> = poor.copied().collect();
        let likely = self.dice.pick(&poor).filter(|_| self.dice.chance(80));
        let member = likely.unwrap_or_else(|| self.member());
        Command::Close {
            member,
            on: self.day(),
        }
    }

    pub fn set_rules(&mut self) -> Command {
        let from = Month::of(self.day()).expect("a month");
        let rules = rules(self.dice);
        Command::SetRules { from, rules }
    }

    pub fn settle(&mut self) -> Command {
        // A death that is not confirmed is in the way.
        let in_the_way = !self.book.exceptions().is_empty();
        if let Some(death) = self
            .death(false)
            .filter(|_| in_the_way && self.dice.chance(75))
        {
            return Command::ConfirmDeath { death };
        }
        let (next, _) = self.book.next_period();
        let any = self.dice.day(FIRST_DAY, LAST_DAY);
        let likely = self.dice.chance(88);
        let period = if likely {
            next
        } else {
            Month::of(any).expect("a month")
        };
        Command::Settle {
            period,
            dry_run: self.dice.chance(8),
        }
    }

    pub fn broker(&mut self) -> Step {
        let members: Vec<Uuid> = self.book.people.keys().copied().collect();
        let member = self.dice.pick(&members).expect("there are members");
        let on = self.dice.day(FIRST_DAY, LAST_DAY);
        let fresh = Uuid::new_v5(&self.book.pool_id, format!("t{}", self.done).as_bytes());
        let mut paid = self.book.payouts.iter();
        // Half of the withdrawals are payouts that were asked for.
        match paid.find(|(_, payout)| payout.state != PayoutState::Voided) {
            Some((id, payout)) if self.dice.chance(50) => {
                let Party::Payout(member) = payout.flow.to else {
                    panic!("a payout to {:?}", payout.flow.to);
                };
                let transaction = self.transaction(*id);
                let cents = -payout.flow.cents;
                Step::Broker {
                    member,
                    cents,
                    on,
                    transaction,
                }
            }
            _ => {
                let cents = self.dice.between(-300_00, 300_00);
                let cents = if cents == 0 { 1 } else { cents };
                Step::Broker {
                    member,
                    cents,
                    on,
                    transaction: fresh,
                }
            }
        }
    }
}
