//! Actors of a simulated world.

mod operation;
mod people;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub(crate) use self::operation::Operation;
pub(crate) use self::people::{Buyers, Operators, Rivals, Sellers};

use boxoffice::{BoxOffice, Code};

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

/// Returns an actor at random, in proportion to the weights; `None` if there is none.
pub(crate) fn one_of<'c>(cast: &'c mut [(u64, Box<dyn Actor>)], rng: &mut Rng) -> Option<&'c mut Box<dyn Actor>> {
    let total = cast.iter().map(|(weight, _)| weight).sum();
    let mut left = rng.below(total);
    let found = cast.iter_mut().find(|(weight, _)| {
        let found = left < *weight;
        left = left.saturating_sub(*weight);
        found
    });
    found.map(|(_, actor)| actor)
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
    /// `true` if people who learn no outcome ask again under the same key.
    pub(crate) repeats: bool,
}

/// Number of times that people ask, and pause before each next time.
const ATTEMPTS: u32 = 4;
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(700);

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
        let (office, world) = (self.office.clone(), self.world.clone());
        let attempts = if self.repeats && operation.is_repeatable() { ATTEMPTS } else { 1 };
        Box::pin(async move {
            for attempt in 1..=attempts {
                let outcome = operation.clone().run(office.clone(), world.clone()).await;
                let is_unknown = outcome.is_err_and(|error| error.code() == Code::JournalUnavailable);
                if !is_unknown || attempt == attempts {
                    return;
                }
                tokio::time::sleep(ASK_AGAIN_AFTER).await;
            }
        })
    }
}
