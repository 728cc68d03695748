//! What is sold, counted from the journal while this process runs.

use std::sync::OnceLock;
use std::time::Duration;

use boxoffice::{BoxOffice, Code, DomainEvent, Record};
use metrics::counter;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How many records are taken at a time.
const BATCH_MAX: usize = 512;

/// After how long a journal that can't be read is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Counts sales.
#[derive(Debug, Default)]
pub(crate) struct SalesCounter(OnceLock<DropGuard>);

impl SalesCounter {
    /// Begins to count, unless that has begun; it ends with this value or when the box office closes. Needs a runtime.
    pub(crate) fn keep(&self, office: &BoxOffice) {
        self.0.get_or_init(|| {
            let stop = CancellationToken::new();
            let from = office.metrics().head_seq + 1;
            tokio::spawn(stop.clone().run_until_cancelled_owned(follow(office.clone(), from)));
            stop.drop_guard()
        });
    }
}

async fn follow(office: BoxOffice, from: u64) {
    let mut records = office.journal().subscribe(from);
    loop {
        match records.next_batch(BATCH_MAX).await {
            Ok(batch) => batch.iter().for_each(|record| count(record)),
            Err(error) if error.code() == Code::EngineClosed => return,
            Err(error) => {
                tracing::error!(%error, "the journal can't be followed for its sales");
                tokio::time::sleep(RETRY_AFTER).await;
            }
        }
    }
}

fn count(record: &Record) {
    if let DomainEvent::ChargeCreated(sale) = &record.event {
        let currency = sale.amount.currency().code();
        counter!("boxoffice_sales_total", "currency" => currency).increment(1);
        counter!("boxoffice_sales_minor_total", "currency" => currency).increment(sale.amount.minor());
    }
}
