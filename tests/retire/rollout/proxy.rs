//! HAProxy, as the gateway of a cluster would be.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::harness::workspace;

/// The functions with the prefixes of their paths.
const FUNCTIONS: [(&str, &str); 4] = [
    ("tontine-calc", "/v1/tontine"),
    ("credit-accrual", "/v1/pools"),
    ("upvest-webhook", "/v1/webhooks"),
    ("data-query", "/v1/data"),
];

/// Which of the two releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    This,
    Next,
}

impl Side {
    pub const fn other(self) -> Self {
        match self {
            Self::This => Self::Next,
            Self::Next => Self::This,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Next => "next",
        }
    }
}

/// A running proxy; it ends with this value.
pub struct HaProxy {
    pub address: SocketAddr,
    child: Child,
    folder: PathBuf,
}

impl HaProxy {
    /// Starts it in front of both sides; the first one answers.
    pub fn start(sides: [SocketAddr; 2]) -> Self {
        let name = format!("retire-proxy-{}", uuid::Uuid::new_v4());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).expect("a folder");
        let address = free_address();
        std::fs::write(folder.join("colours"), "active this\n").expect("written");
        let configuration = folder.join("haproxy.cfg");
        std::fs::write(&configuration, configured(&folder, address, sides)).expect("written");
        let (program, libraries) = program();
        let mut command = Command::new(program);
        if let Some(libraries) = libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        let child = command
            .args(["-db", "-q", "-f"])
            .arg(&configuration)
            .stdout(Stdio::null())
            .spawn()
            .expect("haproxy starts");
        let mut proxy = Self {
            address,
            child,
            folder,
        };
        while TcpStream::connect(address).is_err() {
            let ended = proxy.child.try_wait().expect("it is ours");
            assert!(ended.is_none(), "haproxy ended: {ended:?}");
            std::thread::yield_now();
        }
        proxy
    }

    /// Changes the one entry that all routes look up.
    pub fn switch(&self, to: Side) {
        let map = self.folder.join("colours");
        self.tell(&format!("set map {} active {}", map.display(), to.name()));
    }

    /// A side has another address from here on.
    pub fn moved(&self, side: Side, to: SocketAddr) {
        for (function, _) in FUNCTIONS {
            for backend in [Side::This, Side::Next] {
                let server = format!("{function}-{}/{}", backend.name(), side.name());
                let (ip, port) = (to.ip(), to.port());
                self.tell(&format!("set server {server} addr {ip} port {port}"));
            }
        }
    }

    fn tell(&self, what: &str) {
        let mut socket = UnixStream::connect(self.folder.join("admin")).expect("it listens");
        writeln!(socket, "{what}").expect("told");
        let mut said = String::new();
        socket.read_to_string(&mut said).expect("an answer");
        let is_silent = said.trim().is_empty();
        assert!(
            is_silent || said.contains("changed from") || said.contains("no need"),
            "{what}: {said}"
        );
    }
}

impl Drop for HaProxy {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A backend for each function of each side. What has not been answered at all is sent
/// again: every command has a key, every event an id, and the rest only reads. A side
/// that is gone is replaced by the other.
fn configured(folder: &Path, address: SocketAddr, sides: [SocketAddr; 2]) -> String {
    let folder = folder.display();
    let mut text = format!(
        "global\n\
         \x20 stats socket {folder}/admin mode 600 level admin\n\
         \x20 maxconn 2000\n\
         defaults\n\
         \x20 mode http\n\
         \x20 timeout connect 2s\n\
         \x20 timeout client 150s\n\
         \x20 timeout server 150s\n\
         \x20 retries 3\n\
         \x20 option redispatch 1\n\
         \x20 retry-on conn-failure empty-response\n\
         \x20 default-server check inter 100ms fall 1 rise 1 observe layer4 error-limit 1 \
         on-error mark-down\n\
         frontend retire\n\
         \x20 bind {address}\n\
         \x20 http-request set-var(txn.side) str(active),map({folder}/colours)\n"
    );
    for (function, prefix) in FUNCTIONS {
        // A `String` takes all.
        let _ = writeln!(
            text,
            "  use_backend {function}-%[var(txn.side)] if {{ path_beg {prefix} }}"
        );
    }
    for (function, _) in FUNCTIONS {
        for side in [Side::This, Side::Next] {
            let other = side.other();
            let _ = writeln!(
                text,
                "backend {function}-{}\n  server {} {}\n  server {} {} backup",
                side.name(),
                side.name(),
                sides[side as usize],
                other.name(),
                sides[other as usize],
            );
        }
    }
    text
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

/// HAProxy, from the system or as `cargo xtask test` unpacked it, then with its
/// libraries.
fn program() -> (PathBuf, Option<PathBuf>) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    let installed = folders.iter().map(|folder| folder.join("haproxy"));
    if let Some(program) = installed.into_iter().find(|program| program.is_file()) {
        return (program, None);
    }
    let unpacked = workspace().join("target/retire/haproxy/usr");
    let program = unpacked.join("sbin/haproxy");
    assert!(
        program.is_file(),
        "there is no haproxy: run `cargo xtask test`"
    );
    let triplets = std::fs::read_dir(unpacked.join("lib")).expect("its libraries");
    let libraries: Vec<PathBuf> = triplets.map(|e| e.expect("an entry").path()).collect();
    let joined = std::env::join_paths(libraries).expect("paths");
    (program, Some(joined.into()))
}
