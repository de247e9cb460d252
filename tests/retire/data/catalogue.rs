//! The catalogue is what the database has.

use ::catalogue::{Audience, Moments, VIEWS, relation};
use serde_json::Value;

use crate::harness::{App, Caller, Database};
use uuid::Uuid;

/// Each view of the database has exactly the columns of the catalogue, with their types.
#[test]
fn the_views_have_the_columns_of_the_catalogue() {
    let database = Database::create();
    let mut admin = database.admin();
    let mut views = 0;
    for view in VIEWS {
        for audience in Audience::ALL.into_iter().filter(|a| view.is_for(*a)) {
            let mut relations = vec![relation(view, audience, false)];
            if view.moments == Moments::Computed {
                relations.push(relation(view, audience, true));
            }
            let expected: Vec<(String, String)> = view
                .columns_for(audience)
                .map(|column| (column.name.to_owned(), column.kind.sql().to_owned()))
                .collect();
            for name in relations {
                let rows = admin
                    .query(
                        "select a.attname::text, format_type(a.atttypid, a.atttypmod)
                         from pg_attribute a
                         join pg_class c on c.oid = a.attrelid
                         join pg_namespace n on n.oid = c.relnamespace
                         where n.nspname = $1 and c.relname = $2 and a.attnum > 0
                             and ($3 or 'security_barrier=true' = any (c.reloptions))
                         order by a.attnum",
                        &[&store::API_SCHEMA, &name, &(audience == Audience::Staff)],
                    )
                    .expect("columns");
                let columns: Vec<(String, String)> =
                    rows.iter().map(|row| (row.get(0), row.get(1))).collect();
                assert_eq!(columns, expected, "{name}");
                views += 1;
            }
        }
    }
    assert!(views > 40, "{views} views");
}

/// A caller gets the views and columns that they see, and no other.
#[test]
fn the_catalogue_is_what_the_caller_sees() {
    let app = App::start();
    for (caller, audience) in [
        (Caller::Operator, Audience::Staff),
        (Caller::Auditor, Audience::Staff),
        (Caller::Analyst, Audience::Analyst),
        (Caller::Member(Uuid::new_v4()), Audience::Own),
    ] {
        let answer = app.get("/v1/data", caller);
        assert_eq!(answer.status, 200);
        let document: Value = answer.json().expect("JSON");
        assert_eq!(document, ::catalogue::document(audience));
        let text = document.to_string();
        assert_eq!(text.contains("birth_date"), audience != Audience::Analyst);
        assert_eq!(text.contains("webhook_events"), audience == Audience::Staff);
    }
}
