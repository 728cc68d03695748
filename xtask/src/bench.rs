//! `cargo xtask bench`: runs the benchmarks, prints their tables and, if asked, writes them into the README.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use clap::Args;

use crate::shell::{cargo, root, say, spelled};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only benchmarks whose name contains this.
    filter: Option<String>,
    /// Puts the tables into README.md, between the markers of the same name.
    #[arg(long)]
    write: bool,
}

/// Package and name of each benchmark.
const BENCHES: &[(&str, &str)] =
    &[("boxoffice-examples", "reservation"), ("boxoffice-examples", "replay"), ("boxoffice-server", "http")];

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    for (package, name) in BENCHES {
        if arguments.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str())) {
            let output = bench(package, name)?;
            if arguments.write {
                write(name, &output)?;
            }
        }
    }
    Ok(())
}

/// Runs one benchmark; what it prints is shown as it comes, and returned.
fn bench(package: &str, name: &str) -> Result<String, String> {
    let mut command = cargo(&["bench", "--package", package, "--bench", name]);
    say(&format!("\n$ {}", spelled(&command)));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    let mut output = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| error.to_string())?;
            say(&line);
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(output) } else { Err(format!("the benchmark {name} failed: {status}")) }
}

fn write(name: &str, output: &str) -> Result<(), String> {
    let table = section(name, output).ok_or_else(|| format!("the benchmark {name} printed no table"))?;
    let path = root().join("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let old = section(name, &readme).ok_or_else(|| format!("README.md has no place for the benchmark {name}"))?;
    fs::write(&path, readme.replace(old, table)).map_err(|error| error.to_string())
}

/// What is between a benchmark's markers, markers included.
fn section<'t>(name: &str, text: &'t str) -> Option<&'t str> {
    let (open, close) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
    let start = text.find(&open)?;
    let end = text[start..].find(&close)? + start + close.len();
    Some(&text[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_found_by_their_markers() {
        let text = "a\n<!-- bench:x -->\ntable\n<!-- /bench:x -->\nb";
        assert_eq!(section("x", text), Some("<!-- bench:x -->\ntable\n<!-- /bench:x -->"));
        assert_eq!(section("y", text), None);
        assert_eq!(section("x", "<!-- bench:x --> without an end"), None);
    }
}
