//! A host that is cut off together with its server: it must notice, and come back by itself.
//!
//! The two are in a network namespace of their own, which only root can make. The others are in that of this machine.

use std::process::Command;
use std::time::Duration;

use boxoffice_examples::measure::{Stopwatch, progress};

use crate::servers::Site;
use crate::sizes::Sizes;
use crate::trio::Trio;
use crate::{Failure, LONG, within};

/// Names of the namespace, and of the two ends of the cable into it.
const NAMESPACE: &str = "boxoffice-bench";
const OUTSIDE: &str = "bx-bench-0";
const INSIDE: &str = "bx-bench-1";

/// Addresses of the two ends: of a block that is set aside for benchmarks.
const ADDRESSES: [&str; 2] = ["198.18.77.1", "198.18.77.2"];

/// Number of the host that is cut off.
const CUT: usize = 2;

/// Longest times over all cuts.
#[derive(Debug, Default)]
pub(crate) struct Cut {
    pub(crate) count: usize,
    /// Time until the host that was cut off was unready.
    pub(crate) unready_after: Duration,
    /// Time until it was ready again and had everything, once the cable was back.
    pub(crate) level_after: Duration,
}

pub(crate) fn measure(sizes: &Sizes) -> Result<Cut, Failure> {
    let cable = Cable::plug()?;
    let enter = ["ip", "netns", "exec", NAMESPACE].map(str::to_owned).to_vec();
    let [outside, inside] = ADDRESSES;
    let places = vec![Site::at(outside, 0, Vec::new()), Site::at(outside, 1, Vec::new()), Site::at(inside, 2, enter)];
    let mut trio = Trio::start(places)?;
    let mut cut = Cut { count: sizes.cuts, ..Cut::default() };
    for number in 1..=sizes.cuts {
        let (unready_after, level_after) = once(&mut trio, &cable)?;
        progress(&format!(
            "{number} of {}: unready after {unready_after:?}, level {level_after:?} after the end",
            sizes.cuts
        ));
        cut.unready_after = cut.unready_after.max(unready_after);
        cut.level_after = cut.level_after.max(level_after);
    }
    Ok(cut)
}

/// Cuts the host off, lets the others sell, and connects it again. Returns when it was unready, and when it was level.
fn once(trio: &mut Trio, cable: &Cable) -> Result<(Duration, Duration), Failure> {
    trio.wait_until_ready()?;
    let watch = Stopwatch::start();
    cable.set("down")?;
    within(LONG, "the host that is cut off is unready", || Ok(!trio.host(CUT).status()?.is_ready))?;
    let unready_after = watch.elapsed();
    let writer = trio.writer_of(&[0, 1])?;
    trio.list_at(writer, 1_000)?;
    let wanted = trio.host(writer).status()?.message;
    if trio.host(CUT).status()?.is_ready {
        return Err("the host that is cut off takes itself for ready".into());
    }
    let watch = Stopwatch::start();
    cable.set("up")?;
    within(LONG, "the host is level, and ready", || {
        let status = trio.host(CUT).status()?;
        Ok(status.is_ready && status.applied >= wanted)
    })?;
    Ok((unready_after, watch.elapsed()))
}

/// A cable into the namespace. Both are removed when it is dropped.
struct Cable {
    /// Words that address the end inside.
    inside: [&'static str; 6],
}

impl Cable {
    fn plug() -> Result<Self, Failure> {
        // What a run that was interrupted has left.
        let _ = ip(&["netns", "delete", NAMESPACE]);
        let cable = Self { inside: ["-n", NAMESPACE, "link", "set", "dev", INSIDE] };
        let [outside, inside] = ADDRESSES.map(|address| format!("{address}/24"));
        ip(&["netns", "add", NAMESPACE])?;
        ip(&["link", "add", OUTSIDE, "type", "veth", "peer", "name", INSIDE, "netns", NAMESPACE])?;
        ip(&["address", "add", &outside, "dev", OUTSIDE])?;
        ip(&["-n", NAMESPACE, "address", "add", &inside, "dev", INSIDE])?;
        ip(&["-n", NAMESPACE, "link", "set", "dev", "lo", "up"])?;
        ip(&["link", "set", "dev", OUTSIDE, "up"])?;
        cable.set("up")?;
        Ok(cable)
    }

    /// Sets the end inside up or down: the one outside has an address that the others need.
    fn set(&self, state: &str) -> Result<(), Failure> {
        ip(&[&self.inside[..], &[state]].concat())
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        // The end outside goes with the other one.
        let _ = ip(&["netns", "delete", NAMESPACE]);
    }
}

fn ip(words: &[&str]) -> Result<(), Failure> {
    let output = Command::new("ip").args(words).output().map_err(|error| format!("ip: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("ip {}: {complaint}; network namespaces need root", words.join(" ")).into())
}
