//! What happens in the story.

mod broker;
mod mathematics;

use serde_json::{Value, json};
use uuid::Uuid;

use self::broker::{deliver, event, topup};
use super::{Story, id};
use crate::harness::{Caller, pool_command};

const AUDITOR: Caller<'_> = Caller::Auditor;
const ANALYST: Caller<'_> = Caller::Analyst;
const OPERATOR: Caller<'_> = Caller::Operator;

/// The members of the pool by number: the broker's user and account group.
const fn user(number: u128) -> u128 {
    100 + number
}
const fn group(number: u128) -> u128 {
    200 + number
}

pub(super) fn tell(story: &mut Story) {
    mathematics::tell(story);
    let pool = opened(story);
    let members: Vec<Uuid> = (1..=4)
        .map(|number| enrolled(story, &pool, number))
        .collect();
    bookings(story, &pool, &members);
    payouts(story, &pool, &members);
    let proved = settled(story, &pool, &members);
    broker::tell(story, &pool);
    reads(story, &pool, proved);
    let path = format!("{pool}/members/{}/closure", members[3]);
    let day = json!({"closed_on": "2025-07-31"});
    story.ask("closeMember", OPERATOR, &path, Some(day));
    views(story);
    own_view(story, members[0]);
    erased(story, &pool);
}

fn views(story: &mut Story) {
    story.ask("getCatalogue", AUDITOR, "/v1/data", None);
    let query = "select=period,members_at_risk,deaths,pot_cents&order=period.desc&limit=2";
    story.ask(
        "queryView",
        AUDITOR,
        &format!("/v1/data/settlements?{query}"),
        None,
    );
}

/// What a member sees, and an operator of a member.
fn own_view(story: &mut Story, member: Uuid) {
    let parts = [
        (
            "listMyCredits",
            "listMemberCredits",
            "credits?from=2025-06&to=2025-06",
        ),
        ("listMyDocuments", "listMemberDocuments", "documents"),
        ("exportMyData", "exportMemberData", "export"),
        (
            "forecastMyIncome",
            "forecastMemberIncome",
            "forecast?interest=0.02",
        ),
        (
            "getMyPerformance",
            "getMemberPerformance",
            "performance?from=2025-06&to=2025-06",
        ),
        ("getMyPositions", "getMemberPositions", "positions"),
        (
            "getMyYearStatement",
            "getMemberYearStatement",
            "statements/2025",
        ),
        (
            "listMyTransactions",
            "listMemberTransactions",
            "transactions?limit=3",
        ),
    ];
    for (mine, of_member, part) in parts {
        let me = Caller::Member(member);
        story.ask(mine, me, &format!("/v1/data/me/{part}"), None);
        let path = format!("/v1/data/members/{member}/{part}");
        story.ask(of_member, OPERATOR, &path, None);
    }
}

/// Somebody who left before anything was booked.
fn erased(story: &mut Story, pool: &str) {
    let command = json!({
        "upvest_user_id": id(user(5)), "sex": "male", "birth_date": "1955-10-02",
        "enrolled_on": "2025-08-01",
    });
    let members = format!("{pool}/members");
    let member = story.ask("enrolMember", OPERATOR, &members, Some(command));
    let member = format!("{members}/{}", member["member_id"].as_str().expect("an id"));
    let day = json!({"closed_on": "2025-08-31"});
    story.ask(
        "closeMember",
        OPERATOR,
        &format!("{member}/closure"),
        Some(day),
    );
    let path = format!("{member}/erasure");
    story.ask("eraseMember", OPERATOR, &path, Some(json!({})));
}

/// Opens the pool; gives its path.
fn opened(story: &mut Story) -> String {
    let pool = story.ask("openPool", OPERATOR, "/v1/pools", Some(pool_command()));
    let pool = format!("/v1/pools/{}", pool["pool_id"].as_str().expect("an id"));
    story.ask("getPool", ANALYST, &pool, None);
    let mut rules = pool_command()["rules"].clone();
    rules["sharing_rule"] = json!("overlay_fund");
    let rules = json!({"from_period": "2026-01", "rules": rules});
    story.ask("setRules", OPERATOR, &format!("{pool}/rules"), Some(rules));
    story.ask("listRules", ANALYST, &format!("{pool}/rules"), None);
    pool
}

fn enrolled(story: &mut Story, pool: &str, number: u128) -> Uuid {
    let command = json!({
        "upvest_user_id": id(user(number)), "sex": "female", "birth_date": "1950-03-14",
        "enrolled_on": "2025-05-01",
    });
    let member = story.ask(
        "enrolMember",
        OPERATOR,
        &format!("{pool}/members"),
        Some(command),
    );
    deliver(
        story,
        &[event(
            number,
            "ACCOUNT_GROUP.CREATED",
            &json!({
                "id": id(group(number)), "users": [{"id": id(user(number)), "type": "OWNER"}],
            }),
        )],
    );
    if number < 4 {
        deliver(story, &[topup(300 + number, group(number))]);
    }
    member["member_id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

fn bookings(story: &mut Story, pool: &str, members: &[Uuid]) {
    let items = |amount_cents: i64, on: &str| {
        json!({"items": [{
            "member_id": members[0], "amount_cents": amount_cents, "currency": "EUR",
            "effective_on": on,
        }]})
    };
    let contribution = items(50_000, "2025-06-03");
    let path = format!("{pool}/contributions");
    story.ask("bookContributions", OPERATOR, &path, Some(contribution));
    let fee = items(1_250, "2025-06-04");
    let fee = story.ask("bookFees", OPERATOR, &format!("{pool}/fees"), Some(fee));
    let reversal = json!({
        "entry_id": fee["first_entry_id"], "effective_on": "2025-06-05",
        "reason": "the fee was waived",
    });
    story.ask(
        "reverseEntry",
        OPERATOR,
        &format!("{pool}/reversals"),
        Some(reversal),
    );
    let valuations = json!({"items": [{
        "member_id": members[0], "isin": "IE00B4L5Y983", "valued_on": "2025-06-30",
        "quantity_units": 0, "value_cents": 0,
    }]});
    let path = format!("{pool}/valuations");
    story.ask("recordValuations", OPERATOR, &path, Some(valuations));
    let path = format!("{pool}/members/{}/beneficiaries", members[0]);
    let named = json!({"beneficiaries": [
        {"reference": "b-4711", "share_ppm": 750_000},
        {"reference": "b-4712", "share_ppm": 250_000},
    ]});
    story.ask("setBeneficiaries", OPERATOR, &path, Some(named));
    story.ask("getBeneficiaries", OPERATOR, &path, None);
}

fn payouts(story: &mut Story, pool: &str, members: &[Uuid]) {
    let path = format!("{pool}/payouts");
    let request = |amount_cents: i64| {
        json!({
            "member_id": members[1], "account": "member", "amount_cents": amount_cents,
            "currency": "EUR", "requested_on": "2025-06-10",
        })
    };
    let about = |payout: &Value, what: &str| {
        let payout_id = payout["payout_id"].as_str().expect("an id");
        format!("{path}/{payout_id}/{what}")
    };
    let first = story.ask("requestPayout", OPERATOR, &path, Some(request(6_000)));
    let paid = json!({"paid_on": "2025-06-12"});
    story.ask(
        "confirmPayout",
        OPERATOR,
        &about(&first, "confirmation"),
        Some(paid),
    );
    let second = story.ask("requestPayout", OPERATOR, &path, Some(request(4_000)));
    let void = json!({"reason": "the bank refused the transfer"});
    story.ask("voidPayout", OPERATOR, &about(&second, "void"), Some(void));
    story.ask("listPayouts", AUDITOR, &path, None);
}

/// Settles June; gives whose line is proved.
fn settled(story: &mut Story, pool: &str, members: &[Uuid]) -> Uuid {
    let deaths = format!("{pool}/deaths");
    let report = |member: Uuid| json!({"member_id": member, "died_on": "2025-06-14"});
    let about = |death: &Value, what: &str| {
        format!(
            "{deaths}/{}/{what}",
            death["death_id"].as_str().expect("an id")
        )
    };
    let first = story.ask("reportDeath", OPERATOR, &deaths, Some(report(members[2])));
    story.ask(
        "listExceptions",
        AUDITOR,
        &format!("{pool}/exceptions?period=2025-06"),
        None,
    );
    story.ask(
        "confirmDeath",
        OPERATOR,
        &about(&first, "confirmation"),
        Some(json!({})),
    );
    let second = story.ask("reportDeath", OPERATOR, &deaths, Some(report(members[3])));
    let reason = json!({"reason": "another person of the same name"});
    story.ask(
        "withdrawDeath",
        OPERATOR,
        &about(&second, "withdrawal"),
        Some(reason),
    );
    story.ask("listDeaths", AUDITOR, &deaths, None);
    let settlements = format!("{pool}/settlements");
    story.ask(
        "settlePeriod",
        OPERATOR,
        &settlements,
        Some(json!({"period": "2025-06"})),
    );
    let june = format!("{settlements}/2025-06");
    story.ask("getSettlement", ANALYST, &june, None);
    story.ask(
        "getSettlementDocument",
        AUDITOR,
        &format!("{june}/document"),
        None,
    );
    let proved = members[0];
    story.ask(
        "getSettlementProof",
        Caller::Member(proved),
        &format!("{june}/proof"),
        None,
    );
    proved
}

fn reads(story: &mut Story, pool: &str, member: Uuid) {
    story.ask(
        "listBalances",
        AUDITOR,
        &format!("{pool}/balances?as_of=2025-06-30"),
        None,
    );
    story.ask(
        "listJournal",
        AUDITOR,
        &format!("{pool}/journal?limit=3"),
        None,
    );
    story.ask("exportPool", AUDITOR, &format!("{pool}/export"), None);
    let me = Caller::Member(member);
    let months = "statements?from=2025-06&to=2025-06";
    story.ask("getMyAccount", me, "/v1/data/me", None);
    story.ask(
        "listMyStatements",
        me,
        &format!("/v1/data/me/{months}"),
        None,
    );
    let of = format!("/v1/data/members/{member}");
    story.ask("getMember", OPERATOR, &of, None);
    story.ask(
        "listMemberStatements",
        OPERATOR,
        &format!("{of}/{months}"),
        None,
    );
    let pool = pool.replace("/v1/pools", "/v1/data/pools");
    story.ask("listMembers", OPERATOR, &format!("{pool}/members"), None);
    let june = format!("{pool}/statements?period=2025-06&limit=2");
    story.ask("listPoolStatements", OPERATOR, &june, None);
    story.ask(
        "listSettlements",
        ANALYST,
        &format!("{pool}/settlements"),
        None,
    );
    story.ask(
        "getTrialBalance",
        ANALYST,
        &format!("{pool}/trial-balance"),
        None,
    );
    story.ask(
        "countWebhookEvents",
        OPERATOR,
        "/v1/data/webhook-events/counts",
        None,
    );
}
