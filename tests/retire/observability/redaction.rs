//! The filter of log lines, on the lines of the application and on what must never be one.

use mlua::{Lua, LuaSerdeExt as _, Value as LuaValue};
use serde_json::{Value, json};
use uuid::Uuid;

use super::component_file;
use crate::harness::{App, Caller, event};

/// The language of the filter, with the filter in it, and the fields that are lists.
struct Filter {
    lua: Lua,
    lists: Vec<String>,
}

impl Filter {
    fn load() -> Self {
        let lua = Lua::new();
        let script = component_file("logging/redact.lua");
        lua.load(script).exec().expect("the script");
        let settings = component_file("logging/fluent-bit.yaml");
        let settings: Value = serde_saphyr::from_str(&settings).expect("settings");
        let filters = settings["pipeline"]["filters"].as_array().expect("filters");
        let filter = filters.iter().find(|filter| filter["name"] == "lua");
        let lists = filter.expect("the filter")["type_array_key"].as_str();
        let lists = lists.unwrap_or_default().split(' ').map(str::to_owned);
        Self {
            lua,
            lists: lists.collect(),
        }
    }

    /// What leaves the filter of a record, as Fluent Bit calls it.
    fn redact(&self, record: &Value) -> Value {
        let function: mlua::Function = self.lua.globals().get("redact").expect("the filter");
        let record = self.lua.to_value(record).expect("a record");
        let (code, time, clean): (i64, f64, LuaValue) = function
            .call(("retire.pod", 1.5, record))
            .expect("a record");
        assert_eq!(
            (code, time),
            (2, 1.5),
            "the time stays, the record is taken"
        );
        let mut clean: Value = self.lua.from_value(clean).expect("a record");
        for list in &self.lists {
            if clean.get(list).is_some_and(|value| *value == json!({})) {
                clean[list] = json!([]);
            }
        }
        clean
    }
}

/// A message that holds what it must not, what must not be left of it, and what must.
const MESSAGES: [(&str, &str, &str); 9] = [
    (
        "connecting to postgres://retire_owner:s3cr3t-pa55@db.retire.svc:5432/retire failed",
        "s3cr3t-pa55",
        "db.retire.svc:5432/retire failed",
    ),
    (
        "authorization: Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl refused",
        "c2lnbmF0dXJl",
        "refused",
    ),
    ("bearer abc.def~ghi+jkl/mno== refused", "ghi+jkl", "refused"),
    (
        "token eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl has ended",
        "eyJzdWIiOiIxIn0",
        "has ended",
    ),
    ("payout to DE02120300000000202051 sent", "202051", "sent"),
    (
        "payout to DE02 1203 0000 0000 2020 51",
        "2020 51",
        "payout to",
    ),
    ("payout to NL91ABNA0417164300 sent", "0417164300", "sent"),
    (
        "mail to erika.mustermann+pension@example.org bounced",
        "mustermann",
        "bounced",
    ),
    (
        r#"{"iban":"DE02120300000000202051","ok":true}"#,
        "DE0212",
        r#""ok":true"#,
    ),
];

#[test]
fn what_must_not_be_logged_does_not_pass_the_filter() {
    let filter = Filter::load();
    for (message, secret, rest) in MESSAGES {
        // As Spin prints it, and within a line that is an object.
        for record in [
            json!({"log": message}),
            json!({"log": "{}", "error": {"causes": ["outer", message]}}),
        ] {
            let clean = filter.redact(&record).to_string();
            let (secret, rest) = (json!(secret).to_string(), json!(rest).to_string());
            assert!(!clean.contains(secret.trim_matches('"')), "{clean}");
            assert!(clean.contains(rest.trim_matches('"')), "{clean}");
            assert!(clean.contains("[redacted"), "{clean}");
        }
    }
    for field in [
        "authorization",
        "cookie",
        "password",
        "body",
        "iban",
        "email",
        "birth_date",
        "name",
        "database_url",
    ] {
        let clean = filter.redact(&json!({"log": "", "inner": {field: "Erika", "kept": 1}}));
        assert_eq!(clean["inner"], json!({field: "[redacted]", "kept": 1}));
    }
}

/// The lines of the application have nothing to hide, so that the filter leaves them alone.
#[test]
fn the_lines_of_the_application_pass_the_filter_unchanged() {
    let mut app = App::start();
    {
        let pool = app.open_pool();
        let member = pool.member(1, 100_00);
        app.get("/v1/data/me", Caller::Member(member));
        let user = json!({"id": Uuid::from_u128(5), "first_name": "Erika"});
        app.deliver(&[event("USER.CREATED", &user)]);
        pool.settle("2025-06");
        app.get("/v1/data/pools?limit=x", Caller::Operator);
        app.get("/v1/data/members/erika@example.org", Caller::Operator);
        app.get("/v1/nothing", Caller::Nobody);
    }
    let filter = Filter::load();
    let lines = app.stop();
    assert!(lines.len() > 10, "{lines:?}");
    for line in lines {
        let mut record: Value = serde_json::from_str(&line).expect("JSON");
        record["log"] = json!(line);
        assert_eq!(filter.redact(&record), record);
    }
}
