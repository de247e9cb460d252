//! A client of Upvest's API: OAuth client credentials (RFC 6749, section 4.4), and
//! every request signed.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use upvest_signature::{Delivery, Profile, SignatureParameters, SigningKey, sign_request};

use super::now_s;
use crate::https;

/// How long a request may take, and its signature is valid.
const LIMIT: Duration = Duration::from_secs(30);
/// The most octets of an answer.
const MAX_ANSWER_LEN: u64 = 256 * 1024;

/// The OAuth client.
pub(super) struct Credentials {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) scope: String,
}

pub(super) struct Client {
    agent: ureq::Agent,
    base_url: String,
    credentials: Credentials,
    key: SigningKey,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

type Headers = Vec<(String, Vec<u8>)>;

impl Client {
    pub(super) fn new(base_url: &str, credentials: Credentials, key: SigningKey) -> Self {
        Self {
            agent: https::agent(LIMIT),
            base_url: base_url.trim_end_matches('/').to_owned(),
            credentials,
            key,
        }
    }

    /// The key set of webhooks, as it is published.
    pub(super) fn webhook_keys(&self) -> Result<String> {
        let authorization = format!("Bearer {}", self.token()?);
        let headers = self.headers(&[("authorization", &authorization)]);
        self.send("GET", "/auth/verify_keys", headers, b"")
    }

    fn token(&self) -> Result<String> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &self.credentials.client_id);
        form.append_pair("client_secret", &self.credentials.client_secret);
        form.append_pair("grant_type", "client_credentials");
        if !self.credentials.scope.is_empty() {
            form.append_pair("scope", &self.credentials.scope);
        }
        let body = form.finish();
        let length = body.len().to_string();
        let headers = self.headers(&[
            ("content-length", &length),
            ("content-type", "application/x-www-form-urlencoded"),
        ]);
        let answer = self.send("POST", "/auth/token", headers, body.as_bytes())?;
        let token: Token = serde_json::from_str(&answer).context("the answer with the token")?;
        Ok(token.access_token)
    }

    fn headers(&self, own: &[(&str, &str)]) -> Headers {
        let all = [
            ("accept", "application/json"),
            ("upvest-client-id", self.credentials.client_id.as_str()),
        ];
        all.iter()
            .chain(own)
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect()
    }

    /// Sends a request over which all its headers are signed.
    fn send(&self, method: &str, path: &str, headers: Headers, body: &[u8]) -> Result<String> {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let nonce = uuid::Builder::from_random_bytes(nonce)
            .into_uuid()
            .to_string();
        let created_s = now_s()?;
        let parameters = SignatureParameters {
            created_s,
            expires_s: created_s + i64::try_from(LIMIT.as_secs())?,
            nonce: &nonce,
        };
        let unsigned = Delivery {
            method,
            path,
            query: None,
            headers: &headers,
            body,
        };
        let signed = sign_request(Profile::Draft15, &self.key, &unsigned, parameters)?;
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header("upvest-signature-version", "15");
        for (name, value) in &signed {
            request = request.header(name.as_str(), value.as_slice());
        }
        let answer = if body.is_empty() {
            self.agent.run(request.body(())?)
        } else {
            self.agent.run(request.body(body)?)
        };
        let mut answer = answer.with_context(|| format!("{method} {path}"))?;
        let status = answer.status().as_u16();
        let text = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_LEN)
            .read_to_string()?;
        match status {
            200 => Ok(text),
            // The answer to the token's request may repeat a secret.
            _ => bail!("{method} {path} was answered {status}"),
        }
    }
}
