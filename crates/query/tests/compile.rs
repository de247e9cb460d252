//! Statements: their text is the catalogue's, their values are the caller's.

use catalogue::{Audience, Kind, VIEWS, View};
use proptest::prelude::*;
use query::{Ask, Compiled, Form, Query, Refused, compile};

const FORMS: [Form; 3] = [Form::Json, Form::Lines, Form::Csv];

fn ask(view: &'static View, audience: Audience, form: Form) -> Ask<'static> {
    Ask {
        view,
        audience,
        form,
        limit: 50,
        piece: false,
        after: None,
    }
}

fn compiled(
    view: &str,
    audience: Audience,
    parameters: &[(&str, &str)],
) -> Result<Compiled, Refused> {
    let query = Query::parse(parameters)?;
    let view = catalogue::view(view).expect("a view");
    compile(&query, &ask(view, audience, Form::Json))
}

#[test]
fn a_statement_of_a_plain_query() {
    let compiled = compiled(
        "payouts",
        Audience::Staff,
        &[
            ("select", "payout_id,how:amount_cents"),
            ("state", "eq.requested"),
            ("order", "amount_cents.desc"),
        ],
    )
    .expect("compiled");
    assert_eq!(
        compiled.text,
        "select string_agg(p.item, ',') filter (where p.n <= ($1)[4]::bigint), \
         case when count(*) > ($1)[4]::bigint then max(p.place) end, \
         least(count(*), ($1)[4]::bigint) \
         from (select concat('{\"payout_id\":', '\"' || v.payout_id || '\"', ($1)[3], \
         v.amount_cents::text, '}') as item, \
         case when v.n = ($1)[4]::bigint then \
         jsonb_build_array(v.amount_cents::text, v.payout_id::text)::text end as place, v.n \
         from (select row_number() over () as n, v.* from (\
         select v.payout_id, v.amount_cents from staff_payouts v \
         where (v.state = ($1)[1]::text) order by v.amount_cents desc, v.payout_id desc \
         limit ($1)[2]::bigint) v) v) p"
    );
    assert_eq!(compiled.values, ["requested", "51", ",\"how\":", "50"]);
}

/// What no table holds is taken to hold for half of the rows.
#[test]
fn a_statement_of_how_things_stand() {
    let query = [("state", "not.in.(active,closed)"), ("limit", "50")];
    let compiled = compiled("members", Audience::Staff, &query).expect("compiled");
    let condition = "where (not (case v.state = any(($1)[1:2]::text[]) \
         when true then true when false then false end)) order by v.member_id";
    assert!(compiled.text.contains(condition), "{}", compiled.text);
}

/// A month's lines are those of its settlements, which are read first; one member's are found
/// at once.
#[test]
fn a_statement_of_the_parts_of_others() {
    let month = ("period", "eq.2025-09");
    let select = ("select", "member_id,credit_cents");
    let paid = compiled("credits", Audience::Staff, &[month, select]).expect("compiled");
    let rows = "from (select v.* from unnest(array(select v.settlement_id from staff_settlements v \
         where (v.period = ($1)[1]::text) order by v.settlement_id)) \
         with ordinality as f (one, n) cross join lateral (\
         select v.member_id, v.credit_cents, v.settlement_id from staff_credits v \
         where v.settlement_id = f.one and (v.period = ($1)[1]::text) order by v.member_id \
         limit ($1)[2]::bigint) v order by f.n, v.member_id limit ($1)[2]::bigint) v";
    assert!(paid.text.contains(rows), "{}", paid.text);

    let member = ("member_id", "eq.7f3c1f0e-7d3b-4c39-9d3a-111111111111");
    for (audience, conditions) in [
        (Audience::Staff, vec![("fate", "eq.survived")]),
        (Audience::Staff, vec![month, member]),
        (Audience::Staff, vec![month, ("order", "credit_cents.desc")]),
        (
            Audience::Staff,
            vec![month, ("select", "credit_cents.sum()")],
        ),
        (Audience::Own, vec![month]),
    ] {
        let plain = compiled("credits", audience, &conditions).expect("compiled");
        assert!(!plain.text.contains("lateral"), "{}", plain.text);
    }
}

/// A piece of the whole answer does without a row that tells whether more follow.
#[test]
fn a_statement_of_a_piece() {
    let parameters = [("select", "payout_id,paid_on"), ("state", "eq.requested")];
    let query = Query::parse(&parameters).expect("understood");
    let view = catalogue::view("payouts").expect("a view");
    let piece = Ask {
        piece: true,
        ..ask(view, Audience::Staff, Form::Csv)
    };
    let compiled = compile(&query, &piece).expect("compiled");
    assert_eq!(
        compiled.text,
        "select string_agg(concat_ws(',', v.payout_id, coalesce(v.paid_on::text, '')), E'\\r\\n'), \
         case when count(*) = ($1)[3]::bigint then \
         jsonb_build_array((array_agg(v.payout_id))[($1)[3]::bigint]::text)::text end, \
         count(*) from (select v.payout_id, v.paid_on from staff_payouts v \
         where (v.state = ($1)[1]::text) order by v.payout_id limit ($1)[2]::bigint) v"
    );
    assert_eq!(compiled.values, ["requested", "50", "50"]);
}

/// An unknown name is refused with the nearest that the caller may know, and a hidden
/// column is as unknown as any.
#[test]
fn unknown_names_operators_and_types_are_refused() {
    use Audience::{Analyst, Own, Staff};
    for (audience, view, parameter, value, nearest) in [
        (Staff, "members", "stat", "eq.active", Some("state")),
        (Staff, "members", "slect", "eq.active", Some("select")),
        (Staff, "members", "or", "(slect.eq.active)", None),
        (Staff, "members", "select", "cash_cent", Some("cash_cents")),
        (Staff, "members", "order", "enroled_on", Some("enrolled_on")),
        (
            Staff,
            "members",
            "or",
            "(birthdate.is.null)",
            Some("birth_date"),
        ),
        (
            Analyst,
            "members",
            "birth_date",
            "is.null",
            Some("birth_year"),
        ),
        (Own, "journal", "actor", "eq.x", None),
        (Staff, "members", "cash_cents", "eq.1.5", None),
        (
            Staff,
            "members",
            "cash_cents",
            "eq.99999999999999999999",
            None,
        ),
        (Staff, "members", "cash_cents", "like.1*", None),
        (Staff, "members", "member_id", "eq.x", None),
        (Staff, "members", "birth_date", "eq.2025-02-30", None),
        (Staff, "members", "birth_date", "is.true", None),
        (Staff, "members", "state", "like.x\\", None),
        (Staff, "members", "state", "eq.\0", None),
        (Staff, "members", "select", "state.sum()", None),
        (Staff, "members", "select", "a:state,a:sex", None),
        (Staff, "members", "order", "nothing", None),
        (Staff, "members", "as_of", "2025-01-01", None),
        (Staff, "journal", "as_of", "yesterday", None),
        (Staff, "journal", "known_at", "2025-01-01", None),
        (Staff, "pools", "rules", "eq.{}", None),
        (Staff, "pools", "order", "rules", None),
        (Staff, "pools", "select", "rules,count()", None),
        (Staff, "settlements", "period", "gte.2025-13", None),
    ] {
        let refused = compiled(view, audience, &[(parameter, value)]).expect_err(value);
        assert_eq!(refused.parameter, parameter, "{value}");
        assert_eq!(
            refused.nearest, nearest,
            "{parameter}={value}: {}",
            refused.detail
        );
    }
    let order = compiled(
        "journal",
        Staff,
        &[("select", "month,count()"), ("order", "kind")],
    );
    assert_eq!(order.expect_err("no item").parameter, "order");
}

/// Aggregates of analysts are of twenty members at least, or of pools as a whole.
#[test]
fn small_cells_are_left_out_for_analysts() {
    let of = |view, audience| {
        let compiled = compiled(view, audience, &[("select", "count()")]);
        compiled.expect("compiled").text
    };
    assert!(of("credits", Audience::Analyst).contains("having count(distinct v.member_id) >= 20)"));
    assert!(of("journal", Audience::Analyst).contains(
        "having count(distinct v.member_id) >= 20 or (count(v.member_id) = 0 and count(*) > 0)"
    ));
    for (view, audience) in [
        ("credits", Audience::Staff),
        ("credits", Audience::Own),
        ("settlements", Audience::Analyst),
    ] {
        assert!(!of(view, audience).contains("having"), "{view}");
    }
}

/// A value of a type, made of letters that no statement has.
fn valid(kind: Kind) -> BoxedStrategy<String> {
    match kind {
        Kind::Integer => (7_000_000_000_i64..8_000_000_000)
            .prop_map(|n| n.to_string())
            .boxed(),
        Kind::Ratio => (7_000_000_i64..8_000_000)
            .prop_map(|n| format!("{n}.777"))
            .boxed(),
        Kind::Uuid => any::<u128>()
            .prop_map(|n| uuid::Uuid::from_u128(n | 1 << 127).to_string())
            .boxed(),
        Kind::Date => (7000..8000)
            .prop_map(|year| format!("{year}-07-17"))
            .boxed(),
        Kind::Month => (7000..8000).prop_map(|year| format!("{year}-07")).boxed(),
        Kind::Time => (7000..8000)
            .prop_map(|year| format!("{year}-07-17T07:07:07Z"))
            .boxed(),
        Kind::Text | Kind::Json => "ZQ[ZQ'\";()$-]{3,20}".boxed(),
        Kind::Boolean => Just("true".to_owned()).boxed(),
    }
}

fn case() -> impl Strategy<Value = (&'static View, Audience, Form, Vec<(&'static str, String)>)> {
    let of_view = (
        prop::sample::select(VIEWS.iter().collect::<Vec<_>>()),
        prop::sample::select(&Audience::ALL[..]),
        prop::sample::select(&FORMS[..]),
    );
    of_view
        .prop_filter("is seen", |(view, audience, _)| view.is_for(*audience))
        .prop_flat_map(|(view, audience, form)| {
            let columns: Vec<_> = view
                .columns_for(audience)
                .filter(|column| !matches!(column.kind, Kind::Json | Kind::Boolean))
                .collect();
            let condition = prop::sample::select(columns).prop_flat_map(|column| {
                valid(column.kind).prop_map(move |value| (column.name, value))
            });
            let conditions = prop::collection::vec(condition, 1..6);
            (Just(view), Just(audience), Just(form), conditions)
        })
}

proptest! {
    /// Nothing of a value, and no name of the caller's own, is in a statement.
    #[test]
    fn values_never_reach_the_statement((view, audience, form, conditions) in case()) {
        let mut parameters: Vec<(&str, String)> = Vec::new();
        let mut parts = Vec::new();
        for (i, (column, value)) in conditions.iter().enumerate() {
            match i % 3 {
                0 => parameters.push((column, format!("eq.{value}"))),
                1 => parameters.push((column, format!("not.in.(\"{}\")", value.replace('"', "\\\"")))),
                _ => parts.push(format!("{column}.neq.\"{}\"", value.replace('"', "\\\""))),
            }
        }
        if !parts.is_empty() {
            parameters.push(("or", format!("({})", parts.join(","))));
        }
        parameters.push(("select", format!("ZQalias:{}", view.key[0])));
        let query = Query::parse(&parameters).expect("understood");
        let place = vec![Some("ZQplace".to_owned()); view.key.len()];
        let after = (conditions.len() % 2 == 0).then_some(&place[..]);
        let compiled = compile(&query, &Ask { after, ..ask(view, audience, form) }).expect("compiled");
        for text in [&compiled.text, &compiled.count_text] {
            prop_assert!(!text.contains("ZQ"), "{}", text);
            for (_, value) in &conditions {
                prop_assert!(!text.contains(value.as_str()), "{}", text);
            }
            let letters = |c: char| c.is_ascii_alphanumeric() || " _.,()[]*:$=<>'\"|{}\\+".contains(c);
            prop_assert!(text.chars().all(letters), "{}", text);
        }
        for (_, value) in &conditions {
            prop_assert!(compiled.values.contains(value));
        }
    }
}
