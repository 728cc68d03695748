//! Parameters of a simulation: number of steps, actors, gateway, and rules that must hold.

use std::fmt;
use std::sync::Arc;

use boxoffice::{BoxOffice, Currency, FeePolicy, Limits, Money, Record};

use crate::Rng;
use crate::actors::{Actor, Buyers, Operators, Rivals, Sellers};
use crate::gateway::{OwnGateway, WorldTime};
use crate::report::{Failure, Report};
use crate::run::Run;

/// Your own rule, which must hold in every run.
pub trait Audit: fmt::Debug {
    /// Checks the next published record.
    ///
    /// # Errors
    /// A description of the violation; the run ends with it.
    fn record(&mut self, record: &Record) -> Result<(), String> {
        let _ = record;
        Ok(())
    }

    /// Checks the box office at the end, when nothing is under way any more.
    ///
    /// # Errors
    /// A description of the violation; the run ends with it.
    fn end(&mut self, office: &BoxOffice) -> Result<(), String> {
        let _ = office;
        Ok(())
    }
}

type MakeGateway = Arc<dyn Fn(Rng, WorldTime) -> OwnGateway + Send + Sync>;
type MakeActor = Arc<dyn Fn() -> Box<dyn Actor> + Send + Sync>;
type MakeAudit = Arc<dyn Fn() -> Box<dyn Audit> + Send + Sync>;

/// Name of the environment variable that contains the seed to replay.
const SEED: &str = "BOXOFFICE_SIMULATION_SEED";

/// Simulation of the whole box office in a random world; see the [crate](crate).
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

/// Returns fees with a share that leaves fractions of a cent, and a fixed amount in one of the two currencies.
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
    /// Creates a simulation of 2,000 steps with sellers, buyers, rivals and operators, and the
    /// [`SeededGateway`](crate::SeededGateway).
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of steps of a run, without the final ones that complete all work.
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// Sets the box office's limits. By default holds last 15 minutes, and each buyer may have 3 open orders.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets your own gateway instead of the [`SeededGateway`](crate::SeededGateway): a
    /// [`PaymentGateway`](boxoffice::gateway::PaymentGateway), or an [`OwnGateway`] with the card processor behind it.
    /// It is created anew for each run, with random numbers and the time of its world.
    ///
    /// It survives the box office's crashes, as real ones do, and may wait with `tokio::time`, which takes no real
    /// time. At the end it has to answer for every charge that it took the money or never will.
    pub fn gateway<G: Into<OwnGateway>>(mut self, make: impl Fn(Rng, WorldTime) -> G + Send + Sync + 'static) -> Self {
        self.gateway = Some(Arc::new(move |rng, time| make(rng, time).into()));
        self
    }

    /// Sets the card tokens that people pay with; only `tok_visa` by default.
    pub fn cards<C: Into<String>>(mut self, tokens: impl IntoIterator<Item = C>) -> Self {
        self.cards = tokens.into_iter().map(Into::into).collect();
        self
    }

    /// Adds an actor, who acts in proportion to the weight. The built-in actors have a total weight of 100.
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
    /// The first violation of the contract.
    pub fn run(&self, seed: u64) -> Result<Report, Box<Failure>> {
        let broken = |what| Box::new(Failure { seed, step: 0, what, before: Vec::new(), replay: None });
        let mut run = Run::new(self, seed).map_err(broken)?;
        let done = (0..self.steps).try_for_each(|_| run.go_on()).and_then(|()| run.finish());
        done.map(|()| run.report()).map_err(|what| Box::new(run.failure(what)))
    }

    /// Runs the world of each seed until one fails; the failure has the command that replays it. For tests.
    ///
    /// If the environment variable `BOXOFFICE_SIMULATION_SEED` contains a seed, only that one is run. The first seed is
    /// run twice: if the runs differ, some code takes time or randomness from outside its world, and no failure could
    /// be replayed.
    ///
    /// # Errors
    /// The first violation of the contract.
    ///
    /// # Panics
    /// If the environment variable contains something other than a number.
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

/// Returns only the seed to be replayed, or all seeds.
fn chosen(replayed: Option<&str>, seeds: impl IntoIterator<Item = u64>) -> Vec<u64> {
    match replayed {
        Some(text) => vec![text.parse().unwrap_or_else(|_| panic!("{SEED} is {text:?}, which is no seed"))],
        None => seeds.into_iter().collect(),
    }
}

/// Returns the command that replays a seed. The test program names its threads after the tests.
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
