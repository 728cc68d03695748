//! Where things are, and how long they get.

use crate::assert_none;
use crate::tree::{File, exists, files, names, read, root};

/// The most lines of a source file, its tests included.
const FILE_LINES_MAX: usize = 600;

/// What generated files begin with.
const GENERATED: &str = "// Written by `cargo xtask generate`";

/// The most lines of the host's `main.rs`, which only starts what is elsewhere.
const MAIN_LINES_MAX: usize = 59;

/// What every domain has.
const DOMAIN_FILES: &[&str] = &["mod.rs", "command.rs", "event.rs", "state.rs", "decide.rs", "tests.rs"];

/// The domains of the first release; there may be more.
const DOMAINS: &[&str] = &["auth", "expiration", "order", "payment", "ticket"];

fn too_long(lines_max: usize, (path, text): &File) -> Option<String> {
    let lines = text.lines().count();
    (lines > lines_max).then(|| format!("{path}: {lines} lines, at most {lines_max}: split it by what it does"))
}

fn missing_files(folder: &str, names: &[String]) -> Vec<String> {
    let missing = DOMAIN_FILES.iter().filter(|file| !names.iter().any(|name| name == *file));
    missing.map(|file| format!("{folder}: no {file}; every domain has {}", DOMAIN_FILES.join(", "))).collect()
}

/// Where people and machines keep their checkouts and builds, without the first slash so that this file isn't found itself.
const MACHINE_PLACES: &[&str] = &["work/", "home/", "root/", "Users/", "tmp/bash_", "tmp/target", "tmp/wt/"];

/// Places of one machine that the text names.
fn machine_paths((path, text): &File) -> Vec<String> {
    let places: Vec<_> = MACHINE_PLACES.iter().map(|place| format!("/{place}")).collect();
    let found = places.iter().flat_map(|place| text.match_indices(place.as_str()));
    // A folder of that name somewhere below another is nobody's machine.
    let inside = |before: char| before.is_alphanumeric() || "._-/}>~".contains(before);
    let absolute = found.filter(|(at, _)| !text[..*at].ends_with(inside));
    let complaint = |(at, place): (usize, &str)| {
        let line = text[..at].matches('\n').count() + 1;
        format!("{path}:{line}: names a path of one machine: {place}; use a relative one, or a temporary folder")
    };
    absolute.map(complaint).collect()
}

#[test]
fn files_are_short() {
    let sources = files(".", ".rs");
    // Nobody has to read what is generated.
    let by_hand = sources.iter().filter(|(_, text)| !text.starts_with(GENERATED));
    let complaints: Vec<_> = by_hand.filter_map(|file| too_long(FILE_LINES_MAX, file)).collect();
    assert_none(&complaints);
}

#[test]
fn the_hosts_main_is_short() {
    let path = "host-server/src/main.rs";
    let complaint = too_long(MAIN_LINES_MAX, &(path.to_owned(), read(path)));
    assert_none(&complaint.into_iter().collect::<Vec<_>>());
}

#[test]
fn domains_have_the_same_files() {
    let folder = "core/src/domain";
    let domains = names(folder).into_iter().filter(|name| root().join(folder).join(name).is_dir());
    let mut complaints: Vec<_> =
        domains.map(|name| format!("{folder}/{name}")).flat_map(|path| missing_files(&path, &names(&path))).collect();
    let missing = DOMAINS.iter().filter(|name| !exists(&format!("{folder}/{name}")));
    complaints.extend(missing.map(|name| format!("{folder}: the domain {name} is missing")));
    assert_none(&complaints);
}

#[test]
fn nothing_names_a_machine() {
    assert_none(&files(".", "").iter().flat_map(machine_paths).collect::<Vec<_>>());
}

mod samples {
    use super::*;

    #[test]
    fn long_files_are_found() {
        let file = |lines| ("x.rs".to_owned(), "\n".repeat(lines));
        assert!(too_long(FILE_LINES_MAX, &file(FILE_LINES_MAX)).is_none());
        assert!(too_long(FILE_LINES_MAX, &file(FILE_LINES_MAX + 1)).is_some());
        assert!(too_long(MAIN_LINES_MAX, &file(60)).is_some());
    }

    #[test]
    fn missing_files_are_found() {
        let mut all: Vec<_> = DOMAIN_FILES.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(missing_files("x", &all).len(), 0);
        all.retain(|name| name != "decide.rs");
        assert_eq!(missing_files("x", &all).len(), 1);
    }

    #[test]
    fn places_of_a_machine_are_found() {
        let found = |text: &str| machine_paths(&("x.md".to_owned(), text.to_owned())).len();
        for place in MACHINE_PLACES {
            assert_eq!(found(&format!("cd /{place}main")), 1, "{place}");
            assert_eq!(found(&format!("`/{place}main`")), 1, "{place}");
            assert_eq!(found(&format!("core/{place}main")), 0, "{place}");
        }
        assert_eq!(found("mounted at /tmp/disk"), 0);
        let complaint = machine_paths(&("x.md".to_owned(), format!("\n\nsee /{}/x", "work"))).remove(0);
        assert!(complaint.starts_with("x.md:3: "), "{complaint}");
    }
}
