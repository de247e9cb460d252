//! What the model says of a command before it is sent: done, or refused with which
//! code.

use time::Date;
use uuid::Uuid;

use super::book::{Account, Book, Party, PayoutState, Report};
use super::command::{Command, Item};

/// How a command is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub pointer: Option<String>,
}

impl Refusal {
    pub const fn of(status: u16, code: &'static str) -> Self {
        let pointer = None;
        Self {
            status,
            code,
            pointer,
        }
    }

    pub fn at(status: u16, code: &'static str, pointer: &str) -> Self {
        let pointer = Some(pointer.to_owned());
        Self {
            status,
            code,
            pointer,
        }
    }
}

/// Refuses unless it is so.
fn ensure(it_is_so: bool, refusal: Refusal) -> Result<(), Refusal> {
    if it_is_so { Ok(()) } else { Err(refusal) }
}

fn invalid(pointer: &str) -> Refusal {
    Refusal::at(422, "invalid-field", pointer)
}

fn in_future(pointer: &str) -> Refusal {
    Refusal::at(422, "date-in-future", pointer)
}

impl Book {
    /// Whether a command other than a settlement will be carried out. The order is that
    /// of the checks: the shape of the command, then the database.
    pub fn check(&self, command: &Command, today: Date) -> Result<(), Refusal> {
        let past = |day, pointer| ensure(day <= today, in_future(pointer));
        match command {
            Command::Enrol { user, born, on, .. } => {
                ensure(born < on, invalid("/birth_date"))?;
                let enrolled = self.people.values().any(|person| person.user == *user);
                ensure(
                    !enrolled,
                    Refusal::at(409, "already-enrolled", "/upvest_user_id"),
                )?;
                self.require_open(*on, "/enrolled_on")
            }
            Command::Contribute(items) => self.check_items(items, false, today),
            Command::Charge(items) => self.check_items(items, true, today),
            Command::Reverse { entry, on, foreign } => {
                past(*on, "/effective_on")?;
                self.check_reversal(*entry, *on, *foreign)
            }
            Command::Request {
                member,
                account,
                cents,
                currency,
                on,
            } => {
                ensure(*cents > 0, invalid("/amount_cents"))?;
                past(*on, "/requested_on")?;
                self.require_member(*member)?;
                let mismatch = Refusal::at(422, "currency-mismatch", "/currency");
                ensure(*currency == "EUR", mismatch)?;
                self.require_open(*on, "/requested_on")?;
                let deceased = Refusal::at(409, "member-deceased", "/member_id");
                let from = match *account {
                    "member" => {
                        ensure(self.report_of(*member).is_none(), deceased)?;
                        Account::Member(*member)
                    }
                    _ => Account::Estate(*member),
                };
                let short = Refusal::at(422, "insufficient-balance", "/amount_cents");
                ensure(self.available(from, *on) >= *cents, short)
            }
            Command::ConfirmPayout {
                payout,
                on,
                transaction,
            } => {
                past(*on, "/paid_on")?;
                self.check_confirmation(*payout, *on, *transaction)
            }
            Command::Void { payout } => self.require_requested(*payout),
            Command::Report { member, on } => {
                past(*on, "/died_on")?;
                self.check_report(*member, *on)
            }
            Command::ConfirmDeath { death } => {
                let confirmed = self.require_report(*death)?.confirmed;
                ensure(!confirmed, Refusal::of(409, "death-already-confirmed"))
            }
            Command::Withdraw { death } => self.require_report(*death).map(|_| ()),
            Command::Close { member, on } => {
                past(*on, "/closed_on")?;
                self.check_closure(*member, *on)
            }
            Command::SetRules { from, .. } => {
                self.require_open(from.first_day(), "/from_period")?;
                ensure(*from >= self.first_period, invalid("/from_period"))
            }
            Command::Settle { period, .. } => self.attempt(*period, today).map(|_| ()),
        }
    }

    fn require_open(&self, day: Date, pointer: &str) -> Result<(), Refusal> {
        let open = self.open_from().is_none_or(|from| day >= from);
        ensure(open, Refusal::at(409, "period-settled", pointer))
    }

    /// Whether accounts stay above zero with these fees, on any day: looked at on the days
    /// of the fees, with the least that an account holds from then on.
    fn can_charge(&self, items: &[Item], member: Uuid) -> bool {
        let of_member = || items.iter().filter(|item| item.member == member);
        of_member().all(|item| {
            let earlier = of_member().filter(|other| other.on <= item.on);
            let sum: i64 = earlier.map(|other| other.cents).sum();
            self.available(Account::Member(member), item.on) >= sum
        })
    }

    fn require_member(&self, member: Uuid) -> Result<(), Refusal> {
        let known = self.people.contains_key(&member);
        ensure(known, Refusal::at(422, "unknown-member", "/member_id"))
    }

    fn check_items(&self, items: &[Item], charge: bool, today: Date) -> Result<(), Refusal> {
        for (i, item) in items.iter().enumerate() {
            ensure(item.cents > 0, invalid(&format!("/items/{i}/amount_cents")))?;
            ensure(
                item.on <= today,
                in_future(&format!("/items/{i}/effective_on")),
            )?;
        }
        for (i, item) in items.iter().enumerate() {
            let at = |status, code, field: &str| {
                Refusal::at(status, code, &format!("/items/{i}/{field}"))
            };
            let unknown = at(422, "unknown-member", "member_id");
            let person = self.people.get(&item.member).ok_or(unknown)?;
            let alive = self.settled_death(item.member).is_none();
            ensure(alive, at(409, "member-deceased", "member_id"))?;
            let stays = person.closed_on.is_none_or(|last| item.on <= last);
            ensure(stays, at(409, "member-closed", "effective_on"))?;
            let enough = !charge || self.can_charge(&items[..=i], item.member);
            ensure(enough, at(422, "insufficient-balance", "amount_cents"))?;
            let open_from = if charge {
                self.open_from()
            } else {
                self.unsettled_from()
            };
            let open = open_from.is_none_or(|from| item.on >= from);
            ensure(open, at(409, "period-settled", "effective_on"))?;
            ensure(
                item.currency == "EUR",
                at(422, "currency-mismatch", "currency"),
            )?;
        }
        Ok(())
    }

    fn check_reversal(
        &self,
        entry: i64,
        on: Date,
        foreign: Option<(u16, &'static str)>,
    ) -> Result<(), Refusal> {
        if let Some((status, code)) = foreign {
            let pointer = Some("/entry_id".to_owned());
            return Err(Refusal {
                status,
                code,
                pointer,
            });
        }
        let booking = &self.bookings[&entry];
        ensure(
            !booking.reversed,
            Refusal::at(409, "entry-reversed", "/entry_id"),
        )?;
        ensure(on >= booking.flow.day, invalid("/effective_on"))?;
        self.require_open(on, "/effective_on")?;
        let Party::Holder(_) = booking.flow.to else {
            return Ok(());
        };
        // The contribution is taken from whoever holds the account now.
        let holder = self.account(booking.flow.to, on);
        let enough = self.available(holder, on) >= booking.flow.cents;
        ensure(enough, Refusal::of(422, "insufficient-balance"))
    }

    fn require_requested(&self, payout: Uuid) -> Result<(), Refusal> {
        let payout = self
            .payouts
            .get(&payout)
            .ok_or(Refusal::of(404, "not-found"))?;
        let waits = payout.state == PayoutState::Requested;
        ensure(waits, Refusal::of(409, "payout-not-pending"))
    }

    fn check_confirmation(
        &self,
        payout: Uuid,
        on: Date,
        transaction: Option<Uuid>,
    ) -> Result<(), Refusal> {
        self.require_requested(payout)?;
        let payout = &self.payouts[&payout];
        ensure(on >= payout.flow.day, invalid("/paid_on"))?;
        self.require_open(on, "/paid_on")?;
        let Some(known) = transaction.and_then(|id| self.transactions.get(&id)) else {
            return Ok(());
        };
        let pointer = "/upvest_transaction_id";
        let moved = known.ok_or_else(|| Refusal::at(409, "transaction-used", pointer))?;
        let from = match payout.flow.from {
            Party::Estate(member) => Account::Estate(member),
            Party::Holder(member) => Account::Member(member),
            other => panic!("a payout from {other:?}"),
        };
        let fits = moved.account == from && -moved.cents == payout.flow.cents;
        ensure(fits, Refusal::at(422, "transaction-differs", pointer))
    }

    fn check_report(&self, member: Uuid, on: Date) -> Result<(), Refusal> {
        self.require_member(member)?;
        let person = &self.people[&member];
        let at_day = |status, code| Refusal::at(status, code, "/died_on");
        ensure(
            on >= person.enrolled_on,
            at_day(422, "death-before-enrolment"),
        )?;
        let first_day = self.first_period.first_day();
        ensure(on >= first_day, at_day(422, "death-before-first-period"))?;
        let stays = person.closed_on.is_none_or(|last| on <= last);
        ensure(stays, at_day(409, "member-closed"))?;
        let reported = Refusal::at(409, "death-already-reported", "/member_id");
        ensure(self.report_of(member).is_none(), reported)
    }

    fn require_report(&self, death: Uuid) -> Result<&Report, Refusal> {
        let report = self
            .reports
            .get(&death)
            .ok_or(Refusal::of(404, "not-found"))?;
        ensure(!report.withdrawn, Refusal::of(409, "death-withdrawn"))?;
        Ok(report)
    }

    fn check_closure(&self, member: Uuid, on: Date) -> Result<(), Refusal> {
        let person = self
            .people
            .get(&member)
            .ok_or(Refusal::of(404, "not-found"))?;
        ensure(
            person.closed_on.is_none(),
            Refusal::of(409, "member-closed"),
        )?;
        let reported = self.report_of(member).is_some();
        ensure(!reported, Refusal::of(409, "death-already-reported"))?;
        ensure(on >= person.enrolled_on, invalid("/closed_on"))?;
        self.require_open(on, "/closed_on")?;
        let balances = self.balances(Date::MAX);
        let of_member = [
            Account::Member(member),
            Account::Estate(member),
            Account::Payout(member),
            Account::Pool(member),
        ];
        let empty = of_member
            .iter()
            .all(|account| !balances.contains_key(account));
        ensure(empty, Refusal::of(409, "account-not-empty"))?;
        let later = self.flows.iter().filter(|flow| flow.day > on).any(|flow| {
            [flow.from, flow.to]
                .iter()
                .any(|party| party.person() == Some(member))
        });
        let still = Refusal::at(409, "account-not-empty", "/closed_on");
        ensure(!later, still)
    }
}
