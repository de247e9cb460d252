//! Whether the application says what the model says.

use ledger::record::{Balance, Member, MemberState, OpenExceptions, Page, Pool, TrialBalanceLine};
use postgres::Client;
use serde::de::DeserializeOwned;
use simulator::Client as Http;
use time::Date;
use uuid::Uuid;

use super::book::{Account, Balances, Book};

pub fn read<T: DeserializeOwned>(http: &Http, path: &str) -> T {
    http.get(path).expect("a document")
}

fn account(kind: &str, member: Option<Uuid>) -> Account {
    match (kind, member) {
        ("member", Some(id)) => Account::Member(id),
        ("estate", Some(id)) => Account::Estate(id),
        ("payout", Some(id)) => Account::Payout(id),
        ("pool", Some(id)) => Account::Pool(id),
        ("pot", None) => Account::Pot,
        ("fee", None) => Account::Fee,
        ("broker", None) => Account::Broker,
        other => panic!("no account is {other:?}"),
    }
}

/// What every account has, by the database: the sum of its postings.
pub fn accounts(admin: &mut Client, pool: Uuid) -> Balances {
    let rows = admin
        .query(
            "select a.kind, a.member_id, b.amount_minor, p.amount_minor
             from retire.account a
             join retire.balance b using (account_id)
             join (select account_id, sum(amount_minor)::bigint as amount_minor
                 from retire.posting group by account_id) p using (account_id)
             where a.pool_id = $1",
            &[&pool],
        )
        .expect("balances");
    let mut found = Balances::new();
    for row in &rows {
        let (balance, sum): (i64, i64) = (row.get(2), row.get(3));
        let account = account(row.get(0), row.get(1));
        assert_eq!(balance, sum, "{account:?} is the sum of its postings");
        if balance != 0 {
            found.insert(account, balance);
        }
    }
    found
}

/// Every account has what the model says.
pub fn balances(admin: &mut Client, book: &Book) {
    let found = accounts(admin, book.pool_id);
    assert_eq!(
        found,
        book.balances(Date::MAX),
        "balances in the database, in the model"
    );
    assert_eq!(found.values().sum::<i64>(), 0, "money is conserved");
}

/// What people own on a day, as `book` knows it; `known_at` is the time of `book`.
pub fn balances_on(http: &Http, book: &Book, as_of: Date, known_at: Option<&str>) {
    let known_at = known_at.map_or_else(String::new, |time| format!("&known_at={time}"));
    let path = format!(
        "/v1/pools/{}/balances?as_of={as_of}{known_at}&limit=500",
        book.pool_id
    );
    let page: Page<Balance> = read(http, &path);
    let found: Balances = page
        .items
        .into_iter()
        .map(|item| {
            let cents: i64 = item.amount_minor.parse().expect("a number");
            (account(&item.account, Some(item.member_id)), cents)
        })
        .collect();
    let mut expected = book.balances(as_of);
    expected.retain(|account, _| !matches!(account, Account::Pot | Account::Fee | Account::Broker));
    assert_eq!(
        found, expected,
        "balances on {as_of}{known_at}, in the model"
    );
}

pub fn pool(http: &Http, book: &Book) {
    let pool: Pool = read(http, &format!("/v1/pools/{}", book.pool_id));
    assert_eq!((pool.next_period, pool.resettlement), book.next_period());
    let active = book
        .people
        .iter()
        .filter(|(id, person)| person.closed_on.is_none() && book.report_of(**id).is_none());
    let counts = (pool.members, pool.active_members);
    assert_eq!(counts, (book.people.len() as i64, active.count() as i64));
    let (number, _) = book.rules_of(pool.next_period);
    assert_eq!(pool.rules_version, number);
    assert_eq!(
        pool.rules,
        book.rules[usize::try_from(number - 1).expect("an index")].1
    );
}

pub fn trial_balance(http: &Http, book: &Book) {
    let path = format!("/v1/data/pools/{}/trial-balance", book.pool_id);
    let page: Page<TrialBalanceLine> = read(http, &path);
    let sum = |of: fn(&Account) -> bool| {
        let balances = book.balances(Date::MAX);
        let sum: i64 = balances
            .iter()
            .filter(|(account, _)| of(account))
            .map(|(_, c)| c)
            .sum();
        sum.to_string()
    };
    let [line] = &page.items[..] else {
        assert!(book.flows.is_empty(), "{page:?}");
        return;
    };
    assert_eq!(line.sum_minor, "0");
    assert_eq!(line.members_minor, sum(|a| matches!(a, Account::Member(_))));
    assert_eq!(line.estates_minor, sum(|a| matches!(a, Account::Estate(_))));
    assert_eq!(line.pool_minor, sum(|a| matches!(a, Account::Pool(_))));
    assert_eq!(line.pot_minor, sum(|a| matches!(a, Account::Pot)));
    assert_eq!(line.broker_minor, sum(|a| matches!(a, Account::Broker)));
}

pub fn members(http: &Http, book: &Book) {
    let path = format!("/v1/data/pools/{}/members?limit=500", book.pool_id);
    let page: Page<Member> = read(http, &path);
    let found: Vec<Uuid> = page.items.iter().map(|member| member.member_id).collect();
    assert_eq!(found, book.people.keys().copied().collect::<Vec<_>>());
    for member in &page.items {
        let (id, person) = (member.member_id, &book.people[&member.member_id]);
        let report = book.report_of(id);
        let state = if book.settled_death(id).is_some() {
            MemberState::Deceased
        } else if report.is_some() {
            MemberState::DeathReported
        } else if person.closed_on.is_some() {
            MemberState::Closed
        } else {
            MemberState::Active
        };
        assert_eq!(member.state, state, "{id}");
        assert_eq!(member.died_on, report.map(|report| report.died_on), "{id}");
        assert_eq!(member.closed_on, person.closed_on, "{id}");
        assert_eq!(
            member.cash_cents.get(),
            book.balance(Account::Member(id)),
            "{id}"
        );
    }
}

/// What keeps the next period from being settled.
pub fn exceptions(http: &Http, book: &Book) {
    let (period, _) = book.next_period();
    let pool = book.pool_id;
    let path = format!("/v1/pools/{pool}/exceptions?period={period}");
    let found: OpenExceptions = read(http, &path);
    assert_eq!(found.exceptions, book.exceptions());
}
