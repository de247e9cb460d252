//! Connections: those that the functions may open fit the pooler, and the pooler's fit
//! the database.

use std::collections::BTreeMap;

use crate::cluster::Cluster;
use crate::finding::Findings;
use crate::object::{Object, items, text};

/// Connections that Spin holds at most, for each address of a component in a process.
const POOL_OF_A_POD: u64 = 64;
/// Logins that go through the pooler: those of the functions and of the job of the keys.
const LOGINS: u64 = 5;

/// Both sums, as they are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// What the functions of both colours may open at their maxima.
    pub wanted_clients: u64,
    /// What a pod of the pooler takes.
    pub max_clients: u64,
    /// What all pods of the pooler may open, one more than there are during a rollout.
    pub wanted_connections: u64,
    /// What the database has for them.
    pub max_connections: u64,
}

/// Checks the sums.
pub fn check(cluster: &Cluster<'_>, findings: &mut Findings) {
    let Some(sums) = sums(cluster) else {
        return findings.add_at(
            "no-pooler",
            "retire-pgbouncer",
            "its settings cannot be read",
        );
    };
    if sums.wanted_clients > sums.max_clients {
        let what = format!("{} of {}", sums.wanted_clients, sums.max_clients);
        findings.add_at("too-many-clients", "retire-pgbouncer", what);
    }
    if sums.wanted_connections > sums.max_connections {
        let what = format!("{} of {}", sums.wanted_connections, sums.max_connections);
        findings.add_at("too-many-connections", "retire-pgbouncer", what);
    }
}

/// Computes the sums; nothing if there is no pooler, or its settings lack one.
#[must_use]
pub fn sums(cluster: &Cluster<'_>) -> Option<Sums> {
    let config = cluster.find("ConfigMap", "retire", "retire-pgbouncer")?;
    let settings = settings(config.text("/data/pgbouncer.ini"));
    let number = |name: &str| settings.get(name)?.parse::<u64>().ok();
    let pooler = cluster.find("Deployment", "retire", "retire-pgbouncer")?;
    let pods = pooler.at("/spec/replicas").as_u64()? + 1;
    let functions = cluster.of("ScaledObject").filter(|object| {
        let target = object.text("/spec/scaleTargetRef/name");
        cluster
            .find("SpinApp", object.namespace(), target)
            .is_some()
    });
    let most = functions.map(|object| object.at("/spec/maxReplicaCount").as_u64().unwrap_or(100));
    let kept = cluster.settings.platform.database.kept_connections;
    Some(Sums {
        wanted_clients: most.sum::<u64>() * POOL_OF_A_POD,
        max_clients: number("max_client_conn")?,
        wanted_connections: (number("default_pool_size")? + number("reserve_pool_size")?)
            * LOGINS
            * pods,
        max_connections: max_connections(cluster).saturating_sub(kept),
    })
}

/// The lines `name = value` of the pooler's file.
fn settings(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with(';'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, value)| (name.trim(), value.trim()))
        .collect()
}

/// What the database here is told, or what somebody else's has.
fn max_connections(cluster: &Cluster<'_>) -> u64 {
    let operated = cluster.of("Cluster").next();
    let operated = operated.map(|o| o.text("/spec/postgresql/parameters/max_connections"));
    let is_ours = |object: &&Object| object.name() == "retire-postgres";
    let own = cluster.of("StatefulSet").find(is_ours).and_then(|object| {
        let containers = items(object.pod_template()?, "/spec/containers");
        let mut arguments = containers
            .iter()
            .flat_map(|container| items(container, "/args"));
        arguments.find_map(|argument| text(argument, "").strip_prefix("max_connections="))
    });
    let told = operated.or(own).and_then(|number| number.parse().ok());
    told.unwrap_or(cluster.settings.platform.database.max_connections)
}
