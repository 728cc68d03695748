//! The examples in several languages: the README has the expected output, and the tests of every language check it.

use crate::assert_none;
use crate::tree::{exists, names, read, root};

const FOLDER: &str = "examples";

/// Start of the expected output in a README.
const PRINTED: &str = "```text\n";

/// Program of an example in each language, and the test that runs it.
const LANGUAGES: &[(&str, &str)] = &[
    ("main.rs", "examples/tests/it.rs"),
    ("main.py", "bindings/python/tests/test_examples.py"),
    ("main.mjs", "bindings/node/tests/examples.test.mjs"),
];

/// Examples of the first release; there may be more.
const KNOWN: &[&str] =
    &["expiry", "follow-the-journal", "own-gateway", "quickstart", "race", "verify-draw", "verify-ticket"];

/// Returns the examples with expected output in their README and a program in Python.
fn promising() -> Vec<String> {
    let folders = names(FOLDER).into_iter().filter(|name| root().join(FOLDER).join(name).is_dir());
    let promises = |name: &String| {
        let readme = format!("{FOLDER}/{name}/README.md");
        exists(&readme) && read(&readme).contains(PRINTED) && exists(&format!("{FOLDER}/{name}/main.py"))
    };
    folders.filter(promises).collect()
}

/// Returns a complaint for each example that the test does not run.
fn unnamed(examples: &[String], path: &str, test: &str) -> Vec<String> {
    let named = |name: &str| ['"', '\''].iter().any(|quote| test.contains(&format!("{quote}{name}{quote}")));
    let missing = examples.iter().filter(|name| !named(name));
    missing.map(|name| format!("{path} does not run the example {name}")).collect()
}

#[test]
fn every_language_prints_what_the_readme_promises() {
    let examples = promising();
    let mut complaints: Vec<_> = KNOWN
        .iter()
        .filter(|name| !examples.iter().any(|example| example == *name))
        .map(|name| format!("{FOLDER}/{name} promises nothing"))
        .collect();
    for (program, test) in LANGUAGES {
        let text = read(test);
        assert!(text.contains("README.md") && text.contains("text"), "{test} compares with no README");
        let missing = examples.iter().filter(|name| !exists(&format!("{FOLDER}/{name}/{program}")));
        complaints.extend(missing.map(|name| format!("{FOLDER}/{name} has no {program}")));
        complaints.extend(unnamed(&examples, test, &text));
    }
    assert_none(&complaints);
}

#[test]
fn examples_that_nobody_runs_are_found() {
    let examples = ["race".to_owned(), "expiry".to_owned()];
    assert_eq!(unnamed(&examples, "x", "for name in ['race', \"expiry\"]"), Vec::<String>::new());
    assert_eq!(unnamed(&examples, "x", "['race', 'no-expiry']"), ["x does not run the example expiry"]);
}
