//! Backups, rehearsed: the scripts of `deploy/backup` against a server of their own.

mod server;

use std::time::{Duration, Instant};

use audit::Audit;
use ledger::record::{Member, Pool};
use serde_json::{Value, json};
use simulator::Client;
use uuid::Uuid;

use crate::harness::{pool_command, text};
use crate::ledger::{environment, get};
use server::Server;

/// A pool through the application.
struct Books {
    http: Client,
    pool: Uuid,
    members: Vec<Uuid>,
}

impl Books {
    fn open(http: Client, members: u128) -> Self {
        let pool: Pool = command(&http, "/v1/pools", &pool_command());
        let members = (1..=members)
            .map(|number| {
                let body = json!({
                    "upvest_user_id": Uuid::from_u128(number), "sex": "female",
                    "birth_date": "1950-03-14", "enrolled_on": "2025-05-01",
                });
                let path = format!("/v1/pools/{}/members", pool.pool_id);
                command::<Member>(&http, &path, &body).member_id
            })
            .collect();
        Self {
            http,
            pool: pool.pool_id,
            members,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/v1/pools/{}{rest}", self.pool)
    }

    /// Books for every member.
    fn contribute(&self, cents: i64, on: &str) {
        let items: Vec<Value> = self
            .members
            .iter()
            .map(|member| {
                json!({"member_id": member, "amount_cents": cents, "currency": "EUR",
                       "effective_on": on})
            })
            .collect();
        let _: Value = command(
            &self.http,
            &self.path("/contributions"),
            &json!({"items": items}),
        );
    }

    fn settle(&self, period: &str) {
        let body = json!({ "period": period });
        let _: Value = command(&self.http, &self.path("/settlements"), &body);
    }

    /// What each member has.
    fn balances(&self) -> Vec<Value> {
        let balance = |member: &Uuid| -> Value {
            let answer = get(&self.http, &format!("/v1/data/members/{member}"));
            answer.expect("an answer").json().expect("an account")
        };
        self.members.iter().map(balance).collect()
    }

    /// The export, verified.
    fn export(&self) -> String {
        let answer = get(&self.http, &self.path("/export")).expect("an answer");
        let lines = text(&answer);
        let mut audit = Audit::new();
        for line in lines.lines() {
            audit.push(line).expect("it verifies");
        }
        audit.finish().expect("it verifies");
        lines
    }
}

fn command<T: serde::de::DeserializeOwned>(http: &Client, path: &str, body: &Value) -> T {
    let key = Uuid::new_v4().to_string();
    let answer = http.try_command(path, &key, body).expect("an answer");
    assert_eq!(answer.status, 201, "{path}: {}", text(&answer));
    answer.json().expect("a document")
}

/// A base backup, more bookings and a settlement; a time is noted; more bookings and
/// another settlement; the server crashes and its disk is lost. Restored to the time, the
/// database has to the byte what it had then: balances, export, chain. And it goes on from
/// there.
#[test]
fn a_restored_database_is_what_it_was_at_that_time() {
    let rounds: u32 = environment("RETIRE_REHEARSE_BACKUP").unwrap_or(1);
    let mut server = Server::create();
    let application = server.application();
    let books = Books::open(application.client(), 3);
    books.contribute(1_000_00, "2025-06-02");
    server.base_backup();
    for round in 0..rounds {
        books.contribute(10_00 + i64::from(round), "2025-06-03");
    }
    books.settle("2025-06");
    let (then, balances, export) = (server.now(), books.balances(), books.export());

    for _ in 0..rounds {
        books.contribute(77_00, "2025-07-03");
    }
    books.settle("2025-07");
    assert_ne!(books.balances(), balances);
    server.archive_all();
    application.stop();
    server.crash_and_lose_the_disk();

    let start = Instant::now();
    server.restore(&then);
    let application = server.application();
    let restored = Books {
        http: application.client(),
        ..books
    };
    let first = get(&restored.http, &restored.path("")).expect("an answer");
    let recovered = start.elapsed();
    assert_eq!(first.status, 200, "{}", text(&first));
    assert_eq!(restored.balances(), balances);
    assert_eq!(restored.export(), export);

    // What came after is done again, with the same result as the first time.
    restored.contribute(77_00, "2025-07-03");
    restored.settle("2025-07");
    restored.export();
    println!("restored to the time and answering again after {recovered:.1?}");
    application.stop();
}

/// What is lost with the disk is what was not in the archive yet, and nothing before it:
/// the rest is a state that was, and its chain verifies.
#[test]
fn what_was_archived_survives_the_loss_of_the_disk() {
    let mut server = Server::create();
    let application = server.application();
    let books = Books::open(application.client(), 2);
    server.base_backup();
    books.contribute(1_000_00, "2025-06-02");
    books.settle("2025-06");
    let (balances, export) = (books.balances(), books.export());
    server.archive_all();
    let archived = Instant::now();
    books.contribute(5_00, "2025-07-02");
    let lost: Duration = archived.elapsed();
    application.stop();
    server.crash_and_lose_the_disk();

    server.restore("latest");
    let application = server.application();
    let restored = Books {
        http: application.client(),
        ..books
    };
    assert_eq!(restored.balances(), balances);
    assert_eq!(restored.export(), export);
    println!("lost with the disk: {lost:.1?}; at most archive_timeout and the time to archive");
    application.stop();
}

/// A WAL file is kept whole under its name; another one does not take its place.
#[test]
fn the_archive_keeps_what_it_has() {
    let server = Server::create();
    let (archive, from) = (server.archive(), server.archive().join("../wal"));
    let keep = |bytes: &[u8]| {
        std::fs::write(&from, bytes).expect("written");
        let mut script = server.script("archive.sh");
        let status = script.arg(&from).arg("0000").status();
        status.expect("it runs").success()
    };
    assert!(keep(b"first"));
    assert!(keep(b"first"), "the same again is no fault");
    assert!(!keep(b"other"), "another is refused");
    assert_eq!(std::fs::read(archive.join("0000")).expect("kept"), b"first");
    let left = std::fs::read_dir(&archive).expect("a folder").count();
    assert!(left >= 1);
    let partial = std::fs::read_dir(archive).expect("a folder");
    let mut partial = partial.map(|entry| entry.expect("an entry").file_name());
    assert!(!partial.any(|name| name.to_string_lossy().starts_with('.')));
    // No data folder that is in use is written over.
    let mut restore = server.script("restore.sh");
    let output = restore.arg("latest").output().expect("it runs");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not empty"));
}

/// What is older than the days to keep goes, but for the newest of it: the first of those
/// days is restored from that one, and needs its WAL.
#[test]
fn pruning_keeps_what_the_first_day_needs() {
    let server = Server::create();
    let backups = server.archive().join("../backups");
    let wal = |number: u32| format!("0000000100000000{number:08X}");
    for (name, number) in [("20200101T000000Z", 2), ("20200202T000000Z", 4)] {
        let label = format!(
            "START WAL LOCATION: 0/{number}000028 (file {})\n",
            wal(number)
        );
        server.create_folder(&backups.join(name));
        std::fs::write(backups.join(name).join("backup_label"), label).expect("written");
    }
    server.base_backup();
    for number in [1, 2, 3, 4, 5] {
        std::fs::write(server.archive().join(wal(number)), b"wal").expect("written");
    }
    let mut prune = server.script("prune.sh");
    assert!(
        prune
            .env("RETIRE_KEEP_DAYS", "30")
            .status()
            .expect("it runs")
            .success()
    );
    let is_there = |number: u32| server.archive().join(wal(number)).is_file();
    assert_eq!(
        [1, 2, 3, 4, 5].map(is_there),
        [false, false, false, true, true]
    );
    assert!(!backups.join("20200101T000000Z").exists());
    assert!(backups.join("20200202T000000Z").exists());
    assert_eq!(std::fs::read_dir(backups).expect("a folder").count(), 2);
}
