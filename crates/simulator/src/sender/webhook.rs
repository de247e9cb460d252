//! A receiver of webhooks, and how Upvest signs for it.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow, ensure};
use upvest_signature::{Delivery, Profile, SignatureParameters, SigningKey, sign, sign_request};

use super::Package;
use crate::Answer;

/// The address of a subscription and what signs for it.
pub struct Webhook {
    agent: ureq::Agent,
    url: String,
    path: String,
    key: SigningKey,
    profile: Profile,
}

/// A package with its signature.
pub struct SignedPackage<'a> {
    headers: Vec<(String, Vec<u8>)>,
    body: &'a [u8],
}

impl Webhook {
    /// A receiver at `url`, with its path and without a query. The agent takes every status
    /// as an answer, and follows no redirect.
    ///
    /// # Errors
    /// The address is none.
    pub fn new(agent: ureq::Agent, url: &str, key: SigningKey, profile: Profile) -> Result<Self> {
        let uri: ureq::http::Uri = url.parse().with_context(|| url.to_owned())?;
        ensure!(uri.query().is_none(), "{url}: an address without a query");
        Ok(Self {
            agent,
            url: url.to_owned(),
            path: uri.path().to_owned(),
            key,
            profile,
        })
    }

    /// Sends a package that failed so often before, signed now.
    ///
    /// # Errors
    /// There is no answer, or it breaks off.
    pub fn post(&self, package: &Package, failures: u32) -> Result<Answer> {
        self.send(&self.sign(package, failures)?)
    }

    /// Signs a package that failed so often before. It has to be sent within a minute.
    ///
    /// # Errors
    /// There is no clock, or no randomness.
    pub fn sign<'a>(&self, package: &'a Package, failures: u32) -> Result<SignedPackage<'a>> {
        let body = package.body.as_slice();
        let headers = if package.is_forged_first && failures == 0 {
            // Signed is another body.
            self.headers(b"{}")?
        } else {
            self.headers(body)?
        };
        Ok(SignedPackage { headers, body })
    }

    /// Sends what is signed.
    ///
    /// # Errors
    /// There is no answer, or it breaks off.
    pub fn send(&self, package: &SignedPackage<'_>) -> Result<Answer> {
        let mut request = ureq::http::Request::post(&self.url);
        let headers = package.headers.iter();
        for (name, value) in headers.filter(|(name, _)| name != "content-length") {
            request = request.header(name.as_str(), value.as_slice());
        }
        Answer::read(self.agent.run(request.body(package.body)?)?)
    }

    fn headers(&self, body: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
        let created = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let created_s = i64::try_from(created)?;
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce)?;
        let nonce = uuid::Builder::from_random_bytes(nonce)
            .into_uuid()
            .to_string();
        let parameters = SignatureParameters {
            created_s,
            expires_s: created_s + 60,
            nonce: &nonce,
        };
        if self.profile == Profile::Draft06 {
            return Ok(sign(&self.key, &self.path, body, parameters));
        }
        let headers = [("content-type".to_owned(), b"application/json".to_vec())];
        let request = Delivery {
            method: "POST",
            path: &self.path,
            query: None,
            headers: &headers,
            body,
        };
        sign_request(self.profile, &self.key, &request, parameters)
            .map_err(|rejection| anyhow!("signing: {rejection:?}"))
    }
}
