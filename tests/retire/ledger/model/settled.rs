//! Whether the settlements are those of the model, and whether an auditor agrees.

use std::collections::BTreeMap;

use audit::Audit;
use ledger::record::{Page, Settlement, SettlementState};
use ledger::settlement::{Fate, Leaf};
use ledger::{Month, Statement};
use simulator::Client as Http;
use uuid::Uuid;

use super::book::{Account, Book, Settled};
use super::compare::read;
use crate::harness::text;
use crate::ledger::get;

/// A settlement in sum. A dry run has no place in the chain.
pub fn settlement(record: &Settlement, settled: &Settled, seal: Option<usize>) {
    let state = match (seal, settled.holds) {
        (None, _) => SettlementState::Computed,
        (_, true) => SettlementState::Settled,
        (_, false) => SettlementState::Replaced,
    };
    let draft = &settled.draft;
    let count = |of: &dyn Fn(Fate, bool) -> bool| {
        let lines = settled.lines();
        lines
            .filter(|(_, standing, line)| of(line.fate, standing.age.is_some()))
            .count() as i64
    };
    assert_eq!(
        (
            record.settlement_id,
            record.period,
            record.last_day,
            record.revision,
            record.state
        ),
        (
            settled.settlement_id,
            settled.term.starts,
            settled.term.last_day(),
            settled.revision,
            state
        )
    );
    assert_eq!(
        (
            record.rules_version,
            record.outcome,
            record.applied_rule.as_deref()
        ),
        (
            settled.rules_version,
            draft.outcome,
            Some(draft.applied_rule)
        )
    );
    assert_eq!(
        (
            record.carried_in_cents,
            record.pot_cents,
            record.carried_out_cents
        ),
        (draft.carried_in, draft.pot, draft.carried_out)
    );
    assert_eq!(record.credits_cents.get(), settled.credits());
    assert_eq!(record.group_gain, draft.group_gain);
    assert_eq!(record.members_at_risk, count(&|_, at_risk| at_risk));
    assert_eq!(record.deaths, count(&|fate, _| fate != Fate::Survived));
    assert_eq!(record.seal_number, seal.map(|index| index as i64 + 1));
}

/// All settlements of the pool, those that were replaced included.
pub fn settlements(http: &Http, book: &Book) {
    let path = format!("/v1/data/pools/{}/settlements", book.pool_id);
    let page: Page<Settlement> = read(http, &path);
    assert_eq!(page.items.len(), book.settlements.len());
    let found: BTreeMap<Uuid, &Settlement> = page
        .items
        .iter()
        .map(|record| (record.settlement_id, record))
        .collect();
    for (index, settled) in book.settlements.iter().enumerate() {
        settlement(found[&settled.settlement_id], settled, Some(index));
    }
}

/// The lines of a settlement, field by field.
pub fn lines(http: &Http, book: &Book, settled: &Settled) {
    let (period, revision) = (settled.term.starts, settled.revision);
    let pool = book.pool_id;
    let path = format!("/v1/pools/{pool}/settlements/{period}/document?revision={revision}");
    let document = get(http, &path).expect("an answer");
    assert_eq!(document.status, 200, "{}", text(&document));
    let found: Vec<Leaf> = (text(&document).lines().skip(1))
        .map(|line| serde_json::from_str(line).expect("a line"))
        .collect();
    let expected: Vec<Leaf> = settled
        .lines()
        .map(|(member_id, standing, line)| Leaf {
            age_months: standing
                .age
                .map(|age| age.years() * 12 + u32::from(age.months())),
            cash_cents: standing.cash,
            credit_cents: line.credit,
            estate_cents: line.estate,
            fate: line.fate,
            member_id,
            q: line
                .rate
                .checked_sub(1)
                .map(|rate| settled.draft.rates[rate as usize]),
            securities_cents: standing.securities,
            sex: standing.sex,
        })
        .collect();
    assert_eq!(found, expected);
}

/// A member's statements of some months: they close, and with the member's balance.
pub fn statements(http: &Http, book: &Book, member: Uuid, first: Month, last: Month) {
    let path = format!("/v1/data/members/{member}/statements?from={first}&to={last}");
    let page: Page<Statement> = read(http, &path);
    for statement in page.items {
        assert!(statement.closes(), "{statement:?}");
        let closing = book.balances(statement.period.last_day());
        let closing = closing.get(&Account::Member(member)).copied().unwrap_or(0);
        assert_eq!(
            statement.closing_cents.map(|cents| cents.get()),
            Some(closing),
            "{statement:?}"
        );
        let mut holding = book.holding();
        let settled = holding.any(|settled| settled.term.contains(statement.period.first_day()));
        assert_eq!(statement.settled, settled, "{statement:?}");
    }
}

/// Whoever knows nothing but the export finds nothing wrong with it.
pub fn audit(http: &Http, book: &Book) {
    let export = get(http, &format!("/v1/pools/{}/export", book.pool_id)).expect("an answer");
    assert_eq!(export.status, 200, "{}", text(&export));
    let mut audit = Audit::new();
    for line in text(&export).lines() {
        audit
            .push(line)
            .unwrap_or_else(|fault| panic!("{fault}: {line}"));
    }
    let report = audit.finish().unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(report.settlements, book.settlements.len() as u64);
}
