//! Drills of a cluster: real servers with the configuration that is deployed, real hosts, and what may happen to them.
//!
//! Networks of pods, network namespaces and file systems of one's own are for root alone.

use std::path::Path;

use super::image::Containers;
use super::manifests::path_of;
use super::{SBIN, Tools};
use crate::setup::is_root;
use crate::shell::{run as shell, say};
use crate::stripe::StandIn;

/// What nobody but root can check.
const FOR_ROOT: &str = "the drills of pods, of machines that are cut off and of power cuts were NOT run: only root can make \
                        networks, network namespaces and file systems for them";

/// Runs all drills. Returns what could not be checked although nothing failed.
pub(super) fn check(tools: &Tools, program: &Path, containers: &Containers<'_>) -> Result<Option<String>, String> {
    if is_root() {
        pods(tools, containers)?;
    }
    say("\ndrills");
    let processor = StandIn::installed()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut drills = tools.test("drills");
    drills.arg(program).arg(tools.fresh("drills")?).args(["--processor", processor.url()]);
    shell(drills.env("PATH", format!("{path}:{SBIN}")))?;
    Ok((!is_root()).then(|| FOR_ROOT.to_owned()))
}

/// Runs the rendered manifests of a cluster as pods.
fn pods(tools: &Tools, containers: &Containers<'_>) -> Result<(), String> {
    containers.nats()?;
    let podman = containers.podman();
    let mut drill = tools.test("drills/in_pods.py");
    drill.arg(path_of(&tools.folder.join("rendered"), "cluster")).arg(tools.fresh("pods")?);
    drill.arg(podman.get_program()).args(podman.get_args());
    for (variable, value) in podman.get_envs() {
        drill.env(variable, value.unwrap_or_default());
    }
    shell(&mut drill)
}
