//! The whole box office in a world of chance, on one thread, from one seed.
//!
//! A [`Simulation`] runs the real engine: its writer, its journal and views on disks that fail, its gateway worker, its front
//! door. What is simulated is the world around it: people, clocks, disks, the card processor, and when what happens. Nothing
//! waits for time to pass, and nothing is left to the machine: the same seed gives the same journal, byte for byte.
//!
//! ```
//! use boxoffice::testing::Simulation;
//!
//! let report = Simulation::new().steps(300).run(7)?;
//! assert_eq!(report, Simulation::new().steps(300).run(7)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An auditor watches, who knows the contract and nothing of the engine. The run fails at the first thing that the contract does
//! not allow:
//!
//! - a ticket has one holder at any moment, and every hold ends;
//! - money is conserved: what the gateway took and did not give back is what complete orders cost;
//! - no event is without its cause, and the gateway is asked for nothing that is not in the journal;
//! - what was acknowledged is there after any crash, what was refused is not, and a command that names itself gets its first
//!   answer again;
//! - a replay from zero, the checkpoint with the tail, and what is shown are one; nothing is shown before it is durable;
//! - the chain of hashes is whole, and time never runs backwards.
//!
//! # Your own world
//!
//! Give the simulation your own [`PaymentGateway`], [`Actor`]s and [`Audit`]s to run them through the same crashes:
//!
//! ```
//! use boxoffice::testing::{Act, Actor, Audit, Simulation, Stage};
//! use boxoffice::{DomainEvent, NewTicket, Record};
//!
//! /// Sells one ticket after another for a dollar.
//! #[derive(Debug)]
//! struct Dollar;
//!
//! impl Actor for Dollar {
//!     fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
//!         let (office, seller) = (stage.office.clone(), stage.town.person(stage.dice)?);
//!         Some(Box::pin(async move {
//!             let _ = office.tickets().create(seller, NewTicket::new("dollar", "1.00")).await;
//!         }))
//!     }
//! }
//!
//! /// Nobody may sell for more than a thousand.
//! #[derive(Debug)]
//! struct Cap;
//!
//! impl Audit for Cap {
//!     fn record(&mut self, record: &Record) -> Result<(), String> {
//!         match &record.event {
//!             DomainEvent::TicketCreated(event) if event.price.minor() > 100_000 => Err("too dear".into()),
//!             _ => Ok(()),
//!         }
//!     }
//! }
//!
//! Simulation::new().steps(300).actor(20, || Dollar).audit(|| Cap).run(1)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod actors;
mod disks;
mod gateway;
mod inspect;
mod process;
mod report;
mod schedule;
mod town;
mod watch;
mod world;

use std::fmt;
use std::sync::Arc;

pub use self::actors::{Act, Actor, Stage};
pub use self::gateway::{SeededGateway, WorldTime};
pub use self::report::{Failure, Report};
pub use self::town::Town;

use self::actors::{Buyers, Operators, Rivals, Sellers};
use self::world::World;
use super::Dice;
use crate::event::Record;
use crate::gateway::PaymentGateway;
use crate::{BoxOffice, Currency, FeePolicy, Limits, Money};

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

type MakeGateway = Arc<dyn Fn(Dice, WorldTime) -> Arc<dyn PaymentGateway> + Send + Sync>;
type MakeActor = Arc<dyn Fn() -> Box<dyn Actor> + Send + Sync>;
type MakeAudit = Arc<dyn Fn() -> Box<dyn Audit> + Send + Sync>;

/// The whole box office in a world of chance; see the [module](self).
#[derive(Clone)]
#[must_use]
pub struct Simulation {
    steps: u64,
    limits: Limits,
    gateway: Option<MakeGateway>,
    cast: Vec<(u64, MakeActor)>,
    audits: Vec<MakeAudit>,
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
    /// with `tokio::time`, which does not really wait. When all dice are thrown it has to answer every lookup in the end.
    pub fn gateway<G: PaymentGateway>(mut self, make: impl Fn(Dice, WorldTime) -> G + Send + Sync + 'static) -> Self {
        self.gateway = Some(Arc::new(move |dice, time| Arc::new(make(dice, time))));
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
        let mut world = World::new(self, seed).map_err(broken)?;
        let done = (0..self.steps).try_for_each(|_| world.go_on()).and_then(|()| world.finish());
        done.map(|()| world.report()).map_err(|what| Box::new(world.failure(what)))
    }
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulation").field("steps", &self.steps).field("limits", &self.limits).finish_non_exhaustive()
    }
}
