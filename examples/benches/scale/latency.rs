//! Latency of reservations at a fixed offered rate, whether or not the box office keeps up.
//!
//! Open loop: each request has a scheduled time, and its latency counts from then, not from the moment it is sent. A
//! stall therefore shows in all the requests that it delays, and nothing is left out (coordinated omission).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use boxoffice::BoxOffice;
use boxoffice::testing::History;
use boxoffice_examples::measure::Stopwatch;
use hdrhistogram::Histogram;

use crate::Failure;
use crate::load::{available, runtime};
use crate::metrics::tell;
use crate::phase::close;

/// Reservations offered a second.
pub(crate) const OFFERED: u64 = 10_000;

/// Duration of the measurement in seconds.
const SECONDS: u64 = 20;

/// Number of reservations at the start that are not counted, because caches and code are cold.
const WARM_UP: u64 = OFFERED;

/// Time for which a buyer keeps a ticket before it is released, so that the tickets last.
const KEPT: Duration = Duration::from_secs(2);

pub(crate) fn measure(office: &BoxOffice, history: &History) -> Result<(), Failure> {
    let tickets = available(office, 60_000)?;
    let buyers = history.buyer_ids();
    let runtime = runtime()?;
    let (done, took) = mpsc::channel::<Option<u64>>();
    let refused = Arc::new(AtomicU64::new(0));
    let watch = Stopwatch::start();
    for at in 0..OFFERED * SECONDS {
        let due = Duration::from_micros(at * 1_000_000 / OFFERED);
        wait_until(watch, due);
        let (orders, done, refused) = (office.orders(), done.clone(), Arc::clone(&refused));
        let (buyer, ticket) = (buyers[at as usize % buyers.len()], tickets[at as usize % tickets.len()]);
        runtime.spawn(async move {
            let reserved = orders.create(buyer, &[ticket]).await;
            let latency = watch.elapsed().saturating_sub(due);
            let _ = done.send((at >= WARM_UP).then_some(latency.as_micros() as u64));
            match reserved {
                Ok(order) => {
                    tokio::time::sleep(KEPT).await;
                    drop(orders.cancel(buyer, order.id).await);
                }
                // The tickets came round before they were free again: the box office is far behind.
                Err(_) => drop(refused.fetch_add(1, Ordering::Relaxed)),
            }
        });
    }
    drop(done);
    let mut histogram = Histogram::<u64>::new_with_bounds(1, 60_000_000, 3)?;
    // Ends when the last ticket is free again.
    took.iter().flatten().for_each(|micros| histogram.saturating_record(micros.max(1)));
    tell("latency.refused", refused.load(Ordering::Relaxed) as f64);
    tell("latency.count", histogram.len() as f64);
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1.0)] {
        tell(&format!("latency.{name}"), histogram.value_at_quantile(quantile) as f64 / 1000.0);
    }
    close(office)
}

/// Waits until `due`. It never returns early; a late return counts as the box office's latency.
#[expect(clippy::disallowed_methods, reason = "a timer of whole milliseconds would be half of what is measured")]
fn wait_until(watch: Stopwatch, due: Duration) {
    while let Some(wait) = due.checked_sub(watch.elapsed()).filter(|wait| !wait.is_zero()) {
        std::thread::sleep(wait);
    }
}
