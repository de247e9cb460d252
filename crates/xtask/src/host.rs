//! The host that runs the application: Spin's own, or the local one.

use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;

use crate::process::{Background, execute, find, output};
use crate::workspace;

/// The oldest Spin that offers what the components import.
const OLDEST_SPIN: (u32, u32) = (3, 6);
/// How long the application may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(120);

/// Which host to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HostChoice {
    /// Spin if a recent one is installed, the local host otherwise
    Auto,
    /// The local host
    Local,
    /// Spin
    Spin,
}

/// Which host is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Local,
    Spin,
}

impl HostChoice {
    /// Decides, and builds the local host where it is needed.
    pub(crate) fn resolve(self) -> Result<Host> {
        let spin = spin_version();
        let recent = spin.is_some_and(|version| version >= OLDEST_SPIN);
        match self {
            Self::Spin => {
                ensure!(recent, "there is no Spin 3.6 or newer: found {spin:?}");
                Ok(Host::Spin)
            }
            Self::Auto if recent => Ok(Host::Spin),
            Self::Auto | Self::Local => {
                build_local()?;
                Ok(Host::Local)
            }
        }
    }
}

/// The version of the Spin in PATH.
fn spin_version() -> Option<(u32, u32)> {
    find("spin")?;
    parse_version(&output(Command::new("spin").arg("--version")).ok()?)
}

/// "spin 3.6.3 (1b2c3d4 2026-05-01)"
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("spin ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn build_local() -> Result<()> {
    println!("Building the local host");
    execute(workspace::cargo().args(["build", "--quiet", "--locked", "--package", "host"]))
}

impl Host {
    /// Starts the application on a port and waits until it answers.
    pub(crate) fn start(
        self,
        port: u16,
        variables: &[(String, String)],
        log: &Path,
    ) -> Result<Background> {
        let listen = format!("127.0.0.1:{port}");
        let mut command = match self {
            Self::Local => {
                let mut command = Command::new(workspace::target().join("debug/retire-host"));
                command.args(["--from", "spin.toml", "--listen", &listen]);
                command
            }
            Self::Spin => {
                let mut command = Command::new("spin");
                command.args(["up", "--from", "spin.toml", "--listen", &listen, "--quiet"]);
                command
            }
        };
        command.current_dir(workspace::root());
        for (name, value) in variables {
            command.env(format!("SPIN_VARIABLE_{}", name.to_uppercase()), value);
        }
        let mut background = Background::start(&mut command, log)?;
        wait_until_ready(port, &mut background)
            .with_context(|| format!("starting the application; see {}", log.display()))?;
        Ok(background)
    }
}

fn wait_until_ready(port: u16, background: &mut Background) -> Result<()> {
    let deadline = Instant::now() + START_LIMIT;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        background.ensure_running()?;
        if Instant::now() > deadline {
            bail!("no answer after {START_LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_spin() {
        assert_eq!(
            parse_version("spin 3.6.3 (1b2c3d4 2026-05-01)"),
            Some((3, 6))
        );
        assert_eq!(parse_version("spin 4.1.0-pre0"), Some((4, 1)));
        assert_eq!(parse_version("spin: not that one"), None);
        assert!(Some((3, 5)) < Some(OLDEST_SPIN) && Some((4, 0)) > Some(OLDEST_SPIN));
    }
}
