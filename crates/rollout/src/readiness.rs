//! What must be true of a colour before it gets requests.

use serde::Deserialize;

use crate::colour::{Colour, FUNCTIONS, service};

/// What a ready colour is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The image of all its functions, with its digest.
    pub image: String,
    /// The functions at zero: their first request starts them.
    pub asleep: Vec<&'static str>,
}

/// Why a colour is not ready.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The lists cannot be read.
    #[error("what the cluster says cannot be read: {0}")]
    Unreadable(String),
    /// A function is not there.
    #[error("there is no Deployment {0}")]
    Missing(String),
    /// A function runs an image by a tag, which may be another one on each node.
    #[error("{0} runs {1}, which has no digest")]
    NoDigest(String, String),
    /// Two functions run different images.
    #[error("the functions run different images: {0} and {1}")]
    Images(String, String),
    /// Pods are missing, or of an older state.
    #[error("{name}: {available} of {wanted} pods are available in the newest state")]
    Pods {
        /// The Deployment.
        name: String,
        /// How many are.
        available: u32,
        /// How many should be.
        wanted: u32,
    },
    /// The schema of the release is not there.
    #[error("the Job {0} has not completed: the database may lack this release's schema")]
    Schema(String),
}

#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

#[derive(Deserialize)]
struct Deployment {
    metadata: Metadata,
    spec: DeploymentSpec,
    #[serde(default)]
    status: DeploymentStatus,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    #[serde(default)]
    generation: u64,
}

#[derive(Deserialize)]
struct DeploymentSpec {
    replicas: Option<u32>,
    template: Template,
}

#[derive(Deserialize)]
struct Template {
    spec: PodSpec,
}

#[derive(Deserialize)]
struct PodSpec {
    containers: Vec<Container>,
}

#[derive(Deserialize)]
struct Container {
    image: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DeploymentStatus {
    observed_generation: u64,
    updated_replicas: u32,
    available_replicas: u32,
}

#[derive(Deserialize)]
struct Job {
    metadata: Metadata,
    #[serde(default)]
    status: JobStatus,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct JobStatus {
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
}

/// Looks at a colour: all functions are there, of one image with a digest, with every pod
/// of the newest state available, and the migrations of the release have run. The two
/// lists are what `kubectl get … -o json` gives of Deployments and Jobs.
///
/// # Errors
/// The first of [`NotReady`].
pub fn require_ready(colour: Colour, deployments: &str, jobs: &str) -> Result<Ready, NotReady> {
    let unreadable = |e: serde_json::Error| NotReady::Unreadable(e.to_string());
    let deployments: List<Deployment> = serde_json::from_str(deployments).map_err(unreadable)?;
    let jobs: List<Job> = serde_json::from_str(jobs).map_err(unreadable)?;
    let mut image: Option<&str> = None;
    let mut asleep = Vec::new();
    for (function, _) in FUNCTIONS {
        let name = service(colour, function);
        let found = deployments.items.iter().find(|d| d.metadata.name == name);
        let deployment = found.ok_or_else(|| NotReady::Missing(name.clone()))?;
        for container in &deployment.spec.template.spec.containers {
            let own = container.image.as_str();
            if !own.contains("@sha256:") {
                return Err(NotReady::NoDigest(name, own.to_owned()));
            }
            match image {
                Some(image) if image != own => {
                    return Err(NotReady::Images(image.to_owned(), own.to_owned()));
                }
                _ => image = Some(own),
            }
        }
        // A number that is not there is 1 (apps/v1, DeploymentSpec).
        let wanted = deployment.spec.replicas.unwrap_or(1);
        let status = &deployment.status;
        let is_newest = status.observed_generation >= deployment.metadata.generation;
        let available = status.available_replicas.min(status.updated_replicas);
        if !is_newest || available < wanted {
            return Err(NotReady::Pods {
                name,
                available: if is_newest { available } else { 0 },
                wanted,
            });
        }
        if wanted == 0 {
            asleep.push(function);
        }
    }
    let name = format!("retire-{colour}-migrate");
    let completed = |job: &Job| {
        let conditions = &mut job.status.conditions.iter();
        job.metadata.name == name && conditions.any(|c| c.kind == "Complete" && c.status == "True")
    };
    if !jobs.items.iter().any(completed) {
        return Err(NotReady::Schema(name));
    }
    let image = image.unwrap_or_default().to_owned();
    Ok(Ready { image, asleep })
}
