//! Execution of the guides by a shell, with the real binary.
//!
//! The blocks of `sh` run in order, in one shell and an empty folder. A block of `text` or `json` after one is its
//! expected output, in which `…` matches anything. Blocks that call cargo are skipped: they are for readers without the
//! binary.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::harness::{Process, command};

/// Separator between the outputs of two blocks.
const MARK: &str = "--8<--";

/// Addresses of the server in the guides.
const ADDRESSES: [&str; 2] = ["localhost:3000", "127.0.0.1:3000"];

/// A block of commands with its expected output, if the guide contains one.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    commands: String,
    output: Option<String>,
}

#[test]
fn the_first_commands_of_the_readme_work() {
    beside_a_server("README.md");
}

#[test]
fn the_guide_to_the_api_works() {
    beside_a_server("docs/src/guide/curl.md");
}

#[test]
fn the_guide_to_webhooks_works() {
    beside_a_server("docs/src/guide/webhooks.md");
}

#[test]
fn the_backup_and_restore_drill_works() {
    let dir = tempfile::tempdir().unwrap();
    // A free port, unless another process takes it now.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    follow("docs/src/operations/backup.md", dir.path(), &address);
}

/// Follows a guide that requires a running server with an empty directory.
fn beside_a_server(guide: &str) {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::spawn(command(&["serve", "--listen", "127.0.0.1:0"], &dir.path().join("boxoffice-data")));
    follow(guide, dir.path(), server.url.trim_start_matches("http://"));
}

fn follow(guide: &str, dir: &Path, address: &str) {
    let steps = steps(&fs::read_to_string(super::document(guide)).unwrap());
    assert!(!steps.is_empty(), "{guide} has no commands");
    let mut script = "set -euo pipefail\n".to_owned();
    for step in &steps {
        script.extend([&step.commands, "echo '", MARK, "'\n"]);
    }
    for original in ADDRESSES {
        script = script.replace(original, address);
    }
    let bin = dir.join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_boxoffice-server"), bin.join("boxoffice-server")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(dir).env("PATH", path).env("BOXOFFICE_LISTEN", address);
    let output = shell.stdin(Stdio::null()).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // CSV over HTTP ends its lines with CRLF.
    let printed = stdout.replace("\r\n", "\n");
    let outputs: Vec<_> = printed.split(&format!("{MARK}\n")).collect();
    assert!(output.status.success(), "{guide}: a command failed after:\n{stdout}\n{stderr}\n{script}");
    for (step, printed) in steps.iter().zip(outputs) {
        if let Some(promised) = &step.output {
            assert!(
                matches(promised.trim(), printed.trim()),
                "{guide}:\n{}promises\n{promised}and prints\n{printed}",
                step.commands
            );
        }
    }
}

fn steps(guide: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty()) else { continue };
        let block: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        match (language, steps.last_mut()) {
            ("sh", _) if !block.starts_with("cargo ") => steps.push(Step { commands: block, output: None }),
            ("text" | "json", Some(step)) if step.output.is_none() => step.output = Some(block),
            _ => {}
        }
    }
    steps
}

/// Returns `true` if the text matches the pattern, in which `…` matches anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn guides_are_read_and_compared() {
    let guide = "x\n```sh\ncargo run\n```\n```sh\na\nb\n```\nso\n```json\n{…}\n```\n```sh\nc\n```\n```rust\nd\n```\n";
    let step = |commands: &str, output: Option<&str>| Step {
        commands: commands.to_owned(),
        output: output.map(ToOwned::to_owned),
    };
    assert_eq!(steps(guide), [step("a\nb\n", Some("{…}\n")), step("c\n", None)]);
    for (pattern, text, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "ab", true),
        ("…b…d", "abcd", true),
        ("…b…d", "abc", false),
        ("a…a", "a", false),
        ("b…", "ab", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
    }
}
