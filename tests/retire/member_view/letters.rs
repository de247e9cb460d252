//! The yearly statement as a PDF, read back by another library.

use documents::Language;
use documents::amounts::{amount, euro, percent_of_text};
use ledger::YearStatement;
use ledger::record::{ExplainedCredit, Page};
use lopdf::Document;

use super::{lively, of_member};
use crate::harness::{App, Caller};

/// The text of all pages.
fn read(pdf: &[u8]) -> String {
    let document = Document::load_mem(pdf).expect("a PDF");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document
        .extract_text(&pages)
        .expect("text")
        .replace('\u{a0}', " ")
}

/// The letter has the figures of the statement, and the credits with their seals.
#[test]
fn a_letter_says_what_the_statement_says() {
    let app = App::start();
    let (_, members) = lively(&app);
    let member = members[0];
    let year: YearStatement =
        serde_json::from_value(of_member(&app, member, "statements/2025")).expect("a year");
    let credits: Page<ExplainedCredit> =
        serde_json::from_value(of_member(&app, member, "credits?to=2025-12")).expect("credits");
    for language in Language::ALL {
        let path = format!("/v1/data/me/documents/2025?language={}", language.tag());
        let answer = app.get(&path, Caller::Member(member));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
        assert_eq!(answer.header("content-language"), Some(language.tag()));
        let again = app.get(&path, Caller::Member(member));
        assert_eq!(answer.body, again.body, "the same bytes each time");
        let text = read(&answer.body);
        let has = |part: String| {
            let part = part.replace('\u{a0}', " ");
            assert!(text.contains(&part), "{part} is not in\n{text}");
        };
        let [opening, gain, closing] = [year.opening_cents, year.return_cents, year.closing_cents]
            .map(|cents| cents.expect("valued"));
        for cents in [
            opening,
            year.contributions_cents,
            gain,
            year.credits_cents,
            closing,
        ] {
            has(euro(cents, language));
        }
        for cents in [year.fees_cents, year.taxes_cents, year.payouts_cents] {
            let less = money::Cents::ZERO.minus(cents).expect("in range");
            has(euro(less, language));
        }
        has(percent_of_text(
            year.credit_percent.as_deref().expect("at risk"),
            language,
        ));
        for month in &year.months[5..] {
            has(amount(month.closing_cents.expect("valued"), language));
        }
        for credit in &credits.items {
            has(amount(credit.credit_cents, language));
            has(credit.head.clone().expect("sealed"));
        }
        has(member.to_string());
    }
}

#[test]
fn each_year_that_has_begun_has_a_document() {
    let app = App::start();
    let (_, members) = lively(&app);
    let caller = Caller::Member(members[0]);
    let list: serde_json::Value = app
        .get("/v1/data/me/documents", caller)
        .json()
        .expect("JSON");
    let first = &list["items"][0];
    assert_eq!(
        (&first["year"], &first["complete"]),
        (&2025.into(), &true.into())
    );
    for document in list["items"].as_array().expect("a list") {
        for pdf in document["pdf"].as_array().expect("both languages") {
            let answer = app.get(pdf.as_str().expect("a path"), caller);
            assert_eq!(answer.status, 200, "{pdf}");
            assert!(answer.body.starts_with(b"%PDF-"));
        }
    }
    // Who died in July has a letter of that year and of no later one.
    let dead = of_member(&app, members[3], "documents");
    assert_eq!(dead["items"].as_array().expect("a list").len(), 1);
}
