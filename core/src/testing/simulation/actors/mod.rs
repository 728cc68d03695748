//! The people of a simulated world.

mod errand;
mod people;

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

pub(super) use self::errand::Errand;
pub(super) use self::people::{Buyers, Operators, Rivals, Sellers};

use super::Town;
use crate::BoxOffice;
use crate::testing::Dice;

/// Something that somebody does: it goes on by itself, may wait for answers, and dies with the box office's process.
pub type Act = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Somebody who uses a simulated box office, by rules of their own.
///
/// Whatever they do is examined: each command that they give must be answered rightly, and the answer must stay true.
pub trait Actor: Debug {
    /// What to do next; `None` to leave the stage to others.
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act>;
}

/// What an actor finds when its turn comes.
#[derive(Debug)]
pub struct Stage<'w> {
    /// The box office. It is gone after a crash: keep nothing of it.
    pub office: &'w BoxOffice,
    /// What people have heard of.
    pub town: &'w Town,
    /// Chance. Whatever does not come from it does not repeat with the seed.
    pub dice: &'w mut Dice,
}

impl Stage<'_> {
    /// The act of running an errand.
    fn run(&self, errand: Errand) -> Act {
        Box::pin(errand.run(self.office.clone(), self.town.clone()))
    }
}
