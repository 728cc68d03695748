//! Sales that go on whatever happens to the cluster.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use boxoffice::{BoxOffice, Error, ErrorKind, IdempotencyKey, OrderId, TicketId, UserId};
use boxoffice_examples::measure::Stopwatch;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::work::{People, read};
use crate::Failure;

/// Pause before a command without a certain answer is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(5);

/// Callers who hold a ticket and give it back, again and again.
#[derive(Clone)]
pub(super) struct Sellers(Arc<Shared>);

struct Shared {
    office: BoxOffice,
    /// Beginning of the keys of all commands.
    name: String,
    /// Number of times that sales were begun.
    begun: AtomicUsize,
    is_over: AtomicBool,
    meter: Mutex<Meter>,
    /// Reason why a caller has given up.
    failure: Mutex<Option<String>>,
    calling: Mutex<Vec<JoinHandle<()>>>,
}

/// Times between sales.
struct Meter {
    watch: Stopwatch,
    last: Duration,
    longest: Duration,
    count: u64,
}

impl Sellers {
    pub(super) fn new(office: BoxOffice, name: &str) -> Self {
        let meter = Meter { watch: Stopwatch::start(), last: Duration::ZERO, longest: Duration::ZERO, count: 0 };
        Self(Arc::new(Shared {
            office,
            name: format!("{name}-{}", std::process::id()),
            begun: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
            meter: Mutex::new(meter),
            failure: Mutex::new(None),
            calling: Mutex::new(Vec::new()),
        }))
    }

    /// Starts a caller for each ticket. The orders that are answered go to a file.
    pub(super) fn start(
        &self,
        runtime: &Runtime,
        tickets: &Path,
        people: &Path,
        answered: &Path,
    ) -> Result<(), Failure> {
        let (tickets, people) = (read::<TicketId>(tickets)?, People::read(people)?);
        let answered = Arc::new(Mutex::new(File::options().create(true).append(true).open(answered)?));
        self.0.is_over.store(false, Ordering::SeqCst);
        let begun = self.0.begun.fetch_add(1, Ordering::SeqCst);
        for (caller, ticket) in tickets.into_iter().enumerate() {
            let (shared, answered, buyer) = (Arc::clone(&self.0), Arc::clone(&answered), people.buyer(caller));
            let name = format!("{}-{begun}-{caller}", shared.name);
            let calling = runtime.spawn(async move {
                if let Err(error) = shared.sell(&name, buyer, ticket, &answered).await {
                    lock(&shared.failure).get_or_insert_with(|| error.to_string());
                }
            });
            lock(&self.0.calling).push(calling);
        }
        Ok(())
    }

    /// Begins to look for the longest time without a sale.
    pub(super) fn mark(&self) -> Result<(), Failure> {
        self.check()?;
        let mut meter = lock(&self.0.meter);
        meter.last = meter.watch.elapsed();
        meter.longest = Duration::ZERO;
        Ok(())
    }

    /// Returns the number of sales, and the longest time without one since it was marked, in microseconds.
    pub(super) fn sold(&self) -> Result<String, Failure> {
        self.check()?;
        let meter = lock(&self.0.meter);
        let longest = meter.longest.max(meter.watch.elapsed().saturating_sub(meter.last));
        Ok(format!("{}\t{}", meter.count, longest.as_micros()))
    }

    pub(super) fn tell_to_stop(&self) {
        self.0.is_over.store(true, Ordering::SeqCst);
    }

    /// Stops the callers, and waits for them.
    pub(super) async fn stop(&self) -> Result<(), Failure> {
        self.tell_to_stop();
        let calling = std::mem::take(&mut *lock(&self.0.calling));
        for caller in calling {
            caller.await?;
        }
        self.check()
    }

    fn check(&self) -> Result<(), Failure> {
        lock(&self.0.failure).clone().map_or(Ok(()), |failure| Err(failure.into()))
    }
}

impl Shared {
    async fn sell(&self, name: &str, buyer: UserId, ticket: TicketId, answered: &Mutex<File>) -> Result<(), Failure> {
        let mut round = 0_u64;
        while !self.is_over.load(Ordering::SeqCst) {
            round += 1;
            let key: IdempotencyKey = format!("{name}-{round}-create").parse()?;
            let create = || async {
                let orders = self.office.orders().idempotency_key(key.clone());
                orders.create(buyer, &[ticket]).await.map(|order| order.id)
            };
            let Some(order) = self.until_certain(create).await? else { break };
            self.note(order, answered)?;
            let key: IdempotencyKey = format!("{name}-{round}-cancel").parse()?;
            let cancel = || async { self.office.orders().idempotency_key(key.clone()).cancel(buyer, order).await };
            if self.until_certain(cancel).await?.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Asks until the answer is certain; `None` if it is over before.
    async fn until_certain<T, F: Future<Output = Result<T, Error>>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Result<Option<T>, Failure> {
        while !self.is_over.load(Ordering::SeqCst) {
            match ask().await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::TooManyRequests) => {
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                // The process is about to end.
                Err(_) if self.is_over.load(Ordering::SeqCst) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Notes an order that was answered, where the end of this process does not lose it.
    fn note(&self, order: OrderId, answered: &Mutex<File>) -> Result<(), Failure> {
        lock(answered).write_all(format!("{order}\n").as_bytes())?;
        let mut meter = lock(&self.meter);
        let now = meter.watch.elapsed();
        meter.longest = meter.longest.max(now.saturating_sub(meter.last));
        meter.last = now;
        meter.count += 1;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
