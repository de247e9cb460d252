//! Exports: verified without a server, of one moment, loaded again.

use audit::Audit;
use merkle::sha256;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{App, Caller, NewPool, text};
use crate::proofs::settled_pool;

fn export(pool: &NewPool<'_>) -> String {
    let answer = pool.app.get(&pool.path("/export"), Caller::Auditor);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    text(&answer)
}

fn audited(lines: &str) -> Result<audit::Report, audit::Fault> {
    let mut audit = Audit::new();
    lines.lines().try_for_each(|line| audit.push(line))?;
    audit.finish()
}

/// The export is computed again and hashed again, with nothing but itself.
#[test]
fn an_export_is_verified_without_a_server() {
    let app = App::start();
    let (pool, members) = settled_pool(&app);
    let text = export(&pool);
    let report = audited(&text).expect("all fits");
    assert_eq!((report.settlements, report.lines), (5, 6 + 6 + 6 + 5 + 4));
    let path = pool.path("/settlements/2025-08");
    let settlement: Value = app.get(&path, Caller::Operator).json().expect("JSON");
    assert_eq!(settlement["head"], report.head.expect("a head").to_string());
    let entries: i64 = app.database.count("journal_entry");
    assert_eq!(i64::try_from(report.entries), Ok(entries));

    let forged = text.replacen("\"credit_cents\":20", "\"credit_cents\":21", 1);
    assert_ne!(forged, text);
    audited(&forged).expect_err("another credit");
    let line = text
        .lines()
        .find(|l| l.contains("\"type\":\"posting\""))
        .expect("a posting");
    let without = text.replacen(&format!("{line}\n"), "", 1);
    audited(&without).expect_err("a posting is missing");
    assert!(text.contains(&members[0].to_string()));
    let digest = sha256(text.as_bytes());
    assert_eq!(
        sha256(export(&pool).as_bytes()),
        digest,
        "the same each time"
    );
}

/// The pages of an export as it was known at a time, put together.
fn exported_at(app: &App, pool: &NewPool<'_>, known_at: &str) -> String {
    let mut admin = app.database.admin();
    let statement = format!(
        "select p ->> 'lines', p ->> 'next'
         from {}.export_page($1, $2::text::timestamptz, $3, $4, 7) p",
        store::API_SCHEMA
    );
    let mut text = String::new();
    let mut section = |name: &str, each: &mut dyn FnMut(&str, &mut String)| {
        let mut after: Option<String> = None;
        loop {
            let row = admin.query_one(&statement, &[&pool.pool_id, &known_at, &name, &after]);
            let row = row.expect("a page");
            let lines: String = row.get(0);
            if !lines.is_empty() {
                text.push_str(&lines);
                text.push('\n');
                each(&lines, &mut text);
            }
            after = row.get(1);
            if after.is_none() {
                return;
            }
        }
    };
    let mut no_more = |_: &str, _: &mut String| {};
    for name in [
        "pool",
        "members",
        "deaths",
        "payouts",
        "beneficiaries",
        "valuations",
        "journal",
    ] {
        section(name, &mut no_more);
    }
    let mut lines_admin = app.database.admin();
    let mut with_lines = |line: &str, text: &mut String| {
        let id = store::exported_settlement_id(line).expect("a settlement");
        let section = format!("lines/{id}");
        let row = lines_admin
            .query_one(
                &statement.replace(", 7)", ", 1000)"),
                &[&pool.pool_id, &known_at, &section, &None::<String>],
            )
            .expect("lines");
        let lines: String = row.get(0);
        text.push_str(&lines);
        text.push('\n');
    };
    section("settlements", &mut with_lines);
    section("reversals", &mut no_more);
    let count = text.lines().count();
    text.push_str(&format!("{{\"type\":\"end\",\"lines\":{count}}}\n"));
    text
}

/// An export that takes long has nothing of what happens meanwhile: settlements, deaths
/// that are confirmed or withdrawn, payouts, closures, rules, the next release.
#[test]
fn an_export_is_of_one_moment() {
    let app = App::start();
    let (pool, members) = settled_pool(&app);
    let withdrawn = pool.death(members[1], "2025-09-02");
    let reported: Value = pool
        .report_death(members[2], "2025-09-03")
        .json()
        .expect("a death");
    let command = |path: &str, body: Value| {
        let answer = app.command(&pool.path(path), &body);
        assert!(answer.status < 300, "{path}: {}", text(&answer));
        answer.json::<Value>().expect("JSON")
    };
    let payout = |member: Uuid| {
        json!({
            "member_id": member, "account": "member", "amount_cents": 1_00, "currency": "EUR",
            "requested_on": "2025-09-10",
        })
    };
    let confirmed = command("/payouts", payout(members[3]));
    let heirs = json!({"beneficiaries": [{"reference": "a", "share_ppm": 1_000_000}]});
    let heirs_of = |member: Uuid| format!("/members/{member}/beneficiaries");
    let put = |member: Uuid| {
        let path = pool.path(&heirs_of(member));
        let answer = app.command(&path, &heirs);
        assert!(answer.status < 300, "{}", text(&answer));
    };
    put(members[3]);
    let value = json!({
        "member_id": members[3], "valued_on": "2025-09-30", "isin": "IE00B4L5Y983",
        "quantity_units": 0, "value_cents": 0,
    });
    command("/valuations", json!({"items": [value]}));
    let empty = pool.member_from(70, 0, "2025-09-01");
    let before = export(&pool);
    audited(&before).expect("all fits");
    let mut admin = app.database.admin();
    let known_at: String = admin
        .query_one(
            &format!("select {}.journal_time('-infinity')", store::API_SCHEMA),
            &[],
        )
        .expect("a time")
        .get(0);
    assert_eq!(exported_at(&app, &pool, &known_at), before);

    pool.withdraw(withdrawn);
    let path = format!(
        "/deaths/{}/confirmation",
        reported["death_id"].as_str().expect("an id")
    );
    command(&path, json!({}));
    let path = format!(
        "/payouts/{}/confirmation",
        confirmed["payout_id"].as_str().expect("an id")
    );
    command(&path, json!({"paid_on": "2025-09-12"}));
    command("/payouts", payout(members[4]));
    command(
        &format!("/members/{empty}/closure"),
        json!({"closed_on": "2025-09-20"}),
    );
    put(members[3]);
    put(members[4]);
    pool.member_from(80, 5_00, "2025-09-01");
    pool.death(members[4], "2025-06-03");
    for period in ["2025-06", "2025-07", "2025-08", "2025-09"] {
        assert_eq!(pool.settle(period).status, 201);
    }
    assert_eq!(exported_at(&app, &pool, &known_at), before, "as it was");
    let after = export(&pool);
    assert_eq!(audited(&after).expect("all fits").settlements, 9);
    // While a rollout is on its way, the tables have columns of the next release already.
    let mut batch = String::new();
    for row in admin
        .query(
            "select tablename from pg_tables where schemaname = 'retire'",
            &[],
        )
        .expect("tables")
    {
        let table: String = row.get(0);
        batch.push_str(&format!(
            "alter table retire.{table} add column next text default 'x';"
        ));
    }
    admin.batch_execute(&batch).expect("a migration");
    assert_eq!(export(&pool), after, "of this release");
    let cut = after.lines().take(after.lines().count() - 1);
    let fault = audited(&cut.fold(String::new(), |text, line| text + line + "\n"));
    assert!(fault.expect_err("cut off").to_string().contains("cut off"));
}

/// Loaded into an empty database, an export gives the same export: each balance, root and
/// head.
#[test]
fn an_export_that_is_imported_is_the_same_again() {
    let app = App::start();
    let (pool, members) = settled_pool(&app);
    pool.death(members[2], "2025-09-03");
    let exported = export(&pool);
    let copy = App::start();
    let mut admin = copy.database.admin();
    let mut transaction = admin.transaction().expect("a transaction");
    let mut import = import::Import::begin(&mut transaction).expect("it is empty");
    for line in exported.lines() {
        import.push(line).expect("a line");
    }
    let (report, balances) = import.finish().expect("it is valid");
    transaction.commit().expect("it is stored");
    assert_eq!(report, audited(&exported).expect("all fits"));
    assert_eq!(balances, app.database.count("balance"));

    let path = pool.path("/export");
    let again = copy.get(&path, Caller::Auditor);
    assert_eq!(text(&again), exported);
    for path in ["/balances?limit=500", "/settlements/2025-08"] {
        let path = pool.path(path);
        let (here, there) = (
            app.get(&path, Caller::Operator),
            copy.get(&path, Caller::Operator),
        );
        assert_eq!(text(&here), text(&there), "{path}");
    }
    // It goes on from there.
    let settle = json!({"period": "2025-09"});
    let settled = copy.command(&pool.path("/settlements"), &settle);
    assert_eq!(settled.status, 201, "{}", text(&settled));
    let mut transaction = admin.transaction().expect("a transaction");
    let again = import::Import::begin(&mut transaction);
    assert!(again.is_err(), "the journal is not empty");
}

/// Nothing of a broken export stays.
#[test]
fn a_broken_export_is_not_imported() {
    let app = App::start();
    let (pool, _) = settled_pool(&app);
    let exported = export(&pool);
    let copy = App::start();
    let rows = copy.database.rows();
    let mut admin = copy.database.admin();
    let broken = exported.replacen("\"credit_cents\":20", "\"credit_cents\":21", 1);
    let cut: Vec<&str> = exported
        .lines()
        .take(exported.lines().count() - 1)
        .collect();
    for text in [broken, cut.join("\n")] {
        let mut transaction = admin.transaction().expect("a transaction");
        let mut import = import::Import::begin(&mut transaction).expect("it is empty");
        let pushed = text.lines().try_for_each(|line| import.push(line));
        assert!(pushed.and_then(|()| import.finish().map(|_| ())).is_err());
        drop(transaction);
        assert_eq!(copy.database.rows(), rows);
    }
}
