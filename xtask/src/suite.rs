//! Runs the host's HTTP tests against another server that implements the same API, or through a proxy.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::shell::{cargo, root, run, say, spelled};

/// Package that contains the tests, which is also the name of its folder.
const PACKAGE: &str = "host-server";

/// Test suites that check what HTTP does not show, or what only the host has.
const NOT_OVER_HTTP: &[&str] = &[
    "inside::",
    "process::",
    "crash::",
    "cluster::",
    "console::",
    "documents::",
    "recover::",
    "stripe::",
    "webhooks::",
];

/// Further tests that can't be run through a proxy, or make no sense there, each with the reason.
const NOT_THROUGH_A_PROXY: &[(&str, &str)] = &[
    ("connections::", "they connect to the real binary itself, and count its connections"),
    ("race::", "a thousand buyers connect to the real binary itself"),
    ("errors::a_batch_that_is_too_large", "the proxy refuses it first, which through_nginx.py checks"),
    ("tickets::an_id_with_a_zero_byte_names_nothing", "nginx refuses such a path by itself"),
    (
        "security::without_a_public_url_nobody_is_told_to_come_by_https",
        "a host that is deployed has a public address, and it is https",
    ),
    (
        "security::without_a_public_url_the_name_that_was_asked_for_is_the_own_origin",
        "a host that is deployed has a public address",
    ),
];

/// A test that fails behind a proxy that takes no large bodies.
const OF_LARGE_BODIES: &str = "errors::bodies_that_are_too_large";

/// Runs the tests against the server that `host` starts.
pub(crate) fn over_http(host: &str) -> Result<(), String> {
    let mut suite = Command::new(program()?);
    suite.current_dir(root().join(PACKAGE)).env("BOXOFFICE_TEST_HOST", host);
    run(suite.args(NOT_OVER_HTTP.iter().flat_map(|name| ["--skip", name])))
}

/// Returns the test program and its arguments, for a program that runs it behind a proxy.
pub(crate) fn through_a_proxy() -> Result<Vec<OsString>, String> {
    let mut words = vec![program()?.into_os_string()];
    for name in NOT_OVER_HTTP {
        words.extend(["--skip".into(), OsString::from(name)]);
    }
    for (name, reason) in NOT_THROUGH_A_PROXY {
        say(&format!("not through a proxy: {name} ({reason})"));
        words.extend(["--skip".into(), OsString::from(name)]);
    }
    Ok(words)
}

/// Returns the same for the one test that fails behind a proxy that takes no large bodies.
pub(crate) fn of_large_bodies() -> Result<Vec<OsString>, String> {
    Ok(vec![program()?.into_os_string(), OF_LARGE_BODIES.into(), "--exact".into()])
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
    fn tests_with_a_role_of_their_own_are_there() {
        let folder = root().join(PACKAGE).join("tests/it");
        let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
        let modules = read("main.rs");
        let names = NOT_THROUGH_A_PROXY.iter().map(|(name, _)| *name);
        for name in NOT_OVER_HTTP.iter().copied().chain(names).chain([OF_LARGE_BODIES]) {
            let (module, test) = name.split_once("::").unwrap();
            assert!(modules.contains(&format!("\nmod {module};\n")), "{name}");
            if !test.is_empty() {
                // The name of a test that is left out must not begin that of another one.
                let source = read(&format!("{module}.rs"));
                let count = |text: &str| source.matches(text).count();
                assert_eq!((count(&format!("fn {test}()")), count(&format!("fn {test}"))), (1, 1), "{name}");
            }
        }
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
