//! Nothing that a caller sends becomes a part of a statement: the classes of payloads of
//! sqlmap through every way in.

use serde_json::Value;

use super::world::World;
use crate::harness::{Caller, text};

/// Boolean, error, union, stacked, time, comments, encodings: after sqlmap's own list of
/// techniques, for PostgreSQL.
const PAYLOADS: [&str; 30] = [
    // Boolean.
    "' OR '1'='1",
    "' OR 1=1--",
    "1 OR 1=1",
    "') OR ('1'='1",
    "\" OR \"\"=\"",
    "x' AND 5=5 AND 'a'='a",
    // Error.
    "' AND 1=CAST((SELECT version()) AS int)--",
    "1 AND 1=(SELECT 1/0)",
    "' || (SELECT 1/0) || '",
    "(SELECT CAST(raw AS int) FROM retire.webhook_event)",
    // Union.
    "' UNION SELECT raw FROM retire.webhook_event--",
    "' UNION ALL SELECT NULL,NULL,NULL--",
    "1) UNION SELECT 1--",
    // Stacked.
    "'; DROP TABLE retire.member; --",
    "1; UPDATE retire.member SET sex='male'",
    "'; COPY retire.member TO PROGRAM 'id'; --",
    "'; SELECT set_config('retire.caller','{\"audience\":\"staff\"}',true); --",
    // Time.
    "'; SELECT pg_sleep(9); --",
    "' || pg_sleep(9) || '",
    "1 AND (SELECT 1 FROM pg_sleep(9))=1",
    // Comments.
    "1/**/OR/**/1=1",
    "'--",
    "'/*",
    "admin'#",
    // Encodings and quoting.
    "%27%20OR%201=1--",
    "\u{2019} OR 1=1--",
    "$$; DROP TABLE retire.member; $$",
    "E'\\x27' OR 1=1",
    "($1)[1]::text); --",
    "\\' OR 1=1--",
];

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

/// Each payload through each way in is refused, or is a value that matches nothing. The
/// database is what it was, and nothing took its time.
#[test]
fn a_payload_is_a_value_or_a_problem() {
    let world = World::make();
    let before = crate::harness::contents(&mut world.app.database.admin());
    let ways: [fn(&str) -> String; 22] = [
        |p| format!("/members?select=state&state=eq.{p}"),
        |p| format!("/members?select=state&state=in.({p})"),
        |p| format!("/members?select=state&state=in.(%22{p}%22)"),
        |p| format!("/members?select=state&state=like.{p}"),
        |p| format!("/members?select=state&cash_cents=eq.{p}"),
        |p| format!("/members?select=state&member_id=eq.{p}"),
        |p| format!("/members?select=state&enrolled_on=gte.{p}"),
        |p| format!("/members?select=state&state=is.{p}"),
        |p| format!("/members?select=state&state={p}"),
        |p| format!("/members?select=state&or=(state.eq.%22{p}%22,sex.eq.x)"),
        |p| format!("/members?select=state&or={p}"),
        |p| format!("/members?select={p}"),
        |p| format!("/members?select={p}:state"),
        |p| format!("/members?select=state&order={p}"),
        |p| format!("/members?select=state&limit={p}"),
        |p| format!("/members?select=state&cursor={p}"),
        |p| format!("/members?select=state&count={p}"),
        |p| format!("/balances?select=account&as_of={p}"),
        |p| format!("/journal?select=account&known_at={p}"),
        |p| format!("/members?select=state&{p}=eq.1"),
        |p| format!("/{p}"),
        |p| format!("/members?select=state&not.and=(state.{p}.x)"),
    ];
    let mut tried = 0;
    for payload in PAYLOADS {
        for way in ways {
            let path = way(&encoded(payload));
            for caller in [Caller::Operator, Caller::Member(world.members[0])] {
                let answer = world.get(&path, caller);
                harmless(&answer, &path);
                tried += 1;
            }
        }
        for name in [
            "accept",
            "accept-encoding",
            "if-none-match",
            "purpose",
            "x-request-id",
            "prefer",
        ] {
            if !payload.is_ascii() {
                continue;
            }
            let headers = [(name, payload)];
            let answer = world.get_with("/pools?select=name", Caller::Operator, &headers);
            assert!(
                [200, 400, 406].contains(&answer.status),
                "{name}: {payload}: {}",
                text(&answer)
            );
            tried += 1;
        }
        let subject = crate::harness::KEYS
            .token(payload, "member", 1)
            .expect("keys");
        let answer = world.get("/members", Caller::Token(&subject));
        harmless(&answer, payload);
    }
    assert!(tried > 1_400);
    assert_eq!(
        crate::harness::contents(&mut world.app.database.admin()),
        before
    );
}

fn harmless(answer: &simulator::Answer, path: &str) {
    let document: Value = answer
        .json()
        .unwrap_or_else(|_| panic!("{path}: {}", text(answer)));
    if answer.status == 200 {
        assert_eq!(document["items"], Value::Array(Vec::new()), "{path}");
    } else {
        assert!(
            [400, 404].contains(&answer.status),
            "{path}: {}",
            text(answer)
        );
        let told = document.to_string();
        assert!(
            !told.contains("PostgreSQL") && !told.contains("syntax"),
            "{path}: {told}"
        );
    }
}
