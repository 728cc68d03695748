//! Interface of a box office for the crowd, embedded or over HTTP.

use std::future::Future;

use boxoffice::{OrderId, TicketId};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Price of every ticket, in minor units and as text.
pub(crate) const PRICE_MINOR: u64 = 4_950;
pub(crate) const PRICE: &str = "49.50";

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Maximum number of tickets that one command lists.
pub(crate) const LISTING_MAX: usize = 10_000;

/// Current status of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Available,
    Locked,
    Sold,
    Withdrawn,
}

impl Status {
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        match text {
            "available" => Ok(Self::Available),
            "locked" => Ok(Self::Locked),
            "sold" => Ok(Self::Sold),
            "withdrawn" => Ok(Self::Withdrawn),
            _ => Err(format!("a ticket is {text:?}").into()),
        }
    }
}

/// Outcome of a request that the box office may refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    Done(T),
    /// Refused, with the status code of the refusal.
    Refused(u16),
}

/// A box office.
pub(crate) trait Shop: Send + Sync + 'static {
    /// A signed-in person.
    type Account: Send + Sync + 'static;

    /// Signs a person up, or in if the account exists.
    fn sign_up(&self, email: &str) -> impl Future<Output = Result<Self::Account, Failure>> + Send;

    /// Lists tickets with these seats.
    fn list(
        &self,
        seller: &Self::Account,
        seats: Vec<String>,
    ) -> impl Future<Output = Result<Vec<TicketId>, Failure>> + Send;

    /// Returns the current status of the ticket.
    fn status(&self, ticket: TicketId) -> impl Future<Output = Result<Status, Failure>> + Send;

    /// Locks tickets, all or none.
    fn order(
        &self,
        buyer: &Self::Account,
        tickets: &[TicketId],
    ) -> impl Future<Output = Result<Answer<OrderId>, Failure>> + Send;

    /// Pays with a card and returns the money taken, in minor units.
    fn pay(
        &self,
        buyer: &Self::Account,
        order: OrderId,
        token: &str,
    ) -> impl Future<Output = Result<Answer<u64>, Failure>> + Send;

    /// Cancels an order.
    fn cancel(&self, buyer: &Self::Account, order: OrderId)
    -> impl Future<Output = Result<Answer<()>, Failure>> + Send;

    /// Returns the problems of the journal; `None` if they can't be determined from here.
    fn problems(&self) -> impl Future<Output = Result<Option<Vec<String>>, Failure>> + Send;

    /// Closes the box office.
    fn close(&self) -> impl Future<Output = Result<(), Failure>> + Send;
}
