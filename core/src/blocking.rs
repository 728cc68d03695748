// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The same box office for callers without an async runtime: each method blocks its thread until the outcome is durable.
//!
//! Any number of threads may call at once, and their commands share the writer's batches. Do not call from async code: the
//! executor's thread would stand still.

use std::sync::Arc;
#[cfg(feature = "cluster")]
use std::time::Duration;

use pollster::block_on;

use crate::{
    Actor, Balance, BalanceEntry, Charge, ChargeId, ClientSecret, Error, IdempotencyKey, JournalReader, LedgerQuery,
    Metrics, NewPayout, NewShow, NewTicket, Order, OrderId, OrderQuery, Page, Payout, PlatformBalance, Resolution,
    Session, SignIn, SignUp, SignedIn, Ticket, TicketId, TicketQuery, TicketUpdate, Timestamp, UserId, UserProfile,
    UserUpdate,
};
#[cfg(feature = "cluster")]
use crate::{ClusterStatus, Host, HostId};

impl crate::BoxOffice {
    /// Returns the same box office for callers without an async runtime.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::NewTicket;
    ///
    /// let ticket = office.blocking().tickets().create(ann, NewTicket::new("Hamlet", "19.99"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn blocking(&self) -> BoxOffice {
        BoxOffice(self.clone())
    }
}

/// A [box office](crate::BoxOffice) whose methods block.
#[derive(Debug, Clone)]
pub struct BoxOffice(crate::BoxOffice);

impl BoxOffice {
    /// Returns the operations on users: sign-up, sign-in, sessions.
    pub fn auth(&self) -> Auth {
        Auth(self.0.auth())
    }

    /// Returns the operations on tickets.
    pub fn tickets(&self) -> Tickets {
        Tickets(self.0.tickets())
    }

    /// Returns the operations on orders: holds and purchases.
    pub fn orders(&self) -> Orders {
        Orders(self.0.orders())
    }

    /// Returns the operations on charges and refunds.
    pub fn payments(&self) -> Payments {
        Payments(self.0.payments())
    }

    /// Returns the operations on the ledger: balances, statements and payouts.
    pub fn ledger(&self) -> Ledger {
        Ledger(self.0.ledger())
    }

    /// Returns the reader of the journal.
    pub fn journal(&self) -> JournalReader {
        self.0.journal()
    }

    /// Returns the operations on the cluster; none if the box office is on one machine.
    #[cfg(feature = "cluster")]
    pub fn cluster(&self) -> Option<Cluster> {
        self.0.cluster().map(Cluster)
    }

    /// Returns the current metrics of the engine.
    ///
    /// See [`BoxOffice::metrics`](crate::BoxOffice::metrics).
    pub fn metrics(&self) -> Metrics {
        self.0.metrics()
    }

    /// Returns `true` if the box office accepts commands.
    ///
    /// See [`BoxOffice::is_ready`](crate::BoxOffice::is_ready).
    pub fn is_ready(&self) -> bool {
        self.0.is_ready()
    }

    /// Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and that the disk has room. It blocks for some calls of the system, and writes nothing unless the last command could not be recorded.
    ///
    /// See [`BoxOffice::check_ready`](crate::BoxOffice::check_ready).
    pub fn check_ready(&self) -> Result<(), Error> {
        self.0.check_ready()
    }

    /// Returns the engine's own time, which never runs backwards.
    ///
    /// See [`BoxOffice::now`](crate::BoxOffice::now).
    pub fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// Reclaims unused disk space in the directory's files; returns `true` if any was freed. Blocks.
    ///
    /// See [`BoxOffice::compact`](crate::BoxOffice::compact).
    pub fn compact(&self) -> Result<bool, Error> {
        self.0.compact()
    }

    /// Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and releases the directory.
    ///
    /// See [`BoxOffice::close`](crate::BoxOffice::close).
    pub fn close(&self) -> Result<(), Error> {
        block_on(self.0.close())
    }
}

/// Operations on users: sign-up, sign-in, sign-out, and changes of accounts.
///
/// See [`Auth`](crate::Auth).
#[derive(Debug, Clone)]
pub struct Auth(crate::Auth);

impl Auth {
    /// See [`Auth::idempotency_key`](crate::Auth::idempotency_key).
    #[must_use]
    pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Creates a user and begins a session.
    ///
    /// See [`Auth::sign_up`](crate::Auth::sign_up).
    pub fn sign_up(&self, sign_up: SignUp) -> Result<SignedIn, Error> {
        block_on(self.0.sign_up(sign_up))
    }

    /// Begins a session for a user who has signed up before.
    ///
    /// See [`Auth::sign_in`](crate::Auth::sign_in).
    pub fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, Error> {
        block_on(self.0.sign_in(sign_in))
    }

    /// Returns the session of a token. Reads memory only, so it can be called for every request.
    ///
    /// See [`Auth::authenticate`](crate::Auth::authenticate).
    pub fn authenticate(&self, token: &str) -> Result<Session, Error> {
        self.0.authenticate(token)
    }

    /// Returns the user of a session.
    ///
    /// See [`Auth::current_user`](crate::Auth::current_user).
    pub fn current_user(&self, session: &Session) -> Result<UserProfile, Error> {
        self.0.current_user(session)
    }

    /// Ends a session permanently. Its token is refused from then on, even if it was stolen.
    ///
    /// See [`Auth::sign_out`](crate::Auth::sign_out).
    pub fn sign_out(&self, session: &Session) -> Result<(), Error> {
        block_on(self.0.sign_out(session))
    }

    /// Changes the user's email or password. A new password ends all other sessions; this one continues with the new token.
    ///
    /// See [`Auth::update_user`](crate::Auth::update_user).
    pub fn update_user(&self, session: &Session, update: UserUpdate) -> Result<SignedIn, Error> {
        block_on(self.0.update_user(session, update))
    }

    /// Deletes the user's personal data permanently. The journal stays complete, because it names users by id only.
    ///
    /// See [`Auth::erase_user`](crate::Auth::erase_user).
    pub fn erase_user(&self, session: &Session, current_password: &str) -> Result<(), Error> {
        block_on(self.0.erase_user(session, current_password))
    }

    /// Grants the operator role to the user with this email, or revokes it. For administrators at the machine: hosts must not offer it to users.
    ///
    /// See [`Auth::set_operator`](crate::Auth::set_operator).
    pub fn set_operator(&self, email: &str, operator: bool) -> Result<UserProfile, Error> {
        block_on(self.0.set_operator(email, operator))
    }
}

/// Operations on tickets: listing, editing and search.
///
/// See [`Tickets`](crate::Tickets).
#[derive(Debug, Clone)]
pub struct Tickets(crate::Tickets);

impl Tickets {
    /// See [`Tickets::idempotency_key`](crate::Tickets::idempotency_key).
    #[must_use]
    pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Lists a ticket for sale.
    ///
    /// See [`Tickets::create`](crate::Tickets::create).
    pub fn create(&self, seller: UserId, ticket: NewTicket) -> Result<Arc<Ticket>, Error> {
        block_on(self.0.create(seller, ticket))
    }

    /// Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.
    ///
    /// See [`Tickets::create_many`](crate::Tickets::create_many).
    pub fn create_many(&self, seller: UserId, tickets: Vec<NewTicket>) -> Result<Vec<Arc<Ticket>>, Error> {
        block_on(self.0.create_many(seller, tickets))
    }

    /// Checks whether tickets could be listed as of the last durable batch, by the very rules of [`create_many`](Self::create_many), and lists nothing: for the preview of an import. Somebody else may take a seat between the two. It takes the caller's thread, and holds up nobody who sells or buys.
    ///
    /// See [`Tickets::check_many`](crate::Tickets::check_many).
    pub fn check_many(&self, seller: UserId, tickets: Vec<NewTicket>) -> Result<(), Error> {
        block_on(self.0.check_many(seller, tickets))
    }

    /// Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only while it is available.
    ///
    /// See [`Tickets::update`](crate::Tickets::update).
    pub fn update(&self, seller: UserId, id: TicketId, update: TicketUpdate) -> Result<Arc<Ticket>, Error> {
        block_on(self.0.update(seller, id, update))
    }

    /// Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed first.
    ///
    /// See [`Tickets::reschedule`](crate::Tickets::reschedule).
    pub fn reschedule(&self, seller: UserId, show: NewShow, starts_at: &str) -> Result<Vec<Arc<Ticket>>, Error> {
        block_on(self.0.reschedule(seller, show, starts_at))
    }

    /// Takes a ticket off sale permanently. Only its seller can, and only while it is available.
    ///
    /// See [`Tickets::withdraw`](crate::Tickets::withdraw).
    pub fn withdraw(&self, seller: UserId, id: TicketId, expected_version: Option<u64>) -> Result<(), Error> {
        block_on(self.0.withdraw(seller, id, expected_version))
    }

    /// Returns a ticket, as of the last durable batch.
    ///
    /// See [`Tickets::get`](crate::Tickets::get).
    pub fn get(&self, id: TicketId) -> Result<Arc<Ticket>, Error> {
        self.0.get(id)
    }

    /// Returns a page of tickets: those on sale, unless the query names another status.
    ///
    /// See [`Tickets::list`](crate::Tickets::list).
    pub fn list(&self, query: &TicketQuery) -> Result<Page<Arc<Ticket>>, Error> {
        self.0.list(query)
    }

    /// Streams all tickets that match the query, from its cursor on, in pages of its limit.
    ///
    /// See [`Tickets::stream`](crate::Tickets::stream).
    pub fn iter(&self, query: TicketQuery) -> impl Iterator<Item = Result<Arc<Ticket>, Error>> + Send + use<> {
        self.0.pages(query)
    }
}

/// Operations on orders: holds of tickets, and their purchase.
///
/// See [`Orders`](crate::Orders).
#[derive(Debug, Clone)]
pub struct Orders(crate::Orders);

impl Orders {
    /// See [`Orders::idempotency_key`](crate::Orders::idempotency_key).
    #[must_use]
    pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.
    ///
    /// See [`Orders::create`](crate::Orders::create).
    pub fn create(&self, buyer: UserId, ticket_ids: &[TicketId]) -> Result<Arc<Order>, Error> {
        block_on(self.0.create(buyer, ticket_ids))
    }

    /// Locks tickets as [`Orders::create`](crate::Orders::create) does, if they cost what the buyer has agreed to.
    ///
    /// See [`Orders::create_at`](crate::Orders::create_at).
    pub fn create_at(&self, buyer: UserId, ticket_ids: &[TicketId], agreed_amount: &str) -> Result<Arc<Order>, Error> {
        block_on(self.0.create_at(buyer, ticket_ids, agreed_amount))
    }

    /// Locks tickets as [`Orders::create`](crate::Orders::create) does, if each of them costs what the buyer has agreed to.
    ///
    /// See [`Orders::create_at_prices`](crate::Orders::create_at_prices).
    pub fn create_at_prices(
        &self,
        buyer: UserId,
        ticket_ids: &[TicketId],
        agreed_prices: &[String],
    ) -> Result<Arc<Order>, Error> {
        block_on(self.0.create_at_prices(buyer, ticket_ids, agreed_prices))
    }

    /// Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.
    ///
    /// See [`Orders::cancel`](crate::Orders::cancel).
    pub fn cancel(&self, buyer: UserId, id: OrderId) -> Result<(), Error> {
        block_on(self.0.cancel(buyer, id))
    }

    /// Returns a buyer's own order, as of the last durable batch.
    ///
    /// See [`Orders::get`](crate::Orders::get).
    pub fn get(&self, buyer: UserId, id: OrderId) -> Result<Arc<Order>, Error> {
        self.0.get(buyer, id)
    }

    /// Returns a page of a buyer's orders, the newest first.
    ///
    /// See [`Orders::list`](crate::Orders::list).
    pub fn list(&self, buyer: UserId, query: &OrderQuery) -> Result<Page<Arc<Order>>, Error> {
        self.0.list(buyer, query)
    }

    /// Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.
    ///
    /// See [`Orders::stream`](crate::Orders::stream).
    pub fn iter(
        &self,
        buyer: UserId,
        query: OrderQuery,
    ) -> impl Iterator<Item = Result<Arc<Order>, Error>> + Send + use<> {
        self.0.pages(buyer, query)
    }
}

/// Operations on payments: charges and refunds.
///
/// See [`Payments`](crate::Payments).
#[derive(Debug, Clone)]
pub struct Payments(crate::Payments);

impl Payments {
    /// See [`Payments::idempotency_key`](crate::Payments::idempotency_key).
    #[must_use]
    pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Takes the money of an order: records the intent, asks the card processor, records its answer.
    ///
    /// See [`Payments::pay`](crate::Payments::pay).
    pub fn pay(&self, buyer: UserId, order: OrderId, token: &str) -> Result<Charge, Error> {
        block_on(self.0.pay(buyer, order, token))
    }

    /// Returns a charge. For the order's buyer, the tickets' sellers and operators.
    ///
    /// See [`Payments::get`](crate::Payments::get).
    pub fn get(&self, user: UserId, id: ChargeId) -> Result<Charge, Error> {
        self.0.get(user, id)
    }

    /// Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of the buyer, such as a confirmation with their bank. For the buyer only.
    ///
    /// See [`Payments::client_secret`](crate::Payments::client_secret).
    pub fn client_secret(&self, buyer: UserId, id: ChargeId) -> Result<Option<ClientSecret>, Error> {
        self.0.client_secret(buyer, id)
    }

    /// Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is `true`.
    ///
    /// See [`Payments::refund`](crate::Payments::refund).
    pub fn refund(&self, actor: Actor, order: OrderId, return_to_sale: bool) -> Result<Charge, Error> {
        block_on(self.0.refund(actor, order, return_to_sale))
    }

    /// Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay sold.
    ///
    /// See [`Payments::refund_part`](crate::Payments::refund_part).
    pub fn refund_part(&self, actor: Actor, order: OrderId, amount: &str) -> Result<Charge, Error> {
        block_on(self.0.refund_part(actor, order, amount))
    }

    /// Returns the charges whose money belongs to no order and could not be given back, the oldest first. For operators, who settle them by [`Payments::refund`](crate::Payments::refund) or [`Payments::resolve`](crate::Payments::resolve).
    ///
    /// See [`Payments::escalated`](crate::Payments::escalated).
    pub fn escalated(&self, actor: Actor) -> Result<Vec<Charge>, Error> {
        self.0.escalated(actor)
    }

    /// Records the resolution of [escalated](Payments::escalated) money, with a note of up to 500 characters. For operators.
    ///
    /// See [`Payments::resolve`](crate::Payments::resolve).
    pub fn resolve(
        &self,
        actor: Actor,
        order_id: OrderId,
        resolution: Resolution,
        note: &str,
    ) -> Result<Charge, Error> {
        block_on(self.0.resolve(actor, order_id, resolution, note))
    }

    /// Returns `true` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring the `-test` suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts that have some, once it has heard of one.
    ///
    /// See [`Payments::takes_webhooks_of`](crate::Payments::takes_webhooks_of).
    pub fn takes_webhooks_of(&self, processor: &str) -> bool {
        self.0.takes_webhooks_of(processor)
    }

    /// Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.
    ///
    /// See [`Payments::receive_webhook`](crate::Payments::receive_webhook).
    pub fn receive_webhook(&self, headers: &[(&str, &[u8])], body: &[u8]) -> Result<(), Error> {
        block_on(self.0.receive_webhook(headers, body))
    }
}

/// Operations on the ledger: balances, entries and payouts.
///
/// See [`Ledger`](crate::Ledger).
#[derive(Debug, Clone)]
pub struct Ledger(crate::Ledger);

impl Ledger {
    /// See [`Ledger::idempotency_key`](crate::Ledger::idempotency_key).
    #[must_use]
    pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
        Self(self.0.idempotency_key(key))
    }

    /// Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the seller, operators and the system.
    ///
    /// See [`Ledger::balance`](crate::Ledger::balance).
    pub fn balance(&self, actor: Actor, seller: UserId) -> Result<Vec<Balance>, Error> {
        self.0.balance(actor, seller)
    }

    /// Returns a page of the entries behind the balance, the newest first.
    ///
    /// See [`Ledger::entries`](crate::Ledger::entries).
    pub fn entries(&self, actor: Actor, seller: UserId, query: &LedgerQuery) -> Result<Page<BalanceEntry>, Error> {
        self.0.entries(actor, seller, query)
    }

    /// Streams all entries behind the balance, from the query's cursor on, in pages of its limit.
    ///
    /// See [`Ledger::stream`](crate::Ledger::stream).
    pub fn iter(
        &self,
        actor: Actor,
        seller: UserId,
        query: LedgerQuery,
    ) -> impl Iterator<Item = Result<BalanceEntry, Error>> + Send + use<> {
        self.0.pages(actor, seller, query)
    }

    /// Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up to 100 lines at a time, read on demand.
    ///
    /// See [`Ledger::statement_csv`](crate::Ledger::statement_csv).
    pub fn statement_csv(
        &self,
        actor: Actor,
        seller: UserId,
    ) -> Result<impl Iterator<Item = Result<String, Error>> + Send + use<>, Error> {
        self.0.statement_csv(actor, seller)
    }

    /// Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the system.
    ///
    /// See [`Ledger::platform`](crate::Ledger::platform).
    pub fn platform(&self, actor: Actor) -> Result<Vec<PlatformBalance>, Error> {
        self.0.platform(actor)
    }

    /// Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no money: the bank does, before or after.
    ///
    /// See [`Ledger::record_payout`](crate::Ledger::record_payout).
    pub fn record_payout(&self, actor: Actor, seller: UserId, payout: NewPayout) -> Result<Payout, Error> {
        block_on(self.0.record_payout(actor, seller, payout))
    }
}

/// Operations on the cluster that a box office is a host of.
///
/// See [`Cluster`](crate::Cluster).
#[cfg(feature = "cluster")]
#[derive(Debug, Clone)]
pub struct Cluster(crate::Cluster);

#[cfg(feature = "cluster")]
impl Cluster {
    /// Returns the state of this host, and what it knows of the others.
    ///
    /// See [`Cluster::status`](crate::Cluster::status).
    pub fn status(&self) -> ClusterStatus {
        self.0.status()
    }

    /// Returns the number of a message of the journal by which all that led to this host's answers has been appended: mostly the last that its views include, and a later one if an answer could not wait until they did. A caller who has got it from another host can wait here until this one is as far, see [`Cluster::level_with`](crate::Cluster::level_with).
    ///
    /// See [`Cluster::message`](crate::Cluster::message).
    pub fn message(&self) -> u64 {
        self.0.message()
    }

    /// Waits until this host's views include the message with this number, or the time is over. Returns `true` if they do.
    ///
    /// See [`Cluster::level_with`](crate::Cluster::level_with).
    pub fn level_with(&self, message: u64, within: Duration) -> bool {
        block_on(self.0.level_with(message, within))
    }

    /// Makes this host a member of the cluster that votes for the host that writes, under the name that its options have. For hosts that do not join by themselves, see [`ClusterOptions::joins`](crate::ClusterOptions::joins). Call it once [`Cluster::status`](crate::Cluster::status) says no more that this host is `blank`.
    ///
    /// See [`Cluster::join`](crate::Cluster::join).
    pub fn join(&self, actor: Actor) -> Result<Arc<Host>, Error> {
        block_on(self.0.join(actor))
    }

    /// Removes a host from the cluster: it has no vote any more. Its process should be stopped then; started again, it joins anew.
    ///
    /// See [`Cluster::remove`](crate::Cluster::remove).
    pub fn remove(&self, actor: Actor, host_id: HostId) -> Result<Arc<Host>, Error> {
        block_on(self.0.remove(actor, host_id))
    }

    /// Makes this host the writer without the consent of a majority of the voters. Only for an operator who knows that the others are gone for good: whatever they had and the stream has not is lost.
    ///
    /// See [`Cluster::take_over_alone`](crate::Cluster::take_over_alone).
    pub fn take_over_alone(&self, actor: Actor) -> Result<(), Error> {
        self.0.take_over_alone(actor)
    }
}
