//! Access to the source tree. Paths are relative to the workspace.

use std::fs;
use std::path::{Path, PathBuf};

/// Path and text of a file.
pub(crate) type File = (String, String);

/// Names of folders without files of the project.
const NOT_OURS: &[&str] =
    &["target", ".git", "node_modules", "boxoffice-data", "__pycache__", ".mypy_cache", ".pytest_cache"];

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns all text files below `folder` with this ending.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for name in names(&folder) {
            // In a linked work tree `.git` is a file that contains an absolute path.
            if NOT_OURS.contains(&name.as_str()) {
                continue;
            }
            let path = if folder == "." { name.clone() } else { format!("{folder}/{name}") };
            if root().join(&path).is_dir() {
                folders.push(path);
            } else if name.ends_with(ending) {
                found.extend(fs::read_to_string(root().join(&path)).ok().map(|text| (path, text)));
            }
        }
    }
    found.sort();
    found
}

/// Returns the names of all entries directly in `folder`.
pub(crate) fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Returns the text without line comments.
pub(crate) fn code(text: &str) -> String {
    let without_comment = |line: &str| line.split("//").next().unwrap_or("").trim_end().to_owned();
    let is_url = |line: &str| line.contains("://");
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| if is_url(line) { line.to_owned() } else { without_comment(line) })
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn comments_are_no_code() {
    assert_eq!(code("//! crate::a\n    // crate::b\nlet x = 1; // crate::c\n"), "let x = 1;");
    assert_eq!(code("let url = \"https://x\"; y()"), "let url = \"https://x\"; y()");
}
