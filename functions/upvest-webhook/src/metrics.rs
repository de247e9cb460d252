//! What is counted, in the text format of Prometheus (version 0.0.4).

use upvest_signature::Rejection;
use web::{Host, Problem, Reply};

use crate::source::Strange;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
const REJECTIONS: &str = "retire_webhook_rejections_total";

/// The metrics of the database. A reason that never occurred is a zero, so that the
/// first is a rise.
pub(crate) fn reply(host: &dyn Host) -> Result<Reply, Problem> {
    let mut samples = store::webhook_metrics(&*host.database()?)?;
    let signature = Rejection::ALL.iter().map(Rejection::code);
    let source = Strange::ALL.into_iter().map(Strange::code);
    for reason in signature.chain(source) {
        let label = format!("reason=\"{reason}\"");
        let known = |(name, own, _): &(String, String, String)| name == REJECTIONS && *own == label;
        if !samples.iter().any(known) {
            samples.push((REJECTIONS.to_owned(), label, "0".to_owned()));
        }
    }
    samples.sort();
    Ok(Reply::text(CONTENT_TYPE, text(&samples)))
}

/// The lines of samples that are sorted by name.
fn text(samples: &[(String, String, String)]) -> String {
    let mut text = String::new();
    let mut last = "";
    for (name, label, value) in samples {
        if name != last {
            let kind = match name.ends_with("_total") {
                true => "counter",
                false => "gauge",
            };
            text += &format!("# TYPE {name} {kind}\n");
            last = name;
        }
        match label.as_str() {
            "" => text += &format!("{name} {value}\n"),
            label => text += &format!("{name}{{{label}}} {value}\n"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_grouped_by_name() {
        let samples = [
            ("a_total", "x=\"1\"", "3"),
            ("a_total", "x=\"2\"", "0"),
            ("b_seconds", "", "1.5"),
        ];
        let samples = samples.map(|(n, l, v)| (n.to_owned(), l.to_owned(), v.to_owned()));
        let expected = "# TYPE a_total counter\na_total{x=\"1\"} 3\na_total{x=\"2\"} 0\n\
                        # TYPE b_seconds gauge\nb_seconds 1.5\n";
        assert_eq!(text(&samples), expected);
    }
}
