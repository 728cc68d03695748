//! Rules about the source tree that no compiler checks.
//!
//! Each rule is a function from texts to complaints. A test applies it to a small bad sample too, to show that it can
//! fail. A missing file is a failure; no rule skips it.

#![allow(clippy::unwrap_used, reason = "a test that can't read the tree fails")]

mod circles;
mod core_circles;
mod documents;
mod events;
mod examples;
mod features;
mod gateways;
mod imports;
mod layout;
mod markdown;
mod matches;
mod tree;

/// Fails with all complaints at once.
#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
