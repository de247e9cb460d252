//! The settlement of a period, as the database publishes it.

use std::collections::{BTreeMap, BTreeSet};

use ledger::command::PoolRules;
use ledger::settlement::{Candidate, Fate, Leaf, Valuation, assess, settle};
use ledger::{EntryKind, Month, Term};
use money::Cents;
use mortality::{Mortality, TableDocument, UploadedTable};
use time::Date;
use uuid::Uuid;

use super::bookings::{negated, posting};
use super::{FUND, Posting, Settlement, World};

impl World {
    /// Settles the next period, or one that is settled anew.
    pub fn settle(&mut self, month: &str) -> Uuid {
        self.minutes += 1;
        let period = self.month(month);
        let replaced: Vec<Settlement> = match self.current().any(|s| s.period == period) {
            true => self
                .current()
                .filter(|s| s.period >= period)
                .cloned()
                .collect(),
            false => Vec::new(),
        };
        let ids: Vec<Uuid> = replaced.iter().map(|s| s.id).collect();
        let mut settlement = self.computed(period, &ids);
        settlement.replaces = replaced.iter().find(|s| s.period == period).map(|s| s.id);
        let id = settlement.id;
        self.take_back(&replaced, id);
        self.post_forfeitures(&settlement);
        self.post_credits(&settlement);
        self.settlements.push(settlement);
        id
    }

    fn computed(&self, period: Month, replaced: &[Uuid]) -> Settlement {
        let version = self
            .rules
            .iter()
            .rposition(|r| r.from <= period.first_day())
            .expect("rules");
        let rules: PoolRules = serde_json::from_str(&self.rules[version].text).expect("rules");
        let term = Term {
            starts: period,
            cadence: rules.cadence,
        };
        let before = self
            .current()
            .filter(|s| s.period < period)
            .max_by_key(|s| s.period);
        let carried_in = before.map_or(0, |s| s.carried_out);
        let (mut ids, mut standings) = (Vec::new(), Vec::new());
        for member in &self.members {
            let is_dead = |s: &Settlement| {
                let own = s.lines.iter().find(|line| line.member_id == member.id);
                own.is_some_and(|line| line.fate != Fate::Survived) && !replaced.contains(&s.id)
            };
            if member.enrolled_on > term.last_day() || self.current().any(is_dead) {
                continue;
            }
            let held = |asset| {
                ["member", "pool", "estate"].map(|kind| {
                    let all = kind == "member" || !replaced.is_empty();
                    self.held((kind, member.id, asset), |entry| {
                        all && entry.effective_on <= term.last_day()
                            && entry.settlement.is_none_or(|id| !replaced.contains(&id))
                    })
                })
            };
            let sum = |parts: [i64; 3]| parts.iter().sum::<i64>();
            let death = self.deaths.iter().find(|d| d.member == member.id);
            let known = death.filter(|d| d.confirmed <= self.minutes);
            let candidate = Candidate {
                birth_date: Some(member.birth_date),
                sex: member.sex,
                enrolled_on: member.enrolled_on,
                died_on: known.map(|d| d.died_on),
                death_confirmed: known.is_some(),
                cash: cents(sum(held("EUR"))),
                securities: Valuation::Complete(cents(sum(held(FUND)) * 7)),
            };
            if let Some(standing) = assess(term, &candidate).expect("complete") {
                ids.push(member.id);
                standings.push(standing);
            }
        }
        let rates = match &rules.basis.mortality {
            Mortality::Table { id, .. } if id.len() == 64 => {
                let row: serde_json::Value = serde_json::from_str(&self.tables[0]).expect("JSON");
                let document: TableDocument =
                    serde_json::from_value(row["document"].clone()).expect("a document");
                rules
                    .basis
                    .rates_of(&UploadedTable::from_document(document).expect("a table"))
            }
            _ => rules.basis.rates(),
        };
        let rates = rates.expect("rates");
        let draft = settle(&rules, &rates, term, &standings, cents(carried_in)).expect("settled");
        let lines = ids
            .iter()
            .zip(&standings)
            .zip(&draft.lines)
            .map(|((id, standing), line)| Leaf {
                age_months: standing
                    .age
                    .map(|age| age.years() * 12 + u32::from(age.months())),
                cash_cents: standing.cash,
                credit_cents: line.credit,
                estate_cents: line.estate,
                fate: line.fate,
                member_id: *id,
                q: (line.rate > 0).then(|| draft.rates[line.rate as usize - 1]),
                securities_cents: standing.securities,
                sex: standing.sex,
            });
        let revision = self
            .settlements
            .iter()
            .filter(|s| s.period == period)
            .count() as i64
            + 1;
        Settlement {
            id: Uuid::new_v5(&self.pool_id, format!("{period}/{revision}").as_bytes()),
            period,
            last_day: term.last_day(),
            revision,
            replaces: None,
            rules_version: version + 1,
            outcome: draft.outcome,
            applied_rule: draft.applied_rule.to_owned(),
            carried_in,
            pot: draft.pot.get(),
            carried_out: draft.carried_out.get(),
            group_gain: draft.group_gain.clone(),
            journal_to: self.entries.last().map_or(0, |entry| entry.id),
            minutes: self.minutes,
            lines: lines.collect(),
        }
    }

    /// Reverses what these settlements moved, and gives their dead what came later.
    fn take_back(&mut self, replaced: &[Settlement], by: Uuid) {
        let is_replaced = |id: Uuid| replaced.iter().any(|s| s.id == id);
        let own = self
            .entries
            .iter()
            .rev()
            .filter(|e| e.settlement.is_some_and(is_replaced));
        for entry in own.cloned().collect::<Vec<_>>() {
            let source = format!("reversal:{}", entry.id);
            self.book(
                entry.kind,
                source,
                entry.effective_on,
                negated(&entry.postings),
            );
            let last = self.entries.last_mut().expect("the entry");
            (last.reverses, last.settlement) = (Some(entry.id), entry.settlement);
        }
        for settlement in replaced {
            self.move_later(settlement, "returned", None);
            self.reversals.push((settlement.id, by));
        }
    }

    /// Moves what was booked for the dead, day by day.
    fn move_later(&mut self, settlement: &Settlement, direction: &str, after: Option<Date>) {
        let mut by_day: BTreeMap<Date, Vec<Posting>> = BTreeMap::new();
        for line in settlement
            .lines
            .iter()
            .filter(|line| line.fate != Fate::Survived)
        {
            let holder = holder(line.fate);
            let sides = if direction == "later" {
                ("member", holder)
            } else {
                (holder, "member")
            };
            let days: BTreeSet<Date> = self
                .entries
                .iter()
                .map(|entry| entry.effective_on)
                .collect();
            for day in days
                .into_iter()
                .filter(|day| after.is_none_or(|after| *day > after))
            {
                for asset in ["EUR", FUND] {
                    let account = (sides.0, line.member_id, asset);
                    let amount = self.held(account, |entry| entry.effective_on == day);
                    if amount != 0 {
                        by_day.entry(day).or_default().extend([
                            posting(sides.0, Some(line.member_id), asset, -amount),
                            posting(sides.1, Some(line.member_id), asset, amount),
                        ]);
                    }
                }
            }
        }
        for (day, postings) in by_day {
            let source = format!("settlement:{}:{direction}:{day}", settlement.id);
            self.book(EntryKind::Forfeiture, source, day, postings);
            self.entries.last_mut().expect("the entry").settlement = Some(settlement.id);
        }
    }

    /// An entry for each thousand lines, and then what came later.
    fn post_forfeitures(&mut self, settlement: &Settlement) {
        for (part, lines) in settlement.lines.chunks(1_000).enumerate() {
            let mut moved: BTreeMap<(&str, Option<Uuid>, &str), i64> = BTreeMap::new();
            for line in lines.iter().filter(|line| line.fate != Fate::Survived) {
                let (member, holder) = (line.member_id, holder(line.fate));
                for asset in ["EUR", FUND] {
                    let until = |entry: &super::Entry| entry.effective_on <= settlement.last_day;
                    let amount = self.held(("member", member, asset), until);
                    *moved.entry(("member", Some(member), asset)).or_default() -= amount;
                    *moved.entry((holder, Some(member), asset)).or_default() += amount;
                }
                if holder == "pool" {
                    let stake = line.cash_cents.get() + line.securities_cents.get();
                    let estate = line.estate_cents.get();
                    *moved.entry(("pool", Some(member), "EUR")).or_default() -= stake;
                    *moved.entry(("estate", Some(member), "EUR")).or_default() += estate;
                    *moved.entry(("pot", None, "EUR")).or_default() += stake - estate;
                }
            }
            let moved = moved.into_iter().filter(|(_, amount)| *amount != 0);
            let postings = moved.map(|((kind, member, asset), n)| posting(kind, member, asset, n));
            let part = format!("forfeiture:{part}");
            self.post_own(settlement, EntryKind::Forfeiture, &part, postings.collect());
        }
        self.move_later(settlement, "later", Some(settlement.last_day));
    }

    fn post_credits(&mut self, settlement: &Settlement) {
        for (part, lines) in settlement.lines.chunks(1_000).enumerate() {
            let credited = lines.iter().filter(|line| line.credit_cents.get() > 0);
            let mut postings: Vec<Posting> = credited
                .map(|line| {
                    let survived = line.fate == Fate::Survived;
                    let kind = if survived { "member" } else { "estate" };
                    posting(kind, Some(line.member_id), "EUR", line.credit_cents.get())
                })
                .collect();
            let sum: i64 = postings.iter().map(|p| p.amount).sum();
            if sum > 0 {
                postings.push(posting("pot", None, "EUR", -sum));
            }
            let part = format!("credit:{part}");
            self.post_own(settlement, EntryKind::LongevityCredit, &part, postings);
        }
    }

    fn post_own(&mut self, own: &Settlement, kind: EntryKind, part: &str, postings: Vec<Posting>) {
        if !postings.is_empty() {
            let source = format!("settlement:{}:{part}", own.id);
            self.book(kind, source, own.last_day, postings);
            self.entries.last_mut().expect("the entry").settlement = Some(own.id);
        }
    }
}

fn holder(fate: Fate) -> &'static str {
    if fate == Fate::LeftToPool {
        "pool"
    } else {
        "estate"
    }
}

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}
