//! What a command changes in the model.

use ledger::command::PayoutAccount;
use ledger::record::{Booked, Death, JournalEntry, Member, Payout as PayoutRecord, RulesVersion};
use simulator::Answer;
use time::Date;
use uuid::Uuid;

use super::book::{Book, Booking, Flow, Moved, Party, Payout, PayoutState, Person, Report};
use super::command::{Command, Item};
use super::settling::Attempt;

impl Book {
    /// Takes in a command other than a settlement that was carried out; the answer
    /// gives the ids, and is what the model expects.
    pub fn apply(&mut self, command: &Command, answer: &Answer) {
        match command {
            Command::Enrol {
                user,
                sex,
                born,
                on,
            } => {
                let member: Member = answer.json().expect("a member");
                assert_eq!(
                    (member.upvest_user_id, member.birth_date),
                    (*user, Some(*born))
                );
                let person = Person {
                    user: *user,
                    sex: *sex,
                    born: *born,
                    enrolled_on: *on,
                    closed_on: None,
                };
                self.people.insert(member.member_id, person);
            }
            Command::Contribute(items) => self.book(items, false, answer),
            Command::Charge(items) => self.book(items, true, answer),
            Command::Reverse { entry, on, .. } => {
                let record: JournalEntry = answer.json().expect("an entry");
                assert_eq!((record.reverses, record.effective_on), (Some(*entry), *on));
                let booking = self.bookings.get_mut(entry).expect("it was booked");
                booking.reversed = true;
                let Flow {
                    from, to, cents, ..
                } = booking.flow;
                self.flows.push(Flow {
                    day: *on,
                    from: to,
                    to: from,
                    cents,
                });
            }
            Command::Request {
                member,
                account,
                cents,
                on,
                ..
            } => {
                let record: PayoutRecord = answer.json().expect("a payout");
                assert_eq!(record.amount_cents.get(), *cents);
                let from = match record.account {
                    PayoutAccount::Member => Party::Holder(*member),
                    PayoutAccount::Estate => Party::Estate(*member),
                };
                assert_eq!(matches!(from, Party::Estate(_)), *account == "estate");
                let (to, state) = (Party::Payout(*member), PayoutState::Requested);
                let flow = Flow {
                    day: *on,
                    from,
                    to,
                    cents: *cents,
                };
                self.flows.push(flow);
                self.payouts
                    .insert(record.payout_id, Payout { flow, state });
            }
            Command::ConfirmPayout {
                payout,
                on,
                transaction,
            } => {
                let known = transaction.filter(|id| self.transactions.contains_key(id));
                let payout = self.payouts.get_mut(payout).expect("it was requested");
                payout.state = PayoutState::Confirmed;
                let Flow {
                    from, to, cents, ..
                } = payout.flow;
                // If the broker moved the account already, what was set aside goes back.
                let to_where = if known.is_some() { from } else { Party::Broker };
                self.flows.push(Flow {
                    day: *on,
                    from: to,
                    to: to_where,
                    cents,
                });
                if let Some(id) = transaction {
                    self.transactions.insert(*id, None);
                }
            }
            Command::Void { payout } => {
                let open_from = self.open_from();
                let payout = self.payouts.get_mut(payout).expect("it was requested");
                payout.state = PayoutState::Voided;
                let Flow {
                    day,
                    from,
                    to,
                    cents,
                } = payout.flow;
                let day = open_from.map_or(day, |open_from| day.max(open_from));
                self.flows.push(Flow {
                    day,
                    from: to,
                    to: from,
                    cents,
                });
            }
            Command::Report { member, on } => {
                let record: Death = answer.json().expect("a death");
                assert_eq!((record.member_id, record.died_on), (*member, *on));
                let report = Report {
                    member: *member,
                    died_on: *on,
                    confirmed: false,
                    withdrawn: false,
                };
                self.reports.insert(record.death_id, report);
            }
            Command::ConfirmDeath { death } => {
                self.reports.get_mut(death).expect("reported").confirmed = true;
            }
            Command::Withdraw { death } => {
                self.reports.get_mut(death).expect("reported").withdrawn = true;
            }
            Command::Close { member, on } => {
                let person = self.people.get_mut(member).expect("enrolled");
                person.closed_on = Some(*on);
            }
            Command::SetRules { from, rules } => {
                self.rules.push((*from, rules.clone()));
                let record: RulesVersion = answer.json().expect("rules");
                assert_eq!((record.from_period, &record.rules), (*from, rules));
                assert_eq!(usize::try_from(record.rules_version), Ok(self.rules.len()));
            }
            Command::Settle { .. } => panic!("settlements are recorded apart"),
        }
    }

    fn book(&mut self, items: &[Item], charge: bool, answer: &Answer) {
        let booked: Booked = answer.json().expect("what was booked");
        let sum: i64 = items.iter().map(|item| item.cents).sum();
        assert_eq!(booked.sum_cents.get(), sum);
        assert_eq!(usize::try_from(booked.entries), Ok(items.len()));
        for (item, entry) in items.iter().zip(booked.first_entry_id..) {
            let member = Party::Holder(item.member);
            let (from, to) = if charge {
                (member, Party::Fee)
            } else {
                (Party::Broker, member)
            };
            let flow = Flow {
                day: item.on,
                from,
                to,
                cents: item.cents,
            };
            self.flows.push(flow);
            let reversed = false;
            self.bookings.insert(entry, Booking { flow, reversed });
        }
    }

    /// Takes in a settlement: it replaces that of its period and all later ones.
    pub fn record(&mut self, attempt: Attempt) -> usize {
        let settled = match attempt {
            Attempt::Settled(index) => return index,
            Attempt::New(settled) => settled,
        };
        for earlier in &mut self.settlements {
            earlier.holds &= earlier.term.first_day() < settled.term.first_day();
        }
        self.settlements.push(*settled);
        self.settlements.len() - 1
    }

    /// The broker moved a member's cash, which may go below zero. What comes late is
    /// booked on the first open day.
    pub fn broker_moved(&mut self, member: Uuid, cents: i64, on: Date, transaction: Uuid) {
        // A payout was confirmed by it: it is booked.
        if self.transactions.contains_key(&transaction) {
            return;
        }
        let day = self.open_from().map_or(on, |open_from| on.max(open_from));
        let account = self.account(Party::Holder(member), day);
        let (from, to) = (Party::Broker, Party::Holder(member));
        self.flows.push(Flow {
            day,
            from,
            to,
            cents,
        });
        self.transactions
            .insert(transaction, Some(Moved { account, cents }));
    }
}
