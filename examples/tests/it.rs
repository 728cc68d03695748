//! Runs the examples: each prints the output in its README, and the load generator proves its claims.

#![allow(clippy::unwrap_used, reason = "what can't be unwrapped fails the test")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(binary: &str, arguments: &[&str]) -> Output {
    Command::new(binary).args(arguments).output().unwrap_or_else(|error| panic!("{binary}: {error}"))
}

fn stdout(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// Returns the output that the example's README promises.
fn promised(example: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join(example).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = readme.split_once("```text\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn quickstart_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_quickstart"), &[])), promised("quickstart"));
}

#[test]
fn race_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_race"), &[])), promised("race"));
}

#[test]
fn expiry_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_expiry"), &[])), promised("expiry"));
}

#[test]
fn own_gateway_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_own-gateway"), &[])), promised("own-gateway"));
}

#[test]
fn follow_the_journal_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_follow-the-journal"), &[])), promised("follow-the-journal"));
}

#[test]
fn verify_draw_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_verify-draw"), &[])), promised("verify-draw"));
}

#[test]
fn verify_draw_refuses_what_does_not_fit() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("verify-draw");
    let verifies = |path: &Path| run(env!("CARGO_BIN_EXE_verify-draw"), &[path.to_str().unwrap()]).status.success();
    assert!(verifies(&folder.join("seed.json")));
    assert!(!verifies(&folder.join("forged.json")), "the signature is of another round");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("draw.json");
    for (name, changes) in [("draw.json", 6 + 12 * 5), ("seed.json", 5 + 13 * 5)] {
        let file = std::fs::read_to_string(folder.join(name)).unwrap();
        let all = changed(&serde_json::from_str(&file).unwrap());
        assert_eq!(all.len(), changes, "{name}");
        for file in all {
            std::fs::write(&path, file.to_string()).unwrap();
            assert!(!verifies(&path), "{file}");
        }
    }
}

/// Returns the JSON with one number or text in it changed, for each of them. A text becomes another one, or one that a
/// careless reader takes for the same.
fn changed(value: &Value) -> Vec<Value> {
    let with = |at: &str, other: Value| {
        let mut value = value.clone();
        *value.pointer_mut(at).unwrap() = other;
        value
    };
    let within = |at: String, inner: &Value| changed(inner).into_iter().map(|it| with(&at, it)).collect::<Vec<_>>();
    match value {
        Value::Object(members) => members.iter().flat_map(|(name, it)| within(format!("/{name}"), it)).collect(),
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, it)| within(format!("/{at}"), it)).collect(),
        Value::Number(number) => vec![(number.as_u64().unwrap() + 1).into()],
        Value::String(text) => {
            let other = format!("{}{}", u8::from(text.starts_with('0')), &text[1..]);
            let careless = [text.to_uppercase(), format!("{text}-"), format!("{text}zz"), format!(" {text}")];
            careless.into_iter().chain([other]).map(Value::from).collect()
        }
        Value::Null | Value::Bool(_) => Vec::new(),
    }
}

#[test]
fn verifiers_of_draws_can_be_read_before_they_are_believed() {
    let apart = ["//", "#", "use ", "import ", "from ", "\"\"\""];
    for program in ["main.rs", "main.py", "main.mjs"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("verify-draw").join(program);
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let code = lines.filter(|line| !apart.iter().any(|start| line.starts_with(start))).count();
        assert!(code <= 40, "{program} has {code} lines of code");
    }
}

#[test]
fn verify_ticket_prints_what_it_promises() {
    assert_eq!(stdout(&run(env!("CARGO_BIN_EXE_verify-ticket"), &[])), promised("verify-ticket"));
}

#[test]
fn an_onsale_on_the_core_proves_that_no_ticket_is_sold_twice() {
    let arguments = ["--tickets", "40", "--buyers", "200", "--concurrency", "50", "--accounts", "10"];
    let text = stdout(&run(env!("CARGO_BIN_EXE_onsale"), &arguments));
    assert!(text.contains("✓ no ticket was sold twice"), "{text}");
    assert!(text.contains("✓ the journal has no problems"), "{text}");
    assert!(!text.contains('✗'), "{text}");
    assert!(text.contains("p99.9"), "{text}");
}

#[test]
fn a_second_onsale_goes_on_where_the_first_has_left_its_directory() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("office");
    let arguments = ["--tickets", "5", "--buyers", "20", "--accounts", "4", "--data", dir.to_str().unwrap()];
    for _ in 0..2 {
        let text = stdout(&run(env!("CARGO_BIN_EXE_onsale"), &arguments));
        assert!(!text.contains('✗'), "{text}");
    }
}

#[test]
fn onsale_needs_tickets_and_one_place_to_sell_them() {
    for arguments in [["--tickets", "0"].as_slice(), &["--data", "x", "--url", "http://127.0.0.1:1"]] {
        assert_eq!(run(env!("CARGO_BIN_EXE_onsale"), arguments).status.code(), Some(2));
    }
}
