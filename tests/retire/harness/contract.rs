//! Every answer that a test gets is one that docs/openapi.json describes.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::sync::{Arc, LazyLock, Mutex};

use flate2::read::GzDecoder;
use jsonschema::{Registry, Validator};
use serde_json::{Value, json};
use simulator::Answer;

use super::workspace;

/// The contract that is committed.
pub static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
    let path = workspace().join("docs/openapi.json");
    let text = std::fs::read_to_string(path).expect("the contract");
    Contract::new(serde_json::from_str(&text).expect("JSON"))
});

/// Under which the schemas refer to the document.
const BASE: &str = "urn:retire:contract";

/// The contract, ready to be held against answers.
pub struct Contract {
    document: Value,
    registry: Registry<'static>,
    /// Compiled schemas by their place in the document.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Contract {
    /// Takes an OpenAPI 3.1 document.
    pub fn new(document: Value) -> Self {
        let registry = Registry::new()
            .add(BASE, document.clone())
            .expect("a resource")
            .prepare()
            .expect("references that lead somewhere");
        Self {
            document,
            registry,
            validators: Mutex::default(),
        }
    }

    /// The document.
    pub const fn document(&self) -> &Value {
        &self.document
    }

    /// Why the answer is not one that the contract describes.
    pub fn objection(&self, method: &str, target: &str, answer: &Answer) -> Option<String> {
        let path = target.split('?').next().unwrap_or_default();
        let found = match self.template(path) {
            Some(template) => self.check(method, &template, answer),
            // Whatever is not of the application: its host answers, or a guest of a test.
            None if !path.starts_with("/v1/") => Ok(()),
            None if answer.status == 404 => Ok(()),
            None => Err("the path is not in the contract".to_owned()),
        };
        found
            .err()
            .map(|why| format!("{method} {path} was answered {}: {why}", answer.status))
    }

    /// The path of the contract that matches; a literal segment before a parameter.
    fn template(&self, path: &str) -> Option<String> {
        let paths = self.document["paths"].as_object()?;
        let matching = paths.keys().filter(|template| {
            let (mut ours, mut theirs) = (template.split('/'), path.split('/'));
            loop {
                match (ours.next(), theirs.next()) {
                    (None, None) => return true,
                    (Some(a), Some(b)) if a == b || (a.starts_with('{') && !b.is_empty()) => {}
                    _ => return false,
                }
            }
        });
        matching.min_by_key(|t| t.matches('{').count()).cloned()
    }

    fn check(&self, method: &str, template: &str, answer: &Answer) -> Result<(), String> {
        let operations = &self.document["paths"][template];
        let method = method.to_lowercase();
        let operation = &operations[&method];
        let status = answer.status.to_string();
        let place = if operation.is_object() {
            let response = &operation["responses"][&status];
            match response["$ref"].as_str() {
                Some(reference) => reference.trim_start_matches('#').to_owned(),
                None if response.is_object() => {
                    let template = escaped(template);
                    format!("/paths/{template}/{method}/responses/{status}")
                }
                None => return Err(format!("the status is not declared: {}", text(answer))),
            }
        } else {
            let allowed: BTreeMap<String, ()> = (answer.header("allow").unwrap_or_default())
                .split(", ")
                .map(|method| (method.to_lowercase(), ()))
                .collect();
            let declared = operations.as_object().into_iter().flat_map(|o| o.keys());
            if !declared.eq(allowed.keys()) {
                return Err("Allow does not name the methods of the path".to_owned());
            }
            "/components/responses/method-not-allowed".to_owned()
        };
        self.check_headers(&place, answer)?;
        self.check_body(&place, answer)
    }

    fn check_headers(&self, place: &str, answer: &Answer) -> Result<(), String> {
        let headers = self.document.pointer(place).map(|r| &r["headers"]);
        for (name, header) in headers.and_then(Value::as_object).into_iter().flatten() {
            let at = match header["$ref"].as_str() {
                Some(reference) => reference.trim_start_matches('#').to_owned(),
                None => format!("{place}/headers/{}", escaped(name)),
            };
            let required = self.document.pointer(&at).map(|h| h["required"] == true);
            match answer.header(&name.to_lowercase()) {
                None if required == Some(true) => return Err(format!("{name} is missing")),
                None => {}
                Some(value) => self.validate(&format!("{at}/schema"), &json!(value))?,
            }
        }
        Ok(())
    }

    fn check_body(&self, place: &str, answer: &Answer) -> Result<(), String> {
        let content = self.document.pointer(place).map(|r| &r["content"]);
        let Some(content) = content.and_then(Value::as_object) else {
            let empty = answer.body.is_empty();
            return empty
                .then_some(())
                .ok_or("a body is not declared".to_owned());
        };
        let media_type = answer.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        if !content.contains_key(media_type) {
            return Err(format!("{media_type} is not declared: {}", text(answer)));
        }
        let at = format!("{place}/content/{}", escaped(media_type));
        let body = plain(answer)?;
        let json = |bytes: &[u8]| {
            serde_json::from_slice::<Value>(bytes).map_err(|error| error.to_string())
        };
        match media_type {
            "application/x-ndjson" => {
                let lines = body.split(|octet| *octet == b'\n');
                for line in lines.filter(|line| !line.is_empty()) {
                    self.validate(&format!("{at}/x-item-schema"), &json(line)?)?;
                }
                Ok(())
            }
            _ if media_type.ends_with("json") => {
                self.validate(&format!("{at}/schema"), &json(&body)?)
            }
            _ => Ok(()),
        }
    }

    /// Holds a value against the schema at a place of the document.
    pub fn validate(&self, place: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(place);
        let mut errors = validator.iter_errors(value);
        match errors.next() {
            None => Ok(()),
            Some(error) => {
                let at = error.instance_path().to_string();
                Err(format!("at {at:?}: {error} (by {place})"))
            }
        }
    }

    fn validator(&self, place: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().expect("no panic");
        if let Some(validator) = validators.get(place) {
            return Arc::clone(validator);
        }
        let fragment = place.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({"$ref": format!("{BASE}#{fragment}")});
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap_or_else(|error| panic!("{place}: {error}"));
        let validator = Arc::new(validator);
        validators.insert(place.to_owned(), Arc::clone(&validator));
        validator
    }
}

/// RFC 6901, section 3.
/// The body as it was before it was compressed.
fn plain(answer: &Answer) -> Result<Cow<'_, [u8]>, String> {
    if answer.header("content-encoding") != Some("gzip") {
        return Ok(Cow::Borrowed(&answer.body));
    }
    let mut plain = Vec::new();
    GzDecoder::new(answer.body.as_slice())
        .read_to_end(&mut plain)
        .map_err(|error| error.to_string())?;
    Ok(Cow::Owned(plain))
}

fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The first of the body.
fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body)
        .chars()
        .take(600)
        .collect()
}

/// Fails the test whose answer the contract does not describe.
pub fn must_be_described(method: &str, target: &str, answer: &Answer) {
    if let Some(objection) = CONTRACT.objection(method, target, answer) {
        panic!("docs/openapi.json: {objection}");
    }
}
