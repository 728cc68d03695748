//! Simulation of the whole box office in a random world, on one thread, from one seed.
//!
//! A [`Simulation`] runs the real engine: its writer, its journal and views on disks that fail, its gateway worker, its
//! façade. The world around it is simulated: people, clocks, disks, the card processor, and the order of events. No run
//! waits for real time, and no run depends on the machine: one seed always gives the same journal, byte for byte.
//!
//! ```
//! use boxoffice_simulation::Simulation;
//!
//! let report = Simulation::new().steps(300).run(7)?;
//! assert_eq!(report, Simulation::new().steps(300).run(7)?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An auditor checks each run. It knows the contract and nothing of the engine. The run fails at the first violation of
//! the contract:
//!
//! - a ticket has one holder at any moment, and every hold ends;
//! - money is conserved: the money that the gateway took and did not give back equals the price of complete orders;
//! - every event has its cause, and every request to the gateway has its intent in the journal;
//! - acknowledged commands survive every crash, refused commands have no effect, and a repeated command with an
//!   idempotency key gets its first answer;
//! - a replay from zero, the checkpoint with the tail, and the views agree; nothing is visible before it is durable;
//! - the chain of hashes is complete, and time never runs backwards.
//!
//! With the feature `cluster`, `ClusterSimulation` runs three box offices that share one journal through such worlds.
//!
//! # Your own world
//!
//! Give the simulation your own [`PaymentGateway`](boxoffice::gateway::PaymentGateway), [`Actor`]s and [`Audit`]s to
//! run them through the same crashes:
//!
//! ```
//! use boxoffice_simulation::{Act, Actor, Audit, Simulation, Stage};
//! use boxoffice::{DomainEvent, NewTicket, Record};
//!
//! /// Sells one ticket after another for a dollar.
//! #[derive(Debug)]
//! struct Dollar;
//!
//! impl Actor for Dollar {
//!     fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
//!         let (office, seller) = (stage.office.clone(), stage.world.person(stage.rng)?);
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
mod auditor;
#[cfg(feature = "cluster")]
mod cluster;
mod disks;
mod gateway;
mod inspect;
mod process;
mod report;
mod run;
mod schedule;
mod simulation;
mod till;
mod watch;
mod world;

pub use boxoffice_faulty_disk::Rng;

pub use self::actors::{Act, Actor, Stage};
#[cfg(feature = "cluster")]
pub use self::cluster::ClusterSimulation;
pub use self::gateway::{Movement, OwnGateway, Processor, SeededGateway, WorldTime};
pub use self::report::{Failure, Report};
pub use self::simulation::{Audit, Simulation};
pub use self::world::World;

/// Runs the examples of the page for embedders as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/src/simulation.md")]
pub struct Page;
