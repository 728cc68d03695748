//! What one caller alone waits for, at the host that writes and at another one, beside a bare publish to the same servers.
//!
//! The same server leads both streams: the one to which the host that writes is connected.

use boxoffice_examples::measure::{median, progress};

use crate::Failure;
use crate::bare::Probe;
use crate::servers::Site;
use crate::sizes::Sizes;
use crate::trio::Trio;

/// Rounds for each round of the other measurements: they take seconds.
const ROUNDS: usize = 3;

/// Medians in microseconds.
#[derive(Debug)]
pub(crate) struct Delays {
    pub(crate) bare: f64,
    pub(crate) writer: f64,
    pub(crate) forwarder: f64,
}

pub(crate) fn measure(sizes: &Sizes) -> Result<Delays, Failure> {
    let mut trio = Trio::start(Site::on_loopback()?)?;
    let writer = trio.writer()?;
    let [forwarder, _] = trio.followers()?;
    let probe = Probe::connect(vec![trio.servers.url(writer)])?;
    probe.make()?;
    probe.lead(&format!("nats-{writer}"))?;
    trio.wait_until_ready()?;
    let [mut bare, mut at_writer, mut at_forwarder] = [Vec::new(), Vec::new(), Vec::new()];
    for round in 1..=sizes.rounds * ROUNDS {
        bare.extend(probe.publish(sizes.alone)?);
        at_writer.extend(alone(&mut trio, writer, sizes.alone)?);
        at_forwarder.extend(alone(&mut trio, forwarder, sizes.alone)?);
        progress(&format!("round {round} of {}", sizes.rounds * ROUNDS));
    }
    if trio.writer()? != writer {
        return Err("another host has become the writer meanwhile".into());
    }
    let [bare, writer, forwarder] = [&bare, &at_writer, &at_forwarder].map(|times| median(times));
    Ok(Delays { bare, writer, forwarder })
}

/// Reserves tickets one after the other at a host, and returns the time of each in microseconds.
fn alone(trio: &mut Trio, host: usize, count: usize) -> Result<Vec<f64>, Failure> {
    let (tickets, people) = (trio.list(count)?, trio.people().to_string_lossy().into_owned());
    trio.level()?;
    let times = trio.tell(host, &["alone", &tickets, &people])?;
    Ok(times.split(',').map(str::parse).collect::<Result<_, _>>()?)
}
