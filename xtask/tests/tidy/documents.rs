//! The documents: links and named paths exist, each page is in its list, and limits of length are kept.

use std::collections::BTreeSet;
use std::path::Path;

use crate::assert_none;
use crate::markdown::Markdown;
use crate::tree::{File, exists, files, read};

/// Prefix of the repository's files on the web, for documents that are read elsewhere. A path follows it.
const REPOSITORY: &str = "https://github.com/boxoffice/boxoffice/blob/main/";

/// First segments that no path of the repository has, although they exist: a leading slash, a dot, folders of builds.
const NO_TOPS: &[&str] = &["", ".", "..", "target", "node_modules"];

/// Document whose paths may be outdated; only its links are checked.
const HISTORY: &str = "CHANGELOG.md";

/// Documents with a maximum length, in words as counted by `wc -w`.
const WORDS_MAX: &[(&str, usize)] = &[("README.md", 900), ("docs/src/architecture.md", 1_500)];

const BOOK: &str = "docs/src";
const SUMMARY: &str = "docs/src/SUMMARY.md";
const BENCHMARKS: &str = "docs/src/reference/benchmarks.md";
const DECISIONS: &str = "docs/adr";

/// Parts of every decision.
const DECISION_PARTS: &[&str] = &["Status: ", "## Context", "## Decision", "## Consequences"];

/// Returns the words in backticks that look like paths of this repository.
fn named_paths(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let is_path = |word: &str| match word.split_once('/') {
        Some((top, _)) => exists(top) && !NO_TOPS.contains(&top),
        None => is_file_at_root(word),
    };
    let is_pattern = |word: &str| word.contains([' ', '<', '*', '{', '…']);
    // `core/src/error.rs:12` and `core/src/error.rs#codes` name the file.
    let file = |word: &str| word.split([':', '#']).next().unwrap_or(word).to_owned();
    let words = Markdown::of(text).code;
    words.iter().filter(|word| is_path(word) && !is_pattern(word)).map(|word| file(word)).collect()
}

fn is_file_at_root(word: &str) -> bool {
    Path::new(word).extension().is_some_and(|ending| ending == "md" || ending == "toml")
}

fn missing_paths((document, text): &File, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let missing: BTreeSet<_> = named_paths(text, &exists).into_iter().filter(|path| !exists(path)).collect();
    missing.into_iter().map(|path| format!("{document} names `{path}`, which does not exist")).collect()
}

/// Checks a document's links; returns complaints. `text_of` returns `None` for a missing file and `Some(None)` for a
/// binary one.
fn dead_links((document, text): &File, text_of: impl Fn(&str) -> Option<Option<String>>) -> Vec<String> {
    let mut complaints = Vec::new();
    for link in Markdown::of(text).links {
        let Some((path, anchor)) = target(document, &link) else { continue };
        let dead = match (text_of(&path), anchor) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(text), Some(anchor)) => !text.is_some_and(|text| Markdown::of(&text).anchors.contains(&anchor)),
        };
        if dead {
            complaints.push(format!("{document} leads to {link}, which does not exist"));
        }
    }
    complaints
}

/// Returns the file of this repository to which a link leads, with its anchor; `None` for other addresses.
fn target(document: &str, link: &str) -> Option<(String, Option<String>)> {
    let (place, anchor) = match link.split_once('#') {
        Some((place, anchor)) => (place, Some(anchor.to_owned())),
        None => (link, None),
    };
    let path = if let Some(path) = place.strip_prefix(REPOSITORY) {
        path.to_owned()
    } else if place.contains("://") || place.starts_with("mailto:") {
        return None;
    } else if place.is_empty() {
        document.to_owned()
    } else {
        beside(document, place)
    };
    Some((path, anchor))
}

/// Resolves the relative path `place` in a document.
fn beside(document: &str, place: &str) -> String {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in place.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn too_many_words(document: &str, text: &str, words_max: usize) -> Option<String> {
    let words = text.split_whitespace().count();
    (words > words_max).then(|| format!("{document}: {words} words, at most {words_max}: move the rest to {BOOK}"))
}

/// Returns the figures of the README's table that no benchmark printed.
fn unmeasured(readme: &str, benchmarks: &str) -> Vec<String> {
    let section = readme.split("## Five figures").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or("");
    let digits = |cell: &str| cell.chars().filter(char::is_ascii_digit).count();
    let rows = section.lines().filter(|line| line.starts_with('|') && digits(line) > 0);
    let figures: Vec<_> = rows.filter_map(|line| Some(line.trim_end_matches('|').rsplit_once('|')?.1.trim())).collect();
    if figures.len() != 5 {
        return vec![format!("the README has {} figures instead of five", figures.len())];
    }
    // Some benchmarks print thousands without commas.
    let is_measured = |figure: &str| benchmarks.contains(figure) || benchmarks.contains(&figure.replace(',', ""));
    let missing = figures.iter().filter(|figure| !is_measured(figure));
    missing.map(|figure| format!("the README's figure {figure} is not in {BENCHMARKS}")).collect()
}

/// Returns the pages that the book does not list.
fn unlisted(summary: &str, pages: &[String]) -> Vec<String> {
    let listed: Vec<_> = Markdown::of(summary).links.iter().map(|link| beside(SUMMARY, link)).collect();
    let missing = pages.iter().filter(|page| *page != SUMMARY && !listed.contains(page));
    missing.map(|page| format!("{SUMMARY} does not list {page}")).collect()
}

/// Checks the decisions, given their index and their files in the order of their names; returns complaints.
fn disorder(index: &str, decisions: &[File]) -> Vec<String> {
    let listed = Markdown::of(index).links;
    let mut complaints = Vec::new();
    for (at, (path, text)) in decisions.iter().enumerate() {
        let name = path.rsplit('/').next().unwrap_or(path);
        let number = format!("{:04}", at + 1);
        if !name.starts_with(&format!("{number}-")) || !text.starts_with(&format!("# {number}. ")) {
            complaints.push(format!("{path} is not number {number}, by its name or its title"));
        }
        if !listed.iter().any(|link| link == name) {
            complaints.push(format!("{DECISIONS}/README.md does not list {name}"));
        }
        let missing = DECISION_PARTS.iter().filter(|part| !text.contains(&format!("\n{part}")));
        complaints.extend(missing.map(|part| format!("{path} has no {part:?}")));
    }
    complaints
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ending == "md")
}

fn documents() -> Vec<File> {
    let documents = files(".", ".md");
    for (known, _) in WORDS_MAX {
        assert!(documents.iter().any(|(path, _)| path == known), "{known} is missing");
    }
    documents
}

#[test]
fn links_lead_somewhere() {
    let text_of = |path: &str| exists(path).then(|| is_markdown(path).then(|| read(path)));
    assert_none(&documents().iter().flat_map(|document| dead_links(document, text_of)).collect::<Vec<_>>());
}

#[test]
fn paths_in_the_documents_exist() {
    let documents = documents();
    let present = documents.iter().filter(|(path, _)| path != HISTORY);
    assert_none(&present.flat_map(|document| missing_paths(document, exists)).collect::<Vec<_>>());
}

#[test]
fn documents_keep_their_limits() {
    let complaints = WORDS_MAX.iter().filter_map(|(path, max)| too_many_words(path, &read(path), *max));
    assert_none(&complaints.collect::<Vec<_>>());
}

#[test]
fn the_readmes_figures_are_measured() {
    assert_none(&unmeasured(&read("README.md"), &read(BENCHMARKS)));
}

#[test]
fn the_book_lists_every_page() {
    let pages: Vec<_> = files(BOOK, ".md").into_iter().map(|(path, _)| path).collect();
    assert_none(&unlisted(&read(SUMMARY), &pages));
}

#[test]
fn decisions_are_in_order() {
    let mut decisions = files(DECISIONS, ".md");
    decisions.retain(|(path, _)| !path.ends_with("/README.md") && !path.ends_with("/template.md"));
    assert!(!decisions.is_empty(), "{DECISIONS} has no decisions");
    assert_none(&disorder(&read("docs/adr/README.md"), &decisions));
}

mod samples {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn paths_are_told_from_other_words() {
        let text = "see `core/src/lib.rs:12`, `clippy.toml` and `cargo test`, not `core/src/<x>`, `mod.rs`, `/api/tickets`\n\
            ```\nlone ` and `core/no.rs`\n```\nthen `.ci/run`, not `target/web`, `./data` or `text/csv`";
        let exists = |path: &str| ["", ".", "core", ".ci", "target"].contains(&path);
        assert_eq!(named_paths(text, exists), ["core/src/lib.rs", "clippy.toml", ".ci/run"]);
    }

    #[test]
    fn missing_paths_are_found() {
        let text = "`core/here.rs`, `core/gone.rs` and `core/gone.rs`";
        let complaints = missing_paths(&file("X.md", text), |path| ["core", "core/here.rs"].contains(&path));
        assert_eq!(complaints, ["X.md names `core/gone.rs`, which does not exist"]);
    }

    #[test]
    fn dead_links_are_found() {
        let text = format!(
            "[a](../b.md) [b](../b.md#known) [c](../b.md#unknown) [d](#here) [e](#there) [f](gone.md) ![p](p.png)\n\
             [g]({REPOSITORY}b.md) [h]({REPOSITORY}gone.md) [i](https://example.com/gone.md) [j](p.png#x)\n\n# Here\n"
        );
        let text_of = |path: &str| match path {
            "b.md" => Some(Some("# Known\n".to_owned())),
            "docs/x.md" => Some(Some(text.clone())),
            "docs/p.png" => Some(None),
            _ => None,
        };
        let complaints = dead_links(&file("docs/x.md", &text), text_of);
        let dead = ["../b.md#unknown", "#there", "gone.md", &format!("{REPOSITORY}gone.md"), "p.png#x"];
        assert_eq!(complaints, dead.map(|link| format!("docs/x.md leads to {link}, which does not exist")));
    }

    #[test]
    fn long_documents_are_found() {
        assert!(too_many_words("x", "one two  three\n", 3).is_none());
        assert!(too_many_words("x", "one two three four", 3).is_some());
    }

    #[test]
    fn figures_that_nobody_measured_are_found() {
        let readme = |last: &str| {
            format!(
                "# x\n## Five figures\n| | |\n|---|--:|\n| a | 1,000 |\n| b | 2 s |\n| c | 3 |\n| d | 4 |\n| e | {last} |\n\n## y\n| f | 6 |"
            )
        };
        assert_eq!(unmeasured(&readme("5"), "1000, 2 s, 3, 4, 5").len(), 0);
        assert_eq!(
            unmeasured(&readme("7"), "1000, 2 s, 3, 4, 5"),
            ["the README's figure 7 is not in docs/src/reference/benchmarks.md"]
        );
        assert_eq!(unmeasured(&readme("none"), "1000, 2 s, 3, 4, 5"), ["the README has 4 figures instead of five"]);
    }

    #[test]
    fn pages_that_nobody_lists_are_found() {
        let pages = [SUMMARY, "docs/src/guide/a.md", "docs/src/b.md"].map(ToOwned::to_owned);
        assert_eq!(unlisted("- [a](guide/a.md)", &pages), ["docs/src/SUMMARY.md does not list docs/src/b.md"]);
    }

    #[test]
    fn decisions_out_of_order_are_found() {
        let text =
            |title: &str| format!("# {title}\n\nStatus: accepted\n\n## Context\n\n## Decision\n\n## Consequences\n");
        let good = file("docs/adr/0001-a.md", &text("0001. A"));
        assert_eq!(disorder("[a](0001-a.md)", std::slice::from_ref(&good)).len(), 0);
        let bad = file("docs/adr/0003-b.md", "# 0003. B\n\nStatus: accepted\n\n## Context\n\n## Decision\n");
        let complaints = disorder("[a](0001-a.md)", &[good, bad]);
        assert_eq!(
            complaints,
            [
                "docs/adr/0003-b.md is not number 0002, by its name or its title",
                "docs/adr/README.md does not list 0003-b.md",
                "docs/adr/0003-b.md has no \"## Consequences\"",
            ]
        );
    }
}
