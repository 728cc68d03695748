//! How long a reservation takes when so many are offered a second, whether or not the box office keeps up.
//!
//! Open loop: a request has its time by the schedule, and its latency counts from then, not from when somebody came round to
//! send it. A stall therefore shows up in all the requests that fell into it, and nothing is left out (coordinated omission).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use boxoffice::BoxOffice;
use boxoffice::testing::History;
use boxoffice_examples::measure::Stopwatch;
use hdrhistogram::Histogram;
use tokio::sync::mpsc;

use crate::Failure;
use crate::figures::tell;
use crate::load::{available, runtime};
use crate::phase::close;

/// How many reservations are offered a second.
pub(crate) const OFFERED: u64 = 10_000;

/// How long.
const SECONDS: u64 = 20;

/// What is not counted at the start: caches and code are cold.
const WARM_UP: u64 = OFFERED;

/// How long a buyer keeps a ticket before they let it go, so that the tickets last.
const KEPT: Duration = Duration::from_secs(2);

pub(crate) fn measure(office: &BoxOffice, history: &History) -> Result<(), Failure> {
    let tickets = available(office, 60_000)?;
    let buyers = history.buyer_ids();
    let histogram = runtime()?.block_on(async {
        let (done, mut took) = mpsc::unbounded_channel::<Option<u64>>();
        let late = Arc::new(AtomicU64::new(0));
        let watch = Stopwatch::start();
        for at in 0..OFFERED * SECONDS {
            let due = Duration::from_micros(at * 1_000_000 / OFFERED);
            if let Some(wait) = due.checked_sub(watch.elapsed()).filter(|wait| wait.as_millis() > 0) {
                tokio::time::sleep(wait).await;
            }
            let (orders, done, late) = (office.orders(), done.clone(), Arc::clone(&late));
            let (buyer, ticket) = (buyers[at as usize % buyers.len()], tickets[at as usize % tickets.len()]);
            tokio::spawn(async move {
                let reserved = orders.create(buyer, &[ticket]).await;
                let latency = watch.elapsed().saturating_sub(due);
                let counted = (at >= WARM_UP).then_some(latency.as_micros() as u64);
                match reserved {
                    Ok(order) => {
                        let _ = done.send(counted);
                        tokio::time::sleep(KEPT).await;
                        drop(orders.cancel(buyer, order.id).await);
                    }
                    // The tickets came round before they were free again: the box office is far behind.
                    Err(_) => drop(late.fetch_add(1, Ordering::Relaxed)),
                }
            });
        }
        drop(done);
        let mut histogram = Histogram::<u64>::new(3)?;
        while let Some(micros) = took.recv().await {
            if let Some(micros) = micros {
                histogram.saturating_record(micros.max(1));
            }
        }
        tell("latency.refused", late.load(Ordering::Relaxed) as f64);
        Ok::<_, Failure>(histogram)
    })?;
    tell("latency.count", histogram.len() as f64);
    for (name, quantile) in [("p50", 0.5), ("p99", 0.99), ("p999", 0.999), ("max", 1.0)] {
        tell(&format!("latency.{name}"), histogram.value_at_quantile(quantile) as f64 / 1000.0);
    }
    close(office)
}
