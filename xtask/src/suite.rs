//! Runs the host's HTTP tests against another server that implements the same API.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{cargo, root, run, say, spelled};

/// Package that contains the tests, which is also the name of its folder.
const PACKAGE: &str = "host-server";

/// Test suites that check what HTTP does not show, or what only the host has.
const NOT_OVER_HTTP: &[&str] =
    &["inside::", "process::", "crash::", "console::", "documents::", "recover::", "stripe::", "webhooks::"];

/// Runs the tests against the server that `host` starts.
pub(crate) fn over_http(host: &str) -> Result<(), String> {
    let mut suite = Command::new(program()?);
    suite.current_dir(root().join(PACKAGE)).env("BOXOFFICE_TEST_HOST", host);
    run(suite.args(NOT_OVER_HTTP.iter().flat_map(|name| ["--skip", name])))
}

/// Returns the path of the test program. It is built together with all others, because a build of this package alone
/// would resolve other features and rebuild everything.
fn program() -> Result<PathBuf, String> {
    let mut build = cargo(&["test", "--workspace", "--all-features", "--test", "it", "--no-run"]);
    build.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    say(&format!("\n$ {}", spelled(&build)));
    let output = build.output().map_err(|error| format!("`{}`: {error}", spelled(&build)))?;
    let messages = String::from_utf8_lossy(&output.stdout);
    messages.lines().find_map(executable).ok_or_else(|| format!("`{}` built no tests of {PACKAGE}", spelled(&build)))
}

/// Returns the test program of a line of cargo's output, if the line is about the package.
fn executable(line: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_it = message["target"]["name"] == "it" && message["profile"]["test"] == true;
    let folder = PathBuf::from(message["manifest_path"].as_str()?);
    let is_package = folder.parent()?.ends_with(PACKAGE);
    if is_it && is_package { message["executable"].as_str().map(PathBuf::from) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(folder: &str, target: &str, test: bool) -> String {
        format!(
            r#"{{"reason":"compiler-artifact","manifest_path":"/x/{folder}/Cargo.toml","target":{{"name":"{target}"}},
            "profile":{{"test":{test}}},"executable":"/target/it-1"}}"#
        )
    }

    #[test]
    fn the_programs_are_told_apart() {
        assert_eq!(executable(&message("host-server", "it", true)), Some("/target/it-1".into()));
        assert_eq!(executable(&message("core", "it", true)), None);
        assert_eq!(executable(&message("host-server", "main", true)), None);
        assert_eq!(executable(&message("host-server", "it", false)), None);
        assert_eq!(executable(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(executable("not JSON"), None);
    }
}
