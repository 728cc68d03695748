//! Façade of the order domain.

use std::sync::Arc;

use futures_core::Stream;

use super::pages::{Entries, Pages};
use super::{BoxOffice, Named};
use crate::domain::Order;
use crate::domain::order::{Agreed, CancelOrder, CreateOrder, TicketIds};
use crate::error::{Code, Error, FieldErrors};
use crate::event::Actor;
use crate::types::{IdempotencyKey, Money, OrderId, TicketId, UserId};
use crate::views::{OrderQuery, Page, checked};

/// Operations on orders: holds of tickets, and their purchase.
#[derive(Debug, Clone)]
pub struct Orders {
    office: BoxOffice,
    key: Option<IdempotencyKey>,
}

impl Orders {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None }
    }

    /// Sets the idempotency key of the next command, so that it can be repeated; see
    /// [`Tickets::idempotency_key`](super::Tickets::idempotency_key).
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, ticket: boxoffice::TicketId,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let order = office.orders().idempotency_key("b5d2".parse()?).create(bob, &[ticket]).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.
    ///
    /// Of several concurrent buyers, exactly one gets a ticket.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, ticket: boxoffice::TicketId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// let order = office.orders().create(bob, &[ticket]).await?;
    /// println!("pay {} until {}", order.total, order.expires_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` for no tickets, too many, or one twice; `ticket.not_found`, `order.own_ticket`, `ticket.locked`,
    /// `ticket.sold`, `ticket.withdrawn`, `ticket.show_started`, `order.mixed_currencies`, `order.total_too_large`,
    /// `order.too_many_open`; `auth.required` if there is no such user; `command.key_reused`.
    pub async fn create(&self, buyer: UserId, ticket_ids: &[TicketId]) -> Result<Arc<Order>, Error> {
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "orders.create", &ticket_ids);
        self.lock(buyer, ticket_ids, Ok(None), name).await
    }

    /// Locks tickets as [`Orders::create`] does, if they cost what the buyer has agreed to.
    ///
    /// `agreed_amount` is the total in major units, such as `39.98`, in the currency of the tickets. If it is another one, because a
    /// seller has changed a price since the buyer saw it, nothing is locked. Changes that cancel out pass;
    /// [`Orders::create_at_prices`] notices them.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, ticket: boxoffice::TicketId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// match office.orders().create_at(bob, &[ticket], "19.99").await {
    ///     Err(error) if error.code() == boxoffice::Code::OrderPriceChanged => println!("ask the buyer again"),
    ///     order => println!("pay until {}", order?.expires_at),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Orders::create`]; `order.price_changed`; `validation` for an amount that is none.
    pub async fn create_at(
        &self,
        buyer: UserId,
        ticket_ids: &[TicketId],
        agreed_amount: &str,
    ) -> Result<Arc<Order>, Error> {
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "orders.create_at", &(ticket_ids, agreed_amount));
        let agreed = self.agreed_total(ticket_ids, agreed_amount).map(Some);
        self.lock(buyer, ticket_ids, agreed, name).await
    }

    fn agreed_total(&self, ticket_ids: &[TicketId], amount: &str) -> Result<Agreed, Error> {
        let first = ticket_ids.first().ok_or_else(|| Error::invalid("ticketIds", "must be at least 1"))?;
        let currency = self.office.tickets().get(*first)?.price.currency();
        Money::parse(amount, currency).map(Agreed::Total).map_err(|reason| Error::invalid("total", reason))
    }

    /// Locks tickets as [`Orders::create`] does, if each of them costs what the buyer has agreed to.
    ///
    /// `agreed_prices` has the price of each ticket, in the order of the ids, in major units of the ticket's currency, such as
    /// `19.99`. If a seller has changed one of them since the buyer saw it, nothing is locked.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, tickets: [boxoffice::TicketId; 2],
    /// # ) -> Result<(), boxoffice::Error> {
    /// let prices = ["19.99".to_owned(), "24.50".to_owned()];
    /// match office.orders().create_at_prices(bob, &tickets, &prices).await {
    ///     Err(error) if error.code() == boxoffice::Code::OrderPriceChanged => println!("ask the buyer again"),
    ///     order => println!("pay until {}", order?.expires_at),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Orders::create`]; `order.price_changed`; `validation` unless there is one price for each ticket, and for a
    /// price that is none, with fields such as `prices[1]`.
    pub async fn create_at_prices(
        &self,
        buyer: UserId,
        ticket_ids: &[TicketId],
        agreed_prices: &[String],
    ) -> Result<Arc<Order>, Error> {
        let content = (ticket_ids, agreed_prices);
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "orders.create_at_prices", &content);
        let agreed = self.agreed_prices(ticket_ids, agreed_prices).map(Some);
        self.lock(buyer, ticket_ids, agreed, name).await
    }

    fn agreed_prices(&self, ticket_ids: &[TicketId], prices: &[String]) -> Result<Agreed, Error> {
        self.check_ids(ticket_ids)?;
        let tickets = self.office.tickets();
        let currencies = ticket_ids.iter().map(|id| Ok(tickets.get(*id)?.price.currency()));
        let currencies = currencies.collect::<Result<Vec<_>, Error>>()?;
        if prices.len() != ticket_ids.len() {
            return Err(Error::invalid("prices", "must be one for each ticket"));
        }
        let (mut agreed, mut faults) = (Vec::with_capacity(prices.len()), FieldErrors::default());
        for (at, (price, currency)) in prices.iter().zip(currencies).enumerate() {
            agreed.extend(faults.check(format!("prices[{at}]"), Money::parse(price, currency)));
        }
        faults.into_result(Agreed::Prices(agreed))
    }

    fn check_ids(&self, ticket_ids: &[TicketId]) -> Result<(), Error> {
        let max = self.office.0.settings.limits.order_tickets_max;
        if ticket_ids.is_empty() || ticket_ids.len() > max {
            return Err(Error::invalid("ticketIds", format_args!("must be 1 to {max}")));
        }
        if ticket_ids.iter().enumerate().any(|(at, id)| ticket_ids[..at].contains(id)) {
            return Err(Error::invalid("ticketIds", "must not name a ticket twice"));
        }
        Ok(())
    }

    async fn lock(
        &self,
        buyer: UserId,
        ticket_ids: &[TicketId],
        agreed: Result<Option<Agreed>, Error>,
        name: Named,
    ) -> Result<Arc<Order>, Error> {
        let command = agreed.and_then(|agreed| {
            self.check_ids(ticket_ids)?;
            let order_id = OrderId::from(self.office.0.ids.next());
            Ok(CreateOrder { order_id, ticket_ids: TicketIds::from_slice(ticket_ids), agreed })
        });
        self.office.0.submit_checked(command, Actor::User(buyer), name).await
    }

    /// Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// office.orders().cancel(bob, order).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `order.not_found`, `order.not_yours`, `order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`,
    /// `command.key_reused`.
    pub async fn cancel(&self, buyer: UserId, id: OrderId) -> Result<(), Error> {
        let command = CancelOrder { order_id: id };
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "orders.cancel", &id);
        self.office.0.submit(command, Actor::User(buyer), name).await.map(drop)
    }

    /// Returns a buyer's own order, as of the last durable batch.
    ///
    /// ```
    /// # fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, id: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// let order = office.orders().get(bob, id)?;
    /// println!("{} tickets, {}", order.tickets.len(), order.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `order.not_found`, `order.not_yours`; `journal.unavailable` if the views' file can't be read.
    pub fn get(&self, buyer: UserId, id: OrderId) -> Result<Arc<Order>, Error> {
        let order = self.office.0.views()?.order(id)?.ok_or(Code::OrderNotFound)?;
        if order.buyer_id == buyer { Ok(order) } else { Err(Code::OrderNotYours.into()) }
    }

    /// Returns a page of a buyer's orders, the newest first.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, bob: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{OrderQuery, OrderStatus};
    ///
    /// let page = office.orders().list(bob, &OrderQuery::new().status(OrderStatus::Complete))?;
    /// println!("{} orders on the first page", page.items.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`, for each invalid field; `journal.unavailable` if the views' file can't be read.
    pub fn list(&self, buyer: UserId, query: &OrderQuery) -> Result<Page<Arc<Order>>, Error> {
        checked(|errors| query.check(errors))?;
        Ok(self.office.0.views()?.orders(buyer, query)?)
    }

    /// Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.
    ///
    /// The list is not a snapshot: each page shows the orders as of the last durable batch when it is read. Every order
    /// comes at most once. Orders that are created meanwhile are not included, because the newest come first.
    ///
    /// Polling never waits: a page is read immediately, as by [`Orders::list`].
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, bob: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::OrderQuery;
    /// use futures_util::TryStreamExt;
    ///
    /// let orders: Vec<_> = office.orders().stream(bob, OrderQuery::new()).try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Orders::list`], as the last item.
    pub fn stream(
        &self,
        buyer: UserId,
        query: OrderQuery,
    ) -> impl Stream<Item = Result<Arc<Order>, Error>> + Unpin + Send + use<> {
        self.pages(buyer, query)
    }

    /// Reads the orders page by page.
    pub(crate) fn pages(&self, buyer: UserId, mut query: OrderQuery) -> impl Entries<Arc<Order>> + use<> {
        let orders = self.clone();
        Pages::new(query.cursor, move |cursor| {
            query.cursor = cursor;
            let page = orders.list(buyer, &query)?;
            Ok((page.items, page.next.map(Some)))
        })
    }
}
