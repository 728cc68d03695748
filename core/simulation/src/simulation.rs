//! What a simulation is made of: how long it takes, who acts, which gateway is used, and what must hold.

use std::fmt;
use std::sync::Arc;

use boxoffice::{BoxOffice, Currency, FeePolicy, Limits, Money, Record};

use crate::Rng;
use crate::actors::{Actor, Buyers, Operators, Rivals, Sellers};
use crate::gateway::{OwnGateway, WorldTime};
use crate::report::{Failure, Report};
use crate::run::Run;

/// A rule of your own that must hold in every run.
pub trait Audit: fmt::Debug {
    /// Examines the next published record.
    ///
    /// # Errors
    /// What is wrong; the run ends with it.
    fn record(&mut self, record: &Record) -> Result<(), String> {
        let _ = record;
        Ok(())
    }

    /// Examines the box office at the end, when nothing is under way any more.
    ///
    /// # Errors
    /// What is wrong; the run ends with it.
    fn end(&mut self, office: &BoxOffice) -> Result<(), String> {
        let _ = office;
        Ok(())
    }
}

type MakeGateway = Arc<dyn Fn(Rng, WorldTime) -> OwnGateway + Send + Sync>;
type MakeActor = Arc<dyn Fn() -> Box<dyn Actor> + Send + Sync>;
type MakeAudit = Arc<dyn Fn() -> Box<dyn Audit> + Send + Sync>;

/// The environment variable that names the seed to replay.
const SEED: &str = "BOXOFFICE_SIMULATION_SEED";

/// The whole box office in a world of chance; see the [crate](crate).
#[derive(Clone)]
#[must_use]
pub struct Simulation {
    steps: u64,
    pub(crate) limits: Limits,
    pub(crate) gateway: Option<MakeGateway>,
    pub(crate) cards: Arc<[String]>,
    pub(crate) cast: Vec<(u64, MakeActor)>,
    pub(crate) audits: Vec<MakeAudit>,
}

/// A share that leaves fractions of a cent, and something fixed in one of the two currencies.
fn fees() -> Result<FeePolicy, Box<dyn std::error::Error>> {
    Ok(FeePolicy::basis_points(725)?.and_fixed(Money::from_minor(30, Currency::USD)?)?)
}

impl Default for Simulation {
    fn default() -> Self {
        let limits = Limits::new().open_orders_max(3).fees(fees().unwrap_or_default());
        let cast: Vec<(u64, MakeActor)> = vec![
            (18, Arc::new(|| Box::new(Sellers))),
            (55, Arc::new(|| Box::new(Buyers))),
            (17, Arc::new(|| Box::new(Rivals))),
            (10, Arc::new(|| Box::new(Operators))),
        ];
        Self { steps: 2_000, limits, gateway: None, cards: ["tok_visa".to_owned()].into(), cast, audits: Vec::new() }
    }
}

impl Simulation {
    /// Creates a simulation of 2,000 steps with sellers, buyers, rivals and operators, and a card processor with every vice.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets how many steps a run takes before everything comes to its end.
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Sets the box office's limits; holds of 15 minutes and at most 3 open orders for each buyer by default.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Uses a gateway of your own instead of the [`SeededGateway`](crate::SeededGateway): a
    /// [`PaymentGateway`](boxoffice::gateway::PaymentGateway), or an [`OwnGateway`] with the card processor behind it. It is made
    /// anew for each run, with random numbers and the time of its world.
    ///
    /// It outlives the box office's crashes, as real ones do, and may wait with `tokio::time`, which does not really wait. In the
    /// end it has to say of every charge that it took the money or never will.
    pub fn gateway<G: Into<OwnGateway>>(mut self, make: impl Fn(Rng, WorldTime) -> G + Send + Sync + 'static) -> Self {
        self.gateway = Some(Arc::new(move |rng, time| make(rng, time).into()));
        self
    }

    /// Sets the card tokens that people pay with; `tok_visa` alone by default.
    pub fn cards<C: Into<String>>(mut self, tokens: impl IntoIterator<Item = C>) -> Self {
        self.cards = tokens.into_iter().map(Into::into).collect();
        self
    }

    /// Adds an actor, who acts as often as the weight says: those that come with the simulation weigh 100 together.
    pub fn actor<A: Actor + 'static>(mut self, weight: u64, make: impl Fn() -> A + Send + Sync + 'static) -> Self {
        self.cast.push((weight, Arc::new(move || Box::new(make()))));
        self
    }

    /// Adds a rule that must hold.
    pub fn audit<A: Audit + 'static>(mut self, make: impl Fn() -> A + Send + Sync + 'static) -> Self {
        self.audits.push(Arc::new(move || Box::new(make())));
        self
    }

    /// Runs the world of this seed.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn run(&self, seed: u64) -> Result<Report, Box<Failure>> {
        let broken = |what| Box::new(Failure { seed, step: 0, what, before: Vec::new(), replay: None });
        let mut run = Run::new(self, seed).map_err(broken)?;
        let done = (0..self.steps).try_for_each(|_| run.go_on()).and_then(|()| run.finish());
        done.map(|()| run.report()).map_err(|what| Box::new(run.failure(what)))
    }

    /// Runs the world of each seed until a promise is broken; the failure says how to replay it. For tests.
    ///
    /// With a seed in the environment variable `BOXOFFICE_SIMULATION_SEED` that seed alone is run. The first seed is run twice: if
    /// the runs differ, something takes time or chance from elsewhere than its world, and no failure could be replayed.
    ///
    /// # Errors
    /// The first promise that was broken.
    ///
    /// # Panics
    /// If the environment variable holds something else than a number.
    pub fn check(&self, seeds: impl IntoIterator<Item = u64>) -> Result<Vec<Report>, Box<Failure>> {
        let mut reports = Vec::new();
        for seed in chosen(std::env::var(SEED).ok().as_deref(), seeds) {
            let outcome = self.run(seed);
            if reports.is_empty() && self.run(seed) != outcome {
                let what = "two runs of one seed differ: something takes time or chance from elsewhere".to_owned();
                return Err(Box::new(Failure { seed, step: self.steps, what, before: Vec::new(), replay: None }));
            }
            reports.push(outcome.map_err(|mut failure| {
                failure.replay = Some(replay_of(seed, std::thread::current().name()));
                failure
            })?);
        }
        Ok(reports)
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("steps", &self.steps).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The seed that is to be replayed alone, or all.
fn chosen(replayed: Option<&str>, seeds: impl IntoIterator<Item = u64>) -> Vec<u64> {
    match replayed {
        Some(text) => vec![text.parse().unwrap_or_else(|_| panic!("{SEED} is {text:?}, which is no seed"))],
        None => seeds.into_iter().collect(),
    }
}

/// The command that replays a seed in this thread, which the test program names after its test.
fn replay_of(seed: u64, thread: Option<&str>) -> String {
    let test = thread.filter(|name| *name != "main").map(|name| format!(" {name}")).unwrap_or_default();
    format!("{SEED}={seed} cargo test{test}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_replayed_alone() {
        assert_eq!(chosen(None, [3, 4]), [3, 4]);
        assert_eq!(chosen(Some("7"), [3, 4]), [7]);
        let wrong = std::panic::catch_unwind(|| chosen(Some("seven"), [3, 4]));
        assert!(wrong.is_err());
    }

    #[test]
    fn the_test_is_named() {
        assert_eq!(replay_of(7, Some("gateways::mine")), "BOXOFFICE_SIMULATION_SEED=7 cargo test gateways::mine");
        assert_eq!(replay_of(7, Some("main")), "BOXOFFICE_SIMULATION_SEED=7 cargo test");
    }
}
