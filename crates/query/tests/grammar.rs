//! The grammar: what is read, what is written again, what is refused.

use proptest::prelude::*;
use query::{
    Aggregate, Comparison, Condition, Counted, Item, Operand, Operator, Query, Source, State, Term,
};

fn parse(text: &str) -> Result<Query, query::Refused> {
    let parameters: Vec<(&str, &str)> = text
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect();
    Query::parse(&parameters)
}

fn compare(column: &str, negated: bool, operand: Operand) -> Condition {
    Condition::Compare(Comparison {
        column: column.to_owned(),
        negated,
        operand,
    })
}

fn eq(column: &str, value: &str) -> Condition {
    compare(column, false, Operand::One(Operator::Eq, value.to_owned()))
}

/// The examples of PostgREST's manual, with names of ours.
#[test]
fn what_its_users_know_is_understood() {
    let query = parse(
        "select=month,total:amount_minor.sum(),count()&kind=in.(fee,\"longevity_credit\")\
         &amount_minor=not.gte.5&reason=is.null&or=(a.eq.1,not.and(b.gt.2,c.like.*x,y*))\
         &order=total.desc.nullslast,month&limit=10&count=exact&as_of=2025-06-30",
    );
    assert!(query.is_err(), "a comma in a bare value");
    let query = parse(
        "select=month,total:amount_minor.sum(),count()&kind=in.(fee,\"longevity_credit\")\
         &amount_minor=not.gte.5&reason=is.null&or=(a.eq.1,not.and(b.gt.2,c.like.\"*x,\\\"y*\"))\
         &order=total.desc.nullslast,month&limit=10&count=exact&as_of=2025-06-30",
    )
    .expect("understood");
    let item = |alias: Option<&str>, source| Item {
        alias: alias.map(str::to_owned),
        source,
    };
    assert_eq!(
        query,
        Query {
            select: vec![
                item(None, Source::Column("month".to_owned())),
                item(
                    Some("total"),
                    Source::Aggregate("amount_minor".to_owned(), Aggregate::Sum)
                ),
                item(None, Source::Count),
            ],
            conditions: vec![
                compare(
                    "kind",
                    false,
                    Operand::In(vec!["fee".to_owned(), "longevity_credit".to_owned()])
                ),
                compare(
                    "amount_minor",
                    true,
                    Operand::One(Operator::Gte, "5".to_owned())
                ),
                compare("reason", false, Operand::Is(State::Null)),
                Condition::Group {
                    negated: false,
                    any: true,
                    parts: vec![
                        eq("a", "1"),
                        Condition::Group {
                            negated: true,
                            any: false,
                            parts: vec![
                                compare("b", false, Operand::One(Operator::Gt, "2".to_owned())),
                                compare(
                                    "c",
                                    false,
                                    Operand::One(Operator::Like, "*x,\"y*".to_owned())
                                ),
                            ],
                        },
                    ],
                },
            ],
            order: vec![
                Term {
                    name: "total".to_owned(),
                    descending: true,
                    nulls_first: Some(false),
                },
                Term {
                    name: "month".to_owned(),
                    descending: false,
                    nulls_first: None,
                },
            ],
            limit: Some(10),
            cursor: None,
            as_of: Some("2025-06-30".to_owned()),
            known_at: None,
            count: Some(Counted::Exact),
        }
    );
}

#[test]
fn a_value_of_its_own_parameter_is_taken_as_it_is() {
    for value in ["", "a,b", "(x)", "\"q\"", "eq.1", "100%", "ä\\"] {
        let query = parse(&format!("name=eq.{value}")).expect("understood");
        assert_eq!(query.conditions, [eq("name", value)]);
    }
}

/// What is refused names the parameter, and where there is one the nearest name.
#[test]
fn what_is_not_understood_is_named() {
    for (text, parameter, nearest) in [
        ("selct=member_id", "selct", Some("select")),
        ("limti=5", "limti", Some("limit")),
        ("account=member", "account", None),
        ("select=", "select", None),
        ("select=a,,b", "select", None),
        ("select=a.foo()", "select", None),
        ("select=x:*", "select", None),
        ("select=a;drop table x", "select", None),
        ("select=a&select=b", "select", None),
        ("order=a.down", "order", None),
        ("limit=0", "limit", None),
        ("limit=1001", "limit", None),
        ("limit=-1", "limit", None),
        ("limit=1e2", "limit", None),
        ("offset=10", "offset", Some("cursor")),
        ("count=planned", "count", None),
        ("a=gtee.1", "a", Some("gte")),
        ("a=1", "a", None),
        ("a=eq", "a", None),
        ("a=in.1", "a", None),
        ("a=in.(1", "a", None),
        ("a=is.maybe", "a", None),
        ("a=not.not.eq.1", "a", None),
        ("A=eq.1", "A", None),
        ("a b=eq.1", "a b", None),
        ("or=a.eq.1", "or", None),
        ("or=()", "or", None),
        ("or=(a.eq.1", "or", None),
        ("or=(a.eq.\"1)", "or", None),
        ("and=(a.eq.1,b)", "and", None),
    ] {
        let refused = parse(text).expect_err(text);
        assert_eq!(
            (refused.parameter.as_str(), refused.nearest),
            (parameter, nearest),
            "{text}: {}",
            refused.detail
        );
    }
}

#[test]
fn limits_are_kept() {
    let many = |part: &str, separator: &str, count: usize| vec![part; count].join(separator);
    let select = |count| format!("select={}", many("a", ",", count));
    assert!(parse(&select(query::MAX_ITEMS)).is_ok());
    assert!(parse(&select(query::MAX_ITEMS + 1)).is_err());
    let list = |count| format!("a=in.({})", many("1", ",", count));
    assert!(parse(&list(query::MAX_LIST)).is_ok());
    assert!(parse(&list(query::MAX_LIST + 1)).is_err());
    let conditions = |count| many("a=eq.1", "&", count);
    assert!(parse(&conditions(query::MAX_CONDITIONS)).is_ok());
    assert!(parse(&conditions(query::MAX_CONDITIONS + 1)).is_err());
    let nested = |depth: usize| format!("or=({}a.eq.1{})", "and(".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(query::MAX_DEPTH)).is_ok());
    assert!(parse(&nested(query::MAX_DEPTH + 1)).is_err());
    assert!(parse(&nested(1_500)).is_err());
    let value = |len: usize| format!("a=eq.{}", "x".repeat(len));
    assert!(parse(&value(query::MAX_VALUE_LEN)).is_ok());
    assert!(parse(&value(query::MAX_VALUE_LEN + 1)).is_err());
}

fn name() -> impl Strategy<Value = String> {
    // Not the names of the grammar's own parameters.
    "[a-z_][a-z0-9_]{0,8}".prop_map(|name| format!("c{name}"))
}

fn operand() -> impl Strategy<Value = Operand> {
    let text = || prop_oneof!["[a-z0-9.,()\"\\\\* -]{0,12}", any::<String>()];
    prop_oneof![
        (prop::sample::select(&Operator::ALL[..]), text()).prop_map(|(o, v)| Operand::One(o, v)),
        prop::collection::vec(text(), 0..4).prop_map(Operand::In),
        prop::sample::select(&State::ALL[..]).prop_map(Operand::Is),
    ]
}

fn comparison() -> impl Strategy<Value = Condition> {
    (name(), any::<bool>(), operand()).prop_map(|(column, negated, operand)| {
        Condition::Compare(Comparison {
            column,
            negated,
            operand,
        })
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    comparison().prop_recursive(3, 10, 3, |inner| {
        (
            any::<bool>(),
            any::<bool>(),
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(negated, any, parts)| Condition::Group {
                negated,
                any,
                parts,
            })
    })
}

fn item() -> impl Strategy<Value = Item> {
    let source = prop_oneof![
        name().prop_map(Source::Column),
        (name(), prop::sample::select(&Aggregate::ALL[..]))
            .prop_map(|(name, aggregate)| Source::Aggregate(name, aggregate)),
        Just(Source::Count),
    ];
    (prop::option::of("[A-Za-z_][A-Za-z0-9_]{0,9}"), source)
        .prop_map(|(alias, source)| Item { alias, source })
}

fn term() -> impl Strategy<Value = Term> {
    (name(), any::<bool>(), any::<Option<bool>>()).prop_map(|(name, descending, nulls_first)| {
        Term {
            name,
            descending,
            nulls_first,
        }
    })
}

fn query() -> impl Strategy<Value = Query> {
    (
        prop::collection::vec(item(), 0..4),
        prop::collection::vec(condition(), 0..4),
        prop::collection::vec(term(), 0..3),
        prop::option::of(1..=query::MAX_LIMIT),
        any::<[Option<String>; 3]>(),
        prop::option::of(prop::sample::select(
            &[Counted::Exact, Counted::Estimated][..],
        )),
    )
        .prop_map(
            |(select, conditions, order, limit, [cursor, as_of, known_at], count)| Query {
                select,
                conditions,
                order,
                limit,
                cursor,
                as_of,
                known_at,
                count,
            },
        )
}

proptest! {
    /// What is written is read as the same.
    #[test]
    fn a_query_that_is_written_is_read_again(query in query()) {
        prop_assert_eq!(Query::parse(&query.parameters()), Ok(query));
    }

    /// No text is too odd.
    #[test]
    fn nothing_breaks_the_parser(
        name in prop_oneof!["select|order|or|and|not.or|a|limit", any::<String>()],
        value in prop_oneof!["[a-z.,()\"\\\\*0-9]{0,40}", any::<String>()],
    ) {
        let _ = Query::parse(&[(name, value)]);
    }
}
