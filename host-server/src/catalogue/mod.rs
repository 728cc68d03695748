//! The shows on sale: a read model in memory for the pages. It is built from the tickets on sale and those sold for
//! future shows, and updated by following the journal.
//!
//! One task follows the journal for all readers. It sends the changes of a show to all its readers within a second, in
//! one message, so that the number of readers affects neither the writer nor the views.
//!
//! **Invariant:** it contains only the tickets on sale, the sold tickets of future shows, and the latest changes of
//! each show.

mod collation;
mod feed;
mod index;
mod key;
mod on_sale;
mod seats;
mod shows;
mod totals;

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use axum::body::Bytes;
use boxoffice::{
    BoxOffice, Code, Error, PageLimit, Record, StreamKey, Subscription, Ticket, TicketId, TicketQuery, TicketSort,
    TicketStatus, TicketStatusFilter,
};
use tokio::sync::{OnceCell, Semaphore, broadcast};
use tokio::time::{Instant, MissedTickBehavior};

pub(crate) use key::ShowKey;
pub(crate) use on_sale::{OnSale, PriceRange};
pub(crate) use seats::Section;
pub(crate) use shows::{Browse, Shows, Sort};

/// Interval between two checks for unsent changes.
const TELL_EVERY: Duration = Duration::from_millis(50);

/// Interval between two comments that keep the feeds' connections open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Maximum number of records in a batch.
const BATCH_MAX: usize = 1024;

/// Time before the next attempt to read the journal after an error.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The catalogue. The first request creates it.
#[derive(Debug)]
pub(crate) struct Catalogue {
    shared: OnceCell<Arc<Shared>>,
    /// Permits to make a page, as many as there are cores, so that pages never take more threads than that.
    renders: Arc<Semaphore>,
}

impl Default for Catalogue {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { shared: OnceCell::new(), renders: Arc::new(Semaphore::new(cores)) }
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    shows: RwLock<Shows>,
    feeds: feed::Feeds,
}

impl Catalogue {
    /// Returns the catalogue; the first call creates it.
    pub(crate) async fn open(&self, office: &BoxOffice) -> Result<&Arc<Shared>, Error> {
        self.shared.get_or_try_init(|| start(office.clone())).await
    }

    /// Makes a page on a thread of its own, so that neither reading the shows nor rendering holds up other requests.
    pub(crate) async fn render<T: Send + 'static>(
        &self,
        office: &BoxOffice,
        work: impl FnOnce(&Shared) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let shared = Arc::clone(self.open(office).await?);
        let permit = Arc::clone(&self.renders).acquire_owned().await.map_err(|_| Code::EngineClosed)?;
        // Whoever stops waiting leaves the work behind, which counts until it is done.
        let work = move || {
            let _permit = permit;
            work(&shared)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Code::Internal.into())
    }
}

impl Shared {
    /// Returns the shows. They may lag behind the journal by a moment.
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
        let shows = self.shows();
        let missed = match shows.changes_since(key, since) {
            Some(news) if news.changes.is_empty() => None,
            Some(news) => Some(feed::message(&news)),
            None => Some(feed::reset(shows.seq())),
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
    loop {
        tokio::select! {
            batch = records.next_batch(BATCH_MAX) => match batch {
                Ok(batch) => take(&office, &shared, &batch),
                Err(error) if error.code() == Code::EngineClosed => return,
                Err(error) => {
                    tracing::error!(%error, "the catalogue can't follow the journal");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            },
            now = ticks.tick() => {
                tell(&shared, now);
                if now >= alive_at {
                    shared.feeds.keep_alive();
                    shared.shows_mut().forget_the_past(office.now());
                    alive_at = now + KEEP_ALIVE;
                }
            }
        }
    }
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
    let tickets: Vec<_> = changed.iter().filter_map(|id| office.tickets().get(*id).ok()).collect();
    let mut shows = shared.shows_mut();
    for ticket in &tickets {
        shows.put(ticket, last.seq);
    }
    shows.advance_to(last.seq);
}

/// Sends the changes to the readers.
fn tell(shared: &Shared, now: Instant) {
    if !shared.shows().has_news() {
        return;
    }
    let all_news = {
        let is_due = shared.feeds.are_due(now);
        shared.shows_mut().take_news(is_due)
    };
    for news in &all_news {
        shared.feeds.send(news.key, now, || feed::message(news));
    }
}
