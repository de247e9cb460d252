//! Credits in numbers and in words, and what is told of the pool.

use audit::verify_proof;
use ledger::record::{ExplainedCredit, Page, Proof};
use ledger::settlement::{Fate, Leaf};
use serde_json::json;
use uuid::Uuid;

use super::{lively, of_member};
use crate::harness::{App, Caller, NewPool, header, text};

fn credits(app: &App, member: Uuid, query: &str) -> Vec<ExplainedCredit> {
    let page = of_member(app, member, &format!("credits{query}"));
    let page: Page<ExplainedCredit> = serde_json::from_value(page).expect("credits");
    page.items
}

/// What is told is the line that the proof proves, and the share is weight times gain.
#[test]
fn a_credit_is_what_its_proof_says() {
    let app = App::start();
    let (_, members) = lively(&app);
    let credits = credits(&app, members[0], "?from=2025-06&to=2025-08");
    let periods: Vec<String> = credits.iter().map(|c| c.period.to_string()).collect();
    assert_eq!(periods, ["2025-08", "2025-07", "2025-06"]);
    for credit in &credits {
        let answer = app.get(&credit.proof, Caller::Member(members[0]));
        let proof: Proof = answer.json().expect("a proof");
        verify_proof(&proof).expect("it holds");
        let leaf: Leaf = serde_json::from_str(&proof.line).expect("a line");
        assert_eq!(Some(proof.head), credit.head);
        assert_eq!(
            (leaf.credit_cents, leaf.fate, leaf.age_months),
            (
                credit.credit_cents,
                credit.fate,
                credit.age_months.map(|m| m as u32)
            )
        );
        let weight: f64 = credit
            .nominal_gain_cents
            .as_deref()
            .expect("at risk")
            .parse()
            .expect("a number");
        let gain: f64 = credit.group_gain.parse().expect("a number");
        assert!(
            (weight * gain - credit.credit_cents.get() as f64).abs() < 1.0,
            "{credit:?}"
        );
    }
    let july = &credits[1];
    assert_eq!((july.revision, july.corrections.len()), (2, 1));
    assert_ne!(july.corrections[0].credit_cents, july.credit_cents);
    let dead = self::credits(&app, members[3], "?from=2025-07");
    assert_eq!(
        (dead[0].fate, dead[0].credit_cents.get()),
        (Fate::LeftToPool, 0)
    );
}

/// The language is the parameter's, or else the one that the caller prefers.
#[test]
fn a_credit_is_said_in_the_callers_language() {
    let app = App::start();
    let (_, members) = lively(&app);
    let ask = |query: &str, preferred: &str| {
        let token = crate::harness::KEYS
            .token(&members[0].to_string(), "member", 1)
            .expect("keys");
        let headers = [
            header("authorization", &format!("Bearer {token}")),
            header("accept-language", preferred),
        ];
        let path = format!("/v1/data/me/credits{query}");
        let answer = app
            .client
            .send("GET", &path, &headers, b"")
            .expect("an answer");
        assert_eq!(answer.status, 200, "{}", text(&answer));
        let language = answer.header("content-language").map(str::to_owned);
        assert_eq!(answer.header("vary"), Some("accept-language"));
        let page: Page<ExplainedCredit> = answer.json().expect("credits");
        (
            language.expect("one"),
            page.items[5].in_words.replace('\u{a0}', " "),
        )
    };
    let (language, german) = ask("", "fr, de-AT;q=0.8");
    assert_eq!(language, "de");
    assert!(german.starts_with("Im Juli 2025 standen "), "{german}");
    assert!(
        german.contains("ehe ein Todesfall nachgemeldet"),
        "{german}"
    );
    let (language, english) = ask("?language=en", "de");
    assert_eq!(language, "en");
    assert!(english.starts_with("In July 2025 you had €"), "{english}");
}

/// A pool of 44 women, of whom 21 die in June and one in July.
fn large(app: &App) -> (NewPool<'_>, Vec<Uuid>) {
    let pool = app.open_pool();
    let members: Vec<Uuid> = (1..=44).map(|n| pool.member(n, 1_000_00)).collect();
    for dead in &members[..21] {
        pool.death(*dead, "2025-06-11");
    }
    pool.death(members[21], "2025-07-11");
    for period in ["2025-06", "2025-07", "2025-08"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    (pool, members)
}

/// A figure of the pool is told if twenty members stand behind it.
#[test]
fn figures_of_the_pool_need_twenty_members() {
    let app = App::start();
    let (_, members) = large(&app);
    let credits = credits(&app, members[43], "?from=2025-06&to=2025-08");
    let [august, july, june] = &credits[..] else {
        panic!("{credits:?}");
    };
    assert_eq!(
        (june.members, june.deaths, june.survivors),
        (Some(44), Some(21), Some(23))
    );
    assert_eq!(june.pot_cents.map(|pot| pot.get()), Some(21_000_00));
    let share: f64 = june
        .pot_share_percent
        .as_deref()
        .expect("told")
        .parse()
        .expect("a number");
    assert!((share - 100.0 / 23.0).abs() < 1e-3);
    assert_eq!(
        (july.members, july.deaths, july.survivors),
        (Some(23), Some(1), Some(22))
    );
    // One death: its balance is the pot, as every survivor can compute.
    let dead = self::credits(&app, members[21], "?from=2025-07&to=2025-07");
    assert_eq!(july.pot_cents, Some(dead[0].at_risk_cents));
    // Nobody died among 22.
    assert_eq!(
        (august.members, august.deaths, august.survivors),
        (Some(22), Some(0), Some(22))
    );

    // Three members: nothing of the pool is told.
    let other = App::start();
    let (_, few) = lively(&other);
    for credit in self::credits(&other, few[0], "") {
        assert_eq!(
            (credit.members, credit.deaths, credit.survivors),
            (None, None, None)
        );
        assert_eq!(
            (credit.pot_cents, credit.pot_share_percent.as_ref()),
            (None, None)
        );
    }
    let hidden = of_member(&other, few[0], "credits");
    assert_eq!(hidden["items"][0]["pot_cents"], json!(null));
}
