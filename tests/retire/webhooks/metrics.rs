//! What a scraper reads.

use upvest_signature::Rejection;

use super::{counted, refused};
use crate::harness::{App, Caller, text};

#[test]
fn every_reason_is_a_metric_from_the_start() {
    let app = App::start();
    let answer = app.get("/v1/webhooks/metrics", Caller::Analyst);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let document = text(&answer);
    let types = "# TYPE retire_webhook_rejections_total counter";
    assert_eq!(document.lines().filter(|line| *line == types).count(), 1);
    for line in document.lines().filter(|line| !line.starts_with('#')) {
        let (sample, value) = line.rsplit_once(' ').expect("a value");
        assert!(sample.starts_with("retire_webhook_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    let codes = Rejection::ALL.iter().map(Rejection::code);
    for reason in codes.chain(["source-unknown", "source-foreign"]) {
        assert_eq!(counted(&app, reason), 0, "{reason}");
    }
}

/// A refusal is counted beside others at the same time, each once.
#[test]
fn refusals_at_the_same_time_are_all_counted() {
    let app = App::start();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let answer = app.client.send("POST", super::PATH, &[], b"{}");
                    assert_eq!(answer.expect("an answer").status, 401);
                }
            });
        }
    });
    assert_eq!(counted(&app, "missing-header"), 80);
}

/// What is not refused as a signature is not counted as one.
#[test]
fn a_body_that_is_no_json_is_no_rejection() {
    let app = App::start();
    let headers = app
        .client
        .signed_headers(b"{", super::now_s())
        .expect("signed");
    assert_eq!(refused(&app, &headers, b"{").0, 400);
    assert_eq!(app.database.count("webhook_rejection"), 0);
    assert_eq!(app.database.count("webhook_rejection_count"), 0);
}
