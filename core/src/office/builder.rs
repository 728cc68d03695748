//! Builder that opens a box office.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::checkpoint::open_views;
use super::erasures::erase_listed;
use super::reports::Reports;
use super::settler::Settler;
use super::{BoxOffice, Inner, clock};
use crate::clock::{Clock, EngineTime, SystemClock};
use crate::domain::Limits;
use crate::domain::ledger::FeePolicy;
use crate::engine::{Checkpointer, EngineMetrics, Handle, Recent, Waiters, Writer, WriterParts, catch_up};
use crate::error::{Code, Error};
use crate::failures::Failures;
use crate::gateway::worker::{RetryPolicy, Work, Worker};
use crate::gateway::{PaymentGateway, Sandbox};
use crate::identity::{KeyRing, KnownPlaces, Passwords, Throttle, Tokens};
use crate::ids::{IdSource, RandomIds};
use crate::journal::{Journal, RedbJournal};
use crate::types::Currency;
use crate::views::Views;

/// Builder that opens a box office with chosen settings.
///
/// ```
/// use std::time::Duration;
/// use boxoffice::BoxOffice;
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path();
/// let office = BoxOffice::builder().hold(Duration::from_mins(5)).open(dir)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    settings: Settings,
    /// Hold set by [`Builder::hold`], which overrides the limits.
    hold: Option<Duration>,
    fees: Option<FeePolicy>,
    gateway: Option<Arc<dyn PaymentGateway>>,
    clock: Option<Arc<dyn Clock>>,
    ids: Option<Arc<dyn IdSource>>,
    key_ring: Option<KeyRing>,
    accept_clock_jump: bool,
}

/// Settings with plain values.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) session_length: Duration,
    pub(super) default_currency: Currency,
    pub(super) answer_payment_within: Duration,
    pub(super) pending_payments_max: usize,
    queue_len: usize,
    refuse_when_full: bool,
    retry_policy: RetryPolicy,
}

impl Default for Builder {
    fn default() -> Self {
        let settings = Settings {
            limits: Limits::default(),
            session_length: Duration::from_hours(7 * 24),
            default_currency: Currency::USD,
            answer_payment_within: Duration::from_secs(10),
            pending_payments_max: 10_000,
            queue_len: 16_384,
            refuse_when_full: false,
            retry_policy: RetryPolicy::default(),
        };
        let (hold, fees, gateway, clock, ids, key_ring) = (None, None, None, None, None, None);
        Self { settings, hold, fees, gateway, clock, ids, key_ring, accept_clock_jump: false }
    }
}

impl Builder {
    /// Sets the duration for which an order holds its tickets: 15 minutes by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().hold(Duration::from_mins(5)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = Some(hold);
        self
    }

    /// Sets the fees that the platform keeps of tickets paid from now on: none by default. Past payments keep their
    /// fees.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::FeePolicy;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().fees(FeePolicy::percent("2.5")?).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn fees(mut self, policy: FeePolicy) -> Self {
        self.fees = Some(policy);
        self
    }

    /// Sets the limits of orders and listings.
    ///
    /// Values set by [`Builder::hold`] and [`Builder::fees`] override them, in any order of the calls.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::Limits;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().limits(Limits::new().order_tickets_max(4)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets the card processor: by default the [`Sandbox`], which stores its data in the data directory.
    ///
    /// ```
    /// # fn example(gateway: std::sync::Arc<dyn boxoffice::gateway::PaymentGateway>) -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().gateway(gateway).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn gateway(mut self, gateway: Arc<dyn PaymentGateway>) -> Self {
        self.gateway = Some(gateway);
        self
    }

    /// Sets the source of time: [`SystemClock`] by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use boxoffice::SystemClock;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().clock(Arc::new(SystemClock::new())).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Sets whether a clock that is far from the journal's last time is accepted: `false` by default.
    ///
    /// Engine time never runs backwards, so one start with a clock that is years ahead would stay in the journal for good. Opening
    /// is therefore refused with `clock.jumped` if the clock is more than 90 days from the journal's last record, behind or ahead. Set
    /// this once, after a look at the clock, for a box office that has rested longer. Engine time goes on from
    /// the last record if the clock is behind.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().accept_clock_jump(true).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn accept_clock_jump(mut self, accept: bool) -> Self {
        self.accept_clock_jump = accept;
        self
    }

    /// Sets the source of ids: [`RandomIds`] by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use boxoffice::RandomIds;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().ids(Arc::new(RandomIds)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ids(mut self, ids: Arc<dyn IdSource>) -> Self {
        self.ids = Some(ids);
        self
    }

    /// Sets the keys that sign sessions: by default a key that is created once and stored in the data directory.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::KeyRing;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().key_ring(KeyRing::new(b"a secret of at least thirty-two bytes")?).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn key_ring(mut self, keys: KeyRing) -> Self {
        self.key_ring = Some(keys);
        self
    }

    /// Sets the duration of a session: 7 days by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().session_length(Duration::from_hours(8)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn session_length(mut self, length: Duration) -> Self {
        self.settings.session_length = length;
        self
    }

    /// Sets the currency of prices without a currency: US dollars by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().default_currency("EUR".parse()?).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn default_currency(mut self, currency: Currency) -> Self {
        self.settings.default_currency = currency;
        self
    }

    /// Sets the maximum time that a payment waits for the card processor before it returns a pending charge: 10 seconds
    /// by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().answer_payment_within(Duration::from_secs(5)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer_payment_within(mut self, wait: Duration) -> Self {
        self.settings.answer_payment_within = wait;
        self
    }

    /// Sets the maximum number of payments that wait for the card processor. Further payments are refused with
    /// `payment.unavailable`. The default is 10,000.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().pending_payments_max(500).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pending_payments_max(mut self, max: usize) -> Self {
        self.settings.pending_payments_max = max;
        self
    }

    /// Sets the timeout of one call of the card processor, after which its outcome is looked up: 30 seconds by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().gateway_timeout(Duration::from_secs(20)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn gateway_timeout(mut self, timeout: Duration) -> Self {
        self.settings.retry_policy.call_timeout = timeout;
        self
    }

    /// Sets the first and the maximum wait before the card processor is asked for the outcome of a charge: 500
    /// milliseconds and one minute by default. The wait doubles each time.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().reconcile_after(Duration::from_secs(1), Duration::from_mins(5)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reconcile_after(mut self, first: Duration, most: Duration) -> Self {
        self.settings.retry_policy.ask_again_after = first;
        self.settings.retry_policy.ask_again_max = most;
        self
    }

    /// Sets the time after which a charge that is unknown to the card processor counts as failed: one minute by
    /// default. It must be longer than a request can be in transit.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().unknown_charge_after(Duration::from_mins(2)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn unknown_charge_after(mut self, wait: Duration) -> Self {
        self.settings.retry_policy.unknown_after = wait;
        self
    }

    /// Sets the maximum number of commands that wait: 16,384 by default.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().queue_len(1_024).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn queue_len(mut self, len: usize) -> Self {
        self.settings.queue_len = len.max(1);
        self
    }

    /// Sets the behaviour when the queue is full: `true` refuses the command with `engine.overloaded`, which suits
    /// servers; `false` waits for a place, which suits embedders. The default is `false`.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().refuse_when_full(true).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn refuse_when_full(mut self, refuse: bool) -> Self {
        self.settings.refuse_when_full = refuse;
        self
    }

    /// Returns the limits in force.
    fn limits_in_force(&self) -> Limits {
        let limits = self.settings.limits;
        limits.hold(self.hold.unwrap_or(limits.hold)).fees(self.fees.unwrap_or(limits.fees))
    }

    /// Opens the box office in a directory, or creates one there.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().refuse_when_full(true).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`BoxOffice::open`].
    pub fn open(self, path: impl AsRef<Path>) -> Result<BoxOffice, Error> {
        let dir = path.as_ref();
        let journal: Arc<dyn Journal> = Arc::new(RedbJournal::open(dir)?);
        let views = open_views(journal.as_ref(), dir)?;
        let keys = match self.key_ring.clone() {
            Some(keys) => keys,
            None => KeyRing::load_or_create(dir)?,
        };
        let gateway = match self.gateway.clone() {
            Some(gateway) => gateway,
            None => sandbox(&dir.join("sandbox.jsonl"))?,
        };
        let known = KnownPlaces::open(dir)?;
        self.start(journal, views, known, gateway, &keys)
    }

    fn start(
        self,
        journal: Arc<dyn Journal>,
        views: Views,
        known: KnownPlaces,
        gateway: Arc<dyn PaymentGateway>,
        keys: &KeyRing,
    ) -> Result<BoxOffice, Error> {
        if self.limits_in_force().hold.is_zero() {
            return Err(Error::invalid("hold", "must be longer than nothing"));
        }
        let runtime = runtime()?;
        let (builder, failures) = self.with_clock();
        let checkpointer = Checkpointer::start(views.clone(), Arc::clone(&journal), Arc::clone(&failures));
        let (queue_len, refuse_when_full) = (builder.settings.queue_len, builder.settings.refuse_when_full);
        let make_writer = |parts| Writer::new(parts, queue_len, refuse_when_full);
        let stores = Stores { journal, views, checkpointer: Arc::clone(&checkpointer), failures, known };
        let assembled = builder.assemble(stores, gateway, keys, runtime.handle(), make_writer);
        let (inner, writer) = match assembled {
            Ok(assembled) => assembled,
            Err(error) => {
                checkpointer.stop();
                // Waiting for its threads would panic if an async caller opens the box office.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let reports = Reports::of(&inner);
        runtime.spawn(reports.look_for_refunds(inner.closed.subscribe()));
        *inner.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(start_writer(writer));
        *inner.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
        pollster::block_on(erase_listed(&inner));
        Ok(BoxOffice(Arc::new(inner)))
    }

    /// Opens a box office without threads. The caller steps the writer, drives the runtime, and writes checkpoints of
    /// the views.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_stepped(
        self,
        journal: Arc<dyn Journal>,
        views: Views,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
    ) -> Result<(BoxOffice, Writer), Error> {
        // No session outlives the run, so the key needs no secret.
        let keys = self.key_ring.clone().map_or_else(|| KeyRing::new(&[7; 32]), Ok)?;
        let (builder, failures) = self.with_clock();
        let known = KnownPlaces::in_memory();
        let stores = Stores { journal, views, checkpointer: Checkpointer::by_hand(), failures, known };
        let (inner, writer) = builder.assemble(stores, gateway, &keys, runtime, Writer::stepped)?;
        Ok((BoxOffice(Arc::new(inner)), writer))
    }

    /// Chooses the clock, if none was, and what notes failures by it.
    fn with_clock(mut self) -> (Self, Arc<Failures>) {
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        self.clock = Some(Arc::clone(&clock));
        (self, Failures::new(clock))
    }

    /// Assembles the parts, up to the first command. The writer is not running yet.
    fn assemble(
        mut self,
        stores: Stores,
        gateway: Arc<dyn PaymentGateway>,
        keys: &KeyRing,
        runtime: &tokio::runtime::Handle,
        make_writer: impl FnOnce(WriterParts) -> (Writer, Handle),
    ) -> Result<(Inner, Writer), Error> {
        let Stores { journal, views, checkpointer, failures, known } = stores;
        self.settings.limits = self.limits_in_force();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        if !self.accept_clock_jump {
            // Before anything is decided by it: what expires can't be taken back.
            clock::check(clock.now(), journal.head()?)?;
        }
        let state = catch_up(journal.as_ref(), &views)?;
        let head = views.covers();
        let time = Arc::new(EngineTime::new(clock, head.at));
        let ids = self.ids.unwrap_or_else(|| Arc::new(RandomIds));
        let recent = Arc::new(Recent::new(head.seq));
        let waiters = Arc::new(Waiters::default());
        let metrics = Arc::new(EngineMetrics::default());
        let (work, todo) = flume::unbounded::<Work>();
        let parts = WriterParts {
            journal: Arc::clone(&journal),
            views: views.clone(),
            recent: Arc::clone(&recent),
            waiters: Arc::clone(&waiters),
            metrics: Arc::clone(&metrics),
            checkpointer: Arc::clone(&checkpointer),
            failures: Arc::clone(&failures),
            time: Arc::clone(&time),
            ids: Arc::clone(&ids),
            limits: self.settings.limits,
            work,
            state,
        };
        let (mut writer, handle) = make_writer(parts);
        let handle = Arc::new(handle);
        let settle = Settler { handle: Arc::clone(&handle), ids: Arc::clone(&ids) };
        let gateway_name = gateway.name().into();
        let worker = Worker::new(gateway, Arc::new(settle), time, Arc::clone(&failures), self.settings.retry_policy);
        writer.expire_backlog()?;
        writer.resume_work();
        runtime.spawn(Arc::clone(&worker).run(todo));
        let inner = Inner {
            handle,
            journal,
            views,
            recent,
            waiters,
            metrics,
            worker,
            gateway_name,
            checkpointer,
            failures,
            ids,
            tokens: Tokens::new(keys),
            passwords: Arc::new(Passwords::new(cores())),
            throttle: Throttle::default(),
            known,
            closed: watch::Sender::new(false),
            closing: Mutex::default(),
            writer: Mutex::new(None),
            runtime_handle: runtime.clone(),
            runtime: Mutex::new(None),
            settings: self.settings,
        };
        Ok((inner, writer))
    }
}

/// Stores of a box office.
struct Stores {
    journal: Arc<dyn Journal>,
    views: Views,
    checkpointer: Arc<Checkpointer>,
    failures: Arc<Failures>,
    known: KnownPlaces,
}

fn sandbox(path: &Path) -> Result<Arc<dyn PaymentGateway>, Error> {
    let sandbox = Sandbox::open(path).map_err(|error| Error::from(Code::JournalUnavailable).with_source(error))?;
    Ok(Arc::new(sandbox))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Creates the runtime for timers, the gateway's calls and, on its blocking threads, password hashing.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(cores())
        .thread_name("boxoffice")
        // The core itself needs timers only; a gateway may need the network.
        .enable_all()
        .build()
        .map_err(|error| Error::from(Code::Internal).with_source(error))
}

#[expect(clippy::disallowed_methods, reason = "the writer is the one long-lived thread that decides")]
fn start_writer(writer: Writer) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || writer.run())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_by_itself_stays_whatever_the_order() {
        let (hold, fees) = (Duration::from_mins(5), FeePolicy::basis_points(250).unwrap());
        let limits = Limits::new().hold(Duration::from_mins(1)).order_tickets_max(4);
        let expected = limits.hold(hold).fees(fees);
        for builder in [
            Builder::default().hold(hold).fees(fees).limits(limits),
            Builder::default().limits(limits).fees(fees).hold(hold),
            Builder::default().hold(hold).limits(limits).fees(fees),
        ] {
            assert_eq!(builder.limits_in_force(), expected);
        }
        assert_eq!(Builder::default().limits(limits).limits_in_force(), limits);
        assert_eq!(Builder::default().limits_in_force(), Limits::default());
    }
}
