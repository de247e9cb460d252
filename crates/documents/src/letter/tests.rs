//! The letter is read back by another library.

use ledger::Statement;
use ledger::settlement::Fate;
use lopdf::Document;
use performance::{DayValue, History, report};
use proptest::prelude::*;
use time::macros::date;
use uuid::Uuid;

use super::*;
use crate::words::tests::credit;

fn cents(n: i64) -> Cents {
    Cents::new(n).expect("in range")
}

/// Twelve months that close, with amounts of this scale.
pub(super) fn year(scale: i64, forfeited: bool) -> YearStatement {
    let mut period: ledger::Month = "2025-01".parse().expect("a month");
    let mut opening = 81_234 * scale;
    let months: Vec<Statement> = (0..12)
        .map(|n| {
            let [paid, gain, credit] = [500 * scale, (n - 4) * 37 * scale, 97 * scale + n];
            let [fees, taxes, payouts] = [7 * scale, 3 * n, 310 * scale];
            let left = opening + paid + gain + credit - fees - taxes - payouts;
            let died = forfeited && n == 11;
            let month = Statement {
                member_id: Uuid::from_u128(7),
                period,
                opening_cents: Some(cents(opening)),
                contributions_cents: cents(paid),
                return_cents: Some(cents(gain)),
                credits_cents: cents(credit),
                fees_cents: cents(fees),
                taxes_cents: cents(taxes),
                payouts_cents: cents(payouts),
                forfeited_cents: cents(if died { left } else { 0 }),
                closing_cents: Some(cents(if died { 0 } else { left })),
                at_risk_cents: Some(cents(opening)),
                credit_percent: None,
                settled: true,
                corrections: Vec::new(),
            };
            opening = if died { 0 } else { left };
            period = period.next().expect("a month");
            month
        })
        .collect();
    YearStatement::of(months).expect("a year")
}

fn settlements(year: &YearStatement) -> Vec<ExplainedCredit> {
    let each = year.months.iter().rev().map(|month| ExplainedCredit {
        period: month.period,
        last_day: month.period.last_day(),
        credit_cents: month.credits_cents,
        proof: format!("/v1/pools/p/settlements/{}/proof", month.period),
        ..credit()
    });
    each.collect()
}

fn written(year: &YearStatement, language: Language) -> Vec<u8> {
    let value = |on, n| DayValue {
        on,
        value_cents: cents(n),
    };
    let history = History {
        flows: Vec::new(),
        valuations: vec![
            value(date!(2024 - 12 - 31), 100_000),
            value(date!(2025 - 12 - 31), 104_217),
        ],
    };
    yearly_statement(&Letter {
        language,
        pool: "Rentenkreis Süd",
        booked_until: Some("2026-01-02T06:00:00.123456Z"),
        year,
        credits: &settlements(year),
        performance: report(&history).as_ref(),
    })
}

/// The text of each page.
fn read(pdf: &[u8]) -> Vec<String> {
    let document = Document::load_mem(pdf).expect("a PDF");
    let pages = document.get_pages();
    pages
        .keys()
        .map(|page| {
            let text = document.extract_text(&[*page]).expect("text");
            text.replace('\u{a0}', " ")
        })
        .collect()
}

#[test]
fn a_letter_has_the_figures_of_the_year() {
    let year = year(100, false);
    let (de, en) = (written(&year, Language::De), written(&year, Language::En));
    let (de, en) = (read(&de), read(&en));
    let whole = en.join("\n");
    for amount in [
        euro(year.opening_cents.expect("valued"), Language::En),
        euro(year.contributions_cents, Language::En),
        euro(year.return_cents.expect("valued"), Language::En),
        euro(year.credits_cents, Language::En),
        euro(less(year.fees_cents), Language::En),
        euro(less(year.taxes_cents), Language::En),
        euro(less(year.payouts_cents), Language::En),
        euro(year.closing_cents.expect("valued"), Language::En),
        "4.22%".to_owned(),
        "00000000-0000-0000-0000-000000000007".to_owned(),
        "2026-01-02 06:00 UTC".to_owned(),
        "Yearly statement 2025".to_owned(),
        "/v1/pools/p/settlements/YYYY-MM/proof".to_owned(),
        "ab".repeat(32),
    ] {
        assert!(whole.contains(&amount), "{amount} is not in\n{whole}");
    }
    for month in &year.months {
        for amount in [
            month.closing_cents,
            Some(month.credits_cents),
            month.return_cents,
        ] {
            let amount = crate::amounts::amount(amount.expect("valued"), Language::En);
            assert!(whole.contains(&amount), "{amount}");
        }
    }
    let german = de.join("\n");
    for text in [
        "Rentenkreis Süd",
        "Jahresauszug 2025",
        "März",
        "Gebühren",
        "Endbestand",
    ] {
        assert!(german.contains(text), "{text} is not in\n{german}");
    }
    assert!(
        german.contains(
            &euro(year.closing_cents.expect("valued"), Language::De).replace('\u{a0}', " ")
        )
    );
    for (number, page) in (1..).zip(&de) {
        assert!(page.contains(&format!("Seite {number} von {}", de.len())));
    }
}

#[test]
fn the_same_letter_has_the_same_bytes() {
    let year = year(1, false);
    assert_eq!(written(&year, Language::De), written(&year, Language::De));
    assert_ne!(written(&year, Language::De), written(&year, Language::En));
}

/// The largest amounts are written in smaller letters, and a death has its column.
#[test]
fn large_amounts_and_a_death_find_their_place() {
    let year = year(1_000_000_000, true);
    let text = read(&written(&year, Language::De)).join("\n");
    assert!(text.contains("Durch den Todesfall abgegeben"));
    let opening = crate::amounts::amount(year.opening_cents.expect("valued"), Language::De);
    assert!(text.contains(&opening), "{opening}");
}

/// Without a valuation there is a letter that says so, and no credits need no proofs.
#[test]
fn what_is_not_known_is_not_told() {
    let mut year = year(100, false);
    year.closing_cents = None;
    year.return_cents = None;
    let letter = Letter {
        language: Language::En,
        pool: &"long ".repeat(200),
        booked_until: None,
        year: &year,
        credits: &[],
        performance: None,
    };
    let text = read(&yearly_statement(&letter)).join("\n");
    assert!(text.contains("Not all securities are valued"));
    assert!(!text.contains("SHA-256") && !text.contains("Booked until"));
}

/// Who died has a sentence instead of a credit.
#[test]
fn a_death_is_told() {
    let year = year(100, true);
    let mut credits = settlements(&year);
    credits[0].fate = Fate::LeftToPool;
    credits[0].credit_cents = Cents::ZERO;
    let letter = Letter {
        language: Language::En,
        pool: "Pool",
        booked_until: None,
        year: &year,
        credits: &credits,
        performance: None,
    };
    let text = read(&yearly_statement(&letter)).join(" ");
    assert!(text.contains("the member died"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    /// Whatever the name of the pool, the letter can be read.
    #[test]
    fn no_name_breaks_the_letter(pool in "\\PC{0,80}|[()\\\\<>/%\r\n]{0,40}") {
        let year = year(1, false);
        let letter = Letter {
            language: Language::De,
            pool: &pool,
            booked_until: Some(&pool),
            year: &year,
            credits: &settlements(&year),
            performance: None,
        };
        let pages = read(&yearly_statement(&letter));
        prop_assert!(pages.len() >= 2);
        prop_assert!(pages[0].contains("Jahresauszug 2025"));
    }
}
