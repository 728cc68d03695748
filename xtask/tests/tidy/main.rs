//! Rules about the source tree that no compiler checks.
//!
//! Each rule is a function from texts to complaints, tried here on a small bad sample too: a rule that can't fail guards
//! nothing. What a rule looks for has to be there: nothing is skipped because it is missing.

#![allow(clippy::unwrap_used, reason = "a test that can't read the tree fails")]

mod circles;
mod core_circles;
mod documents;
mod events;
mod examples;
mod features;
mod imports;
mod layout;
mod matches;
mod tree;

/// Fails with all complaints at once.
#[track_caller]
fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
