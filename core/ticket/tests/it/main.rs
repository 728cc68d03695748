//! The crate as its users see it: what is published, and what strangers make of it.

#![expect(clippy::unwrap_used, reason = "what can't be unwrapped fails the test")]

mod codes;
mod keys;
mod lists;
mod merge;
mod model;
mod rng;
mod samples;
mod scans;
mod strangers;
mod vectors;
mod verdicts;
