//! The packages of the bindings use dependencies with the same features as the other tests, so that builds are reused.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::assert_none;
use crate::tree::root;

/// Prefix of the project's own packages, which are compiled separately anyway.
const OURS: &str = "boxoffice";

/// The features of dependencies, by name and version: one text for each build of a dependency.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Returns the features that cargo resolves for these packages.
fn resolved(packages: &[&str]) -> Features {
    let mut tree = Command::new(env!("CARGO"));
    tree.current_dir(root()).args(["tree", "--locked", "--prefix", "none", "--format", "{p}|{f}"]).args(packages);
    let output = tree.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    features(&String::from_utf8_lossy(&output.stdout))
}

fn features(tree: &str) -> Features {
    let mut all = Features::new();
    for (package, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        let package = package.trim_end_matches(" (proc-macro)");
        // `(*)` marks a package that was listed before.
        let features = features.trim_end_matches(" (*)");
        if !package.is_empty() && !package.starts_with(OURS) {
            all.entry(package.to_owned()).or_default().insert(features.to_owned());
        }
    }
    all
}

/// Returns a complaint for each dependency that only `package` builds with its features.
fn alone(package: &Features, workspace: &Features) -> Vec<String> {
    let lacks = |name: &String, features: &String| {
        let others = workspace.get(name).cloned().unwrap_or_default();
        (!others.contains(features)).then(|| format!("{name} has [{features}]; with all others it has {others:?}"))
    };
    package.iter().flat_map(|(name, sets)| sets.iter().filter_map(|features| lacks(name, features))).collect()
}

#[test]
fn the_packages_are_made_of_what_the_tests_have_compiled() {
    let workspace = resolved(&["--workspace", "--all-features"]);
    assert!(workspace.len() > 100, "found only {} dependencies", workspace.len());
    for package in ["boxoffice-python", "boxoffice-node"] {
        let own = resolved(&["--package", package, "--features", "unify", "--edges", "no-dev"]);
        assert!(own.len() > 100, "found only {} dependencies of {package}", own.len());
        let mut complaints = alone(&own, &workspace);
        if let Some(first) = complaints.first_mut() {
            *first = format!(
                "{package} compiles dependencies once more; add features to bindings/workspace-hack/Cargo.toml:\n{first}"
            );
        }
        assert_none(&complaints);
    }
}

#[test]
fn other_features_are_found() {
    let workspace = features("tokio v1.0.0|fs,sync\nsyn v3.0.0|full (*)\nboxoffice v0.1.0 (/x)|failpoints\n\n");
    assert_eq!(
        alone(&features("tokio v1.0.0|fs,sync (*)\nboxoffice v0.1.0 (/x)|\n"), &workspace),
        Vec::<String>::new()
    );
    let complaints = alone(&features("tokio v1.0.0|sync\nsyn v3.0.0 (proc-macro)|full\n"), &workspace);
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].starts_with("tokio v1.0.0 has [sync]"), "{complaints:?}");
}
