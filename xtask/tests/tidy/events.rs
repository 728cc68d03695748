//! Every event has a golden fixture: what somebody's disk holds has to decode for ever.

use crate::assert_none;
use crate::tree::{names, read};

const GOLDEN: &str = "core/tests/it/golden";

/// The variants of `pub enum DomainEvent`.
fn event_variants(text: &str) -> Vec<String> {
    let body = text.split("pub enum DomainEvent {").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or("");
    // Variants stand one step in; what stands further in belongs to one of them.
    let names = body.lines().filter_map(|line| line.strip_prefix("    ")).filter_map(|line| {
        let end = line.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(line.len());
        line.starts_with(char::is_uppercase).then(|| line[..end].to_owned())
    });
    names.collect()
}

fn without_fixture(variants: &[String], fixtures: &[String]) -> Vec<String> {
    let missing = |variant: &&String| !fixtures.iter().any(|name| name.starts_with(&format!("{variant}.")));
    let complaint = |variant| {
        format!("{GOLDEN}: no fixture of {variant}; `BLESS=1 cargo test -p boxoffice golden` writes what is missing")
    };
    variants.iter().filter(missing).map(complaint).collect()
}

#[test]
fn every_event_has_a_golden_fixture() {
    let variants = event_variants(&read("core/src/event.rs"));
    assert!(variants.len() >= 14, "core/src/event.rs: found only the events {variants:?}");
    assert_none(&without_fixture(&variants, &names(GOLDEN)));
}

#[test]
fn variants_of_every_shape_are_found() {
    let text = "
pub enum Other {
    Wrong,
}
/// Facts.
pub enum DomainEvent {
    /// One.
    OrderCreated(OrderCreated),
    #[serde(other)]
    Ended,
    OrderLost {
        /// Which.
        Id: OrderId,
    },
}
impl DomainEvent {
    Not(),
}
";
    assert_eq!(event_variants(text), ["OrderCreated", "Ended", "OrderLost"]);
}

#[test]
fn missing_fixtures_are_found() {
    let variants = ["OrderCreated".to_owned(), "Order".to_owned()];
    assert_eq!(without_fixture(&variants, &["OrderCreated.v1.json".to_owned()]).len(), 1);
}
