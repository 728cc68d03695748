//! The host's process, and its resources as the system reports them.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Failure;

/// Cores of the host and of all other processes.
const HOST_CORE: &str = "0";
const OTHER_CORE: &str = "1";

/// Unit of processor time in `/proc`: the fixed user-space clock tick of Linux.
const TICK: Duration = Duration::from_millis(10);

/// Pins a process and its future children to a core that the host does not use; returns `true` if that was possible.
pub(crate) fn pin(process: u32) -> bool {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut taskset = Command::new("taskset");
    taskset.args(["-pc", OTHER_CORE, &process.to_string()]).stdout(Stdio::null());
    cores > 1 && taskset.status().is_ok_and(|status| status.success())
}

/// A host that is stopped when it is dropped.
pub(crate) struct Host {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Host {
    pub(crate) fn start(dir: &Path, is_pinned: bool) -> Result<Self, Failure> {
        let program = env!("CARGO_BIN_EXE_boxoffice-server");
        let mut command = if is_pinned { Command::new("taskset") } else { Command::new(program) };
        if is_pinned {
            command.args(["-c", HOST_CORE, program]);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--data"]).arg(dir);
        let mut child = command.env("BOXOFFICE_LOG", "warn").stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("the host has no output")?).read_line(&mut line)?;
        let address =
            line.trim().strip_prefix("listening on http://").ok_or_else(|| format!("the host said {line:?}"))?;
        Ok(Self { child, address: address.parse()? })
    }

    /// Returns the processor time that it has used.
    pub(crate) fn busy(&self) -> Result<Duration, Failure> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may contain spaces.
        let (_, fields) = stat.rsplit_once(')').ok_or("no figures of the host")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(TICK * ticks)
    }

    /// Returns its memory in mebibytes.
    pub(crate) fn memory_mb(&self) -> Result<f64, Failure> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        Ok(kib.ok_or("no figures of the host")?.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // It is killed, and its directory is removed too.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}
