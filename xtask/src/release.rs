//! `cargo xtask release`: everything of a release that this machine can build, in one folder, and the list of what it can't.

use std::fs;
use std::path::Path;

use clap::Args;

use crate::npm::PLATFORMS;
use crate::shell::{cargo, root, run as shell, say, target_folder};
use crate::{node, python};

/// Crates that are published.
const CRATES: &[&str] = &["boxoffice-draw", "boxoffice-seating", "boxoffice-ticket", "boxoffice"];

/// Packages that are published, and have the licences with them.
const LICENSED: &[&str] =
    &["core", "core/draw", "core/seating", "core/ticket", "host-server", "bindings/python", "bindings/node"];

/// What a Linux wheel is tagged with: it runs on every system with this glibc or a newer one.
const MANYLINUX: &str = "manylinux_2_28";

/// The compiler that links against an older glibc than the machine has, as a package of `PyPI`.
const ZIG: &str = "ziglang==0.17.1";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Packs the crate with uncommitted changes, to try it.
    #[arg(long)]
    allow_dirty: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let out = target_folder()?.join("release-files");
    if out.exists() {
        fs::remove_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    check_licences()?;
    let host = node::host()?;
    crate_files(&out, arguments.allow_dirty)?;
    server(&out, &host)?;
    wheel(&out, &host)?;
    node::release(&out)?;
    report(&out, &host)
}

/// Packs and builds the crates as crates.io gets them.
fn crate_files(out: &Path, allow_dirty: bool) -> Result<(), String> {
    let mut package = cargo(&["package", "--locked"]);
    package.args(CRATES.iter().flat_map(|name| ["--package", *name]));
    shell(package.args(allow_dirty.then_some("--allow-dirty")))?;
    for name in CRATES {
        let file = format!("{name}-{}.crate", env!("CARGO_PKG_VERSION"));
        copy(&target_folder()?.join("package").join(&file), &out.join(file))?;
    }
    Ok(())
}

/// Builds the server. It keeps the names that a backtrace shows.
fn server(out: &Path, host: &str) -> Result<(), String> {
    let strip = "profile.release.strip=\"debuginfo\"";
    shell(&mut cargo(&["build", "--release", "--locked", "--package", "boxoffice-server", "--config", strip]))?;
    let built = target_folder()?.join("release").join("boxoffice-server");
    copy(&built, &out.join(format!("boxoffice-server-{host}")))
}

/// Builds wheel and source distribution. On Linux zig links, and maturin checks that the tag is true.
fn wheel(out: &Path, host: &str) -> Result<(), String> {
    if !host.contains("linux") {
        return python::release(out, &[]);
    }
    python::tool(ZIG)?;
    python::release(out, &["--zig", "--compatibility", MANYLINUX])
}

/// Fails unless every package has the licences of the workspace.
fn check_licences() -> Result<(), String> {
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
        let ours = read(&root().join(licence))?;
        for package in LICENSED {
            if read(&root().join(package).join(licence))? != ours {
                return Err(format!("{package}/{licence} is not the workspace's: copy it"));
            }
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to).map(drop).map_err(|error| format!("{}: {error}", from.display()))
}

/// Says what there is, and what only other machines can build.
fn report(out: &Path, host: &str) -> Result<(), String> {
    let entries = fs::read_dir(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut files: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.sort();
    say(&format!("\nin {}:", out.display()));
    for file in files {
        let bytes = fs::metadata(&file).map_or(0, |meta| meta.len());
        say(&format!("  {:<60} {:>10} bytes", file.file_name().unwrap_or_default().display(), bytes));
    }
    say("\nto be built by this command on other machines:");
    for line in elsewhere(host) {
        say(&format!("  {line}"));
    }
    Ok(())
}

/// Returns what is missing, by platform.
fn elsewhere(host: &str) -> Vec<String> {
    let missing = PLATFORMS.iter().filter(|platform| platform.triple != host);
    missing.map(|it| format!("{}: the server, the wheel, and the npm package {}", it.triple, it.package())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_has_the_licences() {
        assert_eq!(check_licences(), Ok(()));
    }

    #[test]
    fn what_is_missing_is_named() {
        let lines = elsewhere("x86_64-unknown-linux-gnu");
        assert_eq!(lines.len(), PLATFORMS.len() - 1);
        assert!(lines[0].starts_with("aarch64-unknown-linux-gnu: ") && lines[0].ends_with("boxoffice-linux-arm64-gnu"));
    }
}
