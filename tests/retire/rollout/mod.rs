//! Rollouts, rehearsed: two releases of the application behind a real proxy, which
//! switches from one to the other and back under load.
//!
//! Each side is a process of its own with all four functions. The proxy's rule is one
//! entry that every route looks up, as the HTTPRoute of a cluster is one object.

mod load;
mod outcome;
mod proxy;
mod release;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use load::{Load, Plan};
use outcome::{Switch, figures, require_books, require_once, require_one_set};
use proxy::{HaProxy, Side};
use release::Release;

use crate::harness::{Database, HostProcess, serve_if_asked};
use crate::ledger::environment;

/// The test that is a host's process.
const HOST: &str = "rollout::host_process";

/// Does nothing, unless it is the child of another test.
#[test]
fn host_process() {
    serve_if_asked();
}

/// A rehearsal: two releases on one database behind a proxy.
struct Stage {
    database: Database,
    next: Release,
    hosts: [HostProcess; 2],
    proxy: HaProxy,
}

impl Stage {
    fn set() -> Self {
        let database = Database::create();
        let (this, next) = (Release::this(), Release::next());
        let host =
            |release: &Release| HostProcess::start_manifest(&release.manifest, &database, HOST);
        let hosts = [host(&this), host(&next)];
        let proxy = HaProxy::start([hosts[0].address, hosts[1].address]);
        Self {
            database,
            next,
            hosts,
            proxy,
        }
    }

    /// The other side gets the requests from here on.
    fn switch(&self, to: Side) -> Switch {
        let start = Instant::now();
        self.proxy.switch(to);
        Switch {
            to,
            start,
            end: Instant::now(),
        }
    }
}

/// How many switches, requests between two of them, and requests a second: few and at
/// once, unless a rehearsal asks for more.
fn plan(default_switches: u32) -> Plan {
    Plan {
        switches: environment("RETIRE_REHEARSE_SWITCHES").unwrap_or(default_switches),
        requests_between: environment("RETIRE_REHEARSE_REQUESTS").unwrap_or(50),
        requests_per_s: environment("RETIRE_REHEARSE_RATE"),
        seed: environment("RETIRE_REHEARSE_SEED").unwrap_or(7),
    }
}

/// Plays the load; `at_switch` is called each time when it is time to switch, while the
/// requests go on.
fn play(load: &Load, plan: &Plan, at_switch: impl FnMut(u32)) -> Vec<load::Sent> {
    /// Lets the requests end, should a switch panic.
    struct Over<'a>(&'a AtomicU32);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(u32::MAX, Ordering::SeqCst);
        }
    }
    fn conduct(turns: &Receiver<u32>, done: &AtomicU32, mut at_switch: impl FnMut(u32)) {
        let _over = Over(done);
        for turn in turns {
            at_switch(turn);
            done.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (turn, turns) = channel();
    let done = &AtomicU32::new(0);
    thread::scope(|scope| {
        let playing = scope.spawn(move || load.play(plan, &turn, done));
        conduct(&turns, done, at_switch);
        playing.join().expect("no panic")
    })
}

/// The next release's schema comes while the old one answers; then the proxy switches to
/// it and back. No request fails, none meets a function of the other release after one
/// has met the new one, and the books are what was acknowledged.
#[test]
fn a_switch_and_the_way_back_fail_nothing_and_mix_nothing() {
    let stage = Stage::set();
    let plan = plan(2);
    let load = Load::prepare(&stage.database, stage.proxy.address, plan.seed);
    let mut switches = Vec::new();
    let sent = play(&load, &plan, |turn| {
        if turn == 0 {
            stage.next.install(&mut stage.database.admin());
        } else {
            let to = if turn % 2 == 1 {
                Side::Next
            } else {
                Side::This
            };
            switches.push(stage.switch(to));
        }
    });
    assert_eq!(switches.len(), usize::try_from(plan.switches).expect("few"));
    assert!(
        sent.iter().all(|one| one.tries == 1),
        "a request was repeated"
    );
    let names = [store::API_SCHEMA, stage.next.api_schema.as_str()];
    require_one_set(&sent, &switches, names);
    require_books(&stage.database, &load, &sent);
    figures("switch and back", &sent, &switches);
}

/// A side is killed while the proxy switches: the old one, with requests on their way at
/// it, or the new one, which has just begun to answer. Who repeats a request that got no
/// answer gets one, and each has happened once.
#[test]
fn a_side_that_is_killed_in_mid_switch_loses_and_doubles_nothing() {
    let mut stage = Stage::set();
    stage.next.install(&mut stage.database.admin());
    let plan = plan(2);
    let load = Load::prepare(&stage.database, stage.proxy.address, plan.seed);
    let mut switches = Vec::new();
    let mut outages = Vec::new();
    let sent = play(&load, &plan, |turn| {
        if turn == 0 {
            return;
        }
        let to = if turn % 2 == 1 {
            Side::Next
        } else {
            Side::This
        };
        // The old one and the new one, each in its turn.
        let dies = if matches!(turn % 4, 0 | 1) {
            to.other()
        } else {
            to
        };
        // The kill falls into the switch: neither waits for the other.
        let start = Instant::now();
        let place = dies as usize;
        let proxy = &stage.proxy;
        let host = &mut stage.hosts[place];
        let switched = thread::scope(|scope| {
            let killing = scope.spawn(|| host.kill());
            let begun = Instant::now();
            proxy.switch(to);
            let switched = Switch {
                to,
                start: begun,
                end: Instant::now(),
            };
            killing.join().expect("no panic");
            switched
        });
        switches.push(switched);
        let release = if dies == Side::This {
            Release::this()
        } else {
            Release::next()
        };
        *host = HostProcess::start_manifest(&release.manifest, &stage.database, HOST);
        proxy.moved(dies, host.address);
        outages.push(start.elapsed());
    });
    let names = [store::API_SCHEMA, stage.next.api_schema.as_str()];
    assert!(sent.iter().all(|one| names.contains(&one.schema.as_str())));
    require_books(&stage.database, &load, &sent);
    require_once(&stage.database, &load, &sent);
    figures("killed in mid-switch", &sent, &switches);
    let longest = outages.iter().max().unwrap_or(&Duration::ZERO);
    println!(
        "longest time with one side: {:.0} ms",
        longest.as_secs_f64() * 1e3
    );
}
