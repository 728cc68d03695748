//! Locations and lengths of files.

use crate::assert_none;
use crate::tree::{File, exists, files, names, read, root};

/// Maximum number of lines of a source file, including its tests.
const FILE_LINES_MAX: usize = 600;

/// Start of generated files.
const GENERATED: &str = "// Written by `cargo xtask generate`";

/// Maximum number of lines of the host's `main.rs`, which only calls other modules.
const MAIN_LINES_MAX: usize = 59;

/// Files of every domain, beside a file for each of its commands.
const DOMAIN_FILES: &[&str] = &["mod.rs", "rejection.rs", "state.rs", "tests.rs"];

/// File that lists all commands.
const COMMANDS: &str = "core/src/command.rs";

/// Domains of the first release; there may be more.
const DOMAINS: &[&str] = &["auth", "expiration", "order", "payment", "ticket"];

fn too_long(lines_max: usize, (path, text): &File) -> Option<String> {
    let lines = text.lines().count();
    (lines > lines_max).then(|| format!("{path}: {lines} lines, at most {lines_max}: split it by what it does"))
}

fn missing_files(folder: &str, names: &[String]) -> Vec<String> {
    let missing = DOMAIN_FILES.iter().filter(|file| !names.iter().any(|name| name == *file));
    missing.map(|file| format!("{folder}: no {file}; every domain has {}", DOMAIN_FILES.join(", "))).collect()
}

/// Returns the commands in the list `commands! { … }`.
fn commands(text: &str) -> Vec<String> {
    let list = text.split("\ncommands! {\n").nth(1).and_then(|rest| rest.split("\n}").next()).unwrap_or("");
    let names = list.lines().filter_map(|line| line.trim().strip_suffix(','));
    names.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_owned).collect()
}

/// Returns a complaint if a command is not defined in exactly one file with its name.
fn misplaced(command: &str, sources: &[File]) -> Option<String> {
    let mut file = String::new();
    for letter in command.chars() {
        if letter.is_uppercase() && !file.is_empty() {
            file.push('_');
        }
        file.extend(letter.to_lowercase());
    }
    let described = format!("impl Decide for {command} {{");
    let is_place = |(path, text): &&File| path.ends_with(&format!("/{file}.rs")) && text.contains(&described);
    (sources.iter().filter(is_place).count() != 1)
        .then(|| format!("{COMMANDS}: {command} is to be described in a file of its domain with the name {file}.rs"))
}

/// Usual folders of checkouts and builds, without the leading slash, so that this file does not match.
const MACHINE_PLACES: &[&str] = &["work/", "home/", "root/", "Users/", "tmp/bash_", "tmp/target", "tmp/wt/"];

/// Returns a complaint for each path of one machine in the text.
fn machine_paths((path, text): &File) -> Vec<String> {
    let places: Vec<_> = MACHINE_PLACES.iter().map(|place| format!("/{place}")).collect();
    let found = places.iter().flat_map(|place| text.match_indices(place.as_str()));
    // A folder with that name inside another is permitted.
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
    // Generated files may have any length.
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
    // A folder beside a file with the same name belongs to that file and is not a domain.
    let is_domain = |name: &String| root().join(folder).join(name).is_dir() && !exists(&format!("{folder}/{name}.rs"));
    let domains = names(folder).into_iter().filter(is_domain);
    let mut complaints: Vec<_> =
        domains.map(|name| format!("{folder}/{name}")).flat_map(|path| missing_files(&path, &names(&path))).collect();
    let missing = DOMAINS.iter().filter(|name| !exists(&format!("{folder}/{name}")));
    complaints.extend(missing.map(|name| format!("{folder}: the domain {name} is missing")));
    assert_none(&complaints);
}

#[test]
fn every_command_has_a_file_of_its_own() {
    let (commands, sources) = (commands(&read(COMMANDS)), files("core/src/domain", ".rs"));
    assert!(commands.len() >= 20, "{COMMANDS}: found only the commands {commands:?}");
    assert_none(&commands.iter().filter_map(|command| misplaced(command, &sources)).collect::<Vec<_>>());
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
        all.retain(|name| name != "rejection.rs");
        assert_eq!(missing_files("x", &all).len(), 1);
    }

    #[test]
    fn misplaced_commands_are_found() {
        assert_eq!(
            commands("x! {\n    No,\n}\n\ncommands! {\n    SignUp,\n    // Two.\n    Leave,\n}\n"),
            ["SignUp", "Leave"]
        );
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        let good = file("core/src/domain/auth/sign_up.rs", "impl Decide for SignUp {\n}\n");
        assert_eq!(misplaced("SignUp", std::slice::from_ref(&good)), None);
        for bad in [
            file("core/src/domain/auth/signup.rs", "impl Decide for SignUp {\n}\n"),
            file("core/src/domain/auth/sign_up.rs", "impl Decide for SignUpAgain {\n}\n"),
        ] {
            assert!(misplaced("SignUp", &[bad]).is_some());
        }
        assert!(misplaced("SignUp", &[good.clone(), good]).is_some());
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
