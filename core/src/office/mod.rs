//! The façade: what hosts embed.

mod admin;
mod auth;
mod builder;
mod inbound_webhooks;
mod input;
mod journal;
mod ledger;
mod metrics;
mod orders;
mod pages;
mod payments;
mod recover;
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
pub(crate) use builder::is_in_journal;
#[cfg(any(test, feature = "simulation"))]
pub(crate) use inbound_webhooks::command_of;
pub use input::{NewShow, NewTicket, TicketUpdate};
pub use journal::JournalReader;
pub use ledger::{Balance, BalanceEntry, Ledger, NewPayout, PlatformBalance};
pub use metrics::Metrics;
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
use crate::gateway::worker::Worker;
use crate::identity::{KnownPlaces, Passwords, Throttle, Tokens};
use crate::ids::IdSource;
use crate::journal::Journal;
use crate::types::{CardToken, CommandId, Currency, IdempotencyKey, Timestamp};
use crate::views::Views;

/// How long `close` waits for calls of the gateway that are under way.
const GATEWAY_CLOSE_MAX: Duration = Duration::from_secs(10);

/// A box office: signs people in, lists tickets, locks them, takes the money, and keeps every fact.
///
/// Cheap to clone and safe to share between threads: all clones are one box office. Its methods return once the outcome is
/// durable. A command whose future is dropped after its first poll may or may not have been decided; give it an
/// [idempotency key](Tickets::idempotency_key) to ask again.
///
/// Async methods run on any executor; [`BoxOffice::blocking`] has the same for callers without one.
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
    gateway_name: Arc<str>,
    checkpointer: Arc<Checkpointer>,
    ids: Arc<dyn IdSource>,
    settings: builder::Settings,
    tokens: Tokens,
    passwords: Arc<Passwords>,
    throttle: Throttle,
    known: KnownPlaces,
    closed: watch::Sender<bool>,
    /// Held by whoever closes.
    closing: Mutex<()>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Runs timers, the gateway's calls and password hashing; `None` once it is shut down.
    runtime: Mutex<Option<tokio::runtime::Runtime>>,
    runtime_handle: tokio::runtime::Handle,
}

impl fmt::Debug for BoxOffice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxOffice").field("head", &self.0.recent.head()).finish_non_exhaustive()
    }
}

impl BoxOffice {
    /// Opens the box office that is kept in a directory, or makes one there, with the defaults of [`BoxOffice::builder`].
    ///
    /// Blocks until the journal's tail is replayed, and whatever fell due while it was closed has expired.
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
    /// `journal.damaged`; `journal.unavailable` if the storage fails.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open(path)
    }

    /// Returns a builder for everything that can be chosen: hold length, limits, gateway, clock, ids, keys.
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

    /// Returns the operations for operators on everybody's orders and accounts.
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

    /// Returns metrics of the engine right now.
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

    /// Returns `true` if commands are taken.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// assert!(office.is_ready());
    /// # }
    /// ```
    pub fn is_ready(&self) -> bool {
        !self.0.handle.is_closed()
    }

    /// Returns the limits that the box office was opened with, such as how many tickets an order may have.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) {
    /// println!("at most {} tickets an order", office.limits().order_tickets_max);
    /// # }
    /// ```
    pub fn limits(&self) -> &Limits {
        &self.0.settings.limits
    }

    /// Returns the currency of prices that name none.
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

    /// Reclaims unused disk space in the directory's files; returns `true` if any was freed. It blocks.
    ///
    /// Files grow by what is written and keep the room of what is replaced, to use it again; so this is of use once much has
    /// gone for good: after a backlog of a million changes was checkpointed, when a long history was replayed, or when a long
    /// journal that was restored or came from an earlier version has moved its old records to the archive. In a file of
    /// several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells.
    ///
    /// A crash in the middle leaves files that are good: each of its steps is a transaction like any other. The next opening then
    /// walks the whole file once.
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
    /// `journal.unavailable` while somebody reads the journal or a long listing: nothing has changed then, try again later.
    pub fn compact(&self) -> Result<bool, Error> {
        let journal = self.0.journal()?.compact()?;
        Ok(self.0.views()?.compact()? || journal)
    }

    /// Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets go of the
    /// directory.
    ///
    /// Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
    /// `engine.closed` from then on; closing twice is fine.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// office.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `journal.unavailable` if the last checkpoint can't be written; nothing is lost by that but time at the next opening.
    pub async fn close(&self) -> Result<(), Error> {
        let inner = Arc::clone(&self.0);
        let worker = Arc::clone(&self.0.worker);
        let idle = self.0.runtime_handle.spawn(async move {
            let _ = tokio::time::timeout(GATEWAY_CLOSE_MAX, worker.idle()).await;
        });
        // Fails only if the runtime is gone, because it is closed already.
        let _ = idle.await;
        let (done, closed) = tokio::sync::oneshot::channel();
        spawn_closer(move || {
            // Whoever closes at the same time waits, and finds nothing left to do.
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
    /// Its parts, for those who drive it by hand.
    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

#[cfg(any(test, feature = "simulation"))]
impl Inner {
    /// Tells this one of every command and its answer.
    pub(crate) fn tap(&self, tap: Arc<dyn crate::engine::Tap>) {
        // There is one at most.
        let _ = self.handle.tap.set(tap);
    }

    /// Takes no more commands.
    pub(crate) fn close_queue(&self) {
        self.handle.close();
    }

    /// By what an email is unique.
    pub(crate) fn email_key(&self, email: &crate::types::Email) -> Result<crate::event::EmailKey, Error> {
        Ok(self.journal()?.email_key(email))
    }

    /// An id that nothing has yet.
    pub(crate) fn fresh_id(&self) -> uuid::Uuid {
        self.ids.next()
    }
}

#[expect(clippy::disallowed_methods, reason = "closing joins threads, which must not block the caller's executor")]
fn spawn_closer(close: impl FnOnce() + Send + 'static) {
    std::thread::spawn(close);
}

impl Inner {
    /// Has a command decided, and returns its answer once that is durable.
    pub(crate) async fn submit<C: Decide>(&self, command: C, actor: Actor, id: Named) -> Result<C::Answer, Error> {
        engine::typed::<C>(self.submit_any(command.into(), actor, id).await?)
    }

    /// Has a command of whatever kind decided.
    pub(crate) async fn submit_any(&self, command: Command, actor: Actor, id: Named) -> Result<Reply, Error> {
        self.handle.submit(self.request(command, actor, id)).await
    }

    /// Has a payment decided; the gateway gets the card once the intent is durable.
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

    /// What can be read, as long as the box office is open.
    pub(crate) fn views(&self) -> Result<&Views, Error> {
        if *self.closed.borrow() { Err(Code::EngineClosed.into()) } else { Ok(&self.views) }
    }

    /// The same, for operators and the system alone.
    fn operators_views(&self, actor: Actor) -> Result<&Views, Error> {
        let views = self.views()?;
        if views.is_operator(actor) { Ok(views) } else { Err(Code::AuthOperatorRequired.into()) }
    }

    /// The journal, as long as the box office is open.
    fn journal(&self) -> Result<&dyn Journal, Error> {
        if *self.closed.borrow() { Err(Code::EngineClosed.into()) } else { Ok(self.journal.as_ref()) }
    }

    fn stop(&self) -> Result<(), Error> {
        self.handle.close();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let panicked = writer.is_some_and(|thread| thread.join().is_err());
        self.checkpointer.stop();
        self.closed.send_replace(true);
        if panicked { Err(Error::with_message(Code::Internal, "the writer panicked")) } else { Ok(()) }
    }

    fn last_checkpoint(&self) -> Result<(), Error> {
        if self.views.dirty() > 0 && !self.is_released() {
            self.views.checkpoint()?;
        }
        Ok(())
    }

    fn is_released(&self) -> bool {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// Lets go of the directory, whoever still has a part of this box office.
    fn release(&self) {
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

/// How a command is named.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    /// It gets a fresh id, and coming again makes it another command.
    Fresh,
    /// Its caller named it: coming again, it gets its first answer.
    Keyed {
        /// Made of the actor and the caller's key.
        id: CommandId,
        /// What the command is about.
        fingerprint: [u8; 16],
    },
}

impl Named {
    /// The name that a caller's key gives to a command of `scope`, mostly the actor's id. `content` is what the command is about.
    pub(crate) fn by(
        key: Option<&IdempotencyKey>,
        scope: &[u8],
        operation: &str,
        content: &impl serde::Serialize,
    ) -> Self {
        let Some(key) = key else { return Self::Fresh };
        let mut name = blake3::Hasher::new();
        name.update(b"boxoffice command 1\0").update(&(scope.len() as u64).to_be_bytes()).update(scope);
        name.update(key.expose().as_bytes());
        let mut fingerprint = blake3::Hasher::new();
        fingerprint.update(operation.as_bytes()).update(b"\0");
        // Serializing to memory fails for no type that is given here; a shorter fingerprint is still a fingerprint.
        fingerprint.update(&serde_json::to_vec(content).unwrap_or_default());
        Self::Keyed { id: CommandId::from_bytes(half(&name)), fingerprint: half(&fingerprint) }
    }
}

/// Whose keys an actor's are.
fn scope(actor: Actor) -> [u8; 16] {
    actor.user().map_or([0; 16], |id| *id.as_bytes())
}

/// The first half of a hash: 128 bits tell any two inputs apart.
fn half(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    half
}
