//! Takes a scenario through an application, over HTTP only.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use ledger::record::{Death, Member, Pool, Settlement, TrialBalanceLine};
use mortality::Sex;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use uuid::Uuid;

use crate::client::fresh;
use crate::sender::{MAX_PACKAGE_SIZE, Package, Packaging, Schedule, Tolerated, Webhook, deliver};
use crate::verify::Verifier;
use crate::{BrokerEvent, Client, Person, Scenario, ScenarioMonth};

/// How the broker packs its events: a package in ten is cut short, one in a hundred
/// first comes with a signature that does not fit.
const PACKAGING: Packaging = Packaging {
    max_octets: MAX_PACKAGE_SIZE,
    max_events: 50,
    splits_per_mille: 100,
    forged_per_mille: 10,
};
/// A second of the broker's schedule of repetitions takes a millisecond.
const TIME_SCALE: f64 = 0.001;
/// Requests at a time.
const CONCURRENCY: usize = 4;

/// Is told how far the play has come.
pub trait Progress: Sync {
    /// A phase begins that has `total` steps.
    fn phase(&self, name: &str, total: usize);
    /// A step of the phase is done.
    fn step(&self);
}

/// A year, played and checked.
#[derive(Clone, Debug)]
pub struct YearReport {
    /// The pool.
    pub pool_id: Uuid,
    /// A member who lived to the end.
    pub member_id: Uuid,
    /// The months.
    pub months: Vec<MonthReport>,
    /// Packages that were taken, those that say the same again included.
    pub deliveries: usize,
    /// Events in them.
    pub events: usize,
    /// Packages that were refused for their signature, and sent again.
    pub retries: usize,
    /// The sums of the journal at the end.
    pub trial_balance: Vec<TrialBalanceLine>,
}

/// A month, settled and checked.
#[derive(Clone, Debug)]
pub struct MonthReport {
    /// The settlement.
    pub settlement: Settlement,
    /// What all members paid in.
    pub contributions_cents: i128,
    /// What all members' investments gained.
    pub return_cents: i128,
    /// Fees of all members.
    pub fees_cents: i128,
    /// Payouts to all members.
    pub payouts_cents: i128,
    /// What all members have at the end.
    pub closing_cents: i128,
}

/// Plays a scenario into a new pool and checks every month and the end.
///
/// Webhooks come as Upvest sends them, by the [sender](crate::sender). Each event of a
/// month is sent in two packages, all of them in a shuffled order; at the end all events
/// are sent once more, shuffled anew. Playing the same scenario again changes nothing and
/// gives the same report.
///
/// # Errors
/// An answer that should not be, or a check that fails.
pub fn play(client: &Client, scenario: &Scenario, progress: &dyn Progress) -> Result<YearReport> {
    let mut player = Player::new(client, scenario, progress)?;
    let (mut months, mut credits) = (Vec::new(), HashMap::new());
    for month in &scenario.months {
        player.deliver_month(month)?;
        player.report_deaths(month)?;
        let settlement = player.settle(month)?;
        months.push(player.verifier().month(month, settlement, &mut credits)?);
    }
    player.replay_everything()?;
    let dead: Vec<usize> = scenario
        .months
        .iter()
        .flat_map(|month| month.deaths.iter().map(|death| death.number))
        .collect();
    let survivor = (0..scenario.people.len())
        .find(|number| !dead.contains(number))
        .context("somebody survives")?;
    Ok(YearReport {
        pool_id: player.pool_id,
        member_id: player.members[&survivor],
        months,
        deliveries: player.deliveries,
        events: player.events,
        retries: player.retries,
        trial_balance: player.verifier().trial_balance()?,
    })
}

struct Player<'a> {
    client: &'a Client,
    webhook: Webhook,
    scenario: &'a Scenario,
    progress: &'a dyn Progress,
    pool_id: Uuid,
    members: HashMap<usize, Uuid>,
    rng: ChaCha8Rng,
    deliveries: usize,
    events: usize,
    retries: usize,
}

impl<'a> Player<'a> {
    fn new(client: &'a Client, scenario: &'a Scenario, progress: &'a dyn Progress) -> Result<Self> {
        let first = scenario.months.first().context("a month")?;
        let pool = json!({
            "name": format!("Simulated pool {}", scenario.seed),
            "currency": "EUR",
            "first_period": first.period,
            "rules": {
                "basis": {
                    "mortality": {"table": {"id": "destatis-2022-2024", "closing": "last_rate"}},
                    "blend": "by_sex", "improvement": "none", "fractional_age": "constant_force",
                },
                "cadence": "month", "sharing_rule": "nominal_gain",
            },
        });
        let key = format!("sim-{}-{}", scenario.seed, scenario.people.len());
        let pool: Pool = client.command("/v1/pools", &format!("{key}-pool"), &pool)?;
        Ok(Self {
            client,
            webhook: client.webhook()?,
            scenario,
            progress,
            pool_id: pool.pool_id,
            members: HashMap::new(),
            rng: ChaCha8Rng::seed_from_u64(scenario.seed),
            deliveries: 0,
            events: 0,
            retries: 0,
        })
    }

    fn verifier(&self) -> Verifier<'_> {
        Verifier {
            client: self.client,
            pool_id: self.pool_id,
            members: &self.members,
        }
    }

    /// Half of the members are enrolled before the broker tells of them, half
    /// after: neither order must matter.
    fn deliver_month(&mut self, month: &ScenarioMonth) -> Result<()> {
        let joining = self.members.is_empty();
        let (before, after): (Vec<&Person>, Vec<&Person>) =
            self.scenario.people.iter().partition(|p| p.number % 2 == 0);
        if joining {
            self.enrol(month, &before)?;
        }
        let mut packages = self.pack(&month.events);
        packages.extend(self.pack(&month.events));
        packages.shuffle(&mut self.rng);
        let fresh = self.deliver(&format!("{} webhooks", month.period), &packages)?;
        ensure!(
            fresh == month.events.len() || fresh == 0,
            "{fresh} of {} events were new",
            month.events.len()
        );
        if joining {
            self.enrol(month, &after)?;
        }
        Ok(())
    }

    fn enrol(&mut self, month: &ScenarioMonth, people: &[&Person]) -> Result<()> {
        self.progress
            .phase(&format!("{} enrolments", month.period), people.len());
        let enrolled = Mutex::new(Vec::new());
        let (client, pool_id, seed) = (self.client, self.pool_id, self.scenario.seed);
        self.in_parallel(people, |person| {
            let command = json!({
                "upvest_user_id": person.user_id,
                "sex": match person.sex { Sex::Female => "female", Sex::Male => "male" },
                "enrolled_on": month.period.first_day().to_string(),
            });
            let path = Client::pool_path(pool_id, "/members");
            let key = format!("sim-{seed}-enrol-{}", person.number);
            let member: Member = client.command(&path, &key, &command)?;
            let mut enrolled = enrolled.lock().unwrap_or_else(|e| e.into_inner());
            enrolled.push((person.number, member.member_id));
            Ok(())
        })?;
        self.members
            .extend(enrolled.into_inner().unwrap_or_else(|e| e.into_inner()));
        Ok(())
    }

    fn pack(&mut self, events: &[BrokerEvent]) -> Vec<Package> {
        PACKAGING.pack(events, self.rng.random())
    }

    /// Has packages delivered and gives how many of their events were new.
    fn deliver(&mut self, phase: &str, packages: &[Package]) -> Result<usize> {
        self.progress.phase(phase, packages.len());
        let schedule = Schedule::scaled(TIME_SCALE).context("a scale")?;
        let tolerated = Tolerated {
            statuses: vec![401],
            unanswered: false,
        };
        let new = AtomicUsize::new(0);
        let post = |package: usize, failures| {
            let answer = self.webhook.post(&packages[package], failures)?;
            if answer.status == 200 {
                new.fetch_add(usize::try_from(fresh(&answer)?)?, Ordering::Relaxed);
                self.progress.step();
            }
            Ok(answer.status)
        };
        let report = deliver(packages, CONCURRENCY, schedule, &tolerated, &post)?;
        let forged = packages.iter().filter(|p| p.is_forged_first).count();
        ensure!(
            report.retries == forged,
            "{} packages were refused, {forged} bore a signature that does not fit",
            report.retries
        );
        self.deliveries += report.packages;
        self.events += report.events;
        self.retries += report.retries;
        Ok(new.into_inner())
    }

    fn report_deaths(&self, month: &ScenarioMonth) -> Result<()> {
        self.progress
            .phase(&format!("{} deaths", month.period), month.deaths.len());
        let path = Client::pool_path(self.pool_id, "/deaths");
        for death in &month.deaths {
            let command = json!({
                "member_id": self.members[&death.number],
                "died_on": death.died_on.to_string(),
            });
            let key = format!("sim-{}-death-{}", self.scenario.seed, death.number);
            let reported: Death = self.client.command(&path, &key, &command)?;
            let confirmation = format!("{path}/{}/confirmation", reported.death_id);
            let key = format!("{key}-confirmed");
            let _: Death = self.client.command(&confirmation, &key, &json!({}))?;
            self.progress.step();
        }
        Ok(())
    }

    fn settle(&self, month: &ScenarioMonth) -> Result<Settlement> {
        self.progress
            .phase(&format!("{} settlement", month.period), 1);
        let path = Client::pool_path(self.pool_id, "/settlements");
        let key = format!("sim-{}-settle-{}", self.scenario.seed, month.period);
        let settlement = self
            .client
            .command(&path, &key, &json!({"period": month.period}))?;
        self.progress.step();
        Ok(settlement)
    }

    /// All events once more, in another order and other packages: nothing may
    /// change.
    fn replay_everything(&mut self) -> Result<()> {
        let months: Vec<_> = self.scenario.months.iter().map(|m| m.period).collect();
        let before = self.verifier().everything(&months)?;
        let months_events = self.scenario.months.iter().flat_map(|m| &m.events);
        let mut events: Vec<BrokerEvent> = months_events.cloned().collect();
        events.shuffle(&mut self.rng);
        let packages = self.pack(&events);
        let fresh = self.deliver("replay of all webhooks", &packages)?;
        ensure!(
            fresh == 0,
            "{fresh} repeated events were taken for new ones"
        );
        let after = self.verifier().everything(&months)?;
        ensure!(before == after, "repeated events changed the ledger");
        Ok(())
    }

    fn in_parallel<T: Sync>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<()> + Sync,
    ) -> Result<()> {
        let next = AtomicUsize::new(0);
        let first_error = Mutex::new(None);
        std::thread::scope(|scope| {
            for _ in 0..CONCURRENCY {
                scope.spawn(|| {
                    while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(error) = work(item) {
                            // The others stop at their next item.
                            next.store(items.len(), Ordering::Relaxed);
                            *first_error.lock().unwrap_or_else(|e| e.into_inner()) = Some(error);
                        }
                        self.progress.step();
                    }
                });
            }
        });
        match first_error.into_inner().unwrap_or_else(|e| e.into_inner()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}
