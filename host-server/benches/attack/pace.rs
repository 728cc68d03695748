//! Work at a steady rate.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::report::Latencies;
use crate::{Failure, now};

/// Takes a step at each interval, over this duration, and returns the times that the steps told. A step gets its number.
pub(crate) async fn paced(
    every: Duration,
    duration: Duration,
    mut step: impl AsyncFnMut(usize) -> Result<Duration, Failure>,
) -> Result<Latencies, Failure> {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut times = Vec::new();
    let start = now();
    while start.elapsed() < duration {
        ticks.tick().await;
        times.push(step(times.len()).await?);
    }
    Ok(Latencies::of(times))
}
