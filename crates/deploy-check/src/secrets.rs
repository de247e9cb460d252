//! Secrets: none in Git, and what brings them brings those of the list.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items, text, walk};

/// Octets of an RSA-4096 block, which Sealed Secrets puts before the text.
const SESSION_KEY_LEN: usize = 512;

/// Checks every object.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    for object in cluster.objects {
        if object.kind() == "Secret" {
            findings.add("secret-in-git", object, "a Secret is for the cluster alone");
        }
        walk(&object.value, &mut |value| {
            if let Some(what) = value.as_str().and_then(looks_secret) {
                findings.add("secret-in-git", object, what);
            }
        });
        match object.kind() {
            "SealedSecret" => sealed(cluster, object, findings),
            "ExternalSecret" => external(cluster, object, findings),
            _ => {}
        }
    }
    all_are_brought(cluster, findings);
}

/// What in a text is a secret.
fn looks_secret(text: &str) -> Option<&'static str> {
    let login = text.split("postgres://").skip(1).any(|rest| {
        let authority = rest.split(['/', ' ', '"']).next().unwrap_or_default();
        let login = authority.rsplit_once('@').map(|(login, _)| login);
        login.is_some_and(|login| login.contains(':') && !login.contains("[redacted]"))
            && !rest.starts_with("[^")
    });
    if login {
        return Some("a login with its password");
    }
    if text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    let token =
        |word: &str| word.starts_with("eyJ") && word.matches('.').count() == 2 && word.len() > 60;
    text.split([' ', '"', '\n']).any(token).then_some("a token")
}

fn sealed(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let data = object.at("/spec/encryptedData").as_object();
    let keys = data.into_iter().flatten().map(|(key, _)| key.as_str());
    brings(cluster, object, keys.collect(), findings);
    for (key, value) in data.into_iter().flatten() {
        let sealed = STANDARD
            .decode(value.as_str().unwrap_or_default())
            .unwrap_or_default();
        let length = sealed
            .get(..2)
            .map(|l| usize::from(u16::from_be_bytes([l[0], l[1]])));
        // The key, a text of at least an octet, and its tag of 16.
        if length != Some(SESSION_KEY_LEN) || sealed.len() < 2 + SESSION_KEY_LEN + 17 {
            findings.add("not-sealed", object, key);
        }
    }
}

fn external(cluster: &Cluster<'_>, object: &Object, findings: &mut Findings) {
    let data = items(&object.value, "/spec/data").iter();
    let keys = data.map(|entry| text(entry, "/secretKey")).collect();
    brings(cluster, object, keys, findings);
    let store = object.text("/spec/secretStoreRef/name");
    if cluster
        .find("SecretStore", object.namespace(), store)
        .is_none()
    {
        findings.add("no-such-secret-store", object, store);
    }
    if object.text("/spec/target/name") != object.name() {
        findings.add("wrong-secret", object, object.text("/spec/target/name"));
    }
}

fn brings(cluster: &Cluster<'_>, object: &Object, keys: BTreeSet<&str>, findings: &mut Findings) {
    let Some(secret) = cluster.settings.secrets.get(object.name()) else {
        return findings.add("no-such-secret", object, object.name());
    };
    let listed: BTreeSet<&str> = secret.keys.iter().map(String::as_str).collect();
    if keys != listed {
        findings.add(
            "no-such-secret-key",
            object,
            format!("{keys:?} instead of {listed:?}"),
        );
    }
}

/// Where some secrets are brought, all are.
fn all_are_brought(cluster: &Cluster<'_>, findings: &mut Findings) {
    let kinds = ["SealedSecret", "ExternalSecret"];
    let brought: BTreeSet<&str> = kinds
        .iter()
        .flat_map(|kind| cluster.of(kind))
        .map(Object::name)
        .collect();
    if brought.is_empty() {
        return;
    }
    for (name, secret) in &cluster.settings.secrets {
        if secret.with.is_empty() && !brought.contains(name.as_str()) {
            findings.add_at(
                "secret-not-brought",
                name,
                "what brings the others does not bring it",
            );
        }
    }
}
