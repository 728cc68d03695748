//! The npm packages as they are published: the main one, and one for each platform with its native module.
//!
//! The committed `package.json` names no platform packages: until a version is published there is nothing behind the names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::shell::{keep_to_itself, run as shell};

/// Name of the main package, and the beginning of the others' names.
const NAME: &str = "boxoffice";

/// Folders and files of the package that are not published.
const INTERNAL: &[&str] =
    &["node_modules", "src", "tests", "benches", "Cargo.toml", "build.rs", "package-lock.json", "package.json"];

/// Members of the main package that the platform packages have too.
const SHARED: &[&str] = &["version", "license", "author", "homepage", "bugs", "repository", "engines"];

/// Platform that has a package of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Platform {
    /// Rust's name of it.
    pub(crate) triple: &'static str,
    /// Ending of the package's name.
    pub(crate) abi: &'static str,
    /// What npm calls the system, the processor and the C library.
    os: &'static str,
    cpu: &'static str,
    libc: Option<&'static str>,
}

/// Every platform that a release is for.
pub(crate) const PLATFORMS: &[Platform] = &[
    platform("x86_64-unknown-linux-gnu", "linux-x64-gnu", "linux", "x64", Some("glibc")),
    platform("aarch64-unknown-linux-gnu", "linux-arm64-gnu", "linux", "arm64", Some("glibc")),
    platform("x86_64-apple-darwin", "darwin-x64", "darwin", "x64", None),
    platform("aarch64-apple-darwin", "darwin-arm64", "darwin", "arm64", None),
];

const fn platform(
    triple: &'static str,
    abi: &'static str,
    os: &'static str,
    cpu: &'static str,
    libc: Option<&'static str>,
) -> Platform {
    Platform { triple, abi, os, cpu, libc }
}

impl Platform {
    /// Returns the platform of this triple.
    pub(crate) fn of(triple: &str) -> Result<Self, String> {
        let found = PLATFORMS.iter().find(|it| it.triple == triple).copied();
        found.ok_or_else(|| format!("there is no npm package for {triple}: see xtask/src/npm.rs"))
    }

    /// Returns the name of its package.
    pub(crate) fn package(self) -> String {
        format!("{NAME}-{}", self.abi)
    }

    /// Returns the file name of its native module.
    pub(crate) fn module(self) -> String {
        format!("{NAME}.{}.node", self.abi)
    }
}

/// Packs the main package and that of the platform, whose native module lies in `package`; returns the tarballs. What they are
/// packed of is put below `work`.
pub(crate) fn pack(package: &Path, platform: Platform, work: &Path, out: &Path) -> Result<[PathBuf; 2], String> {
    let manifest = fs::read_to_string(package.join("package.json")).map_err(|error| failed(package, &error))?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|error| format!("package.json: {error}"))?;
    let version = manifest["version"].as_str().unwrap_or_default().to_owned();
    let (main, own) = (work.join(NAME), work.join(platform.package()));
    for folder in [&main, &own] {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(|error| failed(folder, &error))?;
        }
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    copy(package, &main, &|name| {
        !INTERNAL.contains(&name) && Path::new(name).extension().is_none_or(|ending| ending != "node")
    })?;
    write(&main, &published(&manifest))?;
    let own_files = ["LICENSE-MIT", "LICENSE-APACHE", &platform.module()].map(str::to_owned);
    copy(package, &own, &|name| own_files.iter().any(|file| file == name))?;
    write(&own, &of_platform(&manifest, platform))?;
    let readme = format!(
        "# {}\n\nThe native module of [{NAME}](https://www.npmjs.com/package/{NAME}) for {}.\n",
        platform.package(),
        platform.triple
    );
    fs::write(own.join("README.md"), readme).map_err(|error| failed(&own, &error))?;
    for folder in [&main, &own] {
        let mut npm = Command::new("npm");
        keep_to_itself(&mut npm);
        shell(npm.current_dir(folder).args(["pack", "--silent", "--pack-destination"]).arg(out))?;
    }
    Ok([format!("{NAME}-{version}.tgz"), format!("{}-{version}.tgz", platform.package())].map(|file| out.join(file)))
}

/// Returns the main package's manifest as it is published: npm installs the one platform package that fits.
fn published(manifest: &Value) -> Value {
    let mut manifest = manifest.clone();
    let version = manifest["version"].clone();
    if let Some(members) = manifest.as_object_mut() {
        members.remove("scripts");
        members.remove("devDependencies");
        let all = PLATFORMS.iter().map(|platform| (platform.package(), version.clone()));
        members.insert("optionalDependencies".to_owned(), all.collect());
    }
    manifest
}

fn of_platform(manifest: &Value, platform: Platform) -> Value {
    let mut own = json!({
        "name": platform.package(),
        "description": format!("The native module of {NAME} for {}", platform.triple),
        "os": [platform.os],
        "cpu": [platform.cpu],
        "main": platform.module(),
        "files": [platform.module(), "LICENSE-*", "README.md"],
    });
    if let Some(libc) = platform.libc {
        own["libc"] = json!([libc]);
    }
    for member in SHARED {
        own[*member] = manifest[*member].clone();
    }
    own
}

fn write(folder: &Path, manifest: &Value) -> Result<(), String> {
    let path = folder.join("package.json");
    fs::write(&path, format!("{manifest:#}\n")).map_err(|error| failed(&path, &error))
}

/// Copies what `is_wanted` says of a folder by its name, with everything in it.
fn copy(from: &Path, to: &Path, is_wanted: &dyn Fn(&str) -> bool) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
    for entry in fs::read_dir(from).map_err(|error| failed(from, &error))? {
        let path = entry.map_err(|error| failed(from, &error))?.path();
        let name = path.file_name().unwrap_or_default();
        if !is_wanted(&name.to_string_lossy()) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name), &|_| true)?;
        } else {
            fs::copy(&path, to.join(name)).map_err(|error| failed(&path, &error))?;
        }
    }
    Ok(())
}

fn failed(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::root;

    #[test]
    fn the_main_package_names_every_platform_and_no_tool() {
        let manifest =
            json!({ "name": "boxoffice", "version": "1.2.3", "scripts": {}, "devDependencies": {}, "license": "MIT" });
        let published = published(&manifest);
        assert_eq!(published["optionalDependencies"].as_object().unwrap().len(), PLATFORMS.len());
        assert_eq!(published["optionalDependencies"]["boxoffice-linux-x64-gnu"], "1.2.3");
        assert!(published.get("scripts").is_none() && published.get("devDependencies").is_none());
        let own = of_platform(&manifest, Platform::of("x86_64-unknown-linux-gnu").unwrap());
        assert_eq!((&own["name"], &own["version"]), (&json!("boxoffice-linux-x64-gnu"), &json!("1.2.3")));
        assert_eq!((&own["os"], &own["cpu"], &own["libc"]), (&json!(["linux"]), &json!(["x64"]), &json!(["glibc"])));
        assert!(of_platform(&manifest, PLATFORMS[2]).get("libc").is_none());
        assert!(Platform::of("wasm32-wasi").is_err());
    }

    #[test]
    fn the_loader_says_which_platforms_there_are() {
        let loader = fs::read_to_string(root().join("bindings/node/lib/native.js")).unwrap();
        for platform in PLATFORMS {
            assert!(loader.contains(&format!("'{} {}", platform.os, platform.cpu)), "{platform:?}");
        }
    }
}
