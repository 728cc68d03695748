//! Builder that opens a box office.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::BoxOffice;
use super::assemble::Opened;
use super::checkpoint::open_views;
#[cfg(feature = "cluster")]
use super::cluster::ClusterOptions;
use super::erasures::erase_listed;
use crate::clock::Clock;
use crate::domain::Limits;
use crate::domain::ledger::FeePolicy;
use crate::error::{Code, Error};
use crate::gateway::worker::RetryPolicy;
use crate::gateway::{PaymentGateway, Sandbox};
use crate::identity::{KeyRing, KnownPlaces};
use crate::ids::IdSource;
use crate::journal::{Journal, RedbJournal};
use crate::types::Currency;

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
    pub(super) settings: Settings,
    /// Hold set by [`Builder::hold`], which overrides the limits.
    hold: Option<Duration>,
    fees: Option<FeePolicy>,
    pub(super) gateway: Option<Arc<dyn PaymentGateway>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) ids: Option<Arc<dyn IdSource>>,
    pub(super) key_ring: Option<KeyRing>,
    pub(super) accept_clock_jump: bool,
    #[cfg(feature = "cluster")]
    cluster: Option<ClusterOptions>,
}

/// Settings with plain values.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) session_length: Duration,
    pub(super) default_currency: Currency,
    pub(super) answer_payment_within: Duration,
    pub(super) pending_payments_max: usize,
    pub(super) queue_len: usize,
    pub(super) refuse_when_full: bool,
    pub(super) retry_policy: RetryPolicy,
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
        Self {
            settings,
            hold,
            fees,
            gateway,
            clock,
            ids,
            key_ring,
            accept_clock_jump: false,
            #[cfg(feature = "cluster")]
            cluster: None,
        }
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

    /// Sets the source of time: [`SystemClock`](crate::SystemClock) by default.
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

    /// Sets the source of ids: [`RandomIds`](crate::RandomIds) by default.
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

    /// Makes the box office a host of a cluster: it shares its journal with other hosts. By default it is on one machine.
    ///
    /// The key ring has to be set, and the same for all hosts. A directory without a journal gets a copy from another host;
    /// the first host's is made by [`ClusterOptions::init`]. While another host writes, commands are given to it.
    ///
    /// ```
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::{BoxOffice, ClusterOptions, KeyRing};
    ///
    /// let keys = KeyRing::new(b"a secret of at least thirty-two bytes")?;
    /// let options = ClusterOptions::new(["nats://nats-0:4222", "nats://nats-1:4222"]);
    /// let office = BoxOffice::builder().key_ring(keys).cluster(options).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "cluster")]
    pub fn cluster(mut self, options: ClusterOptions) -> Self {
        self.cluster = Some(options);
        self
    }

    /// Returns the limits in force.
    pub(super) fn limits_in_force(&self) -> Limits {
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
    /// The errors of [`BoxOffice::open`]. As a host of a cluster also `validation` if the key ring is not set, and
    /// `journal.unavailable` with the reason if the servers can't be reached or are not what they must be, or no other host gives a
    /// copy; with [`Error::retry_after`] if that may be over after a while by itself.
    pub fn open(self, path: impl AsRef<Path>) -> Result<BoxOffice, Error> {
        let dir = path.as_ref();
        #[cfg(feature = "cluster")]
        if let Some(options) = self.cluster.clone() {
            return self.open_in_cluster(dir, &options);
        }
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
        let (builder, failures) = self.with_clock();
        let opened = Opened {
            journal,
            views,
            known,
            gateway,
            failures,
            #[cfg(feature = "cluster")]
            cluster: None,
        };
        let office = builder.start_opened(opened, &keys)?;
        pollster::block_on(erase_listed(&office.0));
        Ok(office)
    }
}

fn sandbox(path: &Path) -> Result<Arc<dyn PaymentGateway>, Error> {
    let sandbox = Sandbox::open(path).map_err(|error| Error::from(Code::JournalUnavailable).with_source(error))?;
    Ok(Arc::new(sandbox))
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
