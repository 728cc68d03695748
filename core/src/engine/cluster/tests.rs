//! Tests of engines in a cluster, on a stream and a link that do as they are told.

mod fixtures;
mod follow;
mod late;
mod lead;
mod repetition;
mod second_host;
mod size;
mod thread;
mod unknown;

pub(super) use self::fixtures::FakeLink;
