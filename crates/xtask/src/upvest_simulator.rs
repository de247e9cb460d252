//! `cargo xtask upvest-simulator`

use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use clap::ValueEnum;
use operator::https;
use simulator::DevKeys;
use simulator::sender::{
    DeliveryReport, MAX_PACKAGE_SIZE, MIN_PACKAGE_SIZE, Packaging, Schedule, Tolerated, Webhook,
    deliver,
};
use simulator::traffic::{Traffic, TrafficScenario};
use upvest_signature::Profile;

use crate::workspace;

/// How long Upvest is taken to wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The address of the receiver, with its path as it is registered
    #[arg(long, default_value = "http://127.0.0.1:3000/v1/webhooks/upvest")]
    url: String,
    /// What happens at the broker and on the way; the example if it is left out
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// The same seed sends the same events, byte for byte
    #[arg(long, default_value_t = 2025)]
    seed: u64,
    /// How many different events
    #[arg(long, default_value_t = 10_000)]
    events: usize,
    /// The most octets of a package; a larger single event is sent oversize
    #[arg(long, default_value_t = 65_536)]
    package_size: usize,
    /// The most events of a package
    #[arg(long, default_value_t = 50)]
    package_events: usize,
    /// Requests at a time
    #[arg(long, default_value_t = 4)]
    connections: usize,
    /// A second of the retry schedule in seconds, 0 to 1
    #[arg(long, default_value_t = 1.0)]
    time_scale: f64,
    /// The private keys, made if the file is not there; those of `cargo xtask up` if it is
    /// left out
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// The profile of signatures
    #[arg(long, value_enum, default_value_t = SignatureProfile::Draft06)]
    profile: SignatureProfile,
    /// Print the key set for the receiver, and send nothing
    #[arg(long)]
    print_keys: bool,
}

/// A profile of signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SignatureProfile {
    /// Upvest's webhooks
    #[value(name = "draft-06")]
    Draft06,
    /// To which Upvest has said it will move
    #[value(name = "draft-15")]
    Draft15,
}

impl From<SignatureProfile> for Profile {
    fn from(profile: SignatureProfile) -> Self {
        match profile {
            SignatureProfile::Draft06 => Self::Draft06,
            SignatureProfile::Draft15 => Self::Draft15,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let key_file = match &arguments.key_file {
        Some(path) => path.clone(),
        None => workspace::state()?.join("keys.json"),
    };
    let key = DevKeys::load_or_create(&key_file)?.upvest_key()?;
    println!("keys: {}", key.jwks());
    if arguments.print_keys {
        return Ok(());
    }
    ensure!(
        (MIN_PACKAGE_SIZE..=MAX_PACKAGE_SIZE).contains(&arguments.package_size),
        "--package-size: {MIN_PACKAGE_SIZE} to {MAX_PACKAGE_SIZE}"
    );
    ensure!(
        (1..=1_000).contains(&arguments.connections) && arguments.package_events > 0,
        "--connections: 1 to 1000; --package-events: at least 1"
    );
    let schedule =
        Schedule::scaled(arguments.time_scale).ok_or_else(|| anyhow!("--time-scale: 0 to 1"))?;
    let scenario = scenario(arguments)?;
    let traffic = Traffic::draw(&scenario, arguments.events, arguments.seed)?;
    let arrivals = traffic.arrivals(&scenario.per_mille, arguments.seed);
    let packaging = Packaging {
        max_octets: arguments.package_size,
        max_events: arguments.package_events,
        splits_per_mille: scenario.per_mille.splits,
        forged_per_mille: scenario.per_mille.forgeries,
    };
    let packages = packaging.pack(&arrivals, arguments.seed);
    let tolerated = Tolerated {
        statuses: scenario.tolerated.statuses,
        unanswered: scenario.tolerated.unanswered,
    };
    let webhook = Webhook::new(
        https::agent(TIMEOUT),
        &arguments.url,
        key,
        arguments.profile.into(),
    )?;
    let unanswered = Once::new();
    let report = deliver(
        &packages,
        arguments.connections,
        schedule,
        &tolerated,
        &|package, failures| {
            let sent = webhook.post(&packages[package], failures);
            let answer = sent.inspect_err(|error| {
                // It is repeated without end: whoever waits should know why.
                unanswered.call_once(|| println!("no answer ({error:#}): it is sent again"));
            })?;
            Ok(answer.status)
        },
    )?;
    print(&traffic, &report);
    Ok(())
}

fn scenario(arguments: &Arguments) -> Result<TrafficScenario> {
    match &arguments.scenario {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            TrafficScenario::read(&text).with_context(|| path.display().to_string())
        }
        None => TrafficScenario::read(simulator::traffic::EXAMPLE),
    }
}

fn print(traffic: &Traffic, report: &DeliveryReport) {
    let distinct = traffic.events.len();
    println!(
        "events    {distinct} different, {} of them poison, {} sent with duplicates",
        traffic.poison.len(),
        report.events
    );
    println!("packages  {}, {} retries", report.packages, report.retries);
    let answers: Vec<String> = report
        .answers
        .iter()
        .map(|(status, count)| match status {
            Some(status) => format!("{count} x {status}"),
            None => format!("{count} x none"),
        })
        .collect();
    println!("answers   {}", answers.join(", "));
    println!(
        "latency   p50 {:.1} ms, p99 {:.1} ms",
        millis(report.latency(50)),
        millis(report.latency(99))
    );
    println!(
        "events/s  {:.0} in {:.1} s",
        report.events_per_s(),
        report.elapsed.as_secs_f64()
    );
}

#[allow(clippy::float_arithmetic, reason = "for a reader")]
fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
