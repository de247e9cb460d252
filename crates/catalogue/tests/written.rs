//! What is written from the catalogue is what is committed.

use std::path::Path;

fn committed(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap_or_default()
}

#[test]
fn the_views_are_those_of_the_catalogue() {
    let committed = committed("crates/store/sql/api/66_data_views.sql");
    assert!(committed == catalogue::sql(), "run `cargo xtask openapi`");
}

#[test]
fn keys_are_columns_that_every_audience_sees() {
    for view in catalogue::VIEWS {
        for audience in catalogue::Audience::ALL {
            if !view.is_for(audience) {
                continue;
            }
            for key in view.key {
                let column = view.column(key, audience).expect("a column of the view");
                assert!(!column.nullable, "{}.{key}", view.name);
            }
        }
    }
}

/// What a part says of its whole is a column of both, for whoever sees it.
#[test]
fn parts_have_columns_of_their_whole() {
    for view in catalogue::VIEWS {
        let Some(within) = view.within else { continue };
        let whole = catalogue::view(within.view).expect("a view");
        assert_eq!(whole.key, &view.key[..1], "{}", view.name);
        for key in view.key {
            let column = view.columns.iter().find(|column| column.name == *key);
            assert_eq!(column.expect("a column").kind, catalogue::Kind::Uuid);
        }
        for audience in catalogue::Audience::ALL {
            for name in within.columns {
                let said = |view: &catalogue::View| {
                    let column = view.column(name, audience).expect("a column of both");
                    (column.kind, column.nullable)
                };
                assert_eq!(said(view), said(whole), "{}.{name}", view.name);
            }
        }
    }
}

/// Parameters of the grammar are no columns, and a column is one thing in all views.
#[test]
fn names_are_free_and_unambiguous() {
    let grammar = [
        "select", "order", "limit", "offset", "cursor", "as_of", "known_at", "count", "and", "or",
        "not",
    ];
    for view in catalogue::VIEWS {
        for (i, column) in view.columns.iter().enumerate() {
            assert!(
                !grammar.contains(&column.name),
                "{}.{}",
                view.name,
                column.name
            );
            let others = &view.columns[..i];
            assert!(
                others.iter().all(|other| other.name != column.name),
                "{}",
                column.name
            );
        }
    }
}
