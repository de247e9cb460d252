//! What a change of the contract breaks, for callers of the release before.
//!
//! A request that was good stays good, and an answer has what readers rely on. Readers
//! pass over members of an answer, and over codes of problems, that they do not know.

mod schema;

use std::collections::BTreeSet;

use serde_json::Value;

use self::schema::{Direction, differences};

/// Both contracts.
#[derive(Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
}

/// Everything that breaks: the place, and why.
pub(super) fn breaking(old: &Value, new: &Value) -> Vec<String> {
    let pair = Pair { old, new };
    let mut found = Vec::new();
    for (path, operations) in members(&old["paths"]) {
        for (method, operation) in members(operations) {
            let place = format!("{} {path}", method.to_uppercase());
            let ours = &new["paths"][path][method];
            if ours.is_null() {
                found.push(format!("{place}: the operation is gone"));
                continue;
            }
            let found_here = operation_breaks(pair, operation, ours);
            found.extend(found_here.into_iter().map(|why| format!("{place}: {why}")));
        }
    }
    found.extend(codes(pair));
    found
}

fn operation_breaks(pair: Pair<'_>, old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if old["operationId"] != new["operationId"] {
        found.push("the operation's id is another".to_owned());
    }
    found.extend(access(old, new));
    found.extend(parameters(pair, old, new));
    found.extend(body(pair, &old["requestBody"], &new["requestBody"]));
    for (status, response) in members(&old["responses"]) {
        if status.starts_with('2') {
            let ours = &new["responses"][status];
            let why = answer(pair, response, ours);
            found.extend(why.into_iter().map(|why| format!("{status}: {why}")));
        }
    }
    found
}

/// Whoever was let in is let in.
fn access(old: &Value, new: &Value) -> Vec<String> {
    let ways = |operation: &Value| -> BTreeSet<String> {
        let each = operation["security"].as_array().into_iter().flatten();
        each.map(Value::to_string).collect()
    };
    let (old, new) = (ways(old), ways(new));
    if new.is_empty() {
        return Vec::new();
    }
    if old.is_empty() {
        return vec!["it is not open any more".to_owned()];
    }
    let lost = old.difference(&new);
    lost.map(|way| format!("{way} is not let in any more"))
        .collect()
}

fn parameters(pair: Pair<'_>, old: &Value, new: &Value) -> Vec<String> {
    let list = |operation: &'_ Value| -> Vec<Value> {
        operation["parameters"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let same = |a: &Value, b: &Value| a["in"] == b["in"] && a["name"] == b["name"];
    let (old, new) = (list(old), list(new));
    let mut found = Vec::new();
    for parameter in &old {
        let name = parameter["name"].as_str().unwrap_or_default();
        let Some(ours) = new.iter().find(|ours| same(parameter, ours)) else {
            found.push(format!("the parameter {name} is gone"));
            continue;
        };
        if ours["required"] == true && parameter["required"] != true {
            found.push(format!("the parameter {name} is required now"));
        }
        let why = differences(
            pair,
            Direction::Request,
            &parameter["schema"],
            &ours["schema"],
        );
        found.extend(
            why.into_iter()
                .map(|why| format!("the parameter {name}{why}")),
        );
    }
    let added = new
        .iter()
        .filter(|ours| ours["required"] == true && !old.iter().any(|theirs| same(theirs, ours)));
    found.extend(added.map(|ours| format!("the parameter {} is new and required", ours["name"])));
    found
}

fn body(pair: Pair<'_>, old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if old.is_null() && new["required"] == true {
        found.push("a body is needed now".to_owned());
    }
    for (media_type, content) in members(&old["content"]) {
        let ours = &new["content"][media_type];
        if ours.is_null() {
            found.push(format!("the body cannot be {media_type} any more"));
            continue;
        }
        for schema in ["schema", "x-item-schema"] {
            let why = differences(pair, Direction::Request, &content[schema], &ours[schema]);
            found.extend(why.into_iter().map(|why| format!("the body{why}")));
        }
        let (old_len, new_len) = (&content["x-max-body-bytes"], &ours["x-max-body-bytes"]);
        if new_len.as_u64() < old_len.as_u64() {
            found.push("the body is to be shorter".to_owned());
        }
    }
    found
}

fn answer(pair: Pair<'_>, old: &Value, new: &Value) -> Vec<String> {
    if new.is_null() {
        return vec!["the answer is gone".to_owned()];
    }
    let mut found = Vec::new();
    for (name, _) in members(&old["headers"]) {
        if new["headers"][name].is_null() {
            found.push(format!("the header {name} is gone"));
        }
    }
    for (media_type, content) in members(&old["content"]) {
        let ours = &new["content"][media_type];
        if ours.is_null() {
            found.push(format!("{media_type} is gone"));
            continue;
        }
        for schema in ["schema", "x-item-schema"] {
            let why = differences(pair, Direction::Answer, &content[schema], &ours[schema]);
            found.extend(why.into_iter().map(|why| format!("the answer{why}")));
        }
    }
    found
}

/// A code keeps its meaning: it is there, with its status.
fn codes(pair: Pair<'_>) -> Vec<String> {
    let status = |contract: &Value, code: &str| {
        let response = &contract["components"]["responses"][code];
        let schema = &response["content"]["application/problem+json"]["schema"];
        schema["properties"]["status"]["const"].clone()
    };
    let old = members(&pair.old["components"]["responses"]).map(|(code, _)| code);
    old.filter_map(|code| {
        let (then, now) = (status(pair.old, code), status(pair.new, code));
        (then != now).then(|| format!("the problem {code} had the status {then}, and now {now}"))
    })
    .collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests;
