//! A process for each phase, and the memory of the current one.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;
use crate::metrics::Metrics;
use crate::phase::Phase;

/// Runs a phase in a process of its own and returns its metrics.
pub(crate) fn run(phase: Phase, dir: &Path, orders: u64, seconds: u64) -> Result<Metrics, Failure> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--phase", phase.name()])
        .arg(dir)
        .args(["--seconds", &seconds.to_string(), &orders.to_string()])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} of {orders} orders: {}", phase.name(), output.status).into());
    }
    Ok(Metrics::from_lines(orders, &String::from_utf8_lossy(&output.stdout)))
}

/// Returns the current and the maximum memory of this process in bytes, as Linux reports them; 0 where it is unknown.
pub(crate) fn memory() -> (f64, f64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kilobytes| kilobytes * 1024.0)
    };
    (bytes("VmRSS:").unwrap_or_default(), bytes("VmHWM:").unwrap_or_default())
}
