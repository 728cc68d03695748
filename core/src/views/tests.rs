//! Views against a naive model of them, under every kind of restart, damage and concurrency.

mod concurrent;
mod damage;
mod fault;
mod model;
mod restart;
mod words;
mod world;

pub(super) use self::fault::Fault;
