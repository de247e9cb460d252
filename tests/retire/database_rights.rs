//! What a component's role can do in the database, and what nobody can.

use std::collections::BTreeSet;

use catalogue::{Audience, Moments, relation};

use crate::harness::{App, Database};

const COMPONENTS: [&str; 4] = [
    "tontine_calc",
    "credit_accrual",
    "upvest_webhook",
    "data_query",
];

/// A role executes its functions and selects its views, and has no other right on
/// anything.
#[test]
fn components_reach_only_their_functions_and_views() {
    let database = Database::create();
    let mut admin = database.admin();
    let mut rights = |component: &str| -> BTreeSet<String> {
        let role = format!("retire_{component}");
        let functions = admin
            .query(
                "select p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                 where n.nspname like 'retire%' and has_function_privilege($1::text, p.oid, 'execute')",
                &[&role],
            )
            .expect("functions");
        let relations = admin
            .query(
                "select c.relname || ' ' || privilege from pg_class c
                 join pg_namespace n on n.oid = c.relnamespace,
                 unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'])
                     as privilege
                 where n.nspname like 'retire%' and c.relkind in ('r', 'v', 'm', 'p')
                     and has_table_privilege($1::text, c.oid, privilege)",
                &[&role],
            )
            .expect("relations");
        functions
            .iter()
            .chain(&relations)
            .map(|row| row.get(0))
            .collect()
    };
    let expected = |names: &[&str]| {
        names
            .iter()
            .map(|n| (*n).to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        rights("tontine_calc"),
        expected(&[
            "utc_text",
            "cadence_months",
            "upload_mortality_table",
            "mortality_document",
            "settlement_state",
            "candidate_page",
            "pool_record select",
            "mortality_table_record select",
        ])
    );
    assert_eq!(
        rights("credit_accrual"),
        expected(&[
            "utc_text",
            "cadence_months",
            "open_pool",
            "set_rules",
            "enrol_member",
            "close_member",
            "set_beneficiaries",
            "erase_member",
            "report_death",
            "confirm_death",
            "withdraw_death",
            "book_items",
            "request_payout",
            "confirm_payout",
            "void_payout",
            "reverse_entry",
            "record_valuations",
            "mortality_document",
            "settlement_state",
            "candidate_page",
            "settle_at_once",
            "start_settlement",
            "freeze_members",
            "frozen_page",
            "give_up_settlement",
            "compute_settlement",
            "publish_settlement",
            "settlement_leaves",
            "settlement_proof",
            "balances",
            "member_page_end",
            "reconciliation",
            "export_page",
            "first_reply",
            "journal_time",
            "pool_record select",
            "pool_rules_record select",
            "settlement_record select",
            "settlement_run_record select",
            "settlement_seal_record select",
            "beneficiary_record select",
            "death_record select",
            "payout_record select",
            "journal_record select",
            "journal_time",
        ])
    );
    assert_eq!(
        rights("upvest_webhook"),
        expected(&[
            "ingest",
            "utc_text",
            "record_rejection",
            "webhook_key_record select",
            "webhook_rejection_record select",
            "webhook_metric select",
            "quarantine_page",
            "webhook_event_text",
            "retry_event",
            "dismiss_event",
            "purge_events",
            "gap_page",
            "object_page",
        ])
    );
    assert_eq!(rights("upvest_keys"), expected(&["store_webhook_keys"]));
    assert_eq!(
        rights("data_query"),
        expected(&[
            "utc_text",
            "cadence_months",
            "statements",
            "member_account",
            "member_credits",
            "member_transactions",
            "member_positions",
            "performance_inputs",
            "member_years",
            "member_year",
            "forecast_inputs",
            "mortality_document",
            "member_export_page",
            "pool_record select",
            "member_record select",
            "settlement_record select",
            "trial_balance select",
            "webhook_event_count select",
        ])
        .union(&of_the_data_layer())
        .cloned()
        .collect()
    );
}

/// What the data layer executes, and the views of the catalogue.
fn of_the_data_layer() -> BTreeSet<String> {
    let functions = [
        "ask",
        "await_journal",
        "caller",
        "csv_text",
        "cursor_seal",
        "pseudonym",
        "reconciled",
        "refuse",
    ];
    let mut names: BTreeSet<String> = functions.map(str::to_owned).into();
    for view in catalogue::VIEWS {
        for audience in Audience::ALL.into_iter().filter(|a| view.is_for(*a)) {
            names.insert(relation(view, audience, false) + " select");
            if view.moments == Moments::Computed {
                names.insert(relation(view, audience, true) + " select");
            }
        }
    }
    names
}

#[test]
fn components_cannot_touch_tables_or_make_anything() {
    let database = Database::create();
    for component in COMPONENTS {
        let mut client = database.component(component);
        for statement in [
            "select * from retire.posting",
            "insert into retire.pool values (gen_random_uuid(), 'x', 'EUR', '2025-01-01', now(), 'x')",
            "update retire.posting set amount_minor = 1",
            "delete from retire.journal_entry",
            "truncate retire.posting",
            "create table retire.mine (x integer)",
            "create schema mine",
            "select raw from retire.webhook_event",
            "insert into retire.webhook_key values ('x', 'x', 'x', null, null, now())",
            "select nextval('retire.webhook_rejection_slot')",
            "set role retire_owner",
        ] {
            let error = client.batch_execute(statement).expect_err(statement);
            let code = error.code().expect("a database error").code().to_owned();
            assert_eq!(code, "42501", "{component}: {statement}");
        }
    }
}

/// Not even the owner of the tables changes what was recorded.
#[test]
fn the_journal_is_append_only_for_everybody() {
    let app = App::start();
    let pool = app.open_pool();
    pool.member(1, 100_00);
    assert_eq!(pool.settle("2025-06").status, 201);
    let rows = app.database.rows();
    let mut owner = app.database.admin();
    owner
        .batch_execute("set role retire_owner")
        .expect("the owner");
    for table in [
        "journal_entry",
        "posting",
        "settlement",
        "settlement_line",
        "settlement_seal",
        "settlement_size",
    ] {
        for statement in [
            format!("delete from retire.{table}"),
            format!("truncate retire.{table} cascade"),
            format!(
                "update retire.{table} set {0} = {0}",
                if table == "posting" {
                    "entry_id"
                } else if table == "journal_entry" {
                    "actor"
                } else {
                    "settlement_id"
                }
            ),
        ] {
            let error = owner.batch_execute(&statement).expect_err(&statement);
            assert_eq!(
                error.code().map(|c| c.code().to_owned()).as_deref(),
                Some("RT500"),
                "{statement}"
            );
        }
    }
    assert_eq!(app.database.rows(), rows);
}

/// The one way into the journal refuses entries that do not balance, whole.
#[test]
fn an_unbalanced_entry_is_refused() {
    let app = App::start();
    let pool = app.open_pool();
    let rows = app.database.rows();
    let mut admin = app.database.admin();
    let post = format!(
        "select {0}.post(
            array[row('a', $1, 'trade', '2025-06-01', null, null, null, null),
                row('b', $1, 'trade', '2025-06-01', null, null, null, null)]::entry_draft[],
            array[row('a', 'pot', null, 'EUR', 5), row('a', 'broker', null, 'EUR', -5),
                row('b', 'pot', null, 'EUR', 7), row('b', 'broker', null, 'EUR', -6)]::posting_draft[],
            true, 'test', now())",
        store::API_SCHEMA
    );
    let set = format!("set search_path = {}, retire", store::API_SCHEMA);
    admin.batch_execute(&set).expect("a path");
    let error = admin.execute(&post, &[&pool.pool_id]).expect_err("refused");
    assert_eq!(
        error.as_db_error().map(|e| e.message()),
        Some("unbalanced-entry")
    );
    assert_eq!(app.database.rows(), rows);
}

/// The balance after each posting, and the balance of each account, are the sums of
/// the postings: replay is state.
#[test]
fn balances_are_the_sums_of_postings() {
    let app = App::start();
    let pool = app.open_pool();
    for number in 1..=5 {
        let member = pool.member(number, 1_000_00);
        if number == 2 {
            pool.death(member, "2025-06-10");
        }
    }
    assert_eq!(pool.settle("2025-06").status, 201);
    let mut admin = app.database.admin();
    let off: i64 = admin
        .query_one(
            "select count(*) from (
                 select balance_after_minor, sum(amount_minor)
                     over (partition by account_id order by entry_id) as replayed
                 from retire.posting) p
             where balance_after_minor <> replayed",
            &[],
        )
        .expect("a count")
        .get(0);
    let off_balances: i64 = admin
        .query_one(
            "select count(*) from retire.balance b
             full join (select account_id, sum(amount_minor) as total from retire.posting group by account_id) p
                 using (account_id)
             where b.amount_minor is distinct from p.total",
            &[],
        )
        .expect("a count")
        .get(0);
    assert_eq!((off, off_balances), (0, 0));
}

#[test]
fn migrating_again_does_nothing() {
    let database = Database::create();
    let report = migrate::migrate(&mut database.admin()).expect("migrated");
    assert_eq!(report, migrate::Report::default());
}

#[test]
fn an_edited_migration_is_refused() {
    let database = Database::create();
    let mut admin = database.admin();
    admin
        .batch_execute("update retire.migration set sha256 = 'other' where number = 1")
        .expect("changed");
    let error = migrate::migrate(&mut admin).expect_err("refused");
    assert!(error.to_string().contains("never edited"), "{error:#}");
}

#[test]
fn a_database_that_is_ahead_is_refused() {
    let database = Database::create();
    let mut admin = database.admin();
    admin
        .batch_execute("insert into retire.migration (name, sha256) values ('9999_later', 'x')")
        .expect("added");
    let error = migrate::migrate(&mut admin).expect_err("refused");
    assert!(
        error.to_string().contains("ahead of this build"),
        "{error:#}"
    );
}

/// The API of another build stays until it is dropped.
#[test]
fn api_schemas_live_side_by_side_until_the_end_of_a_rollout() {
    let database = Database::create();
    let mut admin = database.admin();
    admin
        .batch_execute(
            "create schema retire_api_old authorization retire_owner;
             insert into retire.api_schema (name) values ('retire_api_old')",
        )
        .expect("an older one");
    migrate::migrate(&mut admin).expect("migrated");
    assert_eq!(
        migrate::drop_other_apis(&mut admin).expect("dropped"),
        ["retire_api_old"]
    );
    assert!(
        migrate::drop_other_apis(&mut admin)
            .expect("dropped")
            .is_empty()
    );
}
