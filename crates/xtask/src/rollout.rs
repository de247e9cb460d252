//! `cargo xtask rollout`

use std::process::Command;

use ::rollout::{Colour, Route, Split, require_ready, switch};
use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;

use crate::process::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    step: Step,
    /// The namespace of the application
    #[arg(long, default_value = "retire", global = true)]
    namespace: String,
    /// The program that asks the cluster
    #[arg(long, default_value = "kubectl", global = true)]
    kubectl: String,
}

#[derive(Subcommand)]
enum Step {
    /// Say which colour answers and whether the other is ready, and print the patch
    Plan {
        /// Requests of a hundred that the other colour would get; all if it is left out
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..100))]
        canary: Option<u8>,
    },
    /// Let the other colour answer, if it is ready
    Switch {
        /// Requests of a hundred for the other colour, instead of all
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..100))]
        canary: Option<u8>,
    },
    /// Let a colour answer that answered before: the end of a canary, or the way back
    Back {
        /// Which one
        #[arg(value_parser = colour)]
        to: Colour,
        /// Do not ask whether it is ready: when the other one is worse
        #[arg(long)]
        unchecked: bool,
    },
}

fn colour(text: &str) -> Result<Colour, String> {
    text.parse()
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let cluster = Cluster {
        kubectl: &arguments.kubectl,
        namespace: &arguments.namespace,
    };
    let route = Route::read(&cluster.get("httproute", Some("retire"))?)?;
    let now = route.split();
    match &now {
        Ok(split) => println!("now      {split}"),
        Err(mixed) => println!("now      {mixed}"),
    }
    let (wanted, is_checked, is_applied) = match arguments.step {
        Step::Plan { canary } => (next(now?, canary), true, false),
        Step::Switch { canary } => (next(now?, canary), true, true),
        Step::Back { to, unchecked } => (Split::all(to), !unchecked, true),
    };
    if is_checked {
        let deployments = cluster.get("deployments", None)?;
        let jobs = cluster.get("jobs", None)?;
        for colour in [Colour::Blue, Colour::Green] {
            if !wanted.has(colour) {
                continue;
            }
            let ready = require_ready(colour, &deployments, &jobs);
            let ready = ready.with_context(|| format!("{colour} is not ready"))?;
            println!("ready    {colour}: {}", ready.image);
            if !ready.asleep.is_empty() {
                println!("asleep   {colour}: {}", ready.asleep.join(", "));
            }
        }
    }
    let patch = serde_json::to_string(&switch(&route, wanted)?)?;
    if !is_applied {
        println!("then     {wanted}");
        println!("patch    {patch}");
        return Ok(());
    }
    cluster.patch(&patch)?;
    let after = Route::read(&cluster.get("httproute", Some("retire"))?)?.split()?;
    ensure!(
        after == wanted,
        "the route is {after} instead of {wanted}: somebody else changes it, such as GitOps"
    );
    println!("switched {after}");
    println!(
        "in Git   data.colour of the ConfigMap retire-active is to be {}, or GitOps undoes this",
        after.colour
    );
    Ok(())
}

/// The other colour, or a part of its requests.
fn next(now: Split, canary: Option<u8>) -> Split {
    match canary {
        None => Split::all(now.colour.other()),
        Some(canary_percent) => Split {
            colour: now.colour,
            canary_percent,
        },
    }
}

struct Cluster<'a> {
    kubectl: &'a str,
    namespace: &'a str,
}

impl Cluster<'_> {
    fn command(&self) -> Command {
        let mut command = Command::new(self.kubectl);
        command.args(["--namespace", self.namespace]);
        command
    }

    fn get(&self, kind: &str, name: Option<&str>) -> Result<String> {
        let mut command = self.command();
        command.args(["get", kind]).args(name);
        output(command.args(["--output", "json"]))
    }

    fn patch(&self, patch: &str) -> Result<String> {
        let mut command = self.command();
        command.args(["patch", "httproute", "retire", "--type", "json"]);
        output(command.args(["--patch", patch]))
    }
}

#[cfg(test)]
mod tests;
