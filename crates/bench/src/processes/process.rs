//! A server in a process of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use simulator::{AUDIENCE, Answer, Client, DevKeys, ISSUER};
use uuid::Uuid;

use crate::ledger::database::Database;

/// How long a start may take.
const LIMIT: Duration = Duration::from_secs(120);

/// The programs that are compared, built beside this one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The local host with components.
    Host,
    /// The same code as a native server.
    Native,
}

impl Program {
    fn path(self) -> Result<PathBuf> {
        let name = match self {
            Self::Host => "retire-host",
            Self::Native => "native",
        };
        let path = std::env::current_exe()?.with_file_name(name);
        ensure!(path.is_file(), "{} is not built", path.display());
        Ok(path)
    }
}

/// What every process needs to know.
pub(crate) struct World {
    /// Dropped with this value.
    _database: Database,
    pub keys: DevKeys,
    variables: Vec<(String, String)>,
}

impl World {
    pub(crate) fn create() -> Result<Self> {
        let database = Database::create()?;
        let keys = DevKeys::generate()?;
        let mut variables = vec![
            ("DATABASE_HOST".to_owned(), database.address()),
            ("AUTH_JWKS".to_owned(), keys.token_jwks()?),
            ("AUTH_ISSUER".to_owned(), ISSUER.to_owned()),
            ("AUTH_AUDIENCE".to_owned(), AUDIENCE.to_owned()),
            ("UPVEST_JWKS".to_owned(), keys.upvest_key()?.jwks()),
            ("ENGINE_SHA256".to_owned(), "0".repeat(64)),
        ];
        for (role, _) in migrate::COMPONENT_ROLES {
            let component = role.trim_start_matches("retire_");
            let name = format!("{}_DATABASE_URL", component.to_uppercase());
            variables.push((name, database.component_url(component)));
        }
        Ok(Self {
            _database: database,
            keys,
            variables,
        })
    }
}

/// A running server; it is killed with this value.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    started: Instant,
}

impl Server {
    /// Starts a program and does not wait for it.
    pub(crate) fn start(program: Program, manifest: &Path, world: &World) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        drop(listener);
        let mut command = Command::new(program.path()?);
        command
            .arg("--from")
            .arg(manifest)
            .args(["--listen", &address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for (name, value) in &world.variables {
            command.env(format!("SPIN_VARIABLE_{name}"), value);
        }
        let started = Instant::now();
        let child = command.spawn()?;
        Ok(Self {
            child,
            address,
            started,
        })
    }

    /// Asks as soon as somebody listens; gives the time from the start to the answer.
    pub(crate) fn first_answer(&mut self, world: &World, ask: &Ask) -> Result<Duration> {
        while TcpStream::connect(self.address).is_err() {
            let ended = self.child.try_wait()?;
            ensure!(ended.is_none(), "the server ended: {ended:?}");
            ensure!(self.started.elapsed() < LIMIT, "nobody listens");
            std::thread::sleep(Duration::from_micros(200));
        }
        let client = Client::new(&format!("http://{}", self.address), &world.keys)?;
        let answer = ask(&client)?;
        let time = self.started.elapsed();
        let said = String::from_utf8_lossy(&answer.body);
        ensure!(
            (200..300).contains(&answer.status),
            "{}: {said}",
            answer.status
        );
        Ok(time)
    }

    /// Its memory in KiB: the part that is its own, and its share of what others map too.
    pub(crate) fn pss_kib(&self) -> Result<u64> {
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.context("no Pss")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request.
pub(crate) type Ask = dyn Fn(&Client) -> Result<Answer>;

/// A component, and a request that its function answers; each but the first from the
/// database.
pub(crate) type Asked = (&'static str, Box<Ask>);

pub(crate) fn requests(world: &World) -> Result<Vec<Asked>> {
    let operator = world.keys.token("bench", "operator", 1)?;
    let header = (
        "authorization".to_owned(),
        format!("Bearer {operator}").into_bytes(),
    );
    let get = move |path: &'static str| -> Box<Ask> {
        let headers = [header.clone()];
        Box::new(move |client: &Client| client.send("GET", path, &headers, b""))
    };
    let credits = |client: &Client| {
        let body = serde_json::json!({"rule": "nominal_gain", "members": [
            {"id": "A", "q": "0.1", "at_risk_cents": 1}]});
        client.try_command("/v1/tontine/credits", "k", &body)
    };
    let open = |client: &Client| {
        let body = serde_json::json!({
            "name": "Cold", "currency": "EUR", "first_period": "2025-06",
            "rules": {
                "basis": {
                    "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
                    "blend": "by_sex", "improvement": "none",
                    "fractional_age": "constant_force",
                },
                "cadence": "month", "sharing_rule": "nominal_gain",
            },
        });
        client.try_command("/v1/pools", &Uuid::new_v4().to_string(), &body)
    };
    let deliver = |client: &Client| {
        let event = serde_json::json!({"payload": [{
            "id": Uuid::new_v4(), "created_at": "2025-06-30T20:00:00Z",
            "type": "USER.CREATED", "object": {"id": Uuid::new_v4()},
            "webhook_id": Uuid::nil(),
        }]});
        client.try_deliver(event.to_string().as_bytes())
    };
    Ok(vec![
        ("tontine-calc", Box::new(credits)),
        ("credit-accrual", Box::new(open)),
        ("upvest-webhook", Box::new(deliver)),
        ("data-query", get("/v1/data/pools")),
    ])
}
