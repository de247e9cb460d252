//! `cargo xtask deploy`

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Subcommand;
use deploy_check::chart;

use crate::process::execute;
use crate::{setup, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Render every overlay and the chart, and check all that is in them
    Check {
        /// The folder with the definitions of custom kinds; RETIRE_CRDS names it too
        #[arg(long)]
        definitions: Option<PathBuf>,
    },
    /// Write the templates of the Helm chart from the overlay `chart`
    Chart {
        /// Fail if they are not what they would be
        #[arg(long)]
        check: bool,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let programs = setup::deploy_programs()?;
    match &arguments.action {
        Action::Check { definitions } => {
            let mut cargo = workspace::cargo();
            cargo
                .args(["test", "--locked", "--package", "deploy-check"])
                .envs(programs);
            if let Some(folder) = definitions {
                cargo.env("RETIRE_CRDS", folder);
            }
            execute(&mut cargo)
        }
        Action::Chart { check } => {
            let templates = chart::templates(&workspace::root())?;
            let folder = workspace::root().join(chart::CHART).join("templates");
            if *check {
                ensure!(
                    chart::written(&workspace::root())? == templates,
                    "the chart is not what its overlay gives: `cargo xtask deploy chart` writes it"
                );
                return Ok(());
            }
            if folder.is_dir() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir_all(&folder)?;
            for (file, text) in templates {
                std::fs::write(folder.join(&file), text).with_context(|| file.clone())?;
            }
            println!("{} is written", folder.display());
            Ok(())
        }
    }
}
