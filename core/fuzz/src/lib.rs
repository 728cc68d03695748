//! Fuzz targets: functions that take any bytes and panic only if boxoffice is at fault.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, guided by coverage, for as long as one likes. `corpus/<target>/` holds inputs
//! that reach far and every input that ever found a fault; a test gives all of them to their target in every run of the tests.

mod commands;
mod http;
mod record;
mod shop;
mod token;
mod values;

/// A target's name, which is also that of its corpus, and the target.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("record", record::run),
    ("values", values::run),
    ("token", token::run),
    ("http", http::run),
    ("commands", commands::run),
];
