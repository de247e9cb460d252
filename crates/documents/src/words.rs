//! A longevity credit in a sentence.

use ledger::Month;
use ledger::record::ExplainedCredit;
use ledger::settlement::Fate;
use money::Cents;

use crate::Language;
use crate::amounts::{euro, factor, month, month_name, percent_of_part, percent_of_text};

/// What a settlement meant for a member and why, in one sentence.
#[must_use]
pub fn explain(credit: &ExplainedCredit, language: Language) -> String {
    let mut text = match (credit.fate, &credit.q) {
        (Fate::Survived, Some(q)) => survived(credit, q, language),
        (Fate::Survived, None) => not_at_risk(credit, language),
        (Fate::LeftToPool, _) => left_to_pool(credit, language),
        (Fate::LeftToEstate, _) => left_to_estate(credit, language),
    };
    if let Some(before) = credit.corrections.last() {
        let before = euro(before.credit_cents, language);
        text += &match language {
            Language::De => format!(
                "; zuvor waren {before} gutgeschrieben, ehe ein Todesfall nachgemeldet oder \
                 zurückgenommen wurde"
            ),
            Language::En => format!(
                "; {before} had been credited before a death was reported late or withdrawn"
            ),
        };
    }
    text.push('.');
    text
}

/// `Im März 2025`, or `Von Januar bis März 2025` for a longer period.
fn when(credit: &ExplainedCredit, language: Language) -> String {
    let last = Month::of(credit.last_day).unwrap_or(credit.period);
    let (from, to) = (credit.period, month(last, language));
    match (language, last == from) {
        (Language::De, true) => format!("Im {to}"),
        (Language::En, true) => format!("In {to}"),
        (language, false) => {
            let from = match from.first_day().year() == last.first_day().year() {
                true => month_name(from, language).to_owned(),
                false => month(from, language),
            };
            match language {
                Language::De => format!("Von {from} bis {to}"),
                Language::En => format!("From {from} to {to}"),
            }
        }
    }
}

fn survived(credit: &ExplainedCredit, q: &str, language: Language) -> String {
    let when = when(credit, language);
    let at_risk = euro(credit.at_risk_cents, language);
    let q = percent_of_part(q, language);
    let received = euro(credit.credit_cents, language);
    let part = credit
        .credit_percent
        .as_deref()
        .map(|percent| percent_of_text(percent, language))
        .unwrap_or_default();
    let nothing = credit.credit_cents == Cents::ZERO;
    let mut text = match (language, nothing) {
        (Language::De, true) => format!(
            "{when} standen {at_risk} von Ihnen im Risiko, bei einer Sterbewahrscheinlichkeit von \
             {q}; Sie haben überlebt, und es gab für Sie nichts zu verteilen"
        ),
        (Language::En, true) => format!(
            "{when} you had {at_risk} at risk with a {q} probability of dying; you lived, and \
             there was nothing to share with you"
        ),
        (Language::De, false) => format!(
            "{when} standen {at_risk} von Ihnen im Risiko, bei einer Sterbewahrscheinlichkeit von \
             {q}; Sie haben überlebt und aus dem Guthaben Verstorbener {received} erhalten, das \
             sind {part} Ihres Einsatzes"
        ),
        (Language::En, false) => format!(
            "{when} you had {at_risk} at risk with a {q} probability of dying; you lived, and \
             received {received} of what members who died left, which is {part} of what you had \
             at risk"
        ),
    };
    if let (false, Some("nominal_gain"), Some(gain)) = (
        nothing,
        credit.applied_rule.as_deref(),
        nominal_gain(credit, language),
    ) {
        let group = factor(&credit.group_gain, language);
        text += &match language {
            Language::De => {
                format!(": das {group}-Fache der {gain}, die für dieses Risiko zu erwarten waren")
            }
            Language::En => {
                format!(": {group} times the {gain} that this risk could expect")
            }
        };
    }
    text
}

/// The nominal gain in euro, to the cent.
fn nominal_gain(credit: &ExplainedCredit, language: Language) -> Option<String> {
    let cents = money::round_half_even(credit.nominal_gain_cents.as_deref()?, 0).ok()?;
    Some(euro(Cents::new(cents).ok()?, language))
}

fn not_at_risk(credit: &ExplainedCredit, language: Language) -> String {
    let when = when(credit, language);
    match language {
        Language::De => format!(
            "{when} stand von Ihnen nichts im Risiko, weil Sie nicht von Beginn an dabei waren"
        ),
        Language::En => {
            format!("{when} you had nothing at risk, as you were not a member from its beginning")
        }
    }
}

fn left_to_pool(credit: &ExplainedCredit, language: Language) -> String {
    let when = when(credit, language);
    let at_risk = euro(credit.at_risk_cents, language);
    match language {
        Language::De => format!(
            "{when} ist das Mitglied verstorben, und die {at_risk}, die im Risiko standen, kamen \
             den Überlebenden zugute"
        ),
        Language::En => {
            format!("{when} the member died, and the {at_risk} at risk went to those who survived")
        }
    }
}

fn left_to_estate(credit: &ExplainedCredit, language: Language) -> String {
    let when = when(credit, language);
    match language {
        Language::De => {
            format!("{when} ist das Mitglied verstorben, und das Guthaben fiel in den Nachlass")
        }
        Language::En => format!("{when} the member died, and the balance went to the estate"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use ledger::{Correction, CorrectionReason};
    use time::macros::date;
    use uuid::Uuid;

    use super::*;

    pub(crate) fn credit() -> ExplainedCredit {
        ExplainedCredit {
            settlement_id: Uuid::nil(),
            pool_id: Uuid::nil(),
            period: "2025-03".parse().expect("a month"),
            last_day: date!(2025 - 03 - 31),
            revision: 1,
            fate: Fate::Survived,
            age_months: Some(900),
            cash_cents: Some(Cents::ZERO),
            securities_cents: Cents::new(1_000_000).ok(),
            at_risk_cents: Cents::new(1_000_000).expect("in range"),
            q: Some("0.000912345678".to_owned()),
            nominal_gain_cents: Some("913.178818".to_owned()),
            applied_rule: Some("nominal_gain".to_owned()),
            group_gain: "1.065500000000".to_owned(),
            credit_cents: Cents::new(973).expect("in range"),
            credit_percent: Some("0.097300".to_owned()),
            members: Some(4_711),
            deaths: None,
            survivors: None,
            pot_cents: None,
            pot_share_percent: None,
            seal_number: Some(3),
            head: Some("ab".repeat(32)),
            proof: "/v1/pools/p/settlements/2025-03/proof".to_owned(),
            corrections: Vec::new(),
            in_words: String::new(),
        }
    }

    fn said(credit: &ExplainedCredit) -> [String; 2] {
        Language::ALL.map(|language| explain(credit, language).replace('\u{a0}', " "))
    }

    #[test]
    fn a_credit_is_said_in_a_sentence() {
        let [de, en] = said(&credit());
        assert_eq!(
            de,
            "Im März 2025 standen 10.000,00 € von Ihnen im Risiko, bei einer \
             Sterbewahrscheinlichkeit von 0,0912 %; Sie haben überlebt und aus dem Guthaben \
             Verstorbener 9,73 € erhalten, das sind 0,0973 % Ihres Einsatzes: das 1,0655-Fache \
             der 9,13 €, die für dieses Risiko zu erwarten waren."
        );
        assert_eq!(
            en,
            "In March 2025 you had €10,000.00 at risk with a 0.0912% probability of dying; you \
             lived, and received €9.73 of what members who died left, which is 0.0973% of what \
             you had at risk: 1.0655 times the €9.13 that this risk could expect."
        );
    }

    #[test]
    fn by_another_rule_the_gain_is_not_told() {
        let other = ExplainedCredit {
            applied_rule: Some("overlay_fund".to_owned()),
            ..credit()
        };
        assert!(said(&other).iter().all(|text| !text.contains("1.0655")));
    }

    #[test]
    fn every_fate_has_its_sentence() {
        let nothing = ExplainedCredit {
            credit_cents: Cents::ZERO,
            ..credit()
        };
        assert!(said(&nothing)[1].ends_with("there was nothing to share with you."));
        let late = ExplainedCredit {
            q: None,
            ..credit()
        };
        assert!(said(&late)[0].starts_with("Im März 2025 stand von Ihnen nichts im Risiko"));
        let dead = ExplainedCredit {
            fate: Fate::LeftToPool,
            ..credit()
        };
        assert!(said(&dead)[1].contains("the €10,000.00 at risk went to those who survived"));
        let estate = ExplainedCredit {
            fate: Fate::LeftToEstate,
            ..credit()
        };
        assert!(said(&estate)[0].ends_with("das Guthaben fiel in den Nachlass."));
    }

    #[test]
    fn quarters_and_corrections_are_said() {
        let corrected = ExplainedCredit {
            last_day: date!(2025 - 05 - 31),
            corrections: vec![Correction {
                revision: 1,
                fate: Fate::Survived,
                credit_cents: Cents::new(500).expect("in range"),
                corrected_at: "2025-06-02T00:00:00Z".to_owned(),
                reason: CorrectionReason::DeathsChanged,
            }],
            ..credit()
        };
        let [de, en] = said(&corrected);
        assert!(de.starts_with("Von März bis Mai 2025 standen"), "{de}");
        assert!(
            en.ends_with(
                "; €5.00 had been credited before a death was reported late or withdrawn."
            ),
            "{en}"
        );
        let over = ExplainedCredit {
            last_day: date!(2026 - 02 - 28),
            ..credit()
        };
        assert!(said(&over)[1].starts_with("From March 2025 to February 2026 you"));
    }
}
