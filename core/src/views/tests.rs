//! Tests of the views against a naive model, with every kind of restart, damage and concurrency.

mod concurrent;
mod damage;
mod fault;
mod model;
mod restart;
mod text_search;
mod world;

pub(super) use self::fault::Fault;
