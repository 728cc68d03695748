//! The host with its default settings.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::host::{Host, PROGRAM};

impl Host {
    /// Starts a host with its default settings, whatever is in the environment.
    pub(crate) fn start(dir: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(PROGRAM);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("BOXOFFICE_") || name.starts_with("JWT_") {
                command.env_remove(&*name);
            }
        }
        Self::start_by(command, &[], dir)
    }

    /// Returns the most memory that it ever had, in mebibytes.
    pub(crate) fn memory_peak_mb(&self) -> Result<f64, Failure> {
        self.status_mb("VmHWM:")
    }
}
