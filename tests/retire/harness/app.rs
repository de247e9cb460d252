//! The application of `spin.toml` on the local host, in this process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex};

use host::{Limits, Log, Options, Running};
use ledger::record::{Death, Member, Pool};
use serde_json::{Value, json};
use simulator::{AUDIENCE, Answer, Client, DevKeys, ISSUER};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::Database;
use super::contract::must_be_described;

/// One set of keys for all tests.
pub static KEYS: LazyLock<DevKeys> = LazyLock::new(|| DevKeys::generate().expect("randomness"));

/// The runtime that all applications share.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
    &RUNTIME
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("a parent")
        .to_path_buf()
}

/// A client whose every answer has to be one that the contract describes.
pub fn client(url: &str) -> Client {
    Client::new(url, &KEYS)
        .expect("keys")
        .looking(must_be_described)
}

/// A running application with its database.
pub struct App {
    pub client: Client,
    pub database: Database,
    pub address: SocketAddr,
    running: Option<Running>,
    log: Arc<Mutex<Vec<String>>>,
}

/// Who sends a request.
#[derive(Clone, Copy)]
pub enum Caller<'a> {
    Nobody,
    Operator,
    Analyst,
    Auditor,
    Member(Uuid),
    Token(&'a str),
}

impl App {
    /// Starts the shipped components.
    pub fn start() -> Self {
        Self::start_with(Database::create(), None, &[])
    }

    /// Starts with a way to the database and with variables of one's own.
    pub fn start_with(
        database: Database,
        through: Option<SocketAddr>,
        variables: &[(&str, &str)],
    ) -> Self {
        let through = through.map_or(database.address.clone(), |address| address.to_string());
        let mut values = self::variables(&database, &through);
        for (name, value) in variables {
            values.insert((*name).to_owned(), (*value).to_owned());
        }
        Self::start_manifest(&workspace().join("spin.toml"), database, values, limits())
    }

    /// Starts any manifest.
    pub fn start_manifest(
        manifest: &Path,
        database: Database,
        variables: BTreeMap<String, String>,
        limits: Limits,
    ) -> Self {
        let log = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&log);
        let options = Options {
            manifest: manifest.to_path_buf(),
            variables,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            limits,
            log: Log::new(move |line| sink.lock().expect("no panic").push(line.to_owned())),
        };
        let running = runtime()
            .block_on(host::start(options))
            .expect("the application starts");
        let url = format!("http://{}", running.address);
        Self {
            client: client(&url),
            database,
            address: running.address,
            running: Some(running),
            log,
        }
    }

    /// The host's view of the application.
    pub fn host(&self) -> &host::App {
        &self.running.as_ref().expect("it runs").app
    }

    /// Stops the application and gives all that it logged.
    pub fn stop(&mut self) -> Vec<String> {
        if let Some(running) = self.running.take() {
            runtime().block_on(running.stop());
        }
        std::mem::take(&mut self.log.lock().expect("no panic"))
    }

    /// Sends a request, with a purpose.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        caller: Caller<'_>,
        body: Option<&Value>,
    ) -> Answer {
        let mut headers = authorization(caller);
        headers.push(header("purpose", "test"));
        let body = body.map_or_else(String::new, Value::to_string);
        if !body.is_empty() {
            headers.push(header("content-type", "application/json"));
            headers.push(header("idempotency-key", &Uuid::new_v4().to_string()));
        }
        self.client
            .send(method, path, &headers, body.as_bytes())
            .expect("an answer")
    }

    /// Reads.
    pub fn get(&self, path: &str, caller: Caller<'_>) -> Answer {
        self.send("GET", path, caller, None)
    }

    /// Sends a command as an operator, under a new key.
    pub fn command(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Caller::Operator, Some(body))
    }

    /// Opens a pool whose first month is June 2025.
    pub fn open_pool(&self) -> NewPool<'_> {
        let answer = self.command("/v1/pools", &pool_command());
        assert_eq!(answer.status, 201, "{}", text(&answer));
        let pool: Pool = answer.json().expect("a pool");
        NewPool {
            app: self,
            pool_id: pool.pool_id,
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A pool of a test.
pub struct NewPool<'a> {
    pub app: &'a App,
    pub pool_id: Uuid,
}

impl NewPool<'_> {
    /// A path below the pool.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}{rest}", self.pool_id)
    }

    /// Enrols a woman born in March 1950 from the first of May 2025, with cash that
    /// came in June.
    pub fn member(&self, number: u128, cash_cents: i64) -> Uuid {
        self.member_from(number, cash_cents, "2025-05-01")
    }

    /// Enrols a woman born in March 1950 from a day on.
    pub fn member_from(&self, number: u128, cash_cents: i64, enrolled_on: &str) -> Uuid {
        let (user, group) = (Uuid::from_u128(number), Uuid::from_u128(number + (1 << 64)));
        let command = json!({
            "upvest_user_id": user, "sex": "female", "birth_date": "1950-03-14",
            "enrolled_on": enrolled_on,
        });
        let answer = self.app.command(&self.path("/members"), &command);
        assert_eq!(answer.status, 201, "{}", text(&answer));
        let member: Member = answer.json().expect("a member");
        self.app.deliver(&[account_group(group, user)]);
        if cash_cents != 0 {
            self.app
                .deliver(&[cash(group, "TOPUP", cash_cents, "2025-06-02")]);
        }
        member.member_id
    }

    /// Reports a death, which is not confirmed.
    pub fn report_death(&self, member_id: Uuid, died_on: &str) -> Answer {
        let command = json!({"member_id": member_id, "died_on": died_on});
        self.app.command(&self.path("/deaths"), &command)
    }

    /// Reports a death and confirms it; gives the report's id.
    pub fn death(&self, member_id: Uuid, died_on: &str) -> Uuid {
        let reported = self.report_death(member_id, died_on);
        assert_eq!(reported.status, 201, "{}", text(&reported));
        let death: Death = reported.json().expect("a death");
        let path = self.path(&format!("/deaths/{}/confirmation", death.death_id));
        let confirmed = self.app.command(&path, &json!({}));
        assert_eq!(confirmed.status, 201, "{}", text(&confirmed));
        death.death_id
    }

    /// Withdraws the report of a death.
    pub fn withdraw(&self, death_id: Uuid) -> Answer {
        let path = self.path(&format!("/deaths/{death_id}/withdrawal"));
        self.app
            .command(&path, &json!({"reason": "the register was wrong"}))
    }

    /// Settles a month.
    pub fn settle(&self, period: &str) -> Answer {
        self.app
            .command(&self.path("/settlements"), &json!({"period": period}))
    }
}

impl App {
    /// Delivers events, signed.
    pub fn deliver(&self, events: &[Value]) -> u64 {
        let events: Vec<String> = events.iter().map(Value::to_string).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        self.client.deliver(&events).expect("accepted")
    }
}

/// What the shipped application needs to know, with a way to the database.
pub(super) fn variables(database: &Database, through: &str) -> BTreeMap<String, String> {
    let upvest_key = KEYS.upvest_key().expect("keys");
    let mut variables = BTreeMap::from([
        ("database_host".to_owned(), through.to_owned()),
        ("auth_jwks".to_owned(), KEYS.token_jwks().expect("keys")),
        ("auth_issuer".to_owned(), ISSUER.to_owned()),
        ("auth_audience".to_owned(), AUDIENCE.to_owned()),
        ("upvest_jwks".to_owned(), upvest_key.jwks()),
        ("engine_sha256".to_owned(), "e".repeat(64)),
    ]);
    for (role, _) in migrate::COMPONENT_ROLES {
        let component = role.trim_start_matches("retire_");
        let url = database.component_url(component, through);
        variables.insert(format!("{component}_database_url"), url);
    }
    variables
}

/// The command that opens the pool of a test.
pub fn pool_command() -> Value {
    json!({
        "name": "Test", "currency": "EUR", "first_period": "2025-06",
        "rules": {
            "basis": {
                "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
                "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
            },
            "cadence": "month", "sharing_rule": "nominal_gain",
        },
    })
}

/// An event with a new id.
pub fn event(event_type: &str, object: &Value) -> Value {
    json!({
        "id": Uuid::new_v4(), "created_at": "2025-06-30T20:00:00.123456789Z", "type": event_type,
        "object": object, "webhook_id": Uuid::nil(),
    })
}

/// The broker tells of an account group and its owner.
pub fn account_group(group: Uuid, user: Uuid) -> Value {
    event(
        "ACCOUNT_GROUP.CREATED",
        &json!({"id": group, "users": [{"id": user, "type": "OWNER"}]}),
    )
}

/// The broker moves money.
pub fn cash(group: Uuid, kind: &str, cents: i64, on: &str) -> Value {
    let amount = format!("{}.{:02}", cents / 100, cents.abs() % 100);
    event(
        "CASH_TRANSACTION.EXECUTED",
        &json!({
            "id": Uuid::new_v4(), "account_group_id": group, "type": kind,
            "delta": {"amount": amount, "currency": "EUR"}, "value_date": format!("{on}T00:00:00Z"),
        }),
    )
}

/// Limits for many applications in one process.
pub fn limits() -> Limits {
    Limits {
        instances: 64,
        ..Limits::default()
    }
}

pub fn authorization(caller: Caller<'_>) -> Vec<(String, Vec<u8>)> {
    let token = match caller {
        Caller::Nobody => return Vec::new(),
        Caller::Operator => KEYS.token("operator-1", "operator", 1).expect("keys"),
        Caller::Auditor => KEYS.token("auditor-1", "auditor", 1).expect("keys"),
        Caller::Analyst => KEYS.token("analyst-1", "analyst", 1).expect("keys"),
        Caller::Member(id) => KEYS.token(&id.to_string(), "member", 1).expect("keys"),
        Caller::Token(token) => token.to_owned(),
    };
    vec![header("authorization", &format!("Bearer {token}"))]
}

/// A header.
pub fn header(name: &str, value: &str) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_bytes().to_vec())
}

/// The body as text.
pub fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// The problem that an answer is: its code and its pointer.
pub fn problem(answer: &Answer) -> (u16, String, Option<String>) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{}",
        text(answer)
    );
    let document: Value = answer.json().expect("JSON");
    assert_eq!(document["status"], answer.status);
    let field = |name: &str| document[name].as_str().map(str::to_owned);
    assert_eq!(
        field("request_id"),
        answer.header("x-request-id").map(str::to_owned)
    );
    (
        answer.status,
        field("code").expect("a code"),
        field("pointer"),
    )
}
