//! Actors of a simulated world.

mod operation;
mod people;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

pub(crate) use self::operation::Operation;
pub(crate) use self::people::{Buyers, Operators, Rivals, Sellers};

use boxoffice::BoxOffice;

use crate::{Rng, World};

/// Task of an actor. It runs by itself, may wait for answers, and dies with the box office's process.
pub type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// User of a simulated box office, with rules of its own.
///
/// The auditor checks all its actions: each command must be answered correctly, and the answer must stay true.
pub trait Actor: Debug {
    /// Returns the next task; `None` if the actor does nothing now.
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act>;
}

/// Environment of an actor when it acts.
#[derive(Debug)]
pub struct Stage<'w> {
    /// The box office. It is gone after a crash, so the actor must not keep any part of it.
    pub office: &'w BoxOffice,
    /// Entities that people know of.
    pub world: &'w World,
    /// Source of randomness. Randomness from other sources is not reproducible by the seed.
    pub rng: &'w mut Rng,
    /// Card tokens that people pay with.
    pub cards: &'w [String],
}

impl Stage<'_> {
    /// Returns one of the card tokens. With only one token it draws no random number.
    pub fn card(&mut self) -> String {
        match self.cards {
            [only] => only.clone(),
            cards => self.rng.pick(cards).cloned().unwrap_or_default(),
        }
    }

    /// Returns the task that runs an operation.
    fn run(&self, operation: Operation) -> Act {
        Box::pin(operation.run(self.office.clone(), self.world.clone()))
    }
}
