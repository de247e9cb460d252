//! What was asked and answered: docs/examples, which a test keeps true.

use serde_json::{Value, json};

use crate::workspace;

/// Shows the operation's example in it: the parameters, the body and the answer.
pub(super) fn show(operation: &mut Value, template: &str, operation_id: &str) {
    let path = workspace::root().join(format!("docs/examples/{operation_id}.json"));
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    // A file that is damaged shows nothing; the tests miss it.
    let example: Value = serde_json::from_str(&text).unwrap_or_default();
    let shown = |value: &Value| json!({operation_id: {"value": value}});
    let body = operation.pointer_mut("/requestBody/content/application~1json");
    if let Some(content) = body.filter(|_| !example["request"].is_null()) {
        content["examples"] = shown(&example["request"]);
    }
    let answers = format!("/responses/{}/content", example["status"]);
    let types = operation
        .pointer_mut(&answers)
        .and_then(Value::as_object_mut);
    for (media_type, content) in types.into_iter().flatten() {
        let text = media_type != "application/json";
        if example["answer"].is_string() == text {
            content["examples"] = shown(&example["answer"]);
        }
    }
    let asked = example["path"].as_str().unwrap_or_default();
    let parameters = operation
        .pointer_mut("/parameters")
        .and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let value = match parameter["in"].as_str() {
            Some("path") => of_path(template, asked, &name),
            Some("query") => of_query(asked, &name),
            _ => None,
        };
        if let Some(value) = value {
            let number = parameter["schema"]["type"] == "integer";
            let value = value
                .parse::<i64>()
                .ok()
                .filter(|_| number)
                .map_or(json!(value), |n| json!(n));
            parameter["examples"] = shown(&value);
        }
    }
}

fn of_path(template: &str, asked: &str, name: &str) -> Option<String> {
    let path = asked.split('?').next()?;
    let mut segments = template.split('/').zip(path.split('/'));
    let parameter = format!("{{{name}}}");
    let (_, value) = segments.find(|(segment, _)| *segment == parameter)?;
    Some(value.to_owned())
}

fn of_query(asked: &str, name: &str) -> Option<String> {
    let (_, query) = asked.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_from_what_was_asked() {
        let (template, asked) = (
            "/v1/pools/{pool}/s/{period}",
            "/v1/pools/p/s/2025-06?limit=3&a=b",
        );
        assert_eq!(of_path(template, asked, "pool").as_deref(), Some("p"));
        assert_eq!(
            of_path(template, asked, "period").as_deref(),
            Some("2025-06")
        );
        assert_eq!(of_path(template, asked, "member"), None);
        assert_eq!(of_query(asked, "limit").as_deref(), Some("3"));
        assert_eq!(of_query(asked, "b"), None);
    }
}
