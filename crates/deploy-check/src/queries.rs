//! Queries of dashboards and rules: each parses, and names metrics that something exposes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use promql_parser::parser::{self, Expr};
use promql_parser::util::{ExprVisitor, walk_expr};
use serde_json::Value;

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items, text, walk};
use crate::settings::toml_file;

/// The list of metrics, by what exposes them.
const METRICS: &str = "deploy/components/observability/metrics.toml";
/// The queries of the database's exporter.
const EXPORTER: &str = "deploy/components/observability/queries.yaml";
/// What the SQL of the application exposes itself.
const SQL: &str = "crates/store/sql/api";

/// The metrics that are known.
pub struct Metrics(BTreeSet<String>);

impl Metrics {
    /// Reads the list, and checks those of our own against what exposes them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(workspace: &Path, findings: &mut Findings) -> Result<Self> {
        let listed: BTreeMap<String, Vec<String>> = toml_file(&workspace.join(METRICS))?;
        let mut sql = String::new();
        for entry in std::fs::read_dir(workspace.join(SQL))? {
            sql += &std::fs::read_to_string(entry?.path())?;
        }
        let exported = exported(&std::fs::read_to_string(workspace.join(EXPORTER))?)?;
        for (source, names) in &listed {
            for name in names {
                let is_exposed = match source.as_str() {
                    SQL => sql.contains(&format!("'{name}'")),
                    EXPORTER => exported.contains(name),
                    _ => true,
                };
                if !is_exposed {
                    findings.add_at("no-such-metric", source, name);
                }
            }
        }
        Ok(Self(listed.into_values().flatten().collect()))
    }

    /// Checks the rules and the dashboards of an installation.
    pub fn check(&self, cluster: &Cluster<'_>, findings: &mut Findings) {
        let mut known = self.0.clone();
        for rules in cluster.of("PrometheusRule") {
            walk(&rules.value, &mut |value| {
                known.extend(value["record"].as_str().map(str::to_owned));
            });
        }
        for rules in cluster.of("PrometheusRule") {
            walk(&rules.value, &mut |value| {
                if let Some(query) = value["expr"].as_str() {
                    check_query(&known, rules, query, findings);
                }
            });
        }
        for config in cluster.of("ConfigMap") {
            if config.text("/metadata/labels/grafana_dashboard") != "1" {
                continue;
            }
            let files = config.at("/data").as_object();
            for (file, dashboard) in files.into_iter().flatten() {
                match serde_json::from_str(dashboard.as_str().unwrap_or_default()) {
                    Ok(dashboard) => check_dashboard(&known, config, &dashboard, findings),
                    Err(error) => findings.add("no-dashboard", config, format!("{file}: {error}")),
                }
            }
        }
    }
}

/// The metrics of the exporter's file: the query's name and the column's.
fn exported(yaml: &str) -> Result<BTreeSet<String>> {
    let queries: Value = serde_saphyr::from_str(yaml).context(EXPORTER)?;
    let mut names = BTreeSet::new();
    for (query, definition) in queries.as_object().into_iter().flatten() {
        for column in items(definition, "/metrics") {
            for (column, kind) in column.as_object().into_iter().flatten() {
                if text(kind, "/usage") != "LABEL" {
                    names.insert(format!("{query}_{column}"));
                }
            }
        }
    }
    Ok(names)
}

fn check_dashboard(
    known: &BTreeSet<String>,
    object: &Object,
    dashboard: &Value,
    findings: &mut Findings,
) {
    let panels = items(dashboard, "/panels");
    let mut titles = BTreeSet::new();
    if panels.is_empty() {
        findings.add("no-dashboard", object, "it has no panels");
    }
    for panel in panels {
        let title = text(panel, "/title");
        if !titles.insert(title) {
            findings.add("twice", object, title);
        }
        if items(panel, "/targets").is_empty() {
            findings.add("no-query", object, title);
        }
        for target in items(panel, "/targets") {
            check_query(known, object, text(target, "/expr"), findings);
        }
    }
}

fn check_query(known: &BTreeSet<String>, object: &Object, query: &str, findings: &mut Findings) {
    let expression = match parser::parse(query) {
        Ok(expression) => expression,
        Err(error) => return findings.add("no-query", object, format!("{query}: {error}")),
    };
    let mut names = Names(BTreeSet::new());
    let Ok(_) = walk_expr(&mut names, &expression);
    for name in names.0 {
        if !known.contains(&name) {
            findings.add("no-such-metric", object, name);
        }
    }
}

struct Names(BTreeSet<String>);

impl ExprVisitor for Names {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Self::Error> {
        let selector = match expression {
            Expr::VectorSelector(selector) => Some(selector),
            Expr::MatrixSelector(matrix) => Some(&matrix.vs),
            _ => None,
        };
        // A selector without a name takes every metric.
        self.0
            .extend(selector.map(|s| s.name.clone().unwrap_or_default()));
        Ok(true)
    }
}
