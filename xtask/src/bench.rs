//! `cargo xtask bench`: runs the benchmarks, prints their tables and, if asked, writes them into the page of benchmarks.
//!
//! A benchmark prints each table between the lines `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`. The page has the same lines.

mod against;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use clap::Args;

use crate::shell::{cargo, print, root, say, spelled};
use crate::{cluster, node, python};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only benchmarks whose name contains this.
    filter: Option<String>,
    /// Writes the tables into the page of benchmarks, between the markers of the same name.
    #[arg(long)]
    write: bool,
    /// Makes `attack` and `cluster` small, to see that they work.
    #[arg(long, conflicts_with = "write")]
    quick: bool,
    /// Measures this commit too, taking turns, and prints the ratios instead of the tables.
    #[arg(long, value_name = "COMMIT", conflicts_with = "write")]
    against: Option<String>,
    /// Arguments for the benchmarks, such as the sizes of `scale`.
    #[arg(last = true)]
    given: Vec<String>,
}

/// Path of the page of benchmarks, relative to the workspace.
const PAGE: &str = "docs/src/reference/benchmarks.md";

/// Names of the benchmark targets, in any package.
const BENCHES: &[&str] = &[
    "reservation",
    "replay",
    "http",
    "feeds",
    "webhooks",
    "attack",
    "scale",
    "cluster",
    "bindings",
    "tickets",
    "seating",
];

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let filter = arguments.filter.as_deref().unwrap_or("");
    let chosen: Vec<_> = BENCHES.iter().filter(|name| name.contains(filter)).collect();
    if chosen.is_empty() {
        return Err(format!("no benchmark is called like {filter:?}; there are {}", BENCHES.join(", ")));
    }
    if let Some(commit) = &arguments.against {
        against::check(&chosen)?;
        return chosen.into_iter().try_for_each(|name| against::compare(name, commit, arguments));
    }
    for name in chosen {
        let output = bench(name, arguments)?;
        if arguments.write {
            let path = root().join(PAGE);
            let page = fs::read_to_string(&path).map_err(|error| format!("{PAGE}: {error}"))?;
            let page = with_tables(&page, &output).map_err(|problem| format!("the benchmark {name}: {problem}"))?;
            fs::write(&path, page).map_err(|error| format!("{PAGE}: {error}"))?;
            say(&format!("{PAGE} has the tables of {name}"));
        }
    }
    Ok(())
}

/// Runs one benchmark; prints its output line by line and returns it.
fn bench(name: &str, arguments: &Arguments) -> Result<String, String> {
    printed(name, &mut prepared(name, arguments)?)
}

/// Returns the command of one benchmark, with the variables that it needs.
fn prepared(name: &str, arguments: &Arguments) -> Result<Command, String> {
    let mut command = command(name, &arguments.given);
    match name {
        "bindings" => {
            command.env("BOXOFFICE_BENCH_PYTHON", python::bench()?).env("BOXOFFICE_BENCH_NODE", node::bench()?);
        }
        "cluster" => {
            command.env(cluster::PROGRAM, cluster::program()?);
        }
        _ => {}
    }
    if arguments.quick {
        command.env("BOXOFFICE_BENCH_SHORT", "1");
    }
    Ok(command)
}

/// Returns the command of one benchmark.
fn command(name: &str, given: &[String]) -> Command {
    let mut command = cargo(&["bench", "--workspace", "--bench", name]);
    if !given.is_empty() {
        command.arg("--").args(given);
    }
    command
}

/// Runs the command of a benchmark; prints its output line by line and returns it.
fn printed(name: &str, command: &mut Command) -> Result<String, String> {
    say(&format!("\n$ {}", spelled(command)));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| error.to_string())?;
    let mut output = String::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line.map_err(|error| error.to_string())?;
            print(&line)?;
            output.push_str(&line);
            output.push('\n');
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(output) } else { Err(format!("the benchmark {name} failed: {status}")) }
}

/// Returns the page with each table of `output` between the markers of the same name.
fn with_tables(page: &str, output: &str) -> Result<String, String> {
    let tables = section_names(output);
    if tables.is_empty() {
        return Err("it printed no table between markers".to_owned());
    }
    let mut page = page.to_owned();
    for name in tables {
        let new = section(name, output).ok_or_else(|| format!("the table {name} has no end"))?;
        let old = section(name, &page).ok_or_else(|| format!("{PAGE} has no place for the table {name}"))?;
        page = page.replacen(old, new, 1);
    }
    Ok(page)
}

/// Returns the names in the opening markers.
fn section_names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("<!-- bench:")?.strip_suffix(" -->")).collect()
}

/// Returns the section between the markers of this name, markers included.
fn section<'t>(name: &str, text: &'t str) -> Option<&'t str> {
    let (open, close) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
    let start = text.find(&open)?;
    let end = text[start..].find(&close)? + start + close.len();
    Some(&text[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str =
        "# Figures\n<!-- bench:x -->\nold\n<!-- /bench:x -->\n<!-- bench:y -->\n<!-- /bench:y -->\nend\n";

    #[test]
    fn sections_are_found_by_their_markers() {
        assert_eq!(section("x", SAMPLE), Some("<!-- bench:x -->\nold\n<!-- /bench:x -->"));
        assert_eq!(section("z", SAMPLE), None);
        assert_eq!(section("x", "<!-- bench:x --> without an end"), None);
        assert_eq!(section_names(SAMPLE), ["x", "y"]);
    }

    #[test]
    fn every_printed_table_takes_its_place() {
        let output = "noise\n<!-- bench:y -->\n1\n<!-- /bench:y -->\n<!-- bench:x -->\n2\n<!-- /bench:x -->\n";
        let expected =
            "# Figures\n<!-- bench:x -->\n2\n<!-- /bench:x -->\n<!-- bench:y -->\n1\n<!-- /bench:y -->\nend\n";
        assert_eq!(with_tables(SAMPLE, output).unwrap(), expected);
        assert_eq!(with_tables(expected, output).unwrap(), expected);
    }

    #[test]
    fn the_page_has_a_place_for_every_benchmark() {
        let page = fs::read_to_string(root().join(PAGE)).unwrap();
        assert_eq!(section_names(&page), BENCHES);
    }

    #[test]
    fn a_table_without_a_place_or_an_end_is_an_error() {
        assert_eq!(with_tables(SAMPLE, "no table").unwrap_err(), "it printed no table between markers");
        let unknown = with_tables(SAMPLE, "<!-- bench:z -->\n<!-- /bench:z -->").unwrap_err();
        assert_eq!(unknown, format!("{PAGE} has no place for the table z"));
        assert_eq!(with_tables(SAMPLE, "<!-- bench:x -->\n1").unwrap_err(), "the table x has no end");
    }
}
