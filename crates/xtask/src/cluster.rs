//! A private PostgreSQL below `target`, on a loopback port.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::process::{execute_within, is_root, output};
use crate::{setup, workspace};

/// The superuser of a private cluster.
const ADMIN: &str = "retire_admin";
/// How long a start, a stop or the creation of a cluster may take.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(120);

/// Whether a cluster outlives a crash of the machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// As a production database.
    Durable,
    /// For tests: nothing waits for the disk.
    Volatile,
}

/// What is remembered of a cluster.
#[derive(Serialize, Deserialize)]
struct Memory {
    port: u16,
    password: String,
}

/// A running cluster; it stops when this goes away.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<User>,
    memory: Memory,
}

/// PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Starts the cluster `name`, which is made if it is not there; one that an
    /// earlier command left running is taken over.
    pub(crate) fn start(name: &str, durability: Durability, fresh: bool) -> Result<Self> {
        let programs = setup::postgres_binaries()?;
        let user = if is_root() {
            Some(User::unprivileged()?)
        } else {
            None
        };
        let folder = folder(name, user)?;
        if fresh && folder.exists() {
            // A server that runs there is stopped; an error means that none does.
            let _ = pg_ctl(&programs, &folder, user, &["stop", "-m", "immediate"]);
            std::fs::remove_dir_all(&folder).with_context(|| folder.display().to_string())?;
        }
        let file = folder.join("cluster.json");
        let memory = match std::fs::read(&file) {
            Ok(json) => serde_json::from_slice(&json)?,
            Err(_) => create(&programs, &folder, user)?,
        };
        let mut cluster = Self {
            programs,
            folder,
            user,
            memory,
        };
        if !cluster.is_running() {
            cluster.run(durability)?;
        }
        Ok(cluster)
    }

    /// The address of its superuser.
    pub(crate) fn admin_url(&self, database: &str) -> String {
        let Memory { port, password } = &self.memory;
        format!("postgres://{ADMIN}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    fn is_running(&self) -> bool {
        pg_ctl(&self.programs, &self.folder, self.user, &["status"]).is_ok()
    }

    fn run(&mut self, durability: Durability) -> Result<()> {
        if TcpListener::bind((Ipv4Addr::LOCALHOST, self.memory.port)).is_err() {
            self.memory.port = free_port()?;
            remember(&self.folder, &self.memory)?;
        }
        let mut options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300",
            self.memory.port
        );
        if durability == Durability::Volatile {
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off";
        }
        let log = self.folder.join("server.log");
        let log = log.display().to_string();
        let arguments = ["start", "-w", "-t", "60", "-l", &log, "-o", &options];
        pg_ctl(&self.programs, &self.folder, self.user, &arguments)
            .with_context(|| format!("starting PostgreSQL; see {log}"))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = pg_ctl(
            &self.programs,
            &self.folder,
            self.user,
            &["stop", "-m", "fast"],
        ) {
            println!("PostgreSQL did not stop: {error:#}");
        }
    }
}

impl User {
    fn unprivileged() -> Result<Self> {
        let id = |flag: &str| {
            ["postgres", "nobody"]
                .iter()
                .find_map(|name| output(Command::new("id").args([flag, name])).ok())
                .and_then(|number| number.parse().ok())
                .context("there is no unprivileged user `postgres` or `nobody`")
        };
        Ok(Self {
            uid: id("-u")?,
            gid: id("-g")?,
        })
    }
}

/// Below `target`, or below /var/tmp where the server's user cannot reach that.
fn folder(name: &str, user: Option<User>) -> Result<PathBuf> {
    let state = workspace::state()?;
    let wanted = state.join(format!("postgres-{name}"));
    if user.is_none() || others_may_reach(&state)? {
        return Ok(wanted);
    }
    let digest = Sha256::digest(wanted.to_string_lossy().as_bytes());
    let short: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    let elsewhere = Path::new("/var/tmp").join(format!("retire-{name}-{short}"));
    println!("PostgreSQL's files are in {}", elsewhere.display());
    Ok(elsewhere)
}

/// Whether every folder on the way is open, behind symbolic links too: `target` may
/// be one, into a cache below a home that is its owner's alone.
fn others_may_reach(folder: &Path) -> Result<bool> {
    let real = folder
        .canonicalize()
        .with_context(|| folder.display().to_string())?;
    let open = |folder: &Path| folder.metadata().is_ok_and(|m| m.mode() & 0o001 != 0);
    Ok(real.ancestors().all(open))
}

fn create(programs: &Path, folder: &Path, user: Option<User>) -> Result<Memory> {
    println!("Creating a database cluster in {}", folder.display());
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    if let Some(user) = user {
        chown(folder, Some(user.uid), Some(user.gid))?;
    }
    let memory = Memory {
        port: free_port()?,
        password: random_password()?,
    };
    let password_file = folder.join("password");
    std::fs::write(&password_file, &memory.password)?;
    if let Some(user) = user {
        chown(&password_file, Some(user.uid), Some(user.gid))?;
    }
    let mut initdb = command(&programs.join("initdb"), folder, user);
    initdb
        .arg("--pgdata")
        .arg(folder.join("data"))
        .arg("--pwfile")
        .arg(&password_file)
        .args(["--username", ADMIN, "--auth", "scram-sha-256"])
        .args(["--encoding", "UTF8", "--locale", "C"]);
    execute_within(&mut initdb, LIMIT)?;
    std::fs::remove_file(&password_file)?;
    remember(folder, &memory)?;
    Ok(memory)
}

fn remember(folder: &Path, memory: &Memory) -> Result<()> {
    let file = folder.join("cluster.json");
    std::fs::write(&file, serde_json::to_vec(memory)?)?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

fn pg_ctl(programs: &Path, folder: &Path, user: Option<User>, arguments: &[&str]) -> Result<()> {
    let mut pg_ctl = command(&programs.join("pg_ctl"), folder, user);
    pg_ctl
        .arg("--pgdata")
        .arg(folder.join("data"))
        .args(arguments);
    execute_within(&mut pg_ctl, LIMIT)
}

fn command(program: &Path, folder: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// 128 random bits in hex.
pub(crate) fn random_password() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_into_a_closed_folder_is_out_of_reach() -> Result<()> {
        let scratch = tempfile::tempdir()?;
        let closed = scratch.path().join("home");
        let cache = closed.join("cache");
        std::fs::create_dir_all(&cache)?;
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700))?;
        let link = scratch.path().join("target");
        std::os::unix::fs::symlink(&cache, &link)?;

        assert!(others_may_reach(Path::new("/"))?);
        assert!(!others_may_reach(&link)?);
        Ok(())
    }
}
