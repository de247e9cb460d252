//! A PostgreSQL of one's own, with an archive, and the application on it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use host::{Log, Options, Running};
use postgres::{Client, NoTls};
use simulator::{AUDIENCE, Client as Http, ISSUER};

use crate::harness::{Database, KEYS, limits, runtime, workspace};

/// The password of the components' logins: the server listens on this machine only.
const PASSWORD: &str = "only-for-tests";

/// A server below a folder of its own; both go with this value.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    is_running: bool,
}

impl Server {
    /// Makes a cluster with an archive, starts it and migrates its database.
    pub fn create() -> Self {
        let (programs, owner) = installed();
        let name = format!("retire-backup-{}", uuid::Uuid::new_v4());
        // Not below a folder that the server's user may not enter.
        let folder = Path::new("/var/tmp").join(name);
        let scripts = folder.join("scripts");
        for folder in [
            &folder,
            &folder.join("archive"),
            &folder.join("backups"),
            &scripts,
        ] {
            std::fs::create_dir(folder).expect("a folder");
        }
        for script in ["archive.sh", "base-backup.sh", "restore.sh", "prune.sh"] {
            let from = workspace().join("deploy/backup").join(script);
            std::fs::copy(from, scripts.join(script)).expect("a script");
        }
        if let Some((uid, gid)) = owner {
            for path in [
                folder.clone(),
                folder.join("archive"),
                folder.join("backups"),
            ] {
                chown(path, Some(uid), Some(gid)).expect("its owner");
            }
        }
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("open");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        let mut server = Self {
            folder,
            programs,
            owner,
            port,
            is_running: false,
        };
        let mut initdb = server.program("initdb");
        initdb.args([
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
        ]);
        initdb.args(["--locale=C", "--pgdata"]).arg(server.data());
        done(&mut initdb);
        server.configure();
        server.start();
        let mut admin = server.connect("postgres");
        admin
            .batch_execute("create database retire")
            .expect("created");
        let mut admin = server.connect("retire");
        migrate::migrate(&mut admin).expect("migrated");
        for (role, _) in migrate::COMPONENT_ROLES {
            let login = format!("{role}_backup");
            migrate::create_login(&mut admin, role, &login, PASSWORD).expect("a login");
        }
        server
    }

    fn configure(&self) {
        let archive = self.archive();
        let script = self.folder.join("scripts/archive.sh");
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = ''\n\
             fsync = off\narchive_mode = on\narchive_timeout = 60\n\
             archive_command = 'RETIRE_ARCHIVE={} sh {} %p %f'\n",
            self.port,
            archive.display(),
            script.display(),
        );
        let file = self.data().join("postgresql.auto.conf");
        std::fs::write(file, settings).expect("written");
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub fn archive(&self) -> PathBuf {
        self.folder.join("archive")
    }

    /// A program of PostgreSQL, as the server's user.
    fn program(&self, name: &str) -> Command {
        self.command(self.programs.join(name).as_os_str())
    }

    /// A script of `deploy/backup`, with what it needs in the environment.
    pub fn script(&self, name: &str) -> Command {
        let mut command = self.command("sh".as_ref());
        command.arg(self.folder.join("scripts").join(name));
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:{path}", self.programs.display()))
            .env("RETIRE_ARCHIVE", self.archive())
            .env("RETIRE_BACKUPS", self.folder.join("backups"))
            .env("PGDATA", self.data())
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.port.to_string())
            .env("PGUSER", "postgres");
        command
    }

    fn command(&self, program: &std::ffi::OsStr) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env("LC_ALL", "C");
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn start(&mut self) {
        let log = self.folder.join("data/log");
        let mut start = self.program("pg_ctl");
        start
            .args(["start", "-w", "-t", "120", "-D"])
            .arg(self.data());
        // Its children keep what it writes to: a pipe of ours would never end.
        done(start.arg("-l").arg(log).stdout(std::process::Stdio::null()));
        self.is_running = true;
    }

    /// Makes a folder of the server's user.
    pub fn create_folder(&self, path: &Path) {
        std::fs::create_dir(path).expect("a folder");
        if let Some((uid, gid)) = self.owner {
            chown(path, Some(uid), Some(gid)).expect("its owner");
        }
    }

    fn connect(&self, database: &str) -> Client {
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        Client::connect(&url, NoTls).expect("connected")
    }

    pub fn base_backup(&self) {
        done(&mut self.script("base-backup.sh"));
    }

    /// The server's time, after all that was committed.
    pub fn now(&self) -> String {
        let mut admin = self.connect("retire");
        let row = admin.query_one("select clock_timestamp()::text", &[]);
        row.expect("a time").get(0)
    }

    /// Closes the present WAL file and waits until the archive has it.
    pub fn archive_all(&self) {
        let mut admin = self.connect("retire");
        let row = admin.query_one("select pg_walfile_name(pg_switch_wal())", &[]);
        let name: String = row.expect("a file").get(0);
        while !self.archive().join(&name).is_file() {
            std::thread::yield_now();
        }
    }

    /// No shutdown, and nothing of the data is left.
    pub fn crash_and_lose_the_disk(&mut self) {
        self.stop("immediate");
        std::fs::remove_dir_all(self.data()).expect("removed");
    }

    fn stop(&mut self, mode: &str) {
        let mut stop = self.program("pg_ctl");
        done(stop.args(["stop", "-w", "-m", mode, "-D"]).arg(self.data()));
        self.is_running = false;
    }

    /// Restores to a time, or as far as the archive goes, and starts.
    pub fn restore(&mut self, target: &str) {
        done(self.script("restore.sh").arg(target));
        self.start();
        let mut admin = self.connect("retire");
        let mut is_in_recovery = || -> bool {
            let row = admin.query_one("select pg_is_in_recovery()", &[]);
            row.expect("an answer").get(0)
        };
        while is_in_recovery() {
            std::thread::yield_now();
        }
    }

    /// The application on this server.
    pub fn application(&self) -> Application {
        let host = format!("127.0.0.1:{}", self.port);
        let mut variables = BTreeMap::from([
            ("database_host".to_owned(), host.clone()),
            ("auth_jwks".to_owned(), KEYS.token_jwks().expect("keys")),
            ("auth_issuer".to_owned(), ISSUER.to_owned()),
            ("auth_audience".to_owned(), AUDIENCE.to_owned()),
            ("engine_sha256".to_owned(), "e".repeat(64)),
        ]);
        for (role, _) in migrate::COMPONENT_ROLES {
            let component = role.trim_start_matches("retire_");
            let url = format!("postgres://{role}_backup:{PASSWORD}@{host}/retire?sslmode=disable");
            variables.insert(format!("{component}_database_url"), url);
        }
        let options = Options {
            manifest: workspace().join("spin.toml"),
            variables,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits: limits(),
            log: Log::none(),
        };
        let running = runtime().block_on(host::start(options));
        Application(running.expect("the application starts"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.is_running {
            let mut stop = self.program("pg_ctl");
            stop.args(["stop", "-w", "-m", "immediate", "-D"])
                .arg(self.data());
            // It may be gone already.
            let _ = stop.output();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running application.
pub struct Application(Running);

impl Application {
    pub fn client(&self) -> Http {
        Http::new(&format!("http://{}", self.0.address), &KEYS).expect("keys")
    }

    pub fn stop(self) {
        runtime().block_on(self.0.stop());
    }
}

/// The programs of the server that the tests use, and the user to whom its files belong,
/// where this process is root: PostgreSQL does not run as root.
fn installed() -> (PathBuf, Option<(u32, u32)>) {
    let database = Database::create();
    let folder: String = database
        .admin()
        .query_one("show data_directory", &[])
        .expect("a folder")
        .get(0);
    let process = std::fs::read_to_string(format!("{folder}/postmaster.pid"));
    let process = process.expect("the server of DATABASE_URL is on this machine");
    let process = process.lines().next().expect("its id").to_owned();
    let program = std::fs::read_link(format!("/proc/{process}/exe")).expect("its program");
    let owner = std::fs::metadata(&folder).expect("a folder");
    let is_root = std::fs::metadata("/proc/self").expect("this process").uid() == 0;
    let programs = program.parent().expect("a folder").to_path_buf();
    (programs, is_root.then(|| (owner.uid(), owner.gid())))
}

fn done(command: &mut Command) {
    let output = command.output().expect("it runs");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
