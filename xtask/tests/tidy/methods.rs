//! What the front door has, in one list: the tests of both bindings read it, so that neither lacks a method.

use std::fmt::Write;

use crate::tree::{File, files, read, root};

const LIST: &str = "bindings/methods.json";

/// Where the front door is.
const FOLDER: &str = "core/src/office";

/// The parts of the front door: the name of each, the file that it begins in and its type. Other files may go on with it.
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

/// What the bindings have in other forms: parts are attributes, options and keys are arguments, blocking is a face, what can be
/// had without waiting is had so, and all pages of a list are iterated over in the language's own way.
const OTHERWISE: &[&str] = &["builder", "blocking", "idempotency_key", "get_in_memory", "iter", "stream"];

/// What can be chosen when a box office is opened: the methods of the builder, with the fields of its limits.
const BUILDER: &str = "core/src/office/builder.rs";
const LIMITS: &str = "core/src/domain/mod.rs";

/// Methods of the builder that choose nothing, or what is listed by its fields.
const NO_OPTIONS: &[&str] = &["open", "limits"];

/// The public methods of a type, wherever they are: first those of its own file, then those of the others by name.
fn methods_of(kind: &str, own: &str, sources: &[File]) -> Vec<String> {
    let (first, others): (Vec<_>, Vec<_>) = sources.iter().partition(|(path, _)| path == own);
    first.into_iter().chain(others).flat_map(|(_, text)| methods(text, kind)).collect()
}

/// The sources of the front door, by name.
fn sources() -> Vec<File> {
    let sources = files(FOLDER, ".rs");
    assert!(sources.len() > PARTS.len(), "{FOLDER}: found only {} files", sources.len());
    sources
}

/// The public methods of a type in one file, in its order.
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

/// The public fields of a struct, in the order of its file.
fn fields(text: &str, kind: &str) -> Vec<String> {
    let start = format!("pub struct {kind} {{");
    let lines = text.lines().skip_while(|line| *line != start).take_while(|line| *line != "}");
    let names = lines.filter_map(|line| line.strip_prefix("    pub ")?.split_once(':'));
    names.map(|(name, _)| name.to_owned()).collect()
}

/// Everything that can be chosen.
fn options() -> Vec<String> {
    let (mut options, limits) = (methods(&read(BUILDER), "Builder"), fields(&read(LIMITS), "Limits"));
    assert!(options.len() > 10 && limits.len() > 3, "found only {options:?} and {limits:?}");
    options.extend(limits);
    options.retain(|name| !NO_OPTIONS.contains(&name.as_str()));
    options.sort();
    options.dedup();
    options
}

fn list() -> String {
    let (mut json, sources) = (String::from("{\n"), sources());
    for (part, file, kind) in PARTS {
        let is_part = |name: &str| PARTS.iter().any(|(part, ..)| *part == name);
        let mut names = methods_of(kind, file, &sources);
        assert!(names.len() > 2, "{file}: found only the methods {names:?}");
        names.retain(|name| ![OTHERWISE, RUST_ONLY].concat().contains(&name.as_str()) && !is_part(name));
        writeln!(json, "  \"{part}\": {names:?},").unwrap();
    }
    json + &format!("  \"options\": {:?}\n}}\n", options())
}

#[test]
fn every_part_of_the_front_door_is_listed() {
    let (_, file, kind) = PARTS[0];
    let office = methods_of(kind, file, &sources());
    let parts = PARTS.iter().map(|(part, ..)| *part).skip(1);
    for part in parts.chain(RUST_ONLY.iter().copied()) {
        assert!(office.iter().any(|name| name == part), "the front door has no {part}()");
    }
    let accessors = read(file).matches("::new(self.clone())").count();
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

#[test]
fn fields_are_found() {
    let text = "pub struct Other {\n    pub no: u8,\n}\npub struct Limits {\n    /// How long.\n    pub hold: Duration,\n    inner: u8,\n}\n";
    assert_eq!(fields(text, "Limits"), ["hold"]);
}

#[test]
fn methods_in_other_files_are_found() {
    let source =
        |path: &str, name: &str| (path.to_owned(), format!("impl Tickets {{\n    pub fn {name}(&self) {{}}\n}}\n"));
    let sources = [source("a.rs", "more"), source("own.rs", "get"), source("z.rs", "last")];
    assert_eq!(methods_of("Tickets", "own.rs", &sources), ["get", "more", "last"]);
}
