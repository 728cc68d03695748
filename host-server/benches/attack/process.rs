//! The host's process, and its memory as the system reports it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// A host that is stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Host {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Host {
    /// Starts a host with its default settings, whatever is in the environment.
    pub(crate) fn start(dir: &Path) -> Result<Self, Failure> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("BOXOFFICE_") || name.starts_with("JWT_") {
                command.env_remove(&*name);
            }
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(dir);
        let mut child = command.env("BOXOFFICE_LOG", "warn").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the host has no output")?).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on http://").ok_or_else(|| format!("the host said {line:?}"))?;
        Ok(Self { child, address: address.parse()? })
    }

    /// Returns its memory in mebibytes.
    pub(crate) fn memory_mb(&self) -> Result<f64, Failure> {
        self.status_mb("VmRSS:")
    }

    /// Returns the most memory that it ever had, in mebibytes.
    pub(crate) fn memory_peak_mb(&self) -> Result<f64, Failure> {
        self.status_mb("VmHWM:")
    }

    fn status_mb(&self, field: &str) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next());
        Ok(kib.ok_or("no figures of the host")?.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It is killed, and its directory is removed too.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
