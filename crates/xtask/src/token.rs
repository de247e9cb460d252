//! `cargo xtask token`

use anyhow::Result;
use simulator::DevKeys;

use crate::workspace;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// member, operator, analyst or auditor; several in quotes.
    #[arg(long, default_value = "operator")]
    scope: String,
    /// Whom the token is for; the member's id for the scope member.
    #[arg(long, default_value = "operator")]
    subject: String,
    /// How many days it is valid.
    #[arg(long, default_value_t = 30)]
    days: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let keys = DevKeys::load_or_create(&workspace::state()?.join("keys.json"))?;
    println!(
        "{}",
        keys.token(&arguments.subject, &arguments.scope, arguments.days)?
    );
    Ok(())
}
