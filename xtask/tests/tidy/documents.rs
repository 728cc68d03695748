//! What the documents name exists.

use std::collections::BTreeSet;
use std::path::Path;

use crate::assert_none;
use crate::tree::{exists, read};

const DOCUMENTS: &[&str] = &["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"];

/// What paths of this repository start with.
const TOPS: &[&str] = &["core/", "host-server/", "bindings/", "examples/", "xtask/", ".ci/", ".cargo/"];

/// Words in backticks that look like paths of this repository.
fn named_paths(text: &str) -> Vec<String> {
    let prose = without_code_blocks(text);
    let in_backticks = prose.split('`').skip(1).step_by(2);
    let is_path = |word: &&str| is_file_at_root(word) || TOPS.iter().any(|top| word.starts_with(top));
    let is_pattern = |word: &&str| word.contains([' ', '<', '*', '{', '…']);
    // `core/src/error.rs:12` and `core/src/error.rs#codes` name the file.
    let file = |word: &str| word.split([':', '#']).next().unwrap_or(word).to_owned();
    in_backticks.filter(is_path).filter(|word| !is_pattern(word)).map(file).collect()
}

fn is_file_at_root(word: &str) -> bool {
    !word.contains('/') && Path::new(word).extension().is_some_and(|ending| ending == "md" || ending == "toml")
}

/// The text without what stands between lines of three backticks.
fn without_code_blocks(text: &str) -> String {
    let mut inside = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if !inside {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    prose
}

fn missing_paths(document: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let missing: BTreeSet<_> = named_paths(text).into_iter().filter(|path| !exists(path)).collect();
    missing.into_iter().map(|path| format!("{document} names `{path}`, which does not exist")).collect()
}

#[test]
fn paths_in_the_documents_exist() {
    let complaints: Vec<_> =
        DOCUMENTS.iter().flat_map(|document| missing_paths(document, &read(document), exists)).collect();
    assert_none(&complaints);
}

#[test]
fn paths_are_told_from_other_words() {
    let text = "see `core/src/lib.rs:12`, `clippy.toml` and `cargo test`, not `core/src/<x>`, `mod.rs`, `/api/tickets`\n\
        ```\nlone ` and `core/no.rs`\n```\nthen `.ci/run`";
    assert_eq!(named_paths(text), ["core/src/lib.rs", "clippy.toml", ".ci/run"]);
}

#[test]
fn missing_paths_are_found() {
    let complaints =
        missing_paths("X.md", "`core/here.rs`, `core/gone.rs` and `core/gone.rs`", |path| path == "core/here.rs");
    assert_eq!(complaints, ["X.md names `core/gone.rs`, which does not exist"]);
}
