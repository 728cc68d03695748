//! The same box office for callers without an async runtime: each method blocks its thread until the outcome is durable.
//!
//! Any number of threads may call at once, and their commands share the writer's batches. Do not call from async code: the
//! executor's thread would stand still.

use std::sync::Arc;

use pollster::block_on;

use crate::domain::ledger::Payout;
use crate::domain::payment::Charge;
use crate::domain::{Order, Ticket};
use crate::error::Error;
use crate::event::{Actor, Resolution};
use crate::office::{
    Balance, BalanceEntry, BoxOffice as Office, JournalReader, NewPayout, NewTicket, PlatformBalance, Session, SignIn,
    SignUp, SignedIn, Stats, TicketUpdate, UserProfile, UserUpdate,
};
use crate::types::{ChargeId, ClientSecret, IdempotencyKey, OrderId, TicketId, UserId};
use crate::views::{LedgerQuery, OrderQuery, Page, TicketQuery};

/// A [box office](crate::BoxOffice) whose methods block.
#[derive(Debug, Clone)]
pub struct BoxOffice(Office);

impl BoxOffice {
    pub(crate) fn new(office: Office) -> Self {
        Self(office)
    }

    /// Who people are: sign-up, sign-in, sessions.
    pub fn auth(&self) -> Auth {
        Auth(self.0.auth())
    }

    /// What is for sale.
    pub fn tickets(&self) -> Tickets {
        Tickets(self.0.tickets())
    }

    /// Holds and purchases.
    pub fn orders(&self) -> Orders {
        Orders(self.0.orders())
    }

    /// Charges and refunds.
    pub fn payments(&self) -> Payments {
        Payments(self.0.payments())
    }

    /// Whose the money is.
    pub fn ledger(&self) -> Ledger {
        Ledger(self.0.ledger())
    }

    /// The facts themselves.
    pub fn journal(&self) -> JournalReader {
        self.0.journal()
    }

    /// Figures about the engine right now.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }

    /// See [`BoxOffice::close`](crate::BoxOffice::close).
    pub fn close(&self) -> Result<(), Error> {
        block_on(self.0.close())
    }
}

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident { $(
        $(#[$method_doc:meta])* fn $method:ident(&self $(, $argument:ident: $kind:ty)*) -> $result:ty;
    )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(crate::office::$name);

        impl $name {
            /// See [`Tickets::idempotency_key`](crate::Tickets::idempotency_key).
            #[must_use]
            pub fn idempotency_key(self, key: IdempotencyKey) -> Self {
                Self(self.0.idempotency_key(key))
            }

            $(
                $(#[$method_doc])*
                pub fn $method(&self $(, $argument: $kind)*) -> Result<$result, Error> {
                    block_on(async { self.0.$method($($argument),*).await })
                }
            )*
        }
    };
}

handle! {
    /// Who people are; see [`Auth`](crate::Auth).
    Auth {
        /// See [`Auth::sign_up`](crate::Auth::sign_up).
        fn sign_up(&self, sign_up: SignUp) -> SignedIn;
        /// See [`Auth::sign_in`](crate::Auth::sign_in).
        fn sign_in(&self, sign_in: SignIn) -> SignedIn;
        /// See [`Auth::sign_out`](crate::Auth::sign_out).
        fn sign_out(&self, session: &Session) -> ();
        /// See [`Auth::update_user`](crate::Auth::update_user).
        fn update_user(&self, session: &Session, update: UserUpdate) -> SignedIn;
        /// See [`Auth::erase_user`](crate::Auth::erase_user).
        fn erase_user(&self, session: &Session, current_password: &str) -> ();
        /// See [`Auth::set_operator`](crate::Auth::set_operator).
        fn set_operator(&self, email: &str, operator: bool) -> UserProfile;
    }
}

impl Auth {
    /// See [`Auth::authenticate`](crate::Auth::authenticate).
    pub fn authenticate(&self, token: &str) -> Result<Session, Error> {
        self.0.authenticate(token)
    }

    /// See [`Auth::current_user`](crate::Auth::current_user).
    pub fn current_user(&self, session: &Session) -> Result<UserProfile, Error> {
        self.0.current_user(session)
    }
}

handle! {
    /// What is for sale; see [`Tickets`](crate::Tickets).
    Tickets {
        /// See [`Tickets::create`](crate::Tickets::create).
        fn create(&self, seller: UserId, ticket: NewTicket) -> Arc<Ticket>;
        /// See [`Tickets::create_many`](crate::Tickets::create_many).
        fn create_many(&self, seller: UserId, tickets: Vec<NewTicket>) -> Vec<Arc<Ticket>>;
        /// See [`Tickets::update`](crate::Tickets::update).
        fn update(&self, seller: UserId, id: TicketId, update: TicketUpdate) -> Arc<Ticket>;
        /// See [`Tickets::withdraw`](crate::Tickets::withdraw).
        fn withdraw(&self, seller: UserId, id: TicketId, expected_version: Option<u64>) -> ();
    }
}

impl Tickets {
    /// See [`Tickets::get`](crate::Tickets::get).
    pub fn get(&self, id: TicketId) -> Result<Arc<Ticket>, Error> {
        self.0.get(id)
    }

    /// See [`Tickets::list`](crate::Tickets::list).
    pub fn list(&self, query: &TicketQuery) -> Result<Page<Arc<Ticket>>, Error> {
        self.0.list(query)
    }

    /// Iterates over all tickets that the query asks for; see [`Tickets::stream`](crate::Tickets::stream).
    ///
    /// # Errors
    /// As [`Tickets::list`], as the last item.
    pub fn iter(&self, query: TicketQuery) -> impl Iterator<Item = Result<Arc<Ticket>, Error>> + Send + use<> {
        self.0.pages(query)
    }
}

handle! {
    /// Holds and purchases; see [`Orders`](crate::Orders).
    Orders {
        /// See [`Orders::create`](crate::Orders::create).
        fn create(&self, buyer: UserId, ticket_ids: &[TicketId]) -> Arc<Order>;
        /// See [`Orders::cancel`](crate::Orders::cancel).
        fn cancel(&self, buyer: UserId, id: OrderId) -> ();
    }
}

impl Orders {
    /// See [`Orders::get`](crate::Orders::get).
    pub fn get(&self, buyer: UserId, id: OrderId) -> Result<Arc<Order>, Error> {
        self.0.get(buyer, id)
    }

    /// See [`Orders::list`](crate::Orders::list).
    pub fn list(&self, buyer: UserId, query: &OrderQuery) -> Result<Page<Arc<Order>>, Error> {
        self.0.list(buyer, query)
    }

    /// Iterates over all of the buyer's orders that the query asks for; see [`Orders::stream`](crate::Orders::stream).
    ///
    /// # Errors
    /// As [`Orders::list`], as the last item.
    pub fn iter(
        &self,
        buyer: UserId,
        query: OrderQuery,
    ) -> impl Iterator<Item = Result<Arc<Order>, Error>> + Send + use<> {
        self.0.pages(buyer, query)
    }
}

handle! {
    /// Charges and refunds; see [`Payments`](crate::Payments).
    Payments {
        /// See [`Payments::pay`](crate::Payments::pay).
        fn pay(&self, buyer: UserId, order: OrderId, token: &str) -> Charge;
        /// See [`Payments::refund`](crate::Payments::refund).
        fn refund(&self, actor: Actor, order: OrderId, return_to_sale: bool) -> Charge;
        /// See [`Payments::refund_part`](crate::Payments::refund_part).
        fn refund_part(&self, actor: Actor, order: OrderId, amount: &str) -> Charge;
        /// See [`Payments::resolve`](crate::Payments::resolve).
        fn resolve(&self, actor: Actor, order: OrderId, resolution: Resolution, note: &str) -> Charge;
        /// See [`Payments::receive_notice`](crate::Payments::receive_notice).
        fn receive_notice(&self, headers: &[(&str, &[u8])], body: &[u8]) -> ();
    }
}

impl Payments {
    /// See [`Payments::get`](crate::Payments::get).
    pub fn get(&self, user: UserId, id: ChargeId) -> Result<Charge, Error> {
        self.0.get(user, id)
    }

    /// See [`Payments::client_secret`](crate::Payments::client_secret).
    pub fn client_secret(&self, buyer: UserId, id: ChargeId) -> Result<Option<ClientSecret>, Error> {
        self.0.client_secret(buyer, id)
    }

    /// See [`Payments::escalated`](crate::Payments::escalated).
    pub fn escalated(&self, actor: Actor) -> Result<Vec<Charge>, Error> {
        self.0.escalated(actor)
    }
}

handle! {
    /// Whose the money is; see [`Ledger`](crate::Ledger).
    Ledger {
        /// See [`Ledger::record_payout`](crate::Ledger::record_payout).
        fn record_payout(&self, actor: Actor, seller: UserId, payout: NewPayout) -> Payout;
    }
}

impl Ledger {
    /// See [`Ledger::balance`](crate::Ledger::balance).
    pub fn balance(&self, actor: Actor, seller: UserId) -> Result<Vec<Balance>, Error> {
        self.0.balance(actor, seller)
    }

    /// See [`Ledger::entries`](crate::Ledger::entries).
    pub fn entries(&self, actor: Actor, seller: UserId, query: &LedgerQuery) -> Result<Page<BalanceEntry>, Error> {
        self.0.entries(actor, seller, query)
    }

    /// Iterates over all of what made the balance; see [`Ledger::stream`](crate::Ledger::stream).
    ///
    /// # Errors
    /// As [`Ledger::entries`], as the last item.
    pub fn iter(
        &self,
        actor: Actor,
        seller: UserId,
        query: LedgerQuery,
    ) -> impl Iterator<Item = Result<BalanceEntry, Error>> + Send + use<> {
        self.0.pages(actor, seller, query)
    }

    /// See [`Ledger::statement_csv`](crate::Ledger::statement_csv).
    pub fn statement_csv(
        &self,
        actor: Actor,
        seller: UserId,
    ) -> Result<impl Iterator<Item = Result<String, Error>> + Send + use<>, Error> {
        self.0.statement_csv(actor, seller)
    }

    /// See [`Ledger::platform`](crate::Ledger::platform).
    pub fn platform(&self, actor: Actor) -> Result<Vec<PlatformBalance>, Error> {
        self.0.platform(actor)
    }
}
