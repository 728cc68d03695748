//! Imports have no cycles: between the folders of the core, and between the files of the journal's backend.

use std::collections::{BTreeMap, BTreeSet};

use crate::assert_none;
use crate::imports::after;
use crate::tree::{File, code, files};

/// Imports of each folder or file.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// Files at the core's root that belong to a folder. Their names are public paths.
const OF_FOLDER: &[(&str, &str)] = &[("event", "domain"), ("command", "domain")];

/// Folder for tests, behind a feature. It imports all others; those that use its disks and clocks import it.
const BEHIND_A_FEATURE: &str = "testing";

/// Returns the first cycle found, as a path that ends where it begins.
fn circle(imports: &Imports) -> Option<Vec<String>> {
    fn visit<'a>(at: &'a str, imports: &'a Imports, path: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>) -> bool {
        if let Some(start) = path.iter().position(|known| *known == at) {
            path.drain(..start);
            path.push(at);
            return true;
        }
        if done.contains(at) {
            return false;
        }
        path.push(at);
        if imports.get(at).into_iter().flatten().any(|next| visit(next, imports, path, done)) {
            return true;
        }
        path.pop();
        done.insert(at);
        false
    }
    let (mut path, mut done) = (Vec::new(), BTreeSet::new());
    let found = imports.keys().any(|start| visit(start, imports, &mut path, &mut done));
    found.then(|| path.into_iter().map(str::to_owned).collect())
}

/// Returns the code without comments and without tests, which may import what they test.
fn shipped((_, text): &File) -> String {
    let text = code(text);
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].to_owned()
}

/// Returns the modules that a file declares for tests only.
fn for_tests(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices("#[cfg(test)]\n") {
        let line = text[at + mark.len()..].lines().next().unwrap_or_default();
        found.extend(line.split_once("mod ").and_then(|(_, name)| name.strip_suffix(';')).map(str::to_owned));
    }
    found
}

/// Returns the imports between the core's folders and the files at its root.
fn folders(sources: &[File]) -> Imports {
    let room = |name: &str| {
        let folder = OF_FOLDER.iter().find(|(file, _)| *file == name);
        folder.map_or(name, |(_, folder)| *folder).to_owned()
    };
    let first = |path: &str| {
        let inner = path.trim_start_matches("core/src/");
        inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs").to_owned()
    };
    let rooms: BTreeSet<String> = sources.iter().map(|(path, _)| first(path)).collect();
    let tests = sources.iter().flat_map(|(path, text)| {
        let folder = path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
        for_tests(text).into_iter().map(move |name| format!("{folder}/{name}"))
    });
    let tests: Vec<String> = tests.collect();
    let is_of = |path: &str, test: &String| path.strip_prefix(test).is_some_and(|rest| rest.starts_with(['.', '/']));
    let is_test = |path: &str| tests.iter().any(|test| is_of(path, test));
    let mut imports = Imports::new();
    for file in sources.iter().filter(|(path, _)| path != "core/src/lib.rs" && !is_test(path)) {
        let from = room(&first(&file.0));
        if from == BEHIND_A_FEATURE {
            continue;
        }
        let known = after(&shipped(file), "crate::").into_iter().filter(|name| rooms.contains(name));
        let others = known.map(|name| room(&name)).filter(|name| *name != from && name != BEHIND_A_FEATURE);
        imports.entry(from.clone()).or_default().extend(others);
    }
    imports
}

/// Returns the imports between the files of a folder, by `super::…` and, in its `mod.rs`, `self::…`.
fn siblings(folder: &str, sources: &[File]) -> Imports {
    let name_of = |path: &str| path.trim_start_matches(folder).trim_matches('/').trim_end_matches(".rs").to_owned();
    let own: Vec<&File> = sources.iter().filter(|(path, _)| !name_of(path).contains('/')).collect();
    let names: BTreeSet<String> = own.iter().map(|(path, _)| name_of(path)).collect();
    let tests: Vec<String> = own.iter().flat_map(|(_, text)| for_tests(text)).collect();
    let mut imports = Imports::new();
    for file in own.into_iter().filter(|(path, _)| !tests.contains(&name_of(path))) {
        let (from, text) = (name_of(&file.0), shipped(file));
        let is_root = from == "mod";
        let known = after(&text, if is_root { "self::" } else { "super::" });
        // An imported name that is not a file of the folder is an item of its `mod.rs`.
        let known = known.into_iter().map(|name| if names.contains(&name) { name } else { "mod".to_owned() });
        imports.entry(from.clone()).or_default().extend(known.filter(|name| *name != from));
    }
    imports
}

fn complaint(found: Option<Vec<String>>) -> Vec<String> {
    found.map(|path| format!("imports go round in a circle: {}", path.join(" → "))).into_iter().collect()
}

#[test]
fn folders_of_the_core_import_in_one_direction() {
    let imports = folders(&files("core/src", ".rs"));
    assert!(imports.len() > 10 && imports["office"].contains("engine"), "{imports:?}");
    assert_none(&complaint(circle(&imports)));
}

#[test]
fn files_of_the_journal_import_in_one_direction() {
    let folder = "core/src/journal/redb";
    let imports = siblings(folder, &files(folder, ".rs"));
    assert!(imports.len() > 10 && imports["load"].contains("archive"), "{imports:?}");
    assert_none(&complaint(circle(&imports)));
}

mod samples {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        (path.to_owned(), text.to_owned())
    }

    #[test]
    fn circles_of_folders_are_found() {
        let mut sources = vec![
            file("core/src/office/mod.rs", "use crate::engine::Handle;"),
            file("core/src/engine/mod.rs", "use crate::views::Views;\nuse crate::event::Record;"),
            file("core/src/views/mod.rs", "use crate::domain::Order;"),
            file("core/src/domain/mod.rs", "use crate::event::Record;\n#[cfg(test)]\nmod tests;"),
            file("core/src/domain/tests.rs", "use crate::office::BoxOffice;"),
            file("core/src/event.rs", "use crate::domain::Order;"),
        ];
        assert_eq!(circle(&folders(&sources)), None);
        sources.push(file(
            "core/src/views/query.rs",
            "// use crate::office::X;\n#[cfg(test)]\nmod tests {\n    use crate::office::X;\n}",
        ));
        assert_eq!(circle(&folders(&sources)), None);
        sources.push(file("core/src/views/list.rs", "fn of(office: &crate::office::BoxOffice) {}"));
        assert_eq!(circle(&folders(&sources)).unwrap(), ["engine", "views", "office", "engine"]);
    }

    #[test]
    fn circles_of_files_are_found() {
        let mut sources = vec![
            file("a/mod.rs", "#[cfg(test)]\nmod tests;\nuse self::b::B;\nuse self::c::C;"),
            file("a/b.rs", "use super::c::C;"),
            file("a/c.rs", "use crate::b::X;"),
            file("a/tests.rs", "use super::*;"),
        ];
        assert_eq!(circle(&siblings("a", &sources)), None);
        sources[2].1 = "use super::{CACHE_BYTES, d};".to_owned();
        assert_eq!(circle(&siblings("a", &sources)).unwrap(), ["b", "c", "mod", "b"]);
    }
}
