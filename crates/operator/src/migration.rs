//! Migrates the database of `DATABASE_URL`.

use anyhow::{Context as _, Result};
use postgres::{Client, Config};

use crate::connect;

/// What to do beside that.
#[derive(clap::Args)]
pub struct Arguments {
    /// Remove the API schemas of other builds: the end of a rollout.
    #[arg(long)]
    drop_others: bool,
    /// Give every component the login that its address in SPIN_VARIABLE_…_DATABASE_URL
    /// names, with the rights of its role.
    #[arg(long)]
    logins: bool,
}

/// Migrates, and says what was done.
///
/// # Errors
/// Those of [`migrate::migrate`].
pub fn run(arguments: &Arguments) -> Result<()> {
    let url = std::env::var("DATABASE_URL").context("set DATABASE_URL")?;
    let mut client = connect(&url)?;
    let report = migrate::migrate(&mut client)?;
    for name in &report.applied {
        println!("applied {name}");
    }
    if report.api_installed {
        println!("installed {}", migrate::API_SCHEMA);
    }
    if arguments.logins {
        create_logins(&mut client)?;
    }
    if arguments.drop_others {
        for name in migrate::drop_other_apis(&mut client)? {
            println!("dropped {name}");
        }
    }
    println!("the database is ready for {}", migrate::API_SCHEMA);
    Ok(())
}

fn create_logins(client: &mut Client) -> Result<()> {
    for (role, _) in migrate::COMPONENT_ROLES {
        let component = role.trim_start_matches("retire_").to_uppercase();
        let name = format!("SPIN_VARIABLE_{component}_DATABASE_URL");
        let url = std::env::var(&name).with_context(|| format!("set {name}"))?;
        // An error of the parser would show the password.
        let config = url.parse::<Config>().ok();
        let named = config.as_ref().and_then(|config| {
            let password = std::str::from_utf8(config.get_password()?).ok()?;
            Some((config.get_user()?, password))
        });
        let (login, password) = named.with_context(|| format!("{name} names no login"))?;
        migrate::create_login(client, role, login, password)?;
        println!("{login} has the rights of {role}");
    }
    Ok(())
}
