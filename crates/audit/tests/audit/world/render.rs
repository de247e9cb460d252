//! The export of a world. All that is hashed is hashed here.

use std::collections::BTreeMap;

use merkle::{Hash, leaf_hash, root, sha256, tiles};
use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;

use super::{Entry, Settlement, World};

impl World {
    /// The lines of the export.
    pub fn export(&self) -> Vec<String> {
        let mut lines = self.rows();
        let (journal, hashes) = self.journal();
        lines.extend(journal);
        let mut head = Hash::from_bytes([0; 32]);
        let mut from = 1;
        for (settlement, number) in self.settlements.iter().zip(1..) {
            let stretch = hashes
                .iter()
                .filter(|(id, _)| (from..=settlement.journal_to).contains(id));
            let stretch: Vec<Hash> = stretch.map(|(_, hash)| *hash).collect();
            let to = settlement.journal_to.max(from - 1);
            let journal = format!(
                r#"{{"from":{from},"leaves":{},"root":"{}","to":{to}}}"#,
                stretch.len(),
                root(&stretch)
            );
            from = to + 1;
            let leaves: Vec<String> = settlement.lines.iter().map(text).collect();
            let leaf_hashes: Vec<Hash> = leaves.iter().map(|l| leaf_hash(l.as_bytes())).collect();
            let seal = self.seal(settlement, number, head, &journal, root(&leaf_hashes));
            head = sha256(seal.as_bytes());
            lines.push(format!(
                r#"{{"type":"settlement","row":{},"head":"{head}","tiles":"{}","seal":{seal}}}"#,
                self.row(settlement, root(&leaf_hashes)),
                tiles(&leaf_hashes)
                    .iter()
                    .map(ToString::to_string)
                    .collect::<String>()
            ));
            lines.extend(leaves.iter().map(|leaf| wrapped("line", leaf)));
        }
        for (replaced, by) in &self.reversals {
            let minutes = self
                .settlements
                .iter()
                .find(|s| s.id == *by)
                .expect("it")
                .minutes;
            let row = json!({ "settlement_id": replaced, "replaced_by": by,
                "recorded_at": local(minutes) });
            lines.push(format!(
                r#"{{"type" : "settlement_reversal", "row" : {row}}}"#
            ));
        }
        lines.push(format!(r#"{{"type":"end","lines":{}}}"#, lines.len()));
        lines
    }

    fn rows(&self) -> Vec<String> {
        let row = |kind: &str, row: Value| format!(r#"{{"type" : "{kind}", "row" : {row}}}"#);
        let of_text = |kind: &str, text: &String| format!(r#"{{"type":"{kind}","row":{text}}}"#);
        let mut lines = vec![row(
            "pool",
            json!({
                "pool_id": self.pool_id, "name": "A pool", "currency": "EUR",
                "first_period": self.first_period.to_string(), "recorded_at": "x", "recorded_by": "x",
            }),
        )];
        lines.extend(self.tables.iter().map(|table| of_text("table", table)));
        lines.extend(self.rules.iter().zip(1..).map(|(rules, version)| row("rules", json!({
            "pool_id": self.pool_id, "rules_version": version, "mortality_table": null,
            "closing": null, "fractional_age": null, "sharing_rule": null, "recorded_at": "x",
            "recorded_by": "x", "document": rules.text, "from_period": rules.from.to_string(),
        }))));
        lines.extend(self.members.iter().map(|member| row("member", json!({
            "member_id": member.id, "pool_id": self.pool_id, "upvest_user_id": member.id,
            "sex": member.sex, "birth_date": member.birth_date.to_string(),
            "enrolled_on": member.enrolled_on.to_string(), "recorded_at": "x", "recorded_by": "x",
            "closed_on": null, "closed_at": null, "closed_by": null,
        }))));
        lines.extend(self.deaths.iter().map(|death| row("death", json!({
            "death_id": death.member, "member_id": death.member,
            "died_on": death.died_on.to_string(), "recorded_at": "x", "recorded_by": "x",
            "confirmed_at": "x", "confirmed_by": "x", "withdrawn_at": null, "withdrawn_by": null,
            "withdrawn_because": null,
        }))));
        lines.extend(self.payouts.iter().map(|payout| of_text("payout", payout)));
        let one = self.members.first().map(|member| member.id);
        lines.extend(one.map(|id| row("beneficiary", json!({
            "member_id": id, "version": 1, "position": 1, "reference": "a", "share_ppm": 1_000_000,
            "recorded_at": "x", "recorded_by": "x",
        }))));
        lines.extend(one.map(|id| {
            row(
                "valuation",
                json!({
                    "member_id": id, "valued_on": "2025-01-31", "asset_id": "IE00B4L5Y983",
                    "recorded_at": "x", "quantity_minor": 1, "value_cents": 1, "recorded_by": "x",
                }),
            )
        }));
        lines
    }

    /// The lines of the journal, and the leaves with the ids of their entries.
    fn journal(&self) -> (Vec<String>, Vec<(i64, Hash)>) {
        let (mut texts, mut balances) = (Vec::new(), BTreeMap::new());
        for entry in &self.entries {
            texts.push(("entry", entry.id, entry_text(entry)));
            let mut postings: Vec<_> = entry.postings.iter().collect();
            postings.sort_by_key(|p| (p.kind, p.member.is_none(), p.member, p.asset));
            for p in postings {
                let balance: &mut i64 = balances.entry((p.kind, p.member, p.asset)).or_default();
                *balance += p.amount;
                let text = format!(
                    concat!(
                        r#"{{"account":"{}","amount_minor":{},"asset_id":"{}","#,
                        r#""balance_after_minor":{},"entry_id":{},"member_id":{}}}"#
                    ),
                    p.kind,
                    p.amount,
                    p.asset,
                    balance,
                    entry.id,
                    text(&p.member)
                );
                texts.push(("posting", entry.id, text));
            }
        }
        let hashes = texts
            .iter()
            .map(|(_, id, text)| (*id, leaf_hash(text.as_bytes())));
        let lines = texts.iter().map(|(kind, _, text)| wrapped(kind, text));
        (lines.collect(), hashes.collect())
    }

    fn seal(
        &self,
        s: &Settlement,
        number: u64,
        previous: Hash,
        journal: &str,
        root: Hash,
    ) -> String {
        format!(
            concat!(
                r#"{{"applied_rule":{},"carried_in_cents":{},"carried_out_cents":{},"#,
                r#""engine_sha256":"e3b0","first_day":"{}","group_gain":{},"journal":{},"#,
                r#""last_day":"{}","lines":{{"leaves":{},"root":"{}"}},"number":{},"outcome":{},"#,
                r#""pool_id":"{}","pot_cents":{},"previous":"{}","recorded_at":"{}","#,
                r#""recorded_by":{},"replaces":{},"revision":{},"rules":{},"rules_version":{},"#,
                r#""settlement_id":"{}"}}"#
            ),
            text(&s.applied_rule),
            s.carried_in,
            s.carried_out,
            s.period.first_day(),
            text(&s.group_gain),
            journal,
            s.last_day,
            s.lines.len(),
            root,
            number,
            text(&s.outcome),
            self.pool_id,
            s.pot,
            previous,
            utc(s.minutes),
            text(&"operator \"1\"\n"),
            text(&s.replaces),
            s.revision,
            self.rules[s.rules_version - 1].text,
            s.rules_version,
            s.id
        )
    }

    fn row(&self, s: &Settlement, root: Hash) -> String {
        format!(
            concat!(
                r#"{{"settlement_id":"{}","pool_id":"{}","period":"{}","rules_version":{},"#,
                r#""outcome":{},"carried_in_cents":{},"pot_cents":{},"credits_cents":{},"#,
                r#""carried_out_cents":{},"group_gain":{},"inputs_sha256":"{}","#,
                r#""recorded_at":"{}","recorded_by":{},"revision":{},"last_day":"{}","#,
                r#""replaces":{},"applied_rule":{}}}"#
            ),
            s.id,
            self.pool_id,
            s.period.first_day(),
            s.rules_version,
            text(&s.outcome),
            s.carried_in,
            s.pot,
            s.pot - s.carried_out,
            s.carried_out,
            text(&s.group_gain),
            root,
            local(s.minutes),
            text(&"operator \"1\"\n"),
            s.revision,
            s.last_day,
            text(&s.replaces),
            text(&s.applied_rule)
        )
    }
}

fn entry_text(entry: &Entry) -> String {
    format!(
        concat!(
            r#"{{"actor":{},"effective_on":"{}","entry_id":{},"kind":{},"metadata":{},"#,
            r#""reason":{},"recorded_at":"{}","reverses":{},"settlement_id":{},"source":{}}}"#
        ),
        text(&entry.actor),
        entry.effective_on,
        entry.id,
        text(&entry.kind),
        entry.metadata.as_deref().unwrap_or("null"),
        text(&entry.reverses.map(|_| "a mistake")),
        utc(entry.minutes),
        text(&entry.reverses),
        text(&entry.settlement),
        text(&entry.source)
    )
}

pub fn wrapped(kind: &str, body: &str) -> String {
    format!(
        r#"{{"type":"{kind}","leaf":"{}","body":{body}}}"#,
        leaf_hash(body.as_bytes())
    )
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

/// As it is hashed.
fn utc(minutes: u32) -> String {
    let time = datetime!(2026-03-01 08:00) + Duration::minutes(minutes.into());
    format!(
        "{}T{:02}:{:02}:00.250000Z",
        time.date(),
        time.hour(),
        time.minute()
    )
}

/// As PostgreSQL shows it in Berlin in winter.
fn local(minutes: u32) -> String {
    let time = datetime!(2026-03-01 09:00) + Duration::minutes(minutes.into());
    format!(
        "{}T{:02}:{:02}:00.25+01:00",
        time.date(),
        time.hour(),
        time.minute()
    )
}
