//! The roles of the cluster: an owner, and one per component or job that needs the
//! database.

use anyhow::{Context as _, Result};
use postgres::Client;

/// The roles of the components, with the time that a statement of theirs may take.
/// Nobody logs in as such a role: a login is a member of it ([`create_login`]).
pub const COMPONENT_ROLES: [(&str, &str); 4] = [
    ("retire_tontine_calc", "5s"),
    ("retire_credit_accrual", "120s"),
    ("retire_upvest_webhook", "10s"),
    ("retire_data_query", "5s"),
];

/// The roles of jobs that run apart from the application, with the same time.
pub const JOB_ROLES: [(&str, &str); 1] = [("retire_upvest_keys", "10s")];

/// Creates a login with the rights of one of these roles and limits of its own, or
/// gives an existing one a new password.
///
/// # Errors
/// Those of the database.
pub fn create_login(client: &mut Client, role: &str, login: &str, password: &str) -> Result<()> {
    let limit = COMPONENT_ROLES
        .iter()
        .chain(&JOB_ROLES)
        .find(|(name, _)| *name == role)
        .map(|(_, limit)| *limit)
        .with_context(|| format!("{role} is no role of a component or a job"))?;
    client
        .execute(
            "select set_config('retire.login', $1, false),
                set_config('retire.password', $2, false),
                set_config('retire.role', $3, false),
                set_config('retire.limit', $4, false)",
            &[&login, &password, &role, &limit],
        )
        .context("naming the login")?;
    // A role's name and password cannot be parameters of a statement.
    client
        .batch_execute(
            "do $$ declare
                 v_login text := current_setting('retire.login');
             begin
                 if not exists (select from pg_roles where rolname = v_login) then
                     execute format('create role %I', v_login);
                 end if;
                 execute format('alter role %I login password %L', v_login,
                     current_setting('retire.password'));
                 execute format('grant %I to %I', current_setting('retire.role'), v_login);
                 execute format('alter role %I set statement_timeout = %L', v_login,
                     current_setting('retire.limit'));
                 execute format('alter role %I set lock_timeout = %L', v_login, '5s');
                 execute format('alter role %I set idle_in_transaction_session_timeout = %L',
                     v_login, '10s');
                 -- Dates are part of what is hashed: one form, whatever the server's is.
                 execute format('alter role %I set datestyle = %L', v_login, 'ISO, YMD');
                 -- Statements of milliseconds would wait for the compiler.
                 execute format('alter role %I set jit = off', v_login);
             end $$;
             reset retire.password;",
        )
        .with_context(|| format!("creating the login {login}"))
}

/// Creates what is missing: roles, the schema of the tables, and their rights.
pub(crate) fn prepare(client: &mut Client) -> Result<()> {
    create_role(client, "retire_owner")?;
    for (role, _) in COMPONENT_ROLES.into_iter().chain(JOB_ROLES) {
        create_role(client, role)?;
    }
    client
        .batch_execute(
            "do $$ begin
                 execute format('grant create on database %I to retire_owner', current_database());
                 execute format('grant retire_owner to %I', current_user);
             end $$;
             create schema if not exists retire authorization retire_owner;
             alter default privileges for role retire_owner
                 revoke execute on functions from public;",
        )
        .context("preparing the owner")
}

/// Roles belong to the cluster: another database's migration may be creating the
/// same one right now.
fn create_role(client: &mut Client, role: &str) -> Result<()> {
    client
        .batch_execute(&format!(
            "do $$ begin
                 if not exists (select from pg_roles where rolname = '{role}') then
                     create role {role} nologin;
                 end if;
             exception when duplicate_object or unique_violation then null;
             end $$;"
        ))
        .with_context(|| format!("creating the role {role}"))
}
