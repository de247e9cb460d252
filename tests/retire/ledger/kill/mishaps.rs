//! The application, those who send it commands, and what happens to it meanwhile.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, RwLock};
use std::time::Duration;

use postgres::Client as Database;
use serde_json::Value;
use simulator::{Answer, Client};

use crate::harness::{self, HostProcess, problem, text};

/// What happens to the application.
#[derive(Clone, Copy, Debug)]
pub enum Mishap {
    /// SIGKILL for the host.
    Kill,
    /// The database ends all connections of the components.
    Cut,
    /// The database crashes and comes back. It needs a database of one's own.
    Restart,
}

/// An application under attack.
pub struct Crew {
    pub database: harness::Database,
    test: &'static str,
    host: Mutex<HostProcess>,
    http: RwLock<Client>,
    /// At which command what happens.
    plan: Vec<(usize, Mishap)>,
    sent: AtomicUsize,
    alarm: Mutex<Option<Sender<Mishap>>>,
    alarms: Mutex<Receiver<Mishap>>,
    /// What was acknowledged first under which key.
    answered: Mutex<BTreeMap<String, (String, Value, Answer)>>,
}

impl Crew {
    pub fn start(test: &'static str, plan: Vec<(usize, Mishap)>) -> Self {
        let database = harness::Database::create();
        let host = HostProcess::start(&database, test);
        let (alarm, alarms) = channel();
        Self {
            http: RwLock::new(client(&host)),
            host: Mutex::new(host),
            database,
            test,
            plan,
            sent: AtomicUsize::new(0),
            alarm: Mutex::new(Some(alarm)),
            alarms: Mutex::new(alarms),
            answered: Mutex::new(BTreeMap::new()),
        }
    }

    /// A client of the host that runs now.
    pub fn http(&self) -> Client {
        self.http.read().expect("no panic").clone()
    }

    /// Sends a command under its key until there is an answer.
    pub fn insist(&self, path: &str, key: &str, body: &Value) -> Answer {
        loop {
            let number = 1 + self.sent.fetch_add(1, Ordering::Relaxed);
            for (_, mishap) in self.plan.iter().filter(|(at, _)| *at == number) {
                // While this command is on its way, and those of others.
                if let Some(alarm) = &*self.alarm.lock().expect("no panic") {
                    alarm.send(*mishap).expect("somebody listens");
                }
            }
            // Without an answer nobody knows: it is sent again.
            if let Ok(answer) = self.http().try_command(path, key, body)
                && !is_for_later(&answer)
            {
                if answer.status == 201 {
                    let sent = (path.to_owned(), body.clone(), answer.clone());
                    let mut answered = self.answered.lock().expect("no panic");
                    answered.entry(key.to_owned()).or_insert(sent);
                }
                return answer;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Lets happen what was planned, until all is over.
    pub fn mishaps(&self) {
        let alarms = self.alarms.lock().expect("no panic");
        for mishap in alarms.iter() {
            match mishap {
                Mishap::Kill => {
                    let mut host = self.host.lock().expect("no panic");
                    host.kill();
                    *host = HostProcess::start(&self.database, self.test);
                    *self.http.write().expect("no panic") = client(&host);
                }
                Mishap::Cut => {
                    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
                         where datname = current_database() and usename like 'retire%test'";
                    self.database.admin().query(cut, &[]).expect("cut");
                }
                Mishap::Restart => restart(&mut self.database.admin()),
            }
        }
    }

    pub fn is_finished(&self) -> bool {
        self.alarm.lock().expect("no panic").is_none()
    }

    /// Nothing happens any more.
    pub fn finish(&self) {
        self.alarm.lock().expect("no panic").take();
    }

    /// Everything that was acknowledged is there, and gets the same answer again.
    pub fn repeat_all(&self) {
        let http = self.http();
        for (key, (path, body, first)) in &*self.answered.lock().expect("no panic") {
            if path.ends_with("/settlements") {
                // A period that is settled is answered without a look at the key.
                continue;
            }
            let again = http.try_command(path, key, body).expect("an answer");
            assert_eq!(
                (again.status, text(&again)),
                (201, text(first)),
                "{key} {path}"
            );
        }
    }

    /// The keys of all commands that were acknowledged.
    pub fn keys(&self) -> Vec<String> {
        self.answered
            .lock()
            .expect("no panic")
            .keys()
            .cloned()
            .collect()
    }
}

fn client(host: &HostProcess) -> Client {
    harness::client(&format!("http://{}", host.address))
}

/// Whether the answer asks to try again: the database was away, or somebody else
/// settled meanwhile. Any other fault is one.
fn is_for_later(answer: &Answer) -> bool {
    if answer.status < 300 {
        return false;
    }
    let (status, code, _) = problem(answer);
    assert!(
        status < 500 || code == "database-unavailable",
        "{}",
        text(answer)
    );
    status == 503 || code == "inputs-changed"
}

/// Crashes the database and starts it again, as the user to whom its files belong.
fn restart(admin: &mut Database) {
    let folder: String = admin
        .query_one("show data_directory", &[])
        .expect("a folder")
        .get(0);
    let process = std::fs::read_to_string(format!("{folder}/postmaster.pid")).expect("it runs");
    let process = process.lines().next().expect("its id");
    let program = std::fs::read_link(format!("/proc/{process}/exe")).expect("its program");
    let owner = std::fs::metadata(&folder).expect("a folder");
    let mut command = Command::new(program.with_file_name("pg_ctl"));
    command.args([
        "restart",
        "-m",
        "immediate",
        "-w",
        "-D",
        &folder,
        "-l",
        "/dev/null",
    ]);
    // PostgreSQL does not run as root, so that whoever is root steps down.
    if std::fs::metadata("/proc/self").expect("this process").uid() == 0 {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let output = command.current_dir("/").output().expect("pg_ctl");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
