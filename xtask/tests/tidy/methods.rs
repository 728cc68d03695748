//! What the front door has, in one list: the tests of both bindings read it, so that neither lacks a method.

use std::fmt::Write;

use crate::tree::{read, root};

const LIST: &str = "bindings/methods.json";

/// The parts of the front door: the name of each, its file and its type.
const PARTS: &[(&str, &str, &str)] = &[
    ("office", "core/src/office/mod.rs", "BoxOffice"),
    ("auth", "core/src/office/auth.rs", "Auth"),
    ("tickets", "core/src/office/tickets.rs", "Tickets"),
    ("orders", "core/src/office/orders.rs", "Orders"),
    ("payments", "core/src/office/payments.rs", "Payments"),
    ("ledger", "core/src/office/ledger.rs", "Ledger"),
    ("journal", "core/src/office/journal.rs", "JournalReader"),
];

/// Parts that only Rust has: consoles of operators are made by the host, which the bindings hold as a whole.
const RUST_ONLY: &[&str] = &["desk"];

/// What the bindings have in other forms: parts are attributes, options and keys are arguments, and blocking is a face.
const OTHERWISE: &[&str] = &["builder", "blocking", "idempotency_key"];

/// The public methods of a type, in the order of its file.
fn methods(text: &str, kind: &str) -> Vec<String> {
    let start = format!("impl {kind} {{");
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        inside = line == start || (inside && line != "}");
        let signature = line.strip_prefix("    pub ").map(|line| line.strip_prefix("async ").unwrap_or(line));
        if let Some(name) = signature.filter(|_| inside).and_then(|line| line.strip_prefix("fn ")) {
            let end = name.find(['(', '<']).unwrap_or(name.len());
            found.push(name[..end].to_owned());
        }
    }
    found
}

fn list() -> String {
    let mut json = String::from("{\n");
    for (at, (part, file, kind)) in PARTS.iter().enumerate() {
        let is_part = |name: &str| PARTS.iter().any(|(part, ..)| *part == name);
        let mut names = methods(&read(file), kind);
        assert!(names.len() > 2, "{file}: found only the methods {names:?}");
        names.retain(|name| ![OTHERWISE, RUST_ONLY].concat().contains(&name.as_str()) && !is_part(name));
        let comma = if at + 1 < PARTS.len() { "," } else { "" };
        writeln!(json, "  \"{part}\": {names:?}{comma}").unwrap();
    }
    json + "}\n"
}

#[test]
fn every_part_of_the_front_door_is_listed() {
    let office = methods(&read("core/src/office/mod.rs"), "BoxOffice");
    let parts = PARTS.iter().map(|(part, ..)| *part).skip(1);
    for part in parts.chain(RUST_ONLY.iter().copied()) {
        assert!(office.iter().any(|name| name == part), "the front door has no {part}()");
    }
    let accessors = read("core/src/office/mod.rs").matches("::new(self.clone())").count();
    // One of them is the blocking face.
    assert_eq!(accessors, PARTS.len() + RUST_ONLY.len(), "a part of the front door is missing in {}", file!());
}

#[test]
fn the_list_of_methods_is_current() {
    let current = list();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(root().join(LIST), &current).unwrap();
    }
    assert!(read(LIST) == current, "{LIST} is not current: run the tidy test once with BLESS=1\n{current}");
}

#[test]
fn methods_of_every_kind_are_found() {
    let text = "impl Other {\n    pub fn no(&self) {}\n}\nimpl Tickets {\n    pub(crate) fn inner() {}\n    pub async fn get(&self) {\n        \
                pub fn deep() {}\n    }\n    pub fn list<T>(&self) {}\n    fn private() {}\n}\n    pub fn after() {}\n";
    assert_eq!(methods(text, "Tickets"), ["get", "list"]);
}
