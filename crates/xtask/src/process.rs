//! Other programs.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// Runs a program to its end and fails if it fails.
pub(crate) fn execute(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    ensure!(status.success(), "{} failed: {status}", name(command));
    Ok(())
}

/// Runs a program to its end.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command
        .status()
        .with_context(|| format!("starting {}", name(command)))
}

/// What a program prints, or why it failed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("starting {}", name(command)))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", name(command), stderr.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program quietly and fails, with what it said, if it fails or takes longer.
pub(crate) fn execute_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .with_context(|| format!("starting {}", name(command)))?;
    let deadline = Instant::now() + limit;
    loop {
        if child.try_wait()?.is_some() {
            let output = child.wait_with_output()?;
            let stderr = String::from_utf8_lossy(&output.stderr);
            ensure!(
                output.status.success(),
                "{} failed: {}",
                name(command),
                stderr.trim()
            );
            return Ok(());
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!("{} took longer than {limit:?}", name(command));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The path of a program in PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Whether this process is the superuser's.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|uid| uid == "0")
}

/// A command as the superuser: as it is, or through sudo if that asks for nothing.
pub(crate) fn as_root(program: &str) -> Result<Command> {
    if is_root() {
        return Ok(Command::new(program));
    }
    ensure!(
        find("sudo").is_some()
            && execute_within(
                Command::new("sudo").args(["-n", "true"]),
                Duration::from_secs(5)
            )
            .is_ok(),
        "installing packages needs root: run `sudo {program} …` or install them by hand"
    );
    let mut command = Command::new("sudo");
    command.arg("-n").arg(program);
    Ok(command)
}

/// A program in the background that is stopped when this goes away.
pub(crate) struct Background {
    child: Child,
    name: String,
}

impl Background {
    /// Starts a program in a process group of its own, so that the terminal's
    /// Ctrl-C reaches this process alone; its output goes to a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let file = std::fs::File::create(log).with_context(|| log.display().to_string())?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", name(command)))?;
        Ok(Self {
            child,
            name: name(command),
        })
    }

    /// Fails if the program has ended.
    pub(crate) fn ensure_running(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("{} ended: {status}", self.name),
            None => Ok(()),
        }
    }

    /// Asks the program to end, and waits for it.
    pub(crate) fn stop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return;
        }
        let pid = self.child.id().to_string();
        let asked = output(Command::new("kill").args(["-TERM", &pid]));
        if asked.is_err() {
            // It cannot be asked, so it is ended; an error means that it is gone.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop();
    }
}
