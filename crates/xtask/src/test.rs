//! `cargo xtask test`

use anyhow::Result;

use crate::cluster::Durability;
use crate::database::Server;
use crate::process::execute;
use crate::{setup, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Passed on to `cargo test`, such as a part of a test's name.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::openssl()?;
    setup::haproxy()?;
    let programs = setup::deploy_programs()?;
    setup::components_and_guests()?;
    let server = Server::start("test", Durability::Volatile, false)?;
    let mut cargo = workspace::cargo();
    cargo
        .args(["test", "--workspace", "--locked", "--all-features"])
        .args(&arguments.cargo)
        .envs(programs)
        .env("DATABASE_URL", &server.admin_url);
    execute(&mut cargo)
}
