//! A host on a core of its own, where there are two, and the place of its journal.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Failure;
use crate::host::{Host, PROGRAM};

/// Cores of the host and of all other processes.
const HOST_CORE: &str = "0";
const OTHER_CORE: &str = "1";

/// Unit of processor time in `/proc`: the fixed user-space clock tick of Linux.
const TICK: Duration = Duration::from_millis(10);

/// Directory of an in-memory file system.
const IN_MEMORY: &str = "/dev/shm";

/// Returns the folder for the journal: `BOXOFFICE_BENCH_DIR`, or memory if the system has a file system there.
pub(crate) fn place() -> PathBuf {
    let given = std::env::var_os("BOXOFFICE_BENCH_DIR").map(PathBuf::from);
    let place = given.or_else(|| Some(PathBuf::from(IN_MEMORY)).filter(|place| place.is_dir()));
    place.unwrap_or_else(std::env::temp_dir)
}

/// Pins a process and its future children to a core that the host does not use; returns `true` if that was possible.
pub(crate) fn pin(process: u32) -> bool {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut taskset = Command::new("taskset");
    taskset.args(["-pc", OTHER_CORE, &process.to_string()]).stdout(Stdio::null());
    cores > 1 && taskset.status().is_ok_and(|status| status.success())
}

impl Host {
    pub(crate) fn start(dir: &Path, is_pinned: bool) -> Result<Self, Failure> {
        let mut command = Command::new(if is_pinned { "taskset" } else { PROGRAM });
        if is_pinned {
            command.args(["-c", HOST_CORE, PROGRAM]);
        }
        Self::start_by(command, &["--rate-limit", "off"], dir)
    }

    /// Returns the processor time that it has used.
    pub(crate) fn busy(&self) -> Result<Duration, Failure> {
        let stat = self.told("stat")?;
        // The name of the program, in brackets, may contain spaces.
        let (_, fields) = stat.rsplit_once(')').ok_or("no figures of the host")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(TICK * ticks)
    }
}
