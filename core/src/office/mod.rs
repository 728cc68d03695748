//! The façade, which hosts embed.

mod admin;
mod amounts;
mod assemble;
mod auth;
mod builder;
mod checkpoint;
mod clock;
#[cfg(feature = "cluster")]
mod cluster;
mod erasures;
mod inbound_webhooks;
mod input;
mod journal;
mod ledger;
mod metrics;
mod named;
mod orders;
mod pages;
mod payments;
mod processor;
mod recover;
mod reports;
mod settler;
mod tickets;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

pub use admin::{Admin, UserAccount};
pub use auth::{Auth, SignIn, SignUp, SignedIn, UserProfile, UserUpdate};
pub use builder::Builder;
#[cfg(any(test, feature = "simulation"))]
pub(crate) use checkpoint::is_in_journal;
#[cfg(feature = "cluster")]
pub use cluster::{
    Cluster, ClusterHost, ClusterOptions, ClusterOverview, ClusterStatus, SharedWebhooks, WebhookDraft, WebhookSecret,
};
#[cfg(any(test, feature = "simulation"))]
pub(crate) use inbound_webhooks::command_of;
pub use input::{NewShow, NewTicket, TicketUpdate};
pub use journal::{JournalHistory, JournalReader};
pub use ledger::{Balance, BalanceEntry, Ledger, NewPayout, PlatformBalance};
pub use metrics::Metrics;
pub(crate) use named::Named;
pub use orders::Orders;
pub use payments::Payments;
pub use recover::Recovery;
pub use tickets::Tickets;

use crate::command::Command;
use crate::domain::payment::StartPayment;
use crate::domain::{Decide, Limits, Order, Reply};
use crate::engine::{self, Checkpointer, EngineMetrics, Handle, Recent, Request, Waiters};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::failures::Failures;
use crate::gateway::worker::Worker;
use crate::identity::{KnownPlaces, Passwords, Throttle, Tokens};
use crate::ids::IdSource;
use crate::journal::Journal;
use crate::types::{CardToken, CommandId, Currency, Email, Timestamp, UserId};
use crate::views::Views;

/// Maximum time that `close` waits for calls of the gateway that are under way.
const GATEWAY_CLOSE_MAX: Duration = Duration::from_secs(10);

/// Maximum time for which commands that were accepted wait for the servers of the cluster, once the box office is being closed.
#[cfg(feature = "cluster")]
const CLUSTER_CLOSE_MAX: Duration = Duration::from_secs(10);

/// Maximum time for which a host waits, as it leaves, until it knows whether its last append is in the journal.
#[cfg(feature = "cluster")]
const CLUSTER_LEAVE_MAX: Duration = Duration::from_secs(2);

/// A box office: signs users in, lists tickets, locks them, takes the money, and records every fact.
///
/// Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome
/// is durable. A command whose future is dropped after its first poll may or may not have been decided; give it an
/// [idempotency key](Tickets::idempotency_key) to be able to repeat it.
///
/// Async methods run on any executor. [`BoxOffice::blocking`] has blocking methods for callers without one.
///
/// ```
/// use boxoffice::{BoxOffice, NewTicket, SignUp};
///
/// # let dir = tempfile::tempdir()?;
/// # let dir = dir.path();
/// let office = BoxOffice::open(dir)?.blocking();
/// let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse"))?.user;
/// let bob = office.auth().sign_up(SignUp::new("bob@example.com", "battery staple"))?.user;
///
/// let ticket = office.tickets().create(ann.id, NewTicket::new("Hamlet, row 3 seat 12", "19.99"))?;
/// let order = office.orders().create(bob.id, &[ticket.id])?;
/// let charge = office.payments().pay(bob.id, order.id, "tok_visa")?;
/// assert_eq!(charge.status.as_str(), "succeeded");
/// office.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct BoxOffice(Arc<Inner>);

pub(crate) struct Inner {
    handle: Arc<Handle>,
    journal: Arc<dyn Journal>,
    views: Views,
    recent: Arc<Recent>,
    waiters: Arc<Waiters>,
    metrics: Arc<EngineMetrics>,
    worker: Arc<Worker>,
    checkpointer: Arc<Checkpointer>,
    failures: Arc<Failures>,
    ids: Arc<dyn IdSource>,
    settings: builder::Settings,
    tokens: Tokens,
    passwords: Arc<Passwords>,
    throttle: Throttle,
    known: KnownPlaces,
    closed: watch::Sender<bool>,
    /// Locked while the box office is being closed.
    closing: Mutex<()>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Runtime for timers, the gateway's calls and password hashing; `None` once it is shut down.
    runtime: Mutex<Option<tokio::runtime::Runtime>>,
    runtime_handle: tokio::runtime::Handle,
    /// This box office as a member of its cluster, if it belongs to one.
    #[cfg(feature = "cluster")]
    cluster: Option<Arc<cluster::Member>>,
    /// Envelopes of what the hosts of a cluster keep secret in the journal.
    #[cfg(feature = "cluster")]
    envelopes: crate::journal::jetstream::Envelopes,
}

impl fmt::Debug for BoxOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxOffice").field("head", &self.0.recent.head()).finish_non_exhaustive()
    }
}

impl BoxOffice {
    /// Opens the box office in a directory, or creates one there, with the defaults of [`BoxOffice::builder`].
    ///
    /// Blocks until the journal's tail is replayed and all orders that became due while it was closed have expired.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.in_use` if it is open already, here or in another process; `journal.newer_format` if a newer version wrote it;
    /// `journal.damaged`; `journal.unavailable` if the storage fails; `clock.jumped` if the clock is far from the journal's last time,
    /// see [`Builder::accept_clock_jump`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open(path)
    }

    /// Returns a builder for all settings: hold length, limits, gateway, clock, ids, keys.
    ///
    /// ```
    /// # fn example() -> Result<(), boxoffice::Error> {
    /// use std::time::Duration;
    /// use boxoffice::BoxOffice;
    ///
    /// let office = BoxOffice::builder().hold(Duration::from_mins(5)).open("data")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the operations on users: sign-up, sign-in, sessions.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, token: &str) -> Result<(), boxoffice::Error> {
    /// let session = office.auth().authenticate(token)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn auth(&self) -> Auth {
        Auth::new(self.clone())
    }

    /// Returns the operations on tickets.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::TicketQuery;
    ///
    /// println!("{} tickets on the first page", office.tickets().list(&TicketQuery::new())?.items.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn tickets(&self) -> Tickets {
        Tickets::new(self.clone())
    }

    /// Returns the operations on orders: holds and purchases.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, ticket: boxoffice::TicketId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// let order = office.orders().create(bob, &[ticket]).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn orders(&self) -> Orders {
        Orders::new(self.clone())
    }

    /// Returns the operations on charges and refunds.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// let charge = office.payments().pay(bob, order, "tok_visa").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn payments(&self) -> Payments {
        Payments::new(self.clone())
    }

    /// Returns the operations on the ledger: balances, statements and payouts.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let balances = office.ledger().balance(Actor::User(ann), ann)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ledger(&self) -> Ledger {
        Ledger::new(self.clone())
    }

    /// Returns the admin API: operations for operators on all orders and accounts.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let orders = office.admin().open_orders(Actor::System, 100)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn admin(&self) -> Admin {
        Admin::new(self.clone())
    }

    /// Returns the reader of the journal.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// println!("{} records", office.journal().head()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn journal(&self) -> JournalReader {
        JournalReader::new(self.clone())
    }

    /// Returns the current metrics of the engine.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// let metrics = office.metrics();
    /// println!("{} commands wait, {} orders are open", metrics.queue_len, metrics.open_orders);
    /// # }
    /// ```
    pub fn metrics(&self) -> Metrics {
        Metrics::of(&self.0)
    }

    /// Returns `true` if the box office accepts commands.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// assert!(office.is_ready());
    /// # }
    /// ```
    pub fn is_ready(&self) -> bool {
        !self.0.handle.is_closed()
    }

    /// Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and that the disk has
    /// room. It blocks for some calls of the system, and writes nothing unless the last command could not be recorded.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// office.check_ready()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `engine.closed`; `journal.unavailable`, whose source says what is wrong.
    pub fn check_ready(&self) -> Result<(), Error> {
        if !self.is_ready() {
            return Err(Code::EngineClosed.into());
        }
        #[cfg(feature = "cluster")]
        if let Some(why) = self.0.cluster.as_ref().and_then(|member| member.driver().unready()) {
            return Err(Error::from(Code::JournalUnavailable).with_source(cluster::Unready(why)));
        }
        Ok(self.0.journal()?.check_storage()?)
    }

    /// Returns the limits that the box office was opened with, such as the maximum number of tickets of an order.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// println!("at most {} tickets an order", office.limits().order_tickets_max);
    /// # }
    /// ```
    pub fn limits(&self) -> &Limits {
        &self.0.settings.limits
    }

    /// Returns the currency of prices without a currency.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// println!("{}", office.default_currency());
    /// # }
    /// ```
    pub fn default_currency(&self) -> Currency {
        self.0.default_currency()
    }

    /// Returns the engine's own time, which never runs backwards.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// println!("{}", office.now());
    /// # }
    /// ```
    pub fn now(&self) -> Timestamp {
        self.0.handle.time().now()
    }

    /// Reclaims unused disk space in the directory's files; returns `true` if any was freed. Blocks.
    ///
    /// Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when
    /// a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that
    /// was restored or came from an earlier version has moved its old records to the archive. In a file of several
    /// gigabytes it takes minutes, and commands wait meanwhile: run it while no tickets are sold.
    ///
    /// A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the
    /// whole file once.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// if office.compact()? {
    ///     println!("the files are smaller now");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` while the journal or a long listing is being read: nothing was changed, try again later.
    pub fn compact(&self) -> Result<bool, Error> {
        let journal = self.0.journal()?.compact()?;
        Ok(self.0.views()?.compact()? || journal)
    }

    /// Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and
    /// releases the directory.
    ///
    /// No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments whose outcome
    /// is not known by then continue when the directory is opened again. Other clones get
    /// `engine.closed` from then on. Closing twice is allowed.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// office.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if the last checkpoint can't be written: no data is lost, but the next opening takes
    /// longer.
    pub async fn close(&self) -> Result<(), Error> {
        let inner = Arc::clone(&self.0);
        let (begun, worker) = (self.0.handle.end_payments(), Arc::clone(&self.0.worker));
        let idle = self.0.runtime_handle.spawn(async move {
            let payments = async {
                begun.await;
                worker.idle().await;
            };
            let _ = tokio::time::timeout(GATEWAY_CLOSE_MAX, payments).await;
        });
        // Fails only if the runtime is already closed.
        let _ = idle.await;
        let (done, closed) = tokio::sync::oneshot::channel();
        spawn_closer(move || {
            // A concurrent close waits here, and then finds nothing left to do.
            let _one_by_one = inner.closing.lock().unwrap_or_else(PoisonError::into_inner);
            let stopped = inner.stop().and_then(|()| inner.last_checkpoint());
            inner.release();
            let _ = done.send(stopped);
        });
        closed.await.unwrap_or_else(|_| Err(Code::EngineClosed.into()))
    }
}

#[cfg(any(test, feature = "simulation"))]
impl BoxOffice {
    /// Returns the inner parts, for code that steps them by hand.
    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

#[cfg(any(test, feature = "simulation"))]
impl Inner {
    /// Sets the observer of every command and its answer.
    pub(crate) fn tap(&self, tap: Arc<dyn crate::engine::Tap>) {
        // At most one is ever set.
        let _ = self.handle.tap.set(tap);
    }

    /// Stops accepting commands.
    pub(crate) fn close_queue(&self) {
        self.handle.close();
    }
}

impl Inner {
    /// Returns the owner of the email. An account may be older than the present form of emails, and is then listed under the
    /// former one.
    pub(crate) fn email_owner(&self, email: &Email) -> Result<Option<UserId>, Error> {
        let journal = self.journal()?;
        match self.former_email_owner(email)? {
            Some(owner) => Ok(Some(owner)),
            None => Ok(journal.email_owner(journal.email_key(email))?),
        }
    }

    /// Returns the owner of the email, if their account is listed under the former form. No new account is, so that nobody
    /// need wait for the writer to know that there is none.
    pub(crate) fn former_email_owner(&self, email: &Email) -> Result<Option<UserId>, Error> {
        let journal = self.journal()?;
        let Some(key) = journal.former_email_key(email) else { return Ok(None) };
        let Some(owner) = journal.email_owner(key)? else { return Ok(None) };
        // What was one address then may be another today: `ß` was `ss`.
        let row = journal.vault_row(owner)?;
        let known = row.and_then(|row| Email::known(&row.email));
        Ok(known.is_some_and(|known| known.folded() == email.folded()).then_some(owner))
    }
}

#[cfg(any(test, feature = "simulation"))]
impl Inner {
    /// Returns the key by which an email is unique.
    pub(crate) fn email_key(&self, email: &Email) -> Result<crate::event::EmailKey, Error> {
        Ok(self.journal()?.email_key(email))
    }

    /// Returns a new unique id.
    pub(crate) fn fresh_id(&self) -> uuid::Uuid {
        self.ids.next()
    }
}

#[expect(clippy::disallowed_methods, reason = "closing joins threads, which must not block the caller's executor")]
fn spawn_closer(close: impl FnOnce() + Send + 'static) {
    std::thread::spawn(close);
}

impl Inner {
    /// Submits a command, and returns its answer once it is durable.
    pub(crate) async fn submit<C: Decide>(&self, command: C, actor: Actor, id: Named) -> Result<C::Answer, Error> {
        engine::typed::<C>(self.submit_any(command.into(), actor, id).await?)
    }

    /// Submits a command of any kind.
    pub(crate) async fn submit_any(&self, command: Command, actor: Actor, id: Named) -> Result<Reply, Error> {
        self.handle.submit(self.request(command, actor, id)).await
    }

    /// Submits a payment. The gateway gets the card once the intent is durable.
    async fn start_payment(
        &self,
        command: StartPayment,
        card: CardToken,
        buyer: Actor,
        id: Named,
    ) -> Result<Arc<Order>, Error> {
        let request = Request { card: Some(card), ..self.request(command.into(), buyer, id) };
        engine::typed::<StartPayment>(self.handle.submit(request).await?)
    }

    fn request(&self, command: Command, actor: Actor, id: Named) -> Request {
        let (id, fingerprint) = match id {
            Named::Fresh => (CommandId::from(self.ids.next()), None),
            Named::Keyed { id, fingerprint } => (id, Some(fingerprint)),
        };
        Request { fingerprint, ..Request::new(command, id, actor) }
    }

    /// Returns the views while the box office is open.
    pub(crate) fn views(&self) -> Result<&Views, Error> {
        if *self.closed.borrow() { Err(Code::EngineClosed.into()) } else { Ok(&self.views) }
    }

    /// Returns the views for operators and the system only.
    fn operators_views(&self, actor: Actor) -> Result<&Views, Error> {
        let views = self.views()?;
        if views.is_operator(actor) { Ok(views) } else { Err(Code::AuthOperatorRequired.into()) }
    }

    /// Returns the journal while the box office is open.
    fn journal(&self) -> Result<&dyn Journal, Error> {
        if *self.closed.borrow() { Err(Code::EngineClosed.into()) } else { Ok(self.journal.as_ref()) }
    }

    fn stop(&self) -> Result<(), Error> {
        #[cfg(feature = "cluster")]
        if let Some(member) = &self.cluster {
            member.driver().end_within(CLUSTER_CLOSE_MAX);
        }
        self.handle.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let panicked = writer.is_some_and(|thread| thread.join().is_err());
        #[cfg(feature = "cluster")]
        if let Some(member) = &self.cluster {
            // The others go on at once.
            member.driver().leave(CLUSTER_LEAVE_MAX);
        }
        self.checkpointer.stop();
        self.closed.send_replace(true);
        if panicked { Err(Error::with_message(Code::Internal, "the writer panicked")) } else { Ok(()) }
    }

    fn last_checkpoint(&self) -> Result<(), Error> {
        if self.views.dirty() > 0 && !self.is_released() && self.journal.persist(self.views.covers().seq)? {
            self.views.checkpoint()?;
        }
        Ok(())
    }

    fn is_released(&self) -> bool {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Releases the directory, even if parts of this box office are still referenced.
    fn release(&self) {
        #[cfg(feature = "cluster")]
        if let Some(member) = &self.cluster {
            member.driver().stop();
        }
        self.views.close();
        self.journal.close();
        if let Some(runtime) = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take() {
            runtime.shutdown_background();
        }
    }

    fn default_currency(&self) -> Currency {
        self.settings.default_currency
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "the box office did not stop well");
        }
        self.release();
    }
}
