//! What a simulation is made of: how long it takes, who acts, which gateway is used, and what must hold.

use std::fmt;
use std::sync::Arc;

use boxoffice::gateway::PaymentGateway;
use boxoffice::{BoxOffice, Currency, FeePolicy, Limits, Money, Record};

use crate::Rng;
use crate::actors::{Actor, Buyers, Operators, Rivals, Sellers};
use crate::gateway::WorldTime;
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

    /// Examines the box office in the end, when nothing is under way any more.
    ///
    /// # Errors
    /// What is wrong; the run ends with it.
    fn end(&mut self, office: &BoxOffice) -> Result<(), String> {
        let _ = office;
        Ok(())
    }
}

type MakeGateway = Arc<dyn Fn(Rng, WorldTime) -> Arc<dyn PaymentGateway> + Send + Sync>;
type MakeActor = Arc<dyn Fn() -> Box<dyn Actor> + Send + Sync>;
type MakeAudit = Arc<dyn Fn() -> Box<dyn Audit> + Send + Sync>;

/// The whole box office in a world of chance; see the [crate](crate).
#[derive(Clone)]
#[must_use]
pub struct Simulation {
    steps: u64,
    pub(crate) limits: Limits,
    pub(crate) gateway: Option<MakeGateway>,
    pub(crate) cast: Vec<(u64, MakeActor)>,
    pub(crate) audits: Vec<MakeAudit>,
}

/// A share that leaves fractions of a cent, and something fixed in one of the two currencies.
fn fees() -> Result<FeePolicy, Box<dyn std::error::Error>> {
    Ok(FeePolicy::basis_points(725)?.and_fixed(Money::from_minor(30, Currency::USD)?)?)
}

impl Default for Simulation {
    fn default() -> Self {
        let limits = Limits { open_orders_max: 3, fees: fees().unwrap_or_default(), ..Limits::default() };
        let cast: Vec<(u64, MakeActor)> = vec![
            (18, Arc::new(|| Box::new(Sellers))),
            (55, Arc::new(|| Box::new(Buyers))),
            (17, Arc::new(|| Box::new(Rivals))),
            (10, Arc::new(|| Box::new(Operators))),
        ];
        Self { steps: 2_000, limits, gateway: None, cast, audits: Vec::new() }
    }
}

impl Simulation {
    /// 2,000 steps with sellers, buyers, rivals and operators, and a card processor with every vice.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many steps a run takes, before everything comes to its end.
    pub fn steps(mut self, steps: u64) -> Self {
        self.steps = steps;
        self
    }

    /// The box office's limits; holds of 15 minutes and at most 3 open orders for each buyer unless told otherwise.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Another card processor than the [`SeededGateway`]. It outlives the box office's crashes, as real ones do, and may wait
    /// with `tokio::time`, which does not really wait. When all rng are thrown it has to answer every lookup in the end.
    pub fn gateway<G: PaymentGateway>(mut self, make: impl Fn(Rng, WorldTime) -> G + Send + Sync + 'static) -> Self {
        self.gateway = Some(Arc::new(move |rng, time| Arc::new(make(rng, time))));
        self
    }

    /// Somebody more, who acts as often as the weight says: those that come with the simulation weigh 100 together.
    pub fn actor<A: Actor + 'static>(mut self, weight: u64, make: impl Fn() -> A + Send + Sync + 'static) -> Self {
        self.cast.push((weight, Arc::new(move || Box::new(make()))));
        self
    }

    /// A rule more that must hold.
    pub fn audit<A: Audit + 'static>(mut self, make: impl Fn() -> A + Send + Sync + 'static) -> Self {
        self.audits.push(Arc::new(move || Box::new(make())));
        self
    }

    /// Runs the world of this seed.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn run(&self, seed: u64) -> Result<Report, Box<Failure>> {
        let broken = |what| Box::new(Failure { seed, step: 0, what, before: Vec::new() });
        let mut run = Run::new(self, seed).map_err(broken)?;
        let done = (0..self.steps).try_for_each(|_| run.go_on()).and_then(|()| run.finish());
        done.map(|()| run.report()).map_err(|what| Box::new(run.failure(what)))
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("steps", &self.steps).field("limits", &self.limits).finish_non_exhaustive()
    }
}
