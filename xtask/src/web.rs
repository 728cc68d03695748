//! Tests of the pages in a real browser: Debian's Chromium, driven by Playwright, with axe-core for accessibility.
//!
//! The tests and their tools are copied to `target/web`, with screenshots of every page in `target/web/shots`. The
//! browser is `chromium`, or the one that `CHROMIUM` names. Stripe is replaced by localstripe, as in the step `stripe`,
//! with a mock of its script.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup;
use crate::shell::{host, quietly, root, run as shell, target_folder};
use crate::stripe::{ADDRESS, StandIn};

/// Folder of the tests, relative to the workspace.
const FOLDER: &str = "host-server/tests/web";

/// Files that list the tools of the tests.
const LOCK: [&str; 2] = ["package.json", "package-lock.json"];

/// Screenshots in the README, by their names in it and among the test's screenshots.
const PICTURES: [(&str, &str); 5] = [
    ("browse.png", "browse-desktop-light.png"),
    ("show-dark.png", "show-live-desktop-dark.png"),
    ("checkout-phone.png", "checkout-phone-light.png"),
    ("console.png", "console-overview-desktop-light.png"),
    ("console-story-dark.png", "console-story-desktop-dark.png"),
];

/// Folder of the README's screenshots, relative to the workspace.
const README_PICTURES: &str = "host-server/pictures";

pub(crate) fn check() -> Result<(), String> {
    let folder = target_folder()?.join("web");
    install(&folder)?;
    let program = host()?;
    let mut tests = Command::new("node");
    tests.arg("--test").args(copied(&folder, ".test.mjs")?).current_dir(&folder);
    tests.env("BOXOFFICE_PROGRAM", program).env("BOXOFFICE_SHOTS", folder.join("shots"));
    tests.env("CHROMIUM", chromium()?);
    let stripe = StandIn::installed()?;
    tests.env(ADDRESS, stripe.url());
    shell(&mut tests)
}

/// Copies the screenshots of the last run of the tests to where the README shows them.
pub(crate) fn pictures() -> Result<(), String> {
    let shots = target_folder()?.join("web/shots");
    let to = root().join(README_PICTURES);
    fs::create_dir_all(&to).map_err(|error| failed(&to, &error))?;
    for (name, shot) in PICTURES {
        fs::copy(shots.join(shot), to.join(name)).map_err(|error| failed(&shots.join(shot), &error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Installs the tools of the lockfile, once for each lockfile.
fn install(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let wanted = fs::read_to_string(root().join(FOLDER).join(LOCK[1])).map_err(|error| failed(folder, &error))?;
    let noted = folder.join("installed.json");
    if fs::read_to_string(&noted).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    for file in LOCK {
        fs::copy(root().join(FOLDER).join(file), folder.join(file)).map_err(|error| failed(folder, &error))?;
    }
    shell(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(folder))?;
    fs::write(&noted, wanted).map_err(|error| failed(&noted, &error))
}

/// Copies the tests to their tools, removes older copies, and returns those whose names have this ending.
fn copied(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, String> {
    let scripts = |place: &Path| -> Result<Vec<PathBuf>, String> {
        let entries = fs::read_dir(place).map_err(|error| failed(place, &error))?;
        let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
        Ok(paths.filter(|path| path.extension().is_some_and(|extension| extension == "mjs")).collect())
    };
    for old in scripts(folder)? {
        fs::remove_file(&old).map_err(|error| failed(&old, &error))?;
    }
    let mut tests = Vec::new();
    for script in scripts(&root().join(FOLDER))? {
        let to = folder.join(script.file_name().unwrap_or_default());
        fs::copy(&script, &to).map_err(|error| failed(&to, &error))?;
        if to.to_string_lossy().ends_with(ending) {
            tests.push(to);
        }
    }
    tests.sort();
    if tests.is_empty() { Err(format!("{FOLDER} has no tests")) } else { Ok(tests) }
}

fn chromium() -> Result<PathBuf, String> {
    let found = setup::browser().ok_or("Chromium is missing: install it, or name a browser with CHROMIUM")?;
    quietly(Command::new(&found).arg("--version"))?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_names_is_there() {
        for file in LOCK.iter().chain(&[
            "storefront.test.mjs",
            "console.test.mjs",
            "stripe.test.mjs",
            "browser.mjs",
            "stripe-script.mjs",
        ]) {
            assert!(root().join(FOLDER).join(file).exists(), "{file}");
        }
    }
}
