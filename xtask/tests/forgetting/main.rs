//! Tests that the compiler names every place that a new event, command or refusal must handle.
//!
//! The tests edit a copy of the core and check it with the same dependencies in the same target folder. The check
//! reuses the dependencies compiled for `cargo check -p boxoffice`.

#![allow(clippy::unwrap_used, reason = "a test that can't copy or check fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use syn::{Item, TraitItem};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A copy of the core in a separate workspace.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        let (root, copy) = (root(), Path::new(env!("CARGO_TARGET_TMPDIR")).join("forgetting"));
        fs::remove_dir_all(&copy).or_else(|error| if copy.exists() { Err(error) } else { Ok(()) }).unwrap();
        fs::create_dir_all(&copy).unwrap();
        copy_folder(&root.join("core"), &copy.join("core"));
        fs::copy(root.join("Cargo.lock"), copy.join("Cargo.lock")).unwrap();
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let is_list = |line: &&str| line.starts_with("members = ") || line.starts_with("default-members = ");
        let lists: Vec<_> = manifest.lines().filter(is_list).collect();
        assert_eq!(lists.len(), 2, "the members of the workspace: {lists:?}");
        let manifest = manifest.replace(lists[0], "members = [\"core\"]").replace(lists[1], "");
        fs::write(copy.join("Cargo.toml"), manifest).unwrap();
        Self(copy)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join("core/src").join(file)).unwrap()
    }

    /// Replaces the first occurrence of `found` in the file by `instead`.
    fn edit(&self, file: &str, found: &str, instead: &str) {
        let text = self.read(file);
        assert!(text.contains(found), "core/src/{file} has no {found:?}");
        fs::write(self.0.join("core/src").join(file), text.replacen(found, instead, 1)).unwrap();
    }

    fn append(&self, file: &str, text: &str) {
        fs::write(self.0.join("core/src").join(file), self.read(file) + text).unwrap();
    }

    /// Checks the copy; returns `true` if it compiles, and the messages of the compiler.
    fn check(&self) -> (bool, String) {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.0).args(["check", "--offline", "--package", "boxoffice", "--color", "never"]);
        // Variables that cargo sets for this test must not reach the inner cargo.
        cargo.env("CARGO_TARGET_DIR", target).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        let output = cargo.output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Copies the sources of the package.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_file() {
            fs::copy(&path, to.join(name)).unwrap();
        } else if name != "fuzz" && name != "golden" && name != "upgrade" {
            copy_folder(&path, &to.join(name));
        }
    }
}

/// Returns the items of a trait, none of which may have a default.
fn items(text: &str, name: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap();
    let found = file.items.iter().find_map(|item| match item {
        Item::Trait(found) if found.ident == name => Some(found),
        _ => None,
    });
    let items = found.unwrap_or_else(|| panic!("there is no trait {name}")).items.iter().map(|item| match item {
        TraitItem::Const(item) if item.default.is_none() => item.ident.to_string(),
        TraitItem::Fn(item) if item.default.is_none() => item.sig.ident.to_string(),
        TraitItem::Type(item) if item.default.is_none() => item.ident.to_string(),
        _ => panic!("an item of {name} has a default, so that it can be forgotten"),
    });
    items.collect()
}

/// Returns the line of the compiler that names the missing items of an implementation.
fn missing<'e>(errors: &'e str, implementation: &str) -> &'e str {
    let mut lines = errors.lines().skip_while(|line| !line.starts_with("error[E0046]"));
    loop {
        let told = lines.next().unwrap_or_else(|| panic!("nothing is missing in {implementation}:\n{errors}"));
        let mut place = lines.clone().take(8);
        if told.starts_with("error[E0046]") && place.any(|line| line.contains(implementation)) {
            return told;
        }
    }
}

const EVENT: &str = "
/// Somebody was forgotten.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct UserForgotten {}

impl crate::domain::apply::Apply for UserForgotten {}
";

const COMMAND: &str = "
/// Forget somebody.
#[derive(Debug, Clone)]
pub(crate) struct ForgetUser {}

impl crate::domain::decide::Decide for ForgetUser {}
";

/// Adds an event, a command and a refusal to the lists without implementing their traits.
fn forget(copy: &Copy) {
    copy.append("domain/auth/erase_user.rs", &format!("{EVENT}{COMMAND}"));
    copy.edit("domain/auth/mod.rs", "erase_user::UserErased;", "erase_user::{UserErased, UserForgotten};");
    copy.edit("domain/auth/mod.rs", "erase_user::EraseUser;", "erase_user::{EraseUser, ForgetUser};");
    copy.edit("event.rs", "domain::auth::{", "domain::auth::{UserForgotten, ");
    let listed = "        UserErased(UserErased),\n";
    copy.edit("event.rs", listed, &format!("{listed}        /// Gone.\n        UserForgotten(UserForgotten),\n"));
    copy.edit("command.rs", "domain::auth::{", "domain::auth::{ForgetUser, ");
    copy.edit("command.rs", "    EraseUser,\n", "    EraseUser,\n    ForgetUser,\n");
    let list = "    shares {\n";
    copy.edit(REFUSALS, list, &format!("{list}        /// Gone.\n        Forgotten: AuthRequired;\n"));
}

const REFUSALS: &str = "domain/auth/rejection.rs";

#[test]
fn whatever_is_forgotten_does_not_compile() {
    let copy = Copy::new();
    forget(&copy);
    let (compiles, errors) = copy.check();
    assert!(!compiles, "an event, a command and a refusal of which nothing is said compile");
    for (file, name, implementation) in [
        ("domain/apply.rs", "Apply", "Apply for UserForgotten"),
        ("domain/decide.rs", "Decide", "Decide for ForgetUser"),
    ] {
        let (items, told) = (items(&copy.read(file), name), missing(&errors, implementation));
        assert!(items.len() >= 6, "found only the items {items:?} of {name}");
        let unnamed: Vec<_> = items.iter().filter(|item| !told.contains(&format!("`{item}`"))).collect();
        assert!(unnamed.is_empty(), "{name}: {unnamed:?} can be forgotten: {told}");
    }
    let has_place = |line: &str| line.contains("--> ") && line.contains(&format!("core/src/{REFUSALS}:"));
    let is_untold = |line: &str| line.starts_with("error[E0004]") && line.contains("Rejection::Forgotten");
    assert!(errors.lines().any(is_untold) && errors.lines().any(has_place), "{errors}");
}
