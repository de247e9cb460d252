//! The addresses from which deliveries may come.

use super::{counted, now_s, package, refused, send};
use crate::harness::{App, Database, header};

#[test]
fn only_the_brokers_addresses_are_let_in_where_they_are_listed() {
    let variables = [
        ("upvest_source_addresses", "34.90.198.99, 2001:db8::/32"),
        ("upvest_source_header", "X-Forwarded-For"),
    ];
    let app = App::start_with(Database::create(), None, &variables);
    let body = package(&[]);
    let from = |hops: &[&str]| {
        let mut headers = app.client.signed_headers(&body, now_s()).expect("signed");
        headers.extend(hops.iter().map(|hop| header("x-forwarded-for", hop)));
        headers
    };
    for good in [
        &["34.90.198.99"][..],
        &["192.0.2.1, 34.90.198.99"],
        &["192.0.2.1", "2001:db8::7"],
    ] {
        assert_eq!(send(&app, &from(good), &body).status, 200, "{good:?}");
    }
    let rejected = (403, "source-refused".to_owned());
    for strange in [&["192.0.2.1"][..], &["34.90.198.99, 192.0.2.1"]] {
        assert_eq!(
            refused(&app, &from(strange), &body),
            rejected,
            "{strange:?}"
        );
    }
    for unknown in [&[][..], &["34.90.198.99, unknown"]] {
        assert_eq!(
            refused(&app, &from(unknown), &body),
            rejected,
            "{unknown:?}"
        );
    }
    assert_eq!(counted(&app, "source-foreign"), 2);
    assert_eq!(counted(&app, "source-unknown"), 2);
    // The source alone convinces nobody.
    let unsigned = [header("x-forwarded-for", "34.90.198.99")];
    assert_eq!(refused(&app, &unsigned, &body).0, 401);
}

/// Without a proxy the runtime tells who connected; a sender's own header of that name
/// is not believed.
#[test]
fn the_runtime_tells_who_connected() {
    let body = package(&[]);
    for (addresses, expected) in [("127.0.0.1", 200), ("192.0.2.1", 403)] {
        let variables = [
            ("upvest_source_addresses", addresses),
            ("upvest_source_header", "spin-client-addr"),
        ];
        let app = App::start_with(Database::create(), None, &variables);
        let mut headers = app.client.signed_headers(&body, now_s()).expect("signed");
        headers.push(header("spin-client-addr", "192.0.2.1:443"));
        assert_eq!(send(&app, &headers, &body).status, expected, "{addresses}");
    }
}

/// A list without the header would let nobody in, or everybody: neither is guessed.
#[test]
fn half_a_configuration_is_a_fault() {
    let variables = [("upvest_source_addresses", "34.90.198.99")];
    let app = App::start_with(Database::create(), None, &variables);
    let body = package(&[]);
    let headers = app.client.signed_headers(&body, now_s()).expect("signed");
    assert_eq!(send(&app, &headers, &body).status, 500);
}
