//! What is booked.

use ledger::EntryKind;
use time::Date;
use uuid::Uuid;

use super::{Entry, FUND, Posting, World};

pub fn posting(
    kind: &'static str,
    member: Option<Uuid>,
    asset: &'static str,
    amount: i64,
) -> Posting {
    Posting {
        kind,
        member,
        asset,
        amount,
    }
}

impl World {
    /// Books an entry and gives its id.
    pub fn book(
        &mut self,
        kind: EntryKind,
        source: String,
        effective_on: Date,
        postings: Vec<Posting>,
    ) -> i64 {
        // Other pools have entries too.
        let id = self.entries.last().map_or(3, |last| last.id + 2);
        self.entries.push(Entry {
            id,
            kind,
            effective_on,
            minutes: self.minutes,
            actor: "operator \"1\"\n",
            source,
            settlement: None,
            reverses: None,
            metadata: None,
            postings,
        });
        id
    }

    fn command(&mut self, kind: EntryKind, day: Date, postings: Vec<Posting>) -> i64 {
        self.minutes += 1;
        self.book(kind, format!("command:{}:1", self.minutes), day, postings)
    }

    pub fn contribute(&mut self, member: Uuid, day: Date, cents: i64) -> i64 {
        let postings = vec![
            posting("member", Some(member), "EUR", cents),
            posting("broker", None, "EUR", -cents),
        ];
        let id = self.command(EntryKind::Contribution, day, postings);
        let last = self.entries.last_mut().expect("the entry");
        last.metadata = Some(r#"{"run": "ä/1" }"#.to_owned());
        id
    }

    pub fn charge(&mut self, member: Uuid, day: Date, cents: i64) -> i64 {
        let postings = vec![
            posting("member", Some(member), "EUR", -cents),
            posting("fee", None, "EUR", cents),
        ];
        self.command(EntryKind::Fee, day, postings)
    }

    /// Buys units of the fund for money of the broker's account.
    pub fn buy(&mut self, member: Uuid, day: Date, units: i64, cents: i64) {
        self.minutes += 1;
        for (kind, asset, amount) in [
            (EntryKind::Units, FUND, units),
            (EntryKind::Trade, "EUR", -cents),
        ] {
            let source = format!("upvest:{}:{asset}", self.minutes);
            let postings = vec![
                posting("member", Some(member), asset, amount),
                posting("broker", None, asset, -amount),
            ];
            self.book(kind, source, day, postings);
            self.entries.last_mut().expect("the entry").actor = "upvest";
        }
    }

    /// The broker pays a distribution for what somebody holds or left.
    pub fn distribute(&mut self, account: &'static str, member: Uuid, day: Date, cents: i64) {
        self.minutes += 1;
        let postings = vec![
            posting(account, Some(member), "EUR", cents),
            posting("broker", None, "EUR", -cents),
        ];
        self.book(
            EntryKind::Income,
            format!("upvest:{}", self.minutes),
            day,
            postings,
        );
    }

    /// Pays out from an account, in two steps.
    pub fn pay_out(&mut self, account: &'static str, member: Uuid, day: Date, cents: i64) {
        self.minutes += 1;
        let id = Uuid::from_u128(0xfa000 + u128::from(self.minutes));
        let set_aside = vec![
            posting(account, Some(member), "EUR", -cents),
            posting("payout", Some(member), "EUR", cents),
        ];
        let paid = vec![
            posting("payout", Some(member), "EUR", -cents),
            posting("broker", None, "EUR", cents),
        ];
        self.book(EntryKind::Payout, format!("payout:{id}"), day, set_aside);
        self.book(
            EntryKind::Payout,
            format!("payout-confirmed:{id}"),
            day,
            paid,
        );
        self.payouts.push(format!(
            concat!(
                r#"{{"payout_id":"{}","pool_id":"{}","member_id":"{}","account_kind":"{}","#,
                r#""amount_cents":{},"requested_on":"{}","requested_at":"x","requested_by":"x","#,
                r#""paid_on":"{}","transaction_id":null,"confirmed_at":"x","confirmed_by":"x","#,
                r#""voided_at":null,"voided_by":null,"voided_because":null}}"#
            ),
            id, self.pool_id, member, account, cents, day, day
        ));
    }

    /// Takes an entry back.
    pub fn reverse(&mut self, id: i64, day: Date) {
        self.minutes += 1;
        let original = self
            .entries
            .iter()
            .find(|entry| entry.id == id)
            .expect("an entry")
            .clone();
        self.book(
            original.kind,
            format!("reversal:{id}"),
            day,
            negated(&original.postings),
        );
        let last = self.entries.last_mut().expect("the entry");
        last.reverses = Some(id);
        last.settlement = original.settlement;
    }

    /// What an account holds of an asset by the entries that `counts` says.
    pub fn held(&self, account: (&str, Uuid, &str), counts: impl Fn(&Entry) -> bool) -> i64 {
        let (kind, member, asset) = account;
        let entries = self.entries.iter().filter(|entry| counts(entry));
        let postings = entries.flat_map(|entry| &entry.postings);
        let own =
            postings.filter(|p| p.kind == kind && p.member == Some(member) && p.asset == asset);
        own.map(|p| p.amount).sum()
    }
}

pub fn negated(postings: &[Posting]) -> Vec<Posting> {
    let negate = |p: &Posting| Posting {
        amount: -p.amount,
        ..p.clone()
    };
    postings.iter().map(negate).collect()
}
