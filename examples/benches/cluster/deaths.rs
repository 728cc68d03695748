//! Hosts and servers that end while tickets are sold: how long the others sell nothing, and that nothing is lost.

use std::time::Duration;

use boxoffice_examples::measure::progress;

use crate::bare::Probe;
use crate::servers::{COUNT, Site};
use crate::sizes::Sizes;
use crate::trio::Trio;
use crate::{Failure, LONG, within};

/// Sales of each host before anything ends, and after another one has taken over.
const SALES: u64 = 20;

/// How the host that writes ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// At once, as by a power cut.
    Kill,
    /// As it is asked to.
    Stop,
}

/// Longest times without a sale on hosts that went on.
#[derive(Debug)]
pub(crate) struct Deaths {
    /// The longest on any host, for each death, in ascending order.
    silences: Vec<Duration>,
    /// Number of orders that were answered. None of them was lost, and none is there twice.
    pub(crate) answered: usize,
}

impl Deaths {
    fn new(mut silences: Vec<Duration>, answered: usize) -> Self {
        silences.sort_unstable();
        Self { silences, answered }
    }

    pub(crate) fn count(&self) -> usize {
        self.silences.len()
    }

    /// Returns the silence that a share of the deaths, in percent, did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = (self.silences.len() * percent).div_ceil(100).saturating_sub(1);
        self.silences.get(at).copied().unwrap_or_default()
    }
}

/// Ends the host that writes, again and again.
pub(crate) fn hosts(sizes: &Sizes, end: End) -> Result<Deaths, Failure> {
    let mut trio = selling()?;
    let mut silences = Vec::with_capacity(sizes.deaths);
    for number in 1..=sizes.deaths {
        let writer = trio.writer()?;
        let others = [(writer + 1) % COUNT, (writer + 2) % COUNT];
        wait_for_sales(&mut trio, &others)?;
        for other in others {
            trio.tell(other, &["mark"])?;
        }
        match end {
            End::Kill => trio.host(writer).kill()?,
            End::Stop => trio.host(writer).terminate()?,
        }
        trio.writer_of(&others)?;
        wait_for_sales(&mut trio, &others)?;
        let silence = silence(&mut trio, &others)?;
        progress(&format!("{number} of {}: host {writer} ended, silent for {silence:?}", sizes.deaths));
        silences.push(silence);
        if end == End::Stop {
            trio.host(writer).wait_until_ended()?;
        }
        trio.restart(writer)?;
        trio.wait_until_ready()?;
        trio.sell(writer)?;
    }
    Ok(Deaths::new(silences, trio.account()?))
}

/// Kills the server that leads the stream, again and again.
pub(crate) fn leaders(sizes: &Sizes) -> Result<Deaths, Failure> {
    let mut trio = selling()?;
    let probe = Probe::connect(trio.servers.urls())?;
    let mut silences = Vec::with_capacity(sizes.deaths);
    for number in 1..=sizes.deaths {
        let name = probe.leader("JOURNAL-1")?;
        let leader = trio.servers.number(&name).ok_or_else(|| format!("no server is called {name}"))?;
        wait_for_sales(&mut trio, &[0, 1, 2])?;
        for host in 0..COUNT {
            trio.tell(host, &["mark"])?;
        }
        trio.servers.kill(leader)?;
        // What comes at once was stored before.
        within(LONG, "another server leads", || Ok(probe.leader("JOURNAL-1").is_ok_and(|now| now != name)))?;
        wait_for_sales(&mut trio, &[0, 1, 2])?;
        let silence = silence(&mut trio, &[0, 1, 2])?;
        progress(&format!("{number} of {}: {name} was killed, silent for {silence:?}", sizes.deaths));
        silences.push(silence);
        trio.servers.restart(leader)?;
        trio.wait_until_ready()?;
    }
    Ok(Deaths::new(silences, trio.account()?))
}

/// Starts a cluster in which each host sells.
fn selling() -> Result<Trio, Failure> {
    let mut trio = Trio::start(Site::on_loopback()?)?;
    (0..COUNT).try_for_each(|host| trio.sell(host))?;
    Ok(trio)
}

/// Waits until each of these hosts has sold some more.
fn wait_for_sales(trio: &mut Trio, hosts: &[usize]) -> Result<(), Failure> {
    for host in hosts {
        let (before, _) = trio.host(*host).sold()?;
        within(LONG, "a host sells", || Ok(trio.host(*host).sold()?.0 >= before + SALES))?;
    }
    Ok(())
}

/// Returns the longest time without a sale on any of these hosts.
fn silence(trio: &mut Trio, hosts: &[usize]) -> Result<Duration, Failure> {
    let mut longest = Duration::ZERO;
    for host in hosts {
        longest = longest.max(trio.host(*host).sold()?.1);
    }
    Ok(longest)
}
