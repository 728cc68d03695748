//! A host that comes back after many records.

use std::time::Duration;

use boxoffice_examples::measure::{Stopwatch, progress, thousands};

use crate::servers::Site;
use crate::sizes::Sizes;
use crate::trio::Trio;
use crate::{Failure, LONG, within};

/// Tickets that are ordered and given back meanwhile, one for each caller.
const TICKETS: usize = 1_024;

/// A host's return.
#[derive(Debug)]
pub(crate) struct Away {
    /// Number of records that it lacked.
    pub(crate) records: u64,
    /// Time from its start until it had them, and was ready.
    pub(crate) level_after: Duration,
}

pub(crate) fn measure(sizes: &Sizes) -> Result<Away, Failure> {
    let mut trio = Trio::start(Site::on_loopback()?)?;
    let writer = trio.writer()?;
    let [away, _] = trio.followers()?;
    let (tickets, people) = (trio.list(TICKETS)?, trio.people().to_string_lossy().into_owned());
    trio.level()?;
    let before = trio.host(away).status()?.head;
    trio.host(away).terminate()?;
    trio.host(away).wait_until_ended()?;
    trio.tell(writer, &["churn", &tickets, &people, &sizes.records.to_string()])?;
    let wanted = trio.host(writer).status()?;
    let records = wanted.head.saturating_sub(before);
    progress(&format!("{} records were written meanwhile", thousands(records as f64)));
    let watch = Stopwatch::start();
    trio.restart(away)?;
    within(LONG, "the host is level, and ready", || {
        let status = trio.host(away).status()?;
        Ok(status.is_ready && status.applied >= wanted.message && status.head >= wanted.head)
    })?;
    let level_after = watch.elapsed();
    trio.wait_until_ready()?;
    Ok(Away { records, level_after })
}
