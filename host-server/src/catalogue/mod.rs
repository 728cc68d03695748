//! The shows on sale: a read model in memory for the pages. It is built from the tickets on sale and those sold for
//! future shows, and updated by following the journal.
//!
//! One task follows the journal for all readers. It sends the changes of a show to all its readers within a second, in
//! one message, so that the number of readers affects neither the writer nor the views.
//!
//! Whoever reads or changes the shows does so on a thread of its own, and holds their lock for a moment only: changes come
//! a few at a time, and a page is rendered after what is on it was found. So nothing else on the runtime waits for them.
//!
//! **Invariant:** it contains only the tickets on sale, the sold tickets of future shows, and the latest changes of
//! each show.

mod browse;
mod categories;
mod collation;
mod feed;
mod index;
mod key;
mod on_sale;
mod seats;
mod shows;
mod slots;
#[cfg(test)]
mod tests;
mod totals;
mod words;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use axum::body::Bytes;
use boxoffice::{
    BoxOffice, Code, Error, PageLimit, Record, StreamKey, Subscription, Ticket, TicketId, TicketQuery, TicketSort,
    TicketStatus, TicketStatusFilter, Timestamp,
};
use tokio::sync::{OnceCell, Semaphore, broadcast};
use tokio::task::JoinError;
use tokio::time::{Instant, MissedTickBehavior};

pub(crate) use browse::Browse;
pub(crate) use index::Sort;
pub(crate) use key::ShowKey;
pub(crate) use on_sale::{OnSale, PriceRange};
pub(crate) use seats::Section;
pub(crate) use shows::Shows;

/// Interval between two checks for unsent changes.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// Interval between two comments that keep the feeds' connections open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Maximum number of records in a batch.
const BATCH_MAX: usize = 1024;

/// Maximum number of tickets or shows that are changed before others get at the shows.
const AT_ONCE: usize = 64;

/// Time before the next attempt to read the journal after an error.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The catalogue. The first request creates it.
#[derive(Debug)]
pub(crate) struct Catalogue {
    shared: OnceCell<Arc<Shared>>,
    /// Permits to read, as many as there are cores, so that pages never take more threads than that.
    readers: Arc<Semaphore>,
}

impl Default for Catalogue {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { shared: OnceCell::new(), readers: Arc::new(Semaphore::new(cores)) }
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    shows: RwLock<Shows>,
    feeds: feed::Feeds,
}

impl Catalogue {
    /// Returns the catalogue; the first call creates it.
    async fn open(&self, office: &BoxOffice) -> Result<&Arc<Shared>, Error> {
        self.shared.get_or_try_init(|| start(office.clone())).await
    }

    /// Reads the catalogue on a thread of its own, so that neither waiting for it nor rendering holds up other requests.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        office: &BoxOffice,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let shared = Arc::clone(self.open(office).await?);
        let permit = Arc::clone(&self.readers).acquire_owned().await.map_err(|_| Code::EngineClosed)?;
        // Whoever stops waiting leaves the work behind, which counts until it is done.
        let work = move || {
            let _permit = permit;
            work(&shared)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Code::Internal.into())
    }
}

impl Shared {
    /// Locks the shows for reading, which the caller does for a moment only: what takes longer comes after that. They may
    /// lag behind the journal by a moment.
    pub(crate) fn shows(&self) -> RwLockReadGuard<'_, Shows> {
        self.shows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn shows_mut(&self) -> RwLockWriteGuard<'_, Shows> {
        self.shows.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribes to the changes of a show. Also returns a message with the changes after record `since`, if there are
    /// any, or one that makes the page reload everything if they are no longer known.
    pub(crate) fn follow(&self, key: ShowKey, since: u64) -> (Option<Bytes>, broadcast::Receiver<Bytes>) {
        let key = self.shows().present(key);
        // Subscribe first: a change in between is sent twice, which does no harm.
        let receiver = self.feeds.subscribe(key);
        let (news, seq) = {
            let shows = self.shows();
            (shows.changes_since(key, since), shows.seq())
        };
        let missed = match news {
            Some(news) if news.changes.is_empty() => None,
            Some(news) => Some(feed::message(&news)),
            None => Some(feed::reset(seq)),
        };
        (missed, receiver)
    }
}

async fn start(office: BoxOffice) -> Result<Arc<Shared>, Error> {
    // Read before the tickets, so that changes in between are processed again.
    let head = office.journal().head()?;
    let reader = office.clone();
    let shows = tokio::task::spawn_blocking(move || load(&reader, head)).await.map_err(|_| Code::Internal)??;
    let shared = Arc::new(Shared { shows: RwLock::new(shows), feeds: feed::Feeds::default() });
    let records = office.journal().subscribe(head + 1);
    tokio::spawn(follow(office, records, Arc::clone(&shared)));
    Ok(shared)
}

fn load(office: &BoxOffice, head: u64) -> Result<Shows, Error> {
    let mut shows = Shows::default();
    each(office, TicketStatusFilter::OnSale, TicketSort::Oldest, |ticket| {
        shows.put(ticket, head);
        true
    })?;
    // The latest start comes first, so that tickets of past shows are not read.
    let now = office.now();
    each(office, TicketStatus::Sold.into(), TicketSort::StartsAtDesc, |ticket| {
        let is_past = ticket.show.as_deref().is_some_and(|show| show.has_started(now));
        if !is_past {
            shows.put(ticket, head);
        }
        !is_past
    })?;
    shows.advance_to(head);
    Ok(shows)
}

/// Passes the tickets with this status, in this order, to `take` until it returns `false`.
fn each(
    office: &BoxOffice,
    status: TicketStatusFilter,
    sort: TicketSort,
    mut take: impl FnMut(&Arc<Ticket>) -> bool,
) -> Result<(), Error> {
    let mut query = TicketQuery::new().status(status).sort(sort).limit(PageLimit::MAX.get());
    loop {
        let page = office.tickets().list(&query)?;
        if !page.items.iter().all(&mut take) {
            return Ok(());
        }
        let Some(cursor) = page.next else { return Ok(()) };
        query.cursor = Some(cursor);
    }
}

async fn follow(office: BoxOffice, mut records: Subscription, shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(TELL_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut alive_at = Instant::now() + KEEP_ALIVE;
    // Whether there may be changes to tell: at first everything that was loaded.
    let mut has_news = true;
    loop {
        let done = tokio::select! {
            batch = records.next_batch(BATCH_MAX) => match batch {
                Ok(batch) => {
                    has_news = true;
                    let office = office.clone();
                    apart(&shared, move |shared| take(&office, shared, &batch)).await
                }
                Err(error) if error.code() == Code::EngineClosed => return,
                Err(error) => {
                    tracing::error!(%error, "the catalogue can't follow the journal");
                    tokio::time::sleep(RETRY_AFTER).await;
                    Ok(())
                }
            },
            now = ticks.tick() => {
                let past = (now >= alive_at).then(|| office.now());
                if past.is_some() {
                    alive_at = now + KEEP_ALIVE;
                }
                if has_news || past.is_some() {
                    let told = apart(&shared, move |shared| {
                        if let Some(past) = past {
                            keep_up(shared, past);
                        }
                        tell(shared, now)
                    });
                    told.await.map(|has_more| has_news = has_more)
                } else {
                    Ok(())
                }
            }
        };
        if let Err(error) = done {
            tracing::error!(%error, "the catalogue does not follow the journal any more");
            return;
        }
    }
}

/// Does work on a thread of its own, because it waits for whoever reads the shows.
async fn apart<T: Send + 'static>(
    shared: &Arc<Shared>,
    work: impl FnOnce(&Shared) -> T + Send + 'static,
) -> Result<T, JoinError> {
    let shared = Arc::clone(shared);
    tokio::task::spawn_blocking(move || work(&shared)).await
}

/// Reads every ticket that the records change again from the core, and updates the shows.
fn take(office: &BoxOffice, shared: &Shared, batch: &[Arc<Record>]) {
    let Some(last) = batch.last() else { return };
    let mut changed: Vec<TicketId> = Vec::new();
    for record in batch {
        let keys = record.event.changes();
        changed.extend(keys.iter().filter_map(|key| if let StreamKey::Ticket(id) = key { Some(*id) } else { None }));
    }
    changed.sort_unstable();
    changed.dedup();
    for some in changed.chunks(AT_ONCE) {
        let tickets: Vec<_> = some.iter().filter_map(|id| office.tickets().get(*id).ok()).collect();
        let mut shows = shared.shows_mut();
        for ticket in &tickets {
            shows.put(ticket, last.seq);
        }
        drop(shows);
        std::thread::yield_now();
    }
    // Not before: whoever has read the shows meanwhile is told of the records again.
    shared.shows_mut().advance_to(last.seq);
}

/// Keeps the connections of the readers open, and takes out the shows that are over.
fn keep_up(shared: &Shared, now: Timestamp) {
    shared.feeds.keep_alive();
    while shared.shows_mut().forget_the_past(now, AT_ONCE) {
        std::thread::yield_now();
    }
}

/// Sends the changes to the readers. Returns `true` if there are some that may not be sent yet.
fn tell(shared: &Shared, now: Instant) -> bool {
    loop {
        let mut shows = shared.shows_mut();
        let all_news = shows.take_news(AT_ONCE, |key| shared.feeds.is_due(key, now));
        let has_more = shows.has_news();
        drop(shows);
        for news in &all_news {
            shared.feeds.send(news.key, now, || feed::message(news));
        }
        if all_news.is_empty() || !has_more {
            return has_more;
        }
        std::thread::yield_now();
    }
}
