//! Checks of the npm package: its declarations, its tarball, and its tests, in an otherwise empty folder.
//!
//! Everything that is packed or installed is below `target/node`; the tools are in the package's own `node_modules`.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::cluster;
use crate::npm::{self, Platform};
use crate::shell::{cargo, keep_to_itself, root, run as shell, say, target_folder};
use crate::suite;

/// Folder of the package, relative to the workspace.
const PACKAGE: &str = "bindings/node";

/// Crate of its native module.
const CRATE: &str = "boxoffice-node";

/// Environment variable that makes napi's build script run again.
const FORCE: &str = "NAPI_FORCE_BUILD_BOXOFFICE_NODE";

/// Generated files that are committed.
const STUBS: &[&str] = &["native.d.ts", "native.js"];

/// Examples that the tests run.
const EXAMPLES: &[&str] = &[
    "quickstart",
    "race",
    "expiry",
    "own-gateway",
    "follow-the-journal",
    "express",
    "node-cluster",
    "nats-listener",
    "verify-draw",
    "verify-ticket",
];

/// Folder of the tests that start NATS servers, in that of the tests.
const WITH_NATS: &str = "nats";

/// Files that the tests read, relative to the package, with their names in the test folder.
const BESIDE: &[(&str, &str)] = &[
    ("README.md", "README.md"),
    ("../../README.md", "PROJECT.md"),
    ("../../docs/src/guide/nextjs.md", "nextjs.md"),
    ("../methods.json", "methods.json"),
    ("../../core/ticket/vectors/vectors.json", "core/ticket/vectors/vectors.json"),
];

fn package() -> PathBuf {
    root().join(PACKAGE)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from).join("node")
}

fn program(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(name);
    command.current_dir(folder);
    keep_to_itself(&mut command);
    command
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Installs the tools that build and test the package, as the lockfile lists them.
fn tools() -> Result<(), String> {
    // Only better-sqlite3 needs to run a script when it is installed, and only the benchmarks need it. The lockfile
    // lists the packages of other platforms only as far as they were available, which `npm ci` does not accept.
    shell(program("npm", &package()).args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

/// Builds the native module in place as users get it, stripped, with the generated files.
fn build_release() -> Result<(), String> {
    let arguments = ["exec", "--", "napi", "build", "--platform", "--js", "native.js", "--dts", "native.d.ts"];
    shell(program("npm", &package()).args(arguments).args(["--release", "--strip"]))
}

/// Builds the packages of this platform as users get them, and returns their tarballs.
pub(crate) fn release(out: &Path) -> Result<[PathBuf; 2], String> {
    tools()?;
    build_release()?;
    npm::pack(&package(), Platform::of(&host()?)?, &target().join("packed"), out)
}

/// Builds the native module for the tests, which reuses their compiled dependencies and compiles only our own crates.
fn build() -> Result<(), String> {
    let types = target().join("types");
    // Without debug info it is a tenth as large, and faster to pack and install.
    let mut cargo =
        cargo(&["rustc", "--package", CRATE, "--features", "unify", "--lib", "--", "-C", "strip=debuginfo"]);
    shell(cargo.env("NAPI_TYPE_DEF_TMP_FOLDER", &types).env(FORCE, made(&types)?))?;
    let name = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", CRATE.replace('-', "_"));
    let module = target_folder()?.join("debug").join(name);
    let mut make = program("node", &package());
    make.arg("tests/build.mjs").arg("--module").arg(module).arg("--types").arg(types);
    shell(make.args(["--triple", &host()?]))
}

/// Returns the time at which the folder was created. The compiler writes declarations to it, and must run if they are
/// gone: it does, because this value has changed.
fn made(folder: &Path) -> Result<String, String> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let mark = folder.with_extension("made");
    if fs::read_dir(folder).is_ok_and(|mut files| files.next().is_none()) {
        fs::write(&mark, "").map_err(|error| failed(&mark, &error))?;
    }
    let time = fs::metadata(&mark).and_then(|mark| mark.modified()).map_err(|error| failed(&mark, &error))?;
    Ok(time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis().to_string())
}

/// Returns the target triple of the compiler's host.
pub(crate) fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|error| format!("rustc: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "`rustc -vV` names no host".to_owned())
}

/// Checks the generated files, packs the package, and tests the installed result.
pub(crate) fn test() -> Result<(), String> {
    tools()?;
    check_stubs()?;
    let clean = installed("clean")?;
    shell(program("node", &clean).arg("tests/readme.mjs"))?;
    shell(program("node", &clean).arg("--test").args(suites(&clean.join("tests"))?))?;
    with_nats(&clean)?;
    shell(program("node", &clean).args(["node_modules/typescript/bin/tsc", "-p", "tests/types"]))?;
    over_http(&clean)
}

/// Runs the tests that start NATS servers, one after the other: each starts several processes, too.
fn with_nats(clean: &Path) -> Result<(), String> {
    let mut tests = program("node", clean);
    tests.args(["--test", "--test-concurrency=1"]).args(suites(&clean.join("tests").join(WITH_NATS))?);
    shell(tests.env(cluster::PROGRAM, cluster::program()?))
}

/// Returns the test files in a folder, because versions of `node --test` interpret folders and patterns differently.
fn suites(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let files = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    Ok(files.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect())
}

/// Installs the package from its tarball, with its tests and the examples beside it.
fn installed(name: &str) -> Result<PathBuf, String> {
    let folder = target().join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let packed = npm::pack(&package(), Platform::of(&host()?)?, &target().join("packed"), &folder)?;
    fs::write(folder.join("package.json"), "{ \"private\": true }\n").map_err(|error| failed(&folder, &error))?;
    // The packages of other platforms need not be there; nothing but what was packed is installed.
    shell(program("npm", &folder).args(["install", "--no-package-lock", "--offline", "--no-audit"]).args(&packed))?;
    // Other dependencies of the tests are linked: they were installed as the lockfile lists them.
    for tool in ["express", "typescript", "better-sqlite3", "jest", "vitest", "@nats-io", "@noble", "@types"] {
        let link = folder.join("node_modules").join(tool);
        if !link.exists() {
            let from = package().join("node_modules").join(tool);
            std::os::unix::fs::symlink(&from, &link).map_err(|error| failed(&link, &error))?;
        }
    }
    copy(&package().join("tests"), &folder.join("tests"))?;
    copy(&package().join("benches"), &folder.join("benches"))?;
    for example in EXAMPLES {
        copy(&root().join("examples").join(example), &folder.join("examples").join(example))?;
    }
    for (file, name) in BESIDE {
        let to = folder.join(name);
        fs::create_dir_all(to.parent().unwrap_or(&folder)).map_err(|error| failed(&to, &error))?;
        fs::copy(package().join(file), &to).map_err(|error| failed(&to, &error))?;
    }
    Ok(folder)
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| failed(from, &error))? {
        let path = entry.map_err(|error| failed(from, &error))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target).map_err(|error| failed(&path, &error))?;
        }
    }
    Ok(())
}

/// Runs the HTTP tests of the host against the Express example.
fn over_http(folder: &Path) -> Result<(), String> {
    let host = format!("node {}", folder.join("tests/http-host.mjs").display());
    suite::over_http(&host)
}

/// Regenerates the generated files; with `check`, fails if the committed ones differ.
pub(crate) fn stubs(check: bool) -> Result<(), String> {
    tools()?;
    if check {
        return check_stubs();
    }
    build()?;
    say(&format!("{PACKAGE}/native.* are current"));
    Ok(())
}

fn check_stubs() -> Result<(), String> {
    // Written in place, since the loader names the module relative to itself; the committed files are restored.
    let read = |file: &&str| fs::read_to_string(package().join(file)).unwrap_or_default();
    let committed: Vec<_> = STUBS.iter().map(read).collect();
    build()?;
    let generated: Vec<_> = STUBS.iter().map(read).collect();
    for ((file, committed), generated) in STUBS.iter().zip(&committed).zip(&generated) {
        if committed != generated {
            let path = package().join(file);
            fs::write(&path, committed).map_err(|error| failed(&path, &error))?;
            return Err(format!(
                "{PACKAGE}/{file} is not what the native module has: run `cargo xtask stubs` and commit it"
            ));
        }
    }
    Ok(())
}

/// Installs the package as its users get it, and returns the command that prints its figures.
pub(crate) fn bench() -> Result<OsString, String> {
    tools()?;
    shell(program("npm", &package()).args(["rebuild", "better-sqlite3"]))?;
    build_release()?;
    let folder = installed("bench")?;
    let mut command = OsString::from("node ");
    command.push(folder.join("benches/reservations.mjs"));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_names_is_there() {
        let files = [
            "tests/build.mjs",
            "tests/readme.mjs",
            "tests/http-host.mjs",
            "tests/types/tsconfig.json",
            "package-lock.json",
        ];
        for path in STUBS.iter().chain(&files).chain(&["benches/reservations.mjs", "../methods.json"]) {
            assert!(package().join(path).exists(), "{path}");
        }
        for example in EXAMPLES {
            assert!(root().join("examples").join(example).join("main.mjs").exists(), "{example}");
        }
        assert!(suites(&package().join("tests").join(WITH_NATS)).is_ok_and(|suites| suites.len() > 2));
    }
}
