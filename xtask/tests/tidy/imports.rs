//! Permitted imports: they point down in the diagram in docs/src/architecture.md.

use crate::assert_none;
use crate::tree::{File, code, files, read};

/// Permitted imports of each folder of the core, beside itself. No folder may import an unlisted module.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("domain", &["types", "event", "command", "failpoint"]),
    ("journal", &["types", "event", "command", "domain", "error", "private_file", "failpoint", "disk", "testing"]),
    ("views", &["types", "event", "command", "domain", "journal", "error", "private_file", "failpoint", "disk"]),
    (
        "gateway",
        &["types", "event", "domain", "error", "clock", "failures", "ids", "in_progress", "private_file", "testing"],
    ),
    ("identity", &["types", "event", "error", "private_file"]),
    ("verify", &["types", "event", "domain", "journal", "error", "testing"]),
    (
        "engine",
        &[
            "types",
            "event",
            "command",
            "domain",
            "journal",
            "views",
            "gateway",
            "error",
            "clock",
            "failures",
            "ids",
            "in_progress",
            "failpoint",
            "testing",
        ],
    ),
];

/// Names that the domain must not use, because it is pure.
const FORBIDDEN_IN_DOMAIN: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::thread",
    "Instant",
    "SystemTime",
    "async fn",
    ".await",
    "getrandom",
    "metrics::",
    "tokio::",
    "tracing::",
];

fn wrong_imports(layer: &str, allowed: &[&str], (path, text): &File) -> Vec<String> {
    let code = code(text);
    let mut imported = after(&code, "crate::");
    imported.extend(beyond_own_folder(path, &code));
    imported.retain(|module| module != layer && !allowed.contains(&module.as_str()));
    imported.sort();
    imported.dedup();
    let allowed = [&[layer], allowed].concat().join(", ");
    let complaint = |module| format!("{path}: `{layer}` must not import `crate::{module}`, only {allowed}");
    imported.into_iter().map(complaint).collect()
}

/// Returns the layers at the crate's root that the code imports by `super::super::…`.
fn beyond_own_folder(path: &str, code: &str) -> Vec<String> {
    let inner = path.trim_start_matches("core/src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let to_root = "super::".repeat(inner.split('/').count());
    let is_layer = |name: &String| name == "office" || MAY_IMPORT.iter().any(|(layer, _)| layer == name);
    after(code, &to_root).into_iter().filter(is_layer).collect()
}

/// Returns the first names after `start`, including those of a `{group}`.
pub(crate) fn after(code: &str, start: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(start) {
        let inside_a_word = code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let rest = &code[at + start.len()..];
        match rest.strip_prefix('{') {
            _ if inside_a_word => {}
            Some(group) => found.extend(members(group).iter().map(|member| first_name(member))),
            None => found.push(first_name(rest)),
        }
    }
    found.retain(|name| name != "super");
    found
}

/// Returns the members of a `{group}`, whose opening brace is already removed.
pub(crate) fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                found.push(group[start..at].trim());
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    found.retain(|member| !member.is_empty());
    found
}

/// Returns the name at the start of the text, or the first character if it is not a name: `*`.
fn first_name(text: &str) -> String {
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    if end == 0 { text.chars().take(1).collect() } else { text[..end].to_owned() }
}

fn impurities((path, text): &File) -> Vec<String> {
    let code = code(text);
    let used = FORBIDDEN_IN_DOMAIN.iter().filter(|word| code.contains(**word));
    used.map(|word| format!("{path}: the domain is pure, but uses `{word}`: let the command or its context bring it"))
        .collect()
}

/// Modules that the auditor may use, beside the public values, records and errors.
const AUDITOR: &str = "core/simulation/src/auditor";
const AUDITOR_MAY_IMPORT: &[&str] = &["auditor", "gateway"];

/// Names that the auditor must not use, because it would apply the engine's own rules.
const RULES: &[&str] = &["State", "domain::decide", ".apply(", "Decision"];

fn auditor_sees((path, text): &File) -> Vec<String> {
    let code = code(text);
    let mut seen = after(&code, "crate::");
    seen.retain(|module| !AUDITOR_MAY_IMPORT.contains(&module.as_str()));
    // Public types are permitted; modules of the core are not.
    seen.extend(after(&code, "boxoffice::").into_iter().filter(|name| !name.starts_with(char::is_uppercase)));
    seen.iter().map(|name| format!("{path}: the auditor judges from outside, but uses `{name}`")).collect()
}

fn rules_shown((path, text): &File) -> Vec<String> {
    let code = code(text);
    let shown = RULES.iter().filter(|word| code.contains(**word));
    shown.map(|word| format!("{path}: the simulation must not see the rules, but this names `{word}`")).collect()
}

fn host_in_core((path, text): &File) -> Option<String> {
    let named = if path == "core/Cargo.toml" { "boxoffice-server" } else { "boxoffice_server" };
    code(text).contains(named).then(|| format!("{path}: the core must not know its hosts, but names `{named}`"))
}

#[test]
fn layers_import_downwards_only() {
    let mut complaints = Vec::new();
    for (layer, allowed) in MAY_IMPORT {
        let sources = files(&format!("core/src/{layer}"), ".rs");
        assert!(!sources.is_empty(), "core/src/{layer} has no sources");
        complaints.extend(sources.iter().flat_map(|file| wrong_imports(layer, allowed, file)));
    }
    assert_none(&complaints);
}

#[test]
fn the_domain_is_pure() {
    assert_none(&files("core/src/domain", ".rs").iter().flat_map(impurities).collect::<Vec<_>>());
}

#[test]
fn the_auditor_judges_from_outside() {
    let (auditor, shown) = (files(AUDITOR, ".rs"), files("core/src/simulation", ".rs"));
    assert!(auditor.len() > 5 && shown.len() > 2, "found only {} and {} files", auditor.len(), shown.len());
    let complaints = auditor.iter().flat_map(auditor_sees).chain(shown.iter().flat_map(rules_shown));
    assert_none(&complaints.collect::<Vec<_>>());
}

#[test]
fn the_core_does_not_know_its_hosts() {
    let mut sources = files("core", ".rs");
    // The fuzz targets are a separate package that may use the host.
    sources.retain(|(path, _)| !path.starts_with("core/fuzz/"));
    sources.push(("core/Cargo.toml".to_owned(), read("core/Cargo.toml")));
    assert_none(&sources.iter().filter_map(host_in_core).collect::<Vec<_>>());
}

mod samples {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        (path.to_owned(), text.to_owned())
    }

    fn wrong(path: &str, text: &str) -> usize {
        wrong_imports("domain", &["types", "event"], &file(path, text)).len()
    }

    #[test]
    fn imports_upwards_are_found() {
        for text in [
            "use crate::engine::Engine;",
            "use crate::engine;",
            "use crate::{types::Money, engine::Engine};",
            "use crate::{\n    engine::{Engine, Writer},\n    types::Money,\n};",
            "fn of(engine: &crate::engine::Engine) {}",
            "use crate::*;",
            "use crate::BoxOffice;",
            "use super::super::engine::Engine;",
            "use super::super::{state, office};",
        ] {
            assert_eq!(wrong("core/src/domain/apply.rs", text), 1, "{text}");
        }
        assert_eq!(wrong("core/src/domain/order/create_order.rs", "use super::super::super::journal::Journal;"), 1);
        assert_eq!(wrong("core/src/domain/mod.rs", "use super::views;"), 1);
    }

    #[test]
    fn imports_downwards_are_not() {
        for text in [
            "use crate::types::Money;",
            "use crate::{event::DomainEvent, types::{Money, Text}};",
            "use crate::domain::order::Order;",
            "use super::super::state::State;",
            "/// See [`crate::engine`].",
            "let a = 1; // unlike crate::engine",
            "use other_crate::engine::Engine;",
        ] {
            assert_eq!(wrong("core/src/domain/order/create_order.rs", text), 0, "{text}");
        }
    }

    #[test]
    fn impurities_are_found() {
        assert_eq!(impurities(&file("x.rs", "let now = std::time::SystemTime::now();")).len(), 1);
        assert_eq!(impurities(&file("x.rs", "// no SystemTime here")).len(), 0);
    }

    #[test]
    fn an_auditor_that_looks_inside_is_found() {
        for text in
            ["use boxoffice::simulation::Readings;", "use crate::process::Process;", "use crate::{auditor, run};"]
        {
            assert_eq!(auditor_sees(&file("x.rs", text)).len(), 1, "{text}");
        }
        for text in ["use boxoffice::{Money, Record};", "use super::books::Books;", "use crate::gateway::Movement;"] {
            assert_eq!(auditor_sees(&file("x.rs", text)).len(), 0, "{text}");
        }
        assert_eq!(rules_shown(&file("x.rs", "use crate::domain::{Order, State};")).len(), 1);
        assert_eq!(rules_shown(&file("x.rs", "/// Not the `State`.\nuse crate::domain::Order;")).len(), 0);
    }

    #[test]
    fn hosts_are_found() {
        assert!(host_in_core(&file("core/src/x.rs", "use boxoffice_server::app;")).is_some());
        assert!(host_in_core(&file("core/Cargo.toml", "boxoffice-server.workspace = true")).is_some());
        assert!(host_in_core(&file("core/src/x.rs", "// `boxoffice_server` embeds this")).is_none());
    }
}
