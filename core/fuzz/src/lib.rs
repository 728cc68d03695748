//! Fuzz targets: functions that accept any bytes and panic only if boxoffice has a bug.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, guided by coverage, for any length of time. `corpus/<target>/` holds
//! inputs with high coverage and every input that ever found a bug. A test passes all of them to their target in every
//! test run.

mod commands;
mod http;
mod record;
mod shop;
mod token;
mod values;

/// Name of a target, which is also the name of its corpus, and the target.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: &[Target] = &[
    ("record", record::run),
    ("values", values::run),
    ("token", token::run),
    ("http", http::run),
    ("commands", commands::run),
];
