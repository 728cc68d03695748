//! Opening a box office.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::{BoxOffice, Inner};
use crate::clock::{Clock, EngineTime, SystemClock};
use crate::command::Command;
use crate::domain::Limits;
use crate::domain::ledger::FeePolicy;
use crate::domain::payment::{Charge, ChargeOutcome, RefundOutcome, SettleCharge, SettleRefund};
use crate::engine::{Checkpointer, EngineMetrics, Handle, Recent, Request, Waiters, Writer, WriterParts, catch_up};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::gateway::worker::{RetryPolicy, Settle, Settling, Work, Worker};
use crate::gateway::{PaymentGateway, Sandbox};
use crate::identity::{KeyRing, KnownPlaces, Passwords, Throttle, Tokens};
use crate::ids::{IdSource, RandomIds};
use crate::journal::{Head, Journal, JournalError, RedbJournal};
use crate::types::{CommandId, Currency, OrderId, RefundId};
use crate::views::Views;

/// Opens a box office with everything that can be chosen about it.
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
    /// What was chosen by itself, whatever the limits say.
    hold: Option<Duration>,
    fees: Option<FeePolicy>,
    gateway: Option<Arc<dyn PaymentGateway>>,
    clock: Option<Arc<dyn Clock>>,
    ids: Option<Arc<dyn IdSource>>,
    key_ring: Option<KeyRing>,
}

/// The plain settings.
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
        Self { settings, hold: None, fees: None, gateway: None, clock: None, ids: None, key_ring: None }
    }
}

impl Builder {
    /// Sets how long an order holds its tickets: 15 minutes by default.
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

    /// Sets what the platform keeps of each ticket that is paid from now on: nothing by default. What was paid before keeps its fees.
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
    /// What [`Builder::hold`] and [`Builder::fees`] set stays, whether they are called before or after.
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

    /// Sets the card processor: by default the [`Sandbox`], with its book in the data directory.
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

    /// Sets where time comes from: [`SystemClock`] by default.
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

    /// Sets where ids come from: [`RandomIds`] by default.
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

    /// Sets the keys that sessions are signed with: by default one that is made once and kept in the data directory.
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

    /// Sets how long a session lasts: 7 days by default.
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

    /// Sets the currency of prices that name none: US dollars by default.
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

    /// Sets how long a payment waits for the card processor before it answers that the outcome is not known yet: 10 seconds by
    /// default.
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

    /// Sets how many payments may wait for the card processor before new ones are refused with `payment.unavailable`: 10,000 by
    /// default.
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

    /// Sets how long one call of the card processor may take before its outcome is looked up: 30 seconds by default.
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

    /// Sets how long to wait before the card processor is asked what became of a charge, at first and at most: 500 milliseconds and one
    /// minute by default. The wait doubles each time.
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

    /// Sets after how long a charge that the card processor never heard of counts as failed: one minute by default. It must be longer
    /// than a request can be on its way.
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

    /// Sets how many commands may wait: 16,384 by default.
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

    /// Sets whether a command that finds the queue full is refused with `engine.overloaded`, as a server wants it, instead of
    /// waiting for a place, as an embedder does: `false` by default.
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

    /// The limits that are in force.
    fn limits_in_force(&self) -> Limits {
        let limits = self.settings.limits;
        limits.hold(self.hold.unwrap_or(limits.hold)).fees(self.fees.unwrap_or(limits.fees))
    }

    /// Opens the box office that is kept in a directory, or makes one there.
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
    /// As [`BoxOffice::open`].
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
        let runtime = runtime()?;
        let checkpointer = Checkpointer::start(views.clone(), Arc::clone(&journal));
        let (queue_len, refuse_when_full) = (self.settings.queue_len, self.settings.refuse_when_full);
        let make_writer = |parts| Writer::new(parts, queue_len, refuse_when_full);
        let stores = Stores { journal, views, checkpointer: Arc::clone(&checkpointer), known };
        let assembled = self.assemble(stores, gateway, keys, runtime.handle(), make_writer);
        let (inner, writer) = match assembled {
            Ok(assembled) => assembled,
            Err(error) => {
                checkpointer.stop();
                // Waiting for its threads would panic where an async caller opens the box office.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        *inner.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(start_writer(writer));
        *inner.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
        Ok(BoxOffice(Arc::new(inner)))
    }

    /// Opens a box office that has no threads: whoever has the writer turns it, whoever has the runtime drives it, and whoever
    /// has the views writes their checkpoints.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn open_stepped(
        self,
        journal: Arc<dyn Journal>,
        views: Views,
        gateway: Arc<dyn PaymentGateway>,
        runtime: &tokio::runtime::Handle,
    ) -> Result<(BoxOffice, Writer), Error> {
        // Nobody outlives the run, so the key needs no secret.
        let keys = self.key_ring.clone().map_or_else(|| KeyRing::new(&[7; 32]), Ok)?;
        let stores = Stores { journal, views, checkpointer: Checkpointer::by_hand(), known: KnownPlaces::in_memory() };
        let (inner, writer) = self.assemble(stores, gateway, &keys, runtime, Writer::stepped)?;
        Ok((BoxOffice(Arc::new(inner)), writer))
    }

    /// Puts the parts together, up to the first command; the writer is not running yet.
    fn assemble(
        mut self,
        stores: Stores,
        gateway: Arc<dyn PaymentGateway>,
        keys: &KeyRing,
        runtime: &tokio::runtime::Handle,
        make_writer: impl FnOnce(WriterParts) -> (Writer, Handle),
    ) -> Result<(Inner, Writer), Error> {
        let Stores { journal, views, checkpointer, known } = stores;
        self.settings.limits = self.limits_in_force();
        let state = catch_up(journal.as_ref(), &views)?;
        let head = views.covers();
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
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
        let worker = Worker::new(gateway, Arc::new(settle), time, self.settings.retry_policy);
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

/// Where a box office keeps what it knows.
struct Stores {
    journal: Arc<dyn Journal>,
    views: Views,
    checkpointer: Arc<Checkpointer>,
    known: KnownPlaces,
}

/// Opens the views, unless the checkpoint speaks of another journal: then they start from nothing.
///
/// A checkpoint covers only what is durable. So one that is ahead of the journal shows that the journal has lost its end, by damage
/// or because an older copy was put in its place, and that nobody would notice without it.
fn open_views(journal: &dyn Journal, dir: &Path) -> Result<Views, Error> {
    let end = journal.head()?.seq;
    // One that is ahead is kept, because it is the proof.
    let views = Views::open(Some(dir), &|head| head.seq > end || is_in_journal(journal, head))?;
    let covered = views.covers().seq;
    if covered > end {
        let what = format!(
            "is missing: the checkpoint covers {covered} records; if an older copy of the journal was put here on purpose, \
             delete views.redb"
        );
        return Err(JournalError::Damaged { seq: end + 1, what }.into());
    }
    Ok(views)
}

/// Whether the checkpoint that covers the journal up to here is one of this journal.
pub(crate) fn is_in_journal(journal: &dyn Journal, head: Head) -> bool {
    let found = journal.read(head.seq, 1).ok().and_then(|records| records.into_iter().next());
    head.seq == 0 || found.is_some_and(|record| record.seq == head.seq && record.hash == head.hash)
}

fn sandbox(path: &Path) -> Result<Arc<dyn PaymentGateway>, Error> {
    let sandbox = Sandbox::open(path).map_err(|error| Error::from(Code::JournalUnavailable).with_source(error))?;
    Ok(Arc::new(sandbox))
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs timers, the gateway's calls and, on its blocking threads, password hashing.
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

/// Brings the gateway's answers to the engine.
#[derive(Debug)]
struct Settler {
    handle: Arc<Handle>,
    ids: Arc<dyn IdSource>,
}

impl Settler {
    fn submit(&self, command: impl Into<Command>) -> Settling<'_> {
        let request = Request::new(command, CommandId::from(self.ids.next()), Actor::System);
        Box::pin(async move { self.handle.submit(request).await.map(drop) })
    }
}

impl Settle for Settler {
    fn charge<'a>(&'a self, charge: &'a Charge, outcome: ChargeOutcome) -> Settling<'a> {
        let (order_id, charge_id, new_order_id) = (charge.order_id, charge.id, OrderId::from(self.ids.next()));
        self.submit(SettleCharge { order_id, charge_id, outcome, new_order_id })
    }

    fn refund<'a>(&'a self, charge: &'a Charge, refund_id: RefundId, outcome: RefundOutcome) -> Settling<'a> {
        let (order_id, charge_id, new_order_id) = (charge.order_id, charge.id, OrderId::from(self.ids.next()));
        self.submit(SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id })
    }
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
