//! Checks of the Python package: its stubs, its wheel, and its tests, in an otherwise empty environment.
//!
//! Everything that is built or installed is below `target/python`. The interpreter is `python3`, or the one that
//! `PYTHON` names.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster;
use crate::generate;
use crate::shell::{keep_to_itself, root, run as shell, say};
use crate::suite;

/// Folder of the package, relative to the workspace.
const PACKAGE: &str = "bindings/python";

/// Stubs, which are generated and committed.
const STUBS: &str = "python/boxoffice/_native.pyi";

/// Profile and features of the tests, which reuse compiled dependencies and compile only our own crates. Without debug
/// info the module is a tenth as large, and faster to pack and install.
const TESTED: &[&str] = &["--profile", "dev", "--features", "unify", "--", "-C", "strip=debuginfo"];

/// A virtual environment.
struct Environment(PathBuf);

impl Environment {
    /// Returns the environment of this name, and creates it if it is missing.
    fn named(name: &str) -> Result<Self, String> {
        let environment = Self(target().join(name));
        if !environment.program("python").exists() {
            let python = std::env::var_os("PYTHON").unwrap_or_else(|| OsString::from("python3"));
            shell(Command::new(python).args(["-m", "venv", "--clear"]).arg(&environment.0))?;
        }
        Ok(environment)
    }

    /// Creates the environment of this name anew.
    fn clean(name: &str) -> Result<Self, String> {
        let folder = target().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Self::named(name)
    }

    fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    /// Returns the command of a program in the environment, run in the package's folder.
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        command.current_dir(package()).env("VIRTUAL_ENV", &self.0);
        keep_to_itself(&mut command);
        command
    }

    fn install(&self, what: &[&str]) -> Result<(), String> {
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        shell(self.command("python").args(quiet).args(what))
    }
}

fn package() -> PathBuf {
    root().join(PACKAGE)
}

/// Returns the folder of builds and environments.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join("python")
}

/// Returns the environment with the tools that build the package.
fn tools() -> Result<Environment, String> {
    let tools = Environment::named("tools")?;
    tools.install(&["--requirement", "requirements-dev.txt"])?;
    Ok(tools)
}

/// Checks the stubs, builds the wheel, and tests the installed result.
pub(crate) fn test() -> Result<(), String> {
    generate::check_committed()?;
    let tools = tools()?;
    check_stubs(&tools)?;
    let wheel = build(&tools, "dev", TESTED)?;
    let wheel = format!("{}[fastapi]", wheel.display());

    // Only the package's own dependencies are installed when the README's examples run.
    let clean = Environment::clean("clean")?;
    clean.install(&[wheel.as_str()])?;
    shell(clean.command("python").arg("tests/readme.py"))?;

    clean.install(&["--requirement", "requirements-dev.txt"])?;
    shell(clean.command("python").args(["-m", "pytest"]))?;
    // What starts a NATS server is left out of a plain run.
    let mut with_nats = clean.command("python");
    shell(with_nats.args(["-m", "pytest", "-m", "nats"]).env(cluster::PROGRAM, cluster::program()?))?;
    shell(clean.command("python").args(["-m", "mypy", "--strict", "python/boxoffice", "tests"]))?;
    shell(clean.command("pyright").args(["--project", "."]).arg("--pythonpath").arg(clean.program("python")))?;
    over_http(&clean)
}

/// Runs the HTTP tests of the host against the FastAPI example.
fn over_http(environment: &Environment) -> Result<(), String> {
    let host = package().join("tests/http_host.py");
    let host = format!("{} {}", environment.program("python").display(), host.display());
    suite::over_http(&host)
}

/// Regenerates the stubs; with `check`, fails if the committed ones differ.
pub(crate) fn stubs(check: bool) -> Result<(), String> {
    let tools = tools()?;
    if check {
        return check_stubs(&tools);
    }
    let path = package().join(STUBS);
    fs::write(&path, generated(&tools)?).map_err(|error| format!("{}: {error}", path.display()))?;
    say(&format!("{PACKAGE}/{STUBS} is current"));
    Ok(())
}

fn check_stubs(tools: &Environment) -> Result<(), String> {
    let committed = fs::read_to_string(package().join(STUBS)).unwrap_or_default();
    if committed == generated(tools)? {
        return Ok(());
    }
    Err(format!("{PACKAGE}/{STUBS} is not what the native module has: run `cargo xtask stubs` and commit it"))
}

fn generated(tools: &Environment) -> Result<String, String> {
    let folder = target().join("stubs");
    shell(tools.command("maturin").args(["generate-stubs", "--quiet", "--out"]).arg(&folder).args(TESTED))?;
    let path = folder.join("boxoffice/_native.pyi");
    let stubs = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(with_builtin_lists(&stubs))
}

/// Names the type `list` by its module where a class has a method of that name, which hides it for the methods below.
fn with_builtin_lists(stubs: &str) -> String {
    let (mut is_hidden, mut text) = (false, String::with_capacity(stubs.len()));
    let mut is_imported = false;
    for line in stubs.lines() {
        if line.starts_with("from ") && !is_imported {
            text.push_str("import builtins\n");
            is_imported = true;
        }
        is_hidden &= !line.starts_with("class ");
        let is_method = line.starts_with("    def ") || line.starts_with("    async def ");
        text.push_str(&if is_hidden && is_method { line.replace("list[", "builtins.list[") } else { line.to_owned() });
        text.push('\n');
        is_hidden |= line.starts_with("    def list(");
    }
    text
}

/// Builds the wheel and returns its path.
fn build(tools: &Environment, name: &str, how: &[&str]) -> Result<PathBuf, String> {
    let folder = target().join(format!("wheels-{name}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    shell(tools.command("maturin").args(["build", "--quiet", "--out"]).arg(&folder).args(how))?;
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wheels = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    wheels.into_iter().find(|path| is_wheel(path)).ok_or_else(|| format!("{}: no wheel", folder.display()))
}

/// Builds the wheel and the source distribution as users get them, stripped and with a tag that maturin has checked.
pub(crate) fn release(out: &Path, tag: &[&str]) -> Result<(), String> {
    let tools = tools()?;
    let how = ["build", "--release", "--strip", "--sdist", "--out"];
    shell(tools.command("maturin").args(how).arg(out).args(tag))
}

/// Installs a tool from the registry into the environment that builds the package.
pub(crate) fn tool(requirement: &str) -> Result<(), String> {
    tools()?.install(&[requirement])
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "whl")
}

/// Installs the package as its users get it, and returns the command that prints its figures.
pub(crate) fn bench() -> Result<OsString, String> {
    let wheel = build(&tools()?, "release", &["--profile", "release"])?;
    let environment = Environment::clean("bench")?;
    environment.install(&[&wheel.to_string_lossy()])?;
    let mut command = environment.program("python").into_os_string();
    command.push(" ");
    command.push(package().join("benches/reservations.py"));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_names_is_there() {
        for path in [STUBS, "requirements-dev.txt", "tests/readme.py", "tests/http_host.py", "benches/reservations.py"]
        {
            assert!(package().join(path).exists(), "{path}");
        }
    }

    #[test]
    fn wheels_are_told_from_other_files() {
        assert!(is_wheel(Path::new("x/boxoffice-0.1.0-cp311-abi3-linux_x86_64.whl")));
        assert!(!is_wheel(Path::new("x/boxoffice-0.1.0.tar.gz")));
    }

    #[test]
    fn a_method_called_list_hides_no_type() {
        let stubs = "\"\"\"x\"\"\"\nfrom a import b\nclass A:\n    def a(self) -> list[int]: ...\n    def list(self) -> list[int]: ...\n    \
                     def z(self) -> list[int]: ...\nclass B:\n    def z(self) -> list[int]: ...\n";
        let named = with_builtin_lists(stubs);
        assert_eq!(named.matches("builtins.list[").count(), 1);
        assert!(
            named.contains("import builtins\nfrom a") && named.contains("def z(self) -> builtins.list[int]"),
            "{named}"
        );
    }
}
