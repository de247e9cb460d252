//! An HTTP client that is a frontend, an operator and the broker.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use upvest_signature::{Profile, SignatureParameters, SigningKey, sign};
use uuid::Uuid;

use crate::DevKeys;
use crate::sender::Webhook;

/// The path of the webhook.
const WEBHOOK_PATH: &str = "/v1/webhooks/upvest";

/// Looks at an answer: its request's method and target, and the answer itself.
pub type Look = fn(&str, &str, &Answer);

/// A client of one application.
#[derive(Clone)]
pub struct Client {
    look: Option<Look>,
    agent: ureq::Agent,
    base_url: String,
    operator_token: String,
    broker_key: SigningKey,
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Errors
    /// It breaks off.
    pub(crate) fn read(mut response: ureq::http::Response<ureq::Body>) -> Result<Self> {
        let headers = response.headers().iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        });
        Ok(Self {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: response
                .body_mut()
                .with_config()
                .limit(1 << 30)
                .read_to_vec()?,
        })
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none, or of another form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("the answer {}", String::from_utf8_lossy(&self.body)))
    }

    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Client {
    /// A client with an operator's token and the broker's key.
    ///
    /// # Errors
    /// The keys are damaged.
    pub fn new(base_url: &str, keys: &DevKeys) -> Result<Self> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .max_idle_connections_per_host(64);
        Ok(Self {
            look: None,
            agent: config.build().new_agent(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            operator_token: keys.token("simulator", "operator", 1)?,
            broker_key: keys.upvest_key()?,
        })
    }

    /// The same client; `look` gets to see each answer before it is given.
    #[must_use]
    pub fn looking(mut self, look: Look) -> Self {
        self.look = Some(look);
        self
    }

    /// Sends a request with just these headers.
    ///
    /// # Errors
    /// There is no answer.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, Vec<u8>)],
        body: &[u8],
    ) -> Result<Answer> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url));
        for (name, value) in headers {
            request = request.header(name.as_str(), value.as_slice());
        }
        let answer = Answer::read(self.agent.run(request.body(body)?)?)?;
        if let Some(look) = self.look {
            look(method, path, &answer);
        }
        Ok(answer)
    }

    /// Reads as an operator.
    ///
    /// # Errors
    /// Any status but 200, or a body of another form.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let headers = [self.authorization(), header("purpose", "simulation")];
        let answer = self.send("GET", path, &headers, b"")?;
        expect(&answer, "GET", path, &[200])?;
        answer.json()
    }

    /// Sends a command as an operator.
    ///
    /// # Errors
    /// Any status but 200 and 201, or a body of another form.
    pub fn command<T: DeserializeOwned>(
        &self,
        path: &str,
        idempotency_key: &str,
        body: &Value,
    ) -> Result<T> {
        let answer = self.try_command(path, idempotency_key, body)?;
        expect(&answer, "POST", path, &[200, 201])?;
        answer.json()
    }

    /// Sends a command as an operator and gives whatever the answer is.
    ///
    /// # Errors
    /// There is no answer.
    pub fn try_command(&self, path: &str, idempotency_key: &str, body: &Value) -> Result<Answer> {
        let headers = [
            self.authorization(),
            header("content-type", "application/json"),
            header("idempotency-key", idempotency_key),
        ];
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    /// Sends a delivery of the broker, signed now. Gives how many events were new.
    ///
    /// # Errors
    /// Any status but 200.
    pub fn deliver(&self, events: &[&str]) -> Result<u64> {
        let body = format!(r#"{{"payload":[{}]}}"#, events.join(","));
        let answer = self.try_deliver(body.as_bytes())?;
        expect(&answer, "POST", WEBHOOK_PATH, &[200])?;
        fresh(&answer)
    }

    /// The webhook, to which the broker delivers.
    ///
    /// # Errors
    /// The address of the application is none.
    pub fn webhook(&self) -> Result<Webhook> {
        let url = format!("{}{WEBHOOK_PATH}", self.base_url);
        let key = self.broker_key.clone();
        Webhook::new(self.agent.clone(), &url, key, Profile::Draft06)
    }

    /// Sends a signed body to the webhook and gives whatever the answer is.
    ///
    /// # Errors
    /// There is no answer.
    pub fn try_deliver(&self, body: &[u8]) -> Result<Answer> {
        let headers = self.signed_headers(body, now_s())?;
        self.send("POST", WEBHOOK_PATH, &headers, body)
    }

    /// The headers with which the broker would send `body` at `created_s`.
    ///
    /// # Errors
    /// There is no randomness.
    pub fn signed_headers(&self, body: &[u8], created_s: i64) -> Result<Vec<(String, Vec<u8>)>> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let nonce = uuid::Builder::from_random_bytes(nonce).into_uuid();
        let parameters = SignatureParameters {
            created_s,
            expires_s: created_s + 60,
            nonce: &nonce.to_string(),
        };
        Ok(sign(&self.broker_key, WEBHOOK_PATH, body, parameters))
    }

    fn authorization(&self) -> (String, Vec<u8>) {
        header("authorization", &format!("Bearer {}", self.operator_token))
    }

    /// A path below a pool.
    #[must_use]
    pub fn pool_path(pool_id: Uuid, rest: &str) -> String {
        format!("/v1/pools/{pool_id}{rest}")
    }
}

/// A header.
fn header(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}

/// Seconds since the epoch.
fn now_s() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}

/// How many events of a delivery were new, by its answer.
pub(crate) fn fresh(answer: &Answer) -> Result<u64> {
    let received: Value = answer.json()?;
    received["fresh"]
        .as_u64()
        .context("the number of new events")
}

fn expect(answer: &Answer, method: &str, path: &str, statuses: &[u16]) -> Result<()> {
    if statuses.contains(&answer.status) {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&answer.body);
    bail!("{method} {path} was answered {}: {body}", answer.status)
}
