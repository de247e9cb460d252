//! The application in a process of its own, which can be killed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use host::{Log, Options};

use super::app::variables;
use super::{Database, limits, runtime, workspace};

/// Where the child finds the values of its variables.
const VARIABLES: &str = "RETIRE_KILL_HOST";
/// Where it finds its manifest.
const MANIFEST: &str = "RETIRE_KILL_HOST_MANIFEST";
/// What the child says before its address.
const SERVING: &str = "RETIRE_KILL_HOST serves ";

/// A host that is a child of the test: this very program, which runs one test that
/// serves instead of testing.
pub struct HostProcess {
    child: Child,
    pub address: SocketAddr,
}

impl HostProcess {
    /// Starts the shipped components on a database. `test` is the name of the test that
    /// calls [`serve_if_asked`].
    pub fn start(database: &Database, test: &str) -> Self {
        Self::start_manifest(&workspace().join("spin.toml"), database, test)
    }

    /// Starts the components of any manifest.
    pub fn start_manifest(manifest: &Path, database: &Database, test: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let variables =
            serde_json::to_string(&variables(database, &database.address)).expect("JSON");
        let mut child = Command::new(program)
            .args(["--exact", test, "--test-threads=1"])
            .env(VARIABLES, variables)
            .env(MANIFEST, manifest)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the child starts");
        let said = BufReader::new(child.stdout.take().expect("its output"));
        let address = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once(SERVING)?.1.parse().expect("an address")))
            .expect("the child serves");
        Self { child, address }
    }

    /// Ends it at once, whatever it is doing (SIGKILL).
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("it was ours");
    }
}

impl Drop for HostProcess {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the child: serves until it is killed, or until its parent is gone.
pub fn serve_if_asked() {
    let Ok(variables) = std::env::var(VARIABLES) else {
        return;
    };
    let running = runtime().block_on(host::start(Options {
        manifest: std::env::var_os(MANIFEST).expect("a manifest").into(),
        variables: serde_json::from_str(&variables).expect("variables"),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        limits: limits(),
        log: Log::none(),
    }));
    let running = running.expect("the application starts");
    // Past the capture of output by the test's runner.
    let mut out = std::io::stdout();
    writeln!(out, "{SERVING}{}", running.address).expect("the parent listens");
    out.flush().expect("the parent listens");
    // The parent says nothing: this ends when the parent does.
    let _ = std::io::stdin().read(&mut [0]);
}
