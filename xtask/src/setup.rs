//! Installs missing programs that the checks need: by `apt-get` on Debian and Ubuntu. Elsewhere it fails with a list.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::deploy::SBIN;
use crate::shell::{quietly, run as shell, say};
use crate::test::Step;

/// Program names of browsers with Chromium's command line.
const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// Check for the oldest supported Python, and for the modules that create virtual environments.
const PYTHON_NEEDS: &str = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))";

/// A requirement of some steps.
struct Need {
    /// Name shown to the user.
    name: &'static str,
    /// Steps that need it.
    steps: &'static [Step],
    /// Returns `true` if the machine has it.
    is_met: fn() -> bool,
    /// Debian packages that contain it.
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    Need {
        name: "a C++ compiler",
        steps: &[Step::Fuzz],
        is_met: || program("c++").is_some(),
        packages: &["g++", "libc6-dev"],
    },
    Need {
        name: "Python 3.11 or later, with venv",
        // For Node too: its tests start a program that a package of PyPI has.
        steps: &[Step::Api, Step::Stripe, Step::Cluster, Step::Web, Step::Python, Step::Node, Step::Deploy],
        is_met: has_python,
        packages: &["python3", "python3-venv"],
    },
    Need {
        name: "Node.js",
        steps: &[Step::Web, Step::Node],
        is_met: || program("node").is_some(),
        packages: &["nodejs"],
    },
    Need { name: "npm", steps: &[Step::Web, Step::Node], is_met: || program("npm").is_some(), packages: &["npm"] },
    Need {
        name: "Chromium",
        steps: &[Step::Web],
        is_met: || browser().is_some(),
        packages: &["chromium", "fonts-dejavu-core"],
    },
    Need {
        name: "podman, with runc",
        steps: &[Step::Deploy],
        is_met: || program("podman").is_some() && administrative("runc"),
        packages: &["podman", "runc"],
    },
    Need {
        name: "mmdebstrap",
        steps: &[Step::Deploy],
        is_met: || program("mmdebstrap").is_some(),
        packages: &["mmdebstrap"],
    },
    Need { name: "nginx", steps: &[Step::Deploy], is_met: || administrative("nginx"), packages: &["nginx"] },
    Need {
        name: "openssl, strip and systemd-analyze",
        steps: &[Step::Deploy],
        is_met: || ["openssl", "strip", "systemd-analyze"].into_iter().all(|name| program(name).is_some()),
        packages: &["binutils", "openssl", "systemd"],
    },
    Need {
        name: "catatonit, iptables and CNI's plugins, for pods",
        steps: &[Step::Deploy],
        is_met: || {
            let beside = Path::new("/usr/libexec/podman/catatonit");
            let is_there = is_program(beside) || program("catatonit").is_some();
            is_there && administrative("iptables") && is_program(Path::new("/usr/lib/cni/bridge"))
        },
        packages: &["catatonit", "containernetworking-plugins", "iptables"],
    },
    Need {
        name: "ip and mkfs.ext4, for machines and disks of drills",
        steps: &[Step::Deploy],
        is_met: || administrative("ip") && administrative("mkfs.ext4"),
        packages: &["e2fsprogs", "iproute2"],
    },
    Need {
        name: "Git, which fetches the database of advisories",
        steps: &[Step::Deny],
        is_met: || program("git").is_some(),
        packages: &["git", "ca-certificates"],
    },
];

/// Installs the requirements of these steps.
///
/// # Errors
/// The list of missing requirements, if they can't be installed or are still missing afterwards.
pub(crate) fn ensure(steps: &[Step]) -> Result<(), String> {
    components(steps)?;
    let missing = missing(steps);
    if missing.is_empty() {
        return Ok(());
    }
    let names = listed(&missing);
    let packages = packages(&missing);
    let by_hand = format!("missing: {names}\nOn Debian and Ubuntu: apt-get install {}", packages.join(" "));
    let Some(apt) = apt() else { return Err(by_hand) };
    say(&format!("installing {names}"));
    install(apt, &packages).map_err(|error| format!("{error}\n{by_hand}"))?;
    match self::missing(steps) {
        still if still.is_empty() => Ok(()),
        still => Err(format!("installed, and still missing: {}", listed(&still))),
    }
}

/// Returns the browser for the tests of the pages: the one in `CHROMIUM`, or the first of [`BROWSERS`] that is found.
pub(crate) fn browser() -> Option<PathBuf> {
    std::env::var_os("CHROMIUM").map(PathBuf::from).or_else(|| BROWSERS.iter().find_map(|name| program(name)))
}

/// Adds the rustup components that the steps need. A toolchain without rustup must already have them.
fn components(steps: &[Step]) -> Result<(), String> {
    for (step, command, component) in [(Step::Fmt, "fmt", "rustfmt"), (Step::Clippy, "clippy", "clippy")] {
        let asks = ["--version"];
        if steps.contains(&step) && quietly(crate::shell::cargo(&[command]).args(asks)).is_err() {
            say(&format!("installing {component}"));
            shell(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn missing(steps: &[Step]) -> Vec<&'static Need> {
    let needed = NEEDS.iter().filter(|need| need.steps.iter().any(|step| steps.contains(step)));
    needed.filter(|need| !(need.is_met)()).collect()
}

fn listed(needs: &[&Need]) -> String {
    needs.iter().map(|need| need.name).collect::<Vec<_>>().join("; ")
}

fn packages(needs: &[&Need]) -> Vec<&'static str> {
    let mut packages: Vec<_> = needs.iter().flat_map(|need| need.packages).copied().collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

/// Returns the command of `apt-get`: with `sudo` unless the user is root; `None` if `apt-get` or `sudo` is missing.
fn apt() -> Option<&'static [&'static str]> {
    program("apt-get")?;
    if is_root() { Some(&["apt-get"]) } else { program("sudo").map(|_| ["sudo", "apt-get"].as_slice()) }
}

/// Returns `true` if the user is root.
pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn install(apt: &[&str], packages: &[&str]) -> Result<(), String> {
    let command = |arguments: &[&str]| {
        let mut command = Command::new(apt[0]);
        command.args(&apt[1..]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command.stdin(std::process::Stdio::null());
        command
    };
    shell(&mut command(&["update", "-qq"]))?;
    shell(command(&["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

fn has_python() -> bool {
    let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    quietly(Command::new(python).args(["-c", PYTHON_NEEDS])).is_ok()
}

/// Returns `true` if there is such a program in `PATH`, or where administrators have theirs.
fn administrative(name: &str) -> bool {
    program(name).is_some() || is_program(&Path::new(SBIN).join(name))
}

/// Returns the path of a program, found in `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_a_shell_finds_them() {
        assert!(program("sh").is_some());
        assert_eq!(program("no-such-program"), None);
    }

    #[test]
    fn packages_of_several_needs_are_named_once() {
        let twice = [&NEEDS[0], &NEEDS[0]];
        assert_eq!(packages(&twice), ["g++", "libc6-dev"]);
        assert_eq!(listed(&twice), "a C++ compiler; a C++ compiler");
    }

    #[test]
    fn a_step_asks_for_its_own_needs_alone() {
        assert!(missing(&[Step::Fmt]).is_empty());
        let names = |step| -> Vec<_> {
            NEEDS.iter().filter(|need| need.steps.contains(&step)).map(|need| need.packages[0]).collect()
        };
        assert_eq!(names(Step::Web), ["python3", "nodejs", "npm", "chromium"]);
        assert_eq!(names(Step::Fuzz), ["g++"]);
    }
}
