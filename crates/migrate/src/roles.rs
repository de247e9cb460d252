//! The roles of the cluster: an owner, and one per component that needs the
//! database.

use anyhow::{Context as _, Result};
use postgres::Client;

/// The roles of the components, with the time that a statement of theirs may
/// take. An operator gives them a password and the right to log in, or grants
/// them to users.
pub const COMPONENT_ROLES: [(&str, &str); 3] = [
    ("retire_credit_accrual", "30s"),
    ("retire_upvest_webhook", "10s"),
    ("retire_data_query", "5s"),
];

/// Creates what is missing: roles, the schema of the tables, and their rights.
pub(crate) fn prepare(client: &mut Client) -> Result<()> {
    create_role(client, "retire_owner", "")?;
    for (role, statement_timeout) in COMPONENT_ROLES {
        create_role(
            client,
            role,
            &format!(
                "alter role {role} set statement_timeout = '{statement_timeout}';
                 alter role {role} set lock_timeout = '5s';
                 alter role {role} set idle_in_transaction_session_timeout = '10s';"
            ),
        )?;
    }
    client
        .batch_execute(
            "do $$ begin
                 execute format('grant create on database %I to retire_owner', current_database());
                 execute format('grant retire_owner to %I', current_user);
             end $$;
             create schema if not exists retire authorization retire_owner;",
        )
        .context("preparing the owner")
}

/// Roles belong to the cluster: another database's migration may be creating the
/// same one right now.
fn create_role(client: &mut Client, role: &str, settings: &str) -> Result<()> {
    client
        .batch_execute(&format!(
            "do $$ begin
                 if not exists (select from pg_roles where rolname = '{role}') then
                     create role {role} nologin;
                     {settings}
                 end if;
             exception when duplicate_object or unique_violation then null;
             end $$;"
        ))
        .with_context(|| format!("creating the role {role}"))
}
