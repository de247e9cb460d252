//! The contract as it is served, and the page that shows it.

use simulator::Answer;

use crate::harness::{App, Caller, header, workspace};

fn get(app: &App, path: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| header(name, value))
        .collect();
    app.client
        .send("GET", path, &headers, b"")
        .expect("an answer")
}

#[test]
fn the_contract_is_served_as_it_is_committed() {
    let app = App::start();
    let committed = std::fs::read(workspace().join("docs/openapi.json")).expect("readable");
    let plain = app.get("/v1/openapi.json", Caller::Nobody);
    assert!(
        plain.body == committed,
        "it is the committed one, to the byte"
    );
    assert_eq!(plain.header("content-encoding"), None);

    let etag = plain.header("etag").expect("a tag");
    let again = get(&app, "/v1/openapi.json", &[("if-none-match", etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(etag));
}

/// Nothing that the page loads, or that its viewer names, is anywhere else.
#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let app = App::start();
    let page = app.get("/v1/docs", Caller::Nobody);
    assert_eq!(page.status, 200);
    let html = String::from_utf8(page.body.clone()).expect("text");
    assert!(!html.contains("://") && !html.contains("\"//"), "{html}");
    let loaded: Vec<&str> = ["src=\"", "href=\"", "spec-url=\""]
        .iter()
        .flat_map(|attribute| html.split(attribute).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .filter(|loaded| *loaded != "data:,")
        .collect();
    assert!(loaded.contains(&"/v1/docs/viewer.js"), "{loaded:?}");
    for path in loaded {
        assert_eq!(app.get(path, Caller::Nobody).status, 200, "{path}");
    }

    let policy = page.header("content-security-policy").expect("a policy");
    let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
    assert!(directives.contains(&"default-src 'none'"), "{policy}");
    assert!(directives.contains(&"script-src 'self'"), "{policy}");
    for directive in directives {
        let sources = directive.split_whitespace().skip(1);
        for source in sources {
            let own = ["'none'", "'self'", "data:"].contains(&source);
            let styles = directive.starts_with("style-src ") && source == "'unsafe-inline'";
            assert!(own || styles, "{directive}");
        }
    }
}
