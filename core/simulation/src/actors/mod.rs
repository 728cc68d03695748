//! The people of a simulated world.

mod operation;
mod people;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

pub(crate) use self::operation::Operation;
pub(crate) use self::people::{Buyers, Operators, Rivals, Sellers};

use boxoffice::BoxOffice;

use crate::{Rng, World};

/// Something that somebody does: it goes on by itself, may wait for answers, and dies with the box office's process.
pub type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Somebody who uses a simulated box office, by rules of their own.
///
/// Whatever they do is examined: each command that they give must be answered rightly, and the answer must stay true.
pub trait Actor: Debug {
    /// Returns what to do next, or `None` to leave the stage to others.
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act>;
}

/// What an actor finds when its turn comes.
#[derive(Debug)]
pub struct Stage<'w> {
    /// The box office. It is gone after a crash: keep nothing of it.
    pub office: &'w BoxOffice,
    /// What people have heard of.
    pub world: &'w World,
    /// Chance. Whatever does not come from it does not repeat with the seed.
    pub rng: &'w mut Rng,
    /// The card tokens that people pay with.
    pub cards: &'w [String],
}

impl Stage<'_> {
    /// Returns one of the card tokens. With a single one no random number is drawn.
    pub fn card(&mut self) -> String {
        match self.cards {
            [only] => only.clone(),
            cards => self.rng.pick(cards).cloned().unwrap_or_default(),
        }
    }

    /// The act of running an operation.
    fn run(&self, operation: Operation) -> Act {
        Box::pin(operation.run(self.office.clone(), self.world.clone()))
    }
}
