//! Life tables: those that are shipped, and an operator's own.

use serde_json::{Value, json};

use super::answer;
use crate::harness::{App, Caller, problem, text};

const PATH: &str = "/v1/tontine/mortality-tables";

fn upload(name: &str, qx: &Value) -> Value {
    json!({
        "name": name, "source": "Own experience", "licence": "internal", "period": "2015-2024",
        "first_age": 60, "qx": qx,
    })
}

#[test]
fn five_tables_are_shipped_with_their_source() {
    let app = App::start();
    let list: Value = app.get(PATH, Caller::Analyst).json().expect("a list");
    let ids: Vec<&str> = list["items"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| table["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(
        ids,
        [
            "destatis-2020-2022",
            "destatis-2022-2024",
            "destatis-2023-2025",
            "ssa-2022",
            "ssa-2023"
        ]
    );
    let table: Value = app
        .get(&format!("{PATH}/destatis-2022-2024"), Caller::Analyst)
        .json()
        .expect("a table");
    assert_eq!(table["table"]["qx"]["male"][65], "0.01543007");
    assert_eq!(
        table["sha256"],
        "3669fe01dab21ed64bd0e02d879f2c7d2349c0f5d419c9fde4f1438a94d8445b"
    );
    for unknown in ["hmd", "..%2f", &"a".repeat(64)] {
        let answer = app.get(&format!("{PATH}/{unknown}"), Caller::Analyst);
        assert_eq!(answer.status, 404, "{unknown}");
    }
}

/// A table is named by its content: the same one has the same id however it comes,
/// another of its name is the next version, and none ever changes.
#[test]
fn an_uploaded_table_is_versioned_and_never_changes() {
    let app = App::start();
    let qx = json!({"female": ["0.01", "0.02"], "male": ["0.02", "1"]});
    let document = app.command(PATH, &upload("Own", &qx));
    assert_eq!(document.status, 201, "{}", text(&document));
    let record: Value = document.json().expect("a record");
    assert_eq!(record["version"], 1);

    let mut csv = upload("Own", &json!(null));
    let members = csv.as_object_mut().expect("an object");
    members.remove("qx");
    members.remove("first_age");
    csv["csv"] = json!("age,qx_female,qx_male\n60,0.010,0.02\n61,0.02,1.0\n");
    let again: Value = app.command(PATH, &csv).json().expect("a record");
    assert_eq!(again, record);

    let other = json!({"unisex": ["0.015", "0.5"]});
    let other: Value = app
        .command(PATH, &upload("Own", &other))
        .json()
        .expect("a record");
    assert_eq!(other["version"], 2);
    assert_ne!(other["id"], record["id"]);

    let id = record["id"].as_str().expect("an id");
    let read: Value = app
        .get(&format!("{PATH}/{id}"), Caller::Analyst)
        .json()
        .expect("a table");
    assert_eq!(read["table"]["qx"]["male"], json!(["0.02", "1"]));
    let list: Value = app.get(PATH, Caller::Analyst).json().expect("a list");
    assert_eq!(list["items"].as_array().map(Vec::len), Some(7));

    let body = json!({
        "rule": "nominal_gain",
        "rates": {"basis": super::basis(id), "period": "year", "starts_on": "2025-01-01"},
        "members": [
            {"id": "A", "sex": "female", "birth_date": "1965-01-01", "at_risk_cents": 1000},
            {"id": "B", "sex": "male", "birth_date": "1965-01-01", "at_risk_cents": 1000},
            {"id": "C", "q": "0.1", "at_risk_cents": 300, "died": true},
        ],
    });
    // 0.01/0.99 to 0.02/0.98.
    let document = answer(&app, "credits", &body);
    assert_eq!(document["credits"][0]["credit_cents"], 99);
    assert_eq!(document["credits"][1]["credit_cents"], 201);

    let mut owner = app.database.admin();
    for change in [
        "update retire.mortality_table set document = '{}'",
        "delete from retire.mortality_table",
        "truncate retire.mortality_table",
    ] {
        let error = owner.batch_execute(change).expect_err(change);
        assert!(error.to_string().contains("db error"), "{error}");
    }
}

#[test]
fn only_an_operator_uploads_and_only_a_table() {
    let app = App::start();
    let rows = app.database.rows();
    let good = upload("Own", &json!({"unisex": ["0.1"]}));
    let answer = app.send("POST", PATH, Caller::Analyst, Some(&good));
    assert_eq!(problem(&answer).1, "insufficient-scope");
    for (change, value, pointer) in [
        ("/name", json!(""), "/name"),
        ("/source", json!("x".repeat(201)), "/source"),
        ("/first_age", json!(131), "/qx/unisex"),
        ("/qx/unisex", json!([]), "/qx/unisex"),
        ("/qx/unisex", json!(["1", "0.1"]), "/qx/unisex/0"),
        ("/qx/unisex", json!(["0.1", "-0.1"]), "/qx/unisex/1"),
        ("/qx/unisex", json!(["NaN"]), "/qx/unisex/0"),
        ("/qx", json!({"male": ["0.1"]}), "/qx"),
        (
            "/qx",
            json!({"male": ["0.1"], "female": ["0.1", "0.2"]}),
            "/qx",
        ),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(change).expect("a field") = value;
        let (status, _, at) = problem(&app.command(PATH, &body));
        assert_eq!((status, at.as_deref()), (422, Some(pointer)), "{body}");
    }
    assert_eq!(app.database.rows(), rows, "nothing is half-written");
}
