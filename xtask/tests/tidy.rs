//! Rules about the source tree that no compiler checks.
//!
//! Each rule is a function from texts to complaints, so that each is tested on a small bad sample too.

#![allow(clippy::unwrap_used, reason = "a test that can't read the tree fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a source file.
const FILE_LINES_MAX: usize = 600;

/// What each folder of a layer must not import.
const FORBIDDEN_IMPORTS: &[(&str, &[&str])] = &[
    (
        "types",
        &["error", "event", "command", "domain", "journal", "views", "gateway", "engine", "office", "clock", "ids"],
    ),
    ("domain", &["error", "journal", "views", "gateway", "engine", "office", "clock", "ids", "blocking", "testing"]),
    ("journal", &["views", "gateway", "engine", "office", "blocking"]),
    ("views", &["gateway", "engine", "office", "blocking"]),
    ("gateway", &["journal", "views", "engine", "office", "blocking"]),
    ("engine", &["office", "blocking"]),
];

/// What the domain must not use at all: it is pure.
const FORBIDDEN_IN_DOMAIN: &[&str] =
    &["std::fs", "std::thread", "std::io", "async fn", "tracing::", "tokio::", "Instant", "SystemTime"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// All files below `dir` with this ending, with their texts; paths are relative to the root.
fn files(dir: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(dir)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "target" | ".git" | "node_modules") {
                folders.push(path);
            } else if name.ends_with(ending) && path.is_file() {
                let relative = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.extend(fs::read_to_string(&path).ok().map(|text| (relative, text)));
            }
        }
    }
    found.sort();
    found
}

fn assert_none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn forbidden_imports(layer: &str, forbidden: &[&str], path: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let imports =
        |module: &&&str| code.contains(&format!("crate::{module}::")) || code.contains(&format!("crate::{module};"));
    let complaint = |module: &&str| format!("{path}: `{layer}` must not import `{module}`");
    forbidden.iter().filter(imports).map(complaint).collect()
}

fn impurities(path: &str, text: &str) -> Vec<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let used = FORBIDDEN_IN_DOMAIN.iter().filter(|word| code.contains(**word));
    used.map(|word| format!("{path}: the domain is pure, but uses `{word}`")).collect()
}

fn too_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > FILE_LINES_MAX)
        .then(|| format!("{path}: {lines} lines, at most {FILE_LINES_MAX}: split it by what it does"))
}

/// The variants of `pub enum DomainEvent`.
fn event_variants(text: &str) -> Vec<String> {
    let body = text.split("pub enum DomainEvent {").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or("");
    let variants = body.lines().filter_map(|line| line.trim().split_once('(').map(|(name, _)| name.to_owned()));
    variants.filter(|name| name.chars().all(char::is_alphanumeric)).collect()
}

fn without_fixture(variants: &[String], fixtures: &[String]) -> Vec<String> {
    let missing = |variant: &&String| !fixtures.iter().any(|name| name.starts_with(&format!("{variant}.")));
    variants.iter().filter(missing).map(|variant| format!("no golden fixture of {variant}")).collect()
}

/// Words in backticks that look like paths of this repository.
fn named_paths(text: &str) -> Vec<String> {
    let in_backticks = text.split('`').skip(1).step_by(2);
    let tops = ["core/", "host-server/", "examples/", "xtask/", "bindings/", ".ci/", ".cargo/"];
    let is_path = |word: &&str| tops.iter().any(|top| word.starts_with(top)) && !word.contains([' ', '<', '*', '{']);
    in_backticks.filter(is_path).map(str::to_owned).collect()
}

#[test]
fn layers_import_downwards_only() {
    let mut complaints = Vec::new();
    for (layer, forbidden) in FORBIDDEN_IMPORTS {
        for (path, text) in files(&format!("core/src/{layer}"), ".rs") {
            complaints.extend(forbidden_imports(layer, forbidden, &path, &text));
        }
    }
    assert_none(&complaints);
    assert_eq!(forbidden_imports("types", &["domain"], "x.rs", "use crate::domain::State;").len(), 1);
    assert_eq!(forbidden_imports("types", &["domain"], "x.rs", "use crate::types::Money;").len(), 0);
}

#[test]
fn the_domain_is_pure() {
    let complaints: Vec<_> =
        files("core/src/domain", ".rs").iter().flat_map(|(path, text)| impurities(path, text)).collect();
    assert_none(&complaints);
    assert_eq!(impurities("x.rs", "let now = SystemTime::now();").len(), 1);
    assert_eq!(impurities("x.rs", "// no SystemTime here").len(), 0);
}

#[test]
fn files_are_short() {
    let sources = ["core", "host-server", "examples", "xtask"].into_iter().flat_map(|dir| files(dir, ".rs"));
    assert_none(&sources.filter_map(|(path, text)| too_long(&path, &text)).collect::<Vec<_>>());
    assert!(too_long("x.rs", &"\n".repeat(FILE_LINES_MAX + 1)).is_some());
}

#[test]
fn every_event_has_a_golden_fixture() {
    let variants = event_variants(&fs::read_to_string(root().join("core/src/event.rs")).unwrap());
    assert!(variants.len() >= 14, "found only {variants:?}");
    let fixtures: Vec<String> = fs::read_dir(root().join("core/tests/it/golden"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_none(&without_fixture(&variants, &fixtures));
    let sample = ["OrderCreated".to_owned(), "OrderLost".to_owned()];
    assert_eq!(without_fixture(&sample, &["OrderCreated.v1.json".to_owned()]).len(), 1);
}

#[test]
fn domains_have_the_same_files() {
    let mut complaints = Vec::new();
    let mut domains = 0;
    for entry in fs::read_dir(root().join("core/src/domain")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            domains += 1;
            for file in ["mod.rs", "command.rs", "event.rs", "state.rs", "decide.rs"] {
                if !path.join(file).is_file() {
                    complaints.push(format!("{}: no {file}", path.display()));
                }
            }
            if !path.join("tests.rs").is_file() && !path.join("tests").is_dir() {
                complaints.push(format!("{}: no tests", path.display()));
            }
        }
    }
    assert_none(&complaints);
    assert_eq!(domains, 5);
}

#[test]
fn paths_in_the_documents_exist() {
    let mut complaints = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let missing = named_paths(&text).into_iter().filter(|path| !root().join(path).exists());
        complaints.extend(missing.map(|path| format!("{document} names {path}, which does not exist")));
    }
    assert_none(&complaints);
    assert_eq!(named_paths("see `core/src/lib.rs` and `cargo test` and `core/src/<x>`"), ["core/src/lib.rs"]);
}

#[test]
fn main_is_short_and_nothing_names_a_machine() {
    let main = fs::read_to_string(root().join("host-server/src/main.rs")).unwrap();
    assert!(main.lines().count() < 60, "host-server/src/main.rs only starts what is elsewhere");
    let places = ["/work".to_owned() + "/", "/home".to_owned() + "/", "/root".to_owned() + "/"];
    for ending in [".rs", ".md", ".toml", "run"] {
        for (path, text) in files(".", ending) {
            for place in &places {
                assert!(!text.contains(place.as_str()), "{path} names a machine's own path: {place}");
            }
        }
    }
}
