//! Imports have no cycles: of two folders at most one may import the other, directly or through others.
//!
//! A folder is a node, with its `mod.rs` and all files directly in it; so is each file beside `lib.rs`. Declaring a
//! module is not an import; using its items is.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::imports::members;
use crate::tree::{File, code, files};

/// Crates to which the rule applies.
const CRATES: &[&str] = &["host-server/src"];

/// Node of the crate's root file.
const ROOT: &str = "lib";

/// Imports of each node, each with a file that has it.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// A path in code, split into segments.
type Segments = Vec<String>;

/// Returns the segments of a file's module, from the crate's root.
fn module(path: &str) -> Segments {
    let inner = path.trim_end_matches(".rs").trim_end_matches("/mod");
    if inner == ROOT { Segments::new() } else { inner.split('/').map(str::to_owned).collect() }
}

/// Returns the node to which a file belongs.
fn node(path: &str) -> String {
    path.rsplit_once('/').map_or_else(|| path.trim_end_matches(".rs").to_owned(), |(folder, _)| folder.to_owned())
}

/// Returns the graph of a crate; paths are relative to its sources.
fn graph(sources: &[File]) -> Graph {
    let sources: Vec<_> = sources.iter().filter(|(path, _)| path != "main.rs" && !path.ends_with("tests.rs")).collect();
    let nodes: BTreeMap<Segments, String> = sources.iter().map(|(path, _)| (module(path), node(path))).collect();
    let mut graph = Graph::new();
    for (path, text) in sources {
        for used in used(&module(path), &shipped(text)) {
            let target = (0..=used.len()).rev().find_map(|len| nodes.get(&used[..len])).map_or(ROOT, String::as_str);
            if target != node(path) {
                graph.entry(node(path)).or_default().entry(target.to_owned()).or_insert_with(|| path.clone());
            }
        }
    }
    graph
}

/// Returns the code without comments and without the tests at its end.
fn shipped(text: &str) -> String {
    let code = code(text);
    code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

/// Returns the absolute paths of all items of the crate that the code of a module names.
fn used(module: &[String], code: &str) -> Vec<Segments> {
    let mut found = paths(code, "crate::", &[]);
    found.extend(paths(code, "self::", module));
    for up in 1..=module.len() {
        let start = "super::".repeat(up);
        found.extend(
            paths(code, &start, &module[..module.len() - up])
                .into_iter()
                .filter(|path| !path.contains(&"super".into())),
        );
    }
    for child in children(code) {
        let of_child = [module, std::slice::from_ref(&child)].concat();
        found.extend(paths(code, &format!("{child}::"), &of_child));
    }
    found
}

/// Returns the modules that the code declares.
fn children(code: &str) -> Vec<String> {
    let declared = code.lines().filter_map(|line| line.trim().strip_suffix(';')?.rsplit_once("mod "));
    declared.map(|(_, name)| name.to_owned()).collect()
}

/// Returns the paths that begin with `start`, with `base` in its place.
fn paths(code: &str, start: &str, base: &[String]) -> Vec<Segments> {
    let begins = |at: &usize| {
        let before = &code[..*at];
        !before.ends_with(|letter: char| letter.is_alphanumeric() || "_:.".contains(letter))
            && !before.ends_with("(in ")
    };
    let starts = code.match_indices(start).map(|(at, _)| at).filter(begins);
    starts.flat_map(|at| expanded(&code[at + start.len()..], base)).collect()
}

/// Returns the paths at the start of the text: one, or those of a `{group}`.
fn expanded(text: &str, base: &[String]) -> Vec<Segments> {
    if let Some(group) = text.strip_prefix('{') {
        return members(group).into_iter().flat_map(|member| expanded(member, base)).collect();
    }
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    if end == 0 {
        return vec![base.to_vec()];
    }
    let path = [base, &[text[..end].to_owned()]].concat();
    text[end..].strip_prefix("::").map_or_else(|| vec![path.clone()], |rest| expanded(rest, &path))
}

/// Returns a complaint for each cycle: a set of nodes each of which can be reached from the others.
fn circles(name: &str, graph: &Graph) -> Vec<String> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|node| (node.as_str(), reach(graph, node))).collect();
    let in_circle = |a: &str, b: &str| {
        let to = |from: &str, node: &str| reached.get(from).is_some_and(|nodes| nodes.contains(node));
        to(a, b) && to(b, a)
    };
    let mut complaints = Vec::new();
    for (node, imports) in graph {
        for (target, file) in imports.iter().filter(|(target, _)| in_circle(node, target)) {
            complaints.push(format!("{name}/{file}: `{node}` imports `{target}`, which comes back to it: a circle"));
        }
    }
    complaints
}

/// Returns all nodes that a node imports, directly or through others.
fn reach<'a>(graph: &'a Graph, node: &'a str) -> BTreeSet<&'a str> {
    let (mut found, mut next) = (BTreeSet::new(), vec![node]);
    while let Some(node) = next.pop() {
        let imports = graph.get(node).into_iter().flat_map(BTreeMap::keys);
        next.extend(imports.map(String::as_str).filter(|target| found.insert(*target)));
    }
    found
}

#[test]
fn folders_import_in_one_direction() {
    for folder in CRATES {
        let mut sources = files(folder, ".rs");
        assert!(sources.len() > 20, "{folder}: found only {} sources", sources.len());
        for (path, _) in &mut sources {
            *path = path.trim_start_matches(folder).trim_start_matches('/').to_owned();
        }
        let graph = graph(&sources);
        assert!(graph.len() > 5, "{folder}: found only {} folders that import others", graph.len());
        assert_none(&circles(folder, &graph));
    }
}

mod samples {
    use super::*;

    fn complaints(sources: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<File> = sources.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        circles("x", &graph(&sources))
    }

    #[test]
    fn circles_are_found() {
        let state = ("state.rs", "use crate::web::Catalogue;");
        for web in [
            "use crate::state::AppState;",
            "use crate::{error::Failure, state::AppState};",
            "use super::super::state::AppState;",
            "fn of(state: &crate::state::AppState) {}",
            "macro_rules! page { () => { $crate::state::AppState } }",
        ] {
            assert_eq!(complaints(&[state, ("web/mod.rs", "pub mod pages;"), ("web/pages.rs", web)]).len(), 2, "{web}");
        }
        let long = [state, ("web/mod.rs", "use crate::routes;"), ("routes/mod.rs", "use crate::state::AppState;")];
        assert_eq!(complaints(&long).len(), 3);
        let root = [("lib.rs", "mod serve;\npub fn run() { serve::run() }"), ("serve.rs", "use crate::run;")];
        assert_eq!(complaints(&root).len(), 2);
        let parent = [("web/mod.rs", "mod shop;\nfn a() { shop::routes() }"), ("web/shop/mod.rs", "use super::a;")];
        assert_eq!(complaints(&parent).len(), 2);
    }

    #[test]
    fn one_direction_is_none() {
        let state = ("state.rs", "use crate::catalogue::Catalogue;\npub(in crate::web) struct State;");
        let catalogue = ("catalogue/mod.rs", "mod feed;\nuse feed::Feed;\n// not crate::state\n");
        let feed = ("catalogue/feed.rs", "use super::Catalogue;\nuse axum::state::web;");
        let web = ("web/mod.rs", "use crate::{catalogue, state};\n#[cfg(test)]\nmod tests { use crate::web; }");
        assert_eq!(complaints(&[state, catalogue, feed, web]), Vec::<String>::new());
        let parent = [
            ("web/mod.rs", "pub mod site;\npub mod shop;"),
            ("web/shop/mod.rs", "use super::site::Page;\nuse super::x;"),
        ];
        assert_eq!(complaints(&parent), Vec::<String>::new());
    }
}
