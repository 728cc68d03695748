//! The host's process, and its memory as the system reports it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// Path of the host's program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_boxoffice-server");

/// A host that is stopped when it is dropped.
#[derive(Debug)]
pub(crate) struct Host {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Host {
    /// Starts the host on this directory by a command that is the program, and has its other options.
    pub(crate) fn start_by(mut command: Command, options: &[&str], dir: &Path) -> Result<Self, Failure> {
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(options).arg("--data").arg(dir);
        let mut child = command.env("BOXOFFICE_LOG", "warn").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the host has no output")?).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on http://").ok_or_else(|| format!("the host said {line:?}"))?;
        Ok(Self { child, address: address.parse()? })
    }

    /// Returns a file of what the system tells of the process, such as `status`.
    pub(crate) fn told(&self, file: &str) -> Result<String, Failure> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?)
    }

    /// Returns its memory in mebibytes.
    pub(crate) fn memory_mb(&self) -> Result<f64, Failure> {
        self.status_mb("VmRSS:")
    }

    /// Returns a field of its status in mebibytes.
    pub(crate) fn status_mb(&self, field: &str) -> Result<f64, Failure> {
        let status = self.told("status")?;
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
