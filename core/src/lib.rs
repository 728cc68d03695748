//! An embeddable box office.
mod command;
mod domain;
mod error;
mod event;
mod journal;
mod types;

pub use error::{Code, Error, ErrorKind, Fault};
pub use event::{Actor, DomainEvent, Hash, Record};
pub use types::*;
