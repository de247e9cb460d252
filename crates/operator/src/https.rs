//! HTTPS with the system's certificates.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, ring};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// An agent that takes every status as an answer and follows no redirect: a signature is
/// for the address that it was made for.
#[must_use]
pub fn agent(limit: Duration) -> ureq::Agent {
    // An error means that the provider is installed already.
    let _ = CryptoProvider::install_default(ring::default_provider());
    let system = rustls_native_certs::load_native_certs().certs;
    let roots: Vec<Certificate<'static>> = system
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots)));
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(limit))
        .max_redirects(0)
        .max_idle_connections_per_host(64)
        .tls_config(tls.build())
        .build()
        .new_agent()
}
