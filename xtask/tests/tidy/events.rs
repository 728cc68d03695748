//! Every event has a golden fixture, because stored events must stay decodable.

use syn::{Item, ItemEnum};

use crate::assert_none;
use crate::tree::{names, read};

const GOLDEN: &str = "core/tests/it/golden";

/// Returns the variants of `pub enum DomainEvent`, which may be the input of a macro.
fn event_variants(text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap();
    let enums = file.items.into_iter().filter_map(|item| match item {
        Item::Enum(item) => Some(item),
        Item::Macro(item) => item.mac.parse_body::<ItemEnum>().ok(),
        _ => None,
    });
    let events = enums.filter(|item| item.ident == "DomainEvent").flat_map(|item| item.variants);
    events.map(|variant| variant.ident.to_string()).collect()
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

/// Files of the npm package with the names of the events and an interface for each.
const TYPED: &[&str] = &["bindings/node/express/subjects.js", "bindings/node/express/subjects.d.ts"];

fn without_type(variants: &[String], path: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for variant in variants {
        let is_declared = !path.ends_with(".d.ts") || text.contains(&format!("\nexport interface {variant}Event {{"));
        if !text.contains(&format!(" '{variant}',\n")) || !is_declared {
            complaints.push(format!("{path}: the event {variant} is missing"));
        }
    }
    complaints
}

#[test]
fn every_event_has_a_type_in_the_npm_package() {
    let variants = event_variants(&read("core/src/event.rs"));
    let complaints: Vec<_> = TYPED.iter().flat_map(|path| without_type(&variants, path, &read(path))).collect();
    assert_none(&complaints);
}

#[test]
fn missing_types_are_found() {
    let variants = ["OrderCreated".to_owned()];
    let (name, interface) = ("  OrderCreated = 'OrderCreated',\n", "\nexport interface OrderCreatedEvent {\n");
    assert_eq!(without_type(&variants, "events.js", name), Vec::<String>::new());
    assert_eq!(without_type(&variants, "events.d.ts", &format!("{name}{interface}")), Vec::<String>::new());
    for (path, text) in [("events.js", interface), ("events.d.ts", name), ("events.d.ts", interface)] {
        assert_eq!(without_type(&variants, path, text), [format!("{path}: the event OrderCreated is missing")]);
    }
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
    fn not() {}
}
";
    assert_eq!(event_variants(text), ["OrderCreated", "Ended", "OrderLost"]);
    let inside = text.replace("/// Facts.", "events! {").replace("\nimpl", "}\nimpl");
    assert_eq!(event_variants(&inside), ["OrderCreated", "Ended", "OrderLost"]);
}

#[test]
fn missing_fixtures_are_found() {
    let variants = ["OrderCreated".to_owned(), "Order".to_owned()];
    assert_eq!(without_fixture(&variants, &["OrderCreated.v1.json".to_owned()]).len(), 1);
}
