//! Rows are not sealed: they are compared with what is.

use crate::audit;
use crate::world::{member, small, two_years};

/// The export of the small pool with one row written otherwise.
fn changed(kind: &str, from: &str, to: &str) -> Vec<String> {
    let mut export = small().export();
    let begins = [
        format!(r#"{{"type":"{kind}""#),
        format!(r#"{{"type" : "{kind}""#),
    ];
    let has = |line: &&mut String| {
        begins.iter().any(|begin| line.starts_with(begin)) && line.contains(from)
    };
    let line = export.iter_mut().find(has).expect("such a row");
    *line = line.replacen(from, to, 1);
    export
}

#[test]
fn a_row_that_does_not_fit_what_is_sealed_is_found() {
    let (one, two) = (member(1).to_string(), member(2).to_string());
    let pool = r#""pool_id":"00000000-0000-0000-0000-00000000b001""#;
    let other_pool = r#""pool_id":"00000000-0000-0000-0000-00000000b002""#;
    for (kind, from, to, expected) in [
        ("pool", pool, other_pool, "belongs to the pool"),
        (
            "pool",
            "2025-01-01",
            "2025-02-01",
            "first_day has to be 2025-02-01",
        ),
        ("pool", r#""name""#, r#""title""#, "the pool cannot be read"),
        ("rules", pool, other_pool, "the rules belongs to the pool"),
        ("rules", "last_rate", "last_age", "rules has to be"),
        (
            "rules",
            "nominal_gain",
            "no_such_rule",
            "the rules of version 1 cannot be read",
        ),
        (
            "rules",
            r#""rules_version":1"#,
            r#""rules_version":2"#,
            "rules_version has to be 2",
        ),
        (
            "rules",
            r#""from_period":"2025-01"#,
            r#""from_period":"2025-02"#,
            "no rules hold",
        ),
        (
            "member",
            r#""sex":"female""#,
            r#""sex":"male""#,
            "another sex",
        ),
        (
            "member",
            r#""birth_date":"195"#,
            r#""birth_date":"194"#,
            "another age",
        ),
        ("member", pool, other_pool, "the member belongs to the pool"),
        (
            "death",
            "2025-01-20",
            "2025-02-20",
            "no death in the period was confirmed",
        ),
        (
            "death",
            r#""confirmed_at":"x""#,
            r#""confirmed_at":null"#,
            "no death in the period",
        ),
        (
            "death",
            &format!(r#""member_id":"{one}""#),
            &format!(r#""member_id":"{two}""#),
            "no death",
        ),
        (
            "settlement_reversal",
            r#""replaced_by":""#,
            r#""settlement_id":""#,
            "cannot be read",
        ),
        (
            "settlement_reversal",
            ".25+01:00",
            ".26+01:00",
            "recorded_at of its reversal",
        ),
        (
            "settlement_reversal",
            ".25+01:00",
            ".25+02:00",
            "recorded_at of its reversal",
        ),
    ] {
        let fault = audit(&changed(kind, from, to)).expect_err(expected);
        assert!(fault.to_string().contains(expected), "{fault}");
    }
}

#[test]
fn a_reversal_of_a_settlement_that_holds_is_found() {
    let world = small();
    let [replaced, by] = [1, 3].map(|index| world.settlements[index].id);
    for (settlement, replaced_by) in [(replaced, by), (by, replaced), (by, by)] {
        let mut other = world.clone();
        other.reversals = vec![(settlement, replaced_by)];
        let fault = audit(&other.export()).expect_err("it was not").to_string();
        assert!(fault.contains("and it was not"), "{fault}");
    }
}

/// Payouts are compared with nothing else.
#[test]
fn payouts_and_tables_occur_once_and_payouts_are_of_the_pool() {
    let export = two_years().export();
    let at = |kind: &str| {
        let begin = format!(r#"{{"type":"{kind}""#);
        export
            .iter()
            .position(|line| line.starts_with(&begin))
            .expect("such a row")
    };
    for kind in ["payout", "table"] {
        let mut lines = export.clone();
        lines.insert(at(kind), export[at(kind)].clone());
        let fault = audit(&lines).expect_err("twice").to_string();
        assert!(fault.contains("occurs twice"), "{fault}");
    }
    let pool = two_years().pool_id.to_string();
    let mut lines = export.clone();
    lines[at("payout")] = lines[at("payout")].replace(&pool, &member(1).to_string());
    let fault = audit(&lines).expect_err("another pool").to_string();
    assert!(fault.contains("the payout belongs to the pool"), "{fault}");
}

/// Rules that were recorded before they were documents.
#[test]
fn rules_in_columns_are_those_of_the_seal() {
    let old = |closing: &str| {
        let mut export = small().export();
        let line = export
            .iter_mut()
            .find(|line| line.contains(r#""rules""#))
            .expect("rules");
        *line = format!(
            concat!(
                r#"{{"type" : "rules", "row" : {{"pool_id":"{}","rules_version":1,"#,
                r#""mortality_table":"destatis-2022-2024","closing":"{}","#,
                r#""fractional_age":"constant_force","sharing_rule":"nominal_gain","#,
                r#""recorded_at":"x","recorded_by":"x","document":null,"from_period":null}}}}"#
            ),
            small().pool_id,
            closing
        );
        export
    };
    assert!(audit(&old("last_rate")).is_ok());
    let fault = audit(&old("last_age"))
        .expect_err("other rules")
        .to_string();
    assert!(fault.contains("not those of version 1"), "{fault}");
}

/// Who recorded a settlement, and when, is that of its entries.
#[test]
fn entries_of_a_settlement_are_recorded_with_it() {
    let world = two_years();
    let all = world.entries.iter().enumerate();
    for (at, entry) in all.filter(|(_, entry)| entry.settlement.is_some()) {
        let mut other = world.clone();
        other.entries[at].minutes += 1;
        let time = audit(&other.export()).expect_err("another time");
        other.entries[at].minutes -= 1;
        other.entries[at].actor = "somebody";
        let actor = audit(&other.export()).expect_err("somebody else");
        // Those that take something back were recorded with what replaced it.
        let own = entry.settlement.expect("it").to_string();
        for (fault, what) in [(time, "recorded_at of its entry"), (actor, "recorded_by")] {
            let text = fault.to_string();
            assert!(text.contains(what), "{text}");
            let takes_back = entry.reverses.is_some() || entry.source.contains(":returned:");
            assert!(takes_back != text.contains(&own), "{text}");
            let entry_id = format!(r#""entry_id":{},"#, entry.id);
            assert!(other.export()[fault.line as usize - 1].contains(&entry_id));
        }
    }
}

/// Somebody who died in a settlement that holds has no line in a later one.
#[test]
fn the_dead_do_not_come_back() {
    let mut world = small();
    let dead = world.settlements[0].lines[0].clone();
    assert_eq!(dead.member_id, member(1));
    world.settlements[3].lines.insert(0, dead);
    let fault = audit(&world.export()).expect_err("dead").to_string();
    assert!(fault.contains("died in an earlier settlement"), "{fault}");
}
