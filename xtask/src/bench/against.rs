//! `cargo xtask bench NAME --against COMMIT`: the same benchmark of this tree and of a commit, taking turns, so that a slow
//! minute of the machine affects both.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Arguments;
use crate::shell::{print, quietly, root, say, target_folder};

/// Number of times that each of the two is measured.
const TURNS: usize = 3;

/// Place of a figure: table, row and column.
type Place = (String, String, String);

/// Figures of one run.
type Figures = BTreeMap<Place, f64>;

/// Benchmark that measures the packages of this tree, whichever tree it is of itself.
const OF_THIS_TREE: &str = "bindings";

/// Refuses benchmarks that can't be compared, before any of them takes its time.
pub(super) fn check(names: &[&&str]) -> Result<(), String> {
    if names.iter().any(|name| **name == OF_THIS_TREE) {
        return Err(format!("{OF_THIS_TREE} would measure the packages of this tree twice: name other benchmarks"));
    }
    Ok(())
}

/// Measures a benchmark of both, and prints each figure of both with their ratio: medians of all turns.
pub(super) fn compare(name: &str, commit: &str, arguments: &Arguments) -> Result<(), String> {
    let folder = target_folder()?.join("against");
    let tree = checked_out(commit, &folder)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=TURNS {
        say(&format!("\nturn {turn} of {TURNS}"));
        theirs.push(figures(&super::printed(name, &mut elsewhere(name, arguments, &tree, &folder)?)?));
        ours.push(figures(&super::printed(name, &mut super::prepared(name, arguments)?)?));
    }
    print(&format!("\n| {name} | this tree | {commit} | ratio |\n|---|--:|--:|--:|"))?;
    rows(&ours, &theirs).iter().try_for_each(|row| print(row))
}

/// Puts the files of a commit into a folder of their own, and returns it.
fn checked_out(commit: &str, folder: &Path) -> Result<PathBuf, String> {
    let (tree, archive) = (folder.join("tree"), folder.join("tree.tar"));
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    }
    fs::create_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    let mut pack = Command::new("git");
    quietly(pack.args(["archive", "--format=tar", "--output"]).arg(&archive).arg(commit).current_dir(root()))?;
    quietly(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&tree))?;
    Ok(tree)
}

/// Returns the command of the benchmark in the other tree, with a build folder of its own.
fn elsewhere(name: &str, arguments: &Arguments, tree: &Path, folder: &Path) -> Result<Command, String> {
    let mut command = super::prepared(name, arguments)?;
    command.current_dir(tree).env("CARGO_TARGET_DIR", folder.join("target"));
    Ok(command)
}

/// Reads the figures of all tables in a benchmark's output.
fn figures(output: &str) -> Figures {
    let mut all = Figures::new();
    for name in super::section_names(output) {
        let mut columns: Vec<&str> = Vec::new();
        for cells in super::section(name, output).unwrap_or_default().lines().filter_map(cells) {
            if columns.is_empty() {
                columns = cells;
                continue;
            }
            let row = cells.first().copied().unwrap_or_default();
            for (column, cell) in columns.iter().zip(&cells).skip(1) {
                if let Some(number) = number(cell) {
                    all.insert((name.to_owned(), row.to_owned(), (*column).to_owned()), number);
                }
            }
        }
    }
    all
}

/// Returns the cells of a line, if it is one of a table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// Returns the number with which a cell begins.
fn number(cell: &str) -> Option<f64> {
    let digits: String =
        cell.chars().take_while(|it| it.is_ascii_digit() || ",.".contains(*it)).filter(|it| *it != ',').collect();
    digits.parse().ok()
}

/// Returns a row for each figure that every run has.
fn rows(ours: &[Figures], theirs: &[Figures]) -> Vec<String> {
    let of = |runs: &[Figures], place: &Place| {
        let found: Option<Vec<f64>> = runs.iter().map(|run| run.get(place).copied()).collect();
        median(found?)
    };
    let places = ours.first().map(|run| run.keys().collect::<Vec<_>>()).unwrap_or_default();
    let row = |place: &&Place| {
        let (our, their) = (of(ours, place)?, of(theirs, place)?);
        let (_, row, column) = place;
        let ratio = if their > 0.0 { format!("{:.2}×", our / their) } else { String::new() };
        Some(format!("| {row}: {column} | {our} | {their} | {ratio} |"))
    };
    places.iter().filter_map(row).collect()
}

fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(engine: &str) -> String {
        format!(
            "noise | 7 |\n<!-- bench:x -->\n| a second | 1 | 64 |\n|---|--:|--:|\n| engine | {engine} | 0.50 s |\n\n\
             - Measured on | 2 cores |\n<!-- /bench:x -->\n"
        )
    }

    #[test]
    fn figures_are_read_from_tables() {
        let figures = figures(&output("4,329"));
        let place = |column: &str| ("x".to_owned(), "engine".to_owned(), column.to_owned());
        assert_eq!(figures, Figures::from([(place("1"), 4329.0), (place("64"), 0.5)]));
    }

    #[test]
    fn a_cell_begins_with_its_number() {
        for (cell, expected) in [("65 MB", Some(65.0)), ("1,000", Some(1000.0)), ("", None), ("Rust 7", None)] {
            assert_eq!(number(cell), expected, "{cell}");
        }
    }

    #[test]
    fn medians_are_compared() {
        let runs = |rates: [&str; 3]| rates.map(|rate| figures(&output(rate))).to_vec();
        let rows = rows(&runs(["10", "30", "20"]), &runs(["40", "39", "50"]));
        assert_eq!(rows, ["| engine: 1 | 20 | 40 | 0.50× |", "| engine: 64 | 0.5 | 0.5 | 1.00× |"]);
    }

    #[test]
    fn what_would_measure_one_tree_twice_is_refused() {
        assert!(check(&[&"reservation", &"bindings"]).unwrap_err().starts_with("bindings would"));
        assert_eq!(check(&[&"reservation", &"cluster"]), Ok(()));
    }

    #[test]
    fn a_commit_that_is_not_there_is_an_error() {
        let folder = target_folder().unwrap().join("against-nothing");
        assert!(checked_out("no-such-commit", &folder).is_err());
    }
}
