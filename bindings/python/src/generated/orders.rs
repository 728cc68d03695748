// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `orders`.

use crate::generated::prelude::*;

/// Operations on orders: holds of tickets, and their purchase.
///
/// Args:
///     idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
///         a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
///         with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Orders(pub(crate) Arc<Shared>);

#[pymethods]
impl Orders {
    /// Locks 1 to 10 tickets of one currency for a buyer, all or none, until the order's `expires_at`.
    ///
    /// Of several concurrent buyers, exactly one gets a ticket.
    ///
    /// Raises `ValidationError` for no tickets, too many, or one twice; `NotFoundError` (`ticket.not_found`),
    /// `ForbiddenError` (`order.own_ticket`), `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
    /// `ticket.show_started`), `ValidationError` (`order.mixed_currencies`, `order.total_too_large`), `ConflictError`
    /// (`order.too_many_open`); `UnauthenticatedError` (`auth.required`) if there is no such user;
    /// `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (buyer_id, ticket_ids, *, idempotency_key=None))]
    fn create(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        idempotency_key: Option<String>,
    ) -> PyResult<Order> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::create(office, buyer_id, ticket_ids, idempotency_key))
    }

    /// Locks tickets as `orders.create` does, if they cost what the buyer has agreed to.
    ///
    /// `agreed_amount` is the total in major units, such as `39.98`, in the currency of the tickets. If it is another
    /// one, because a seller has changed a price since the buyer saw it, nothing is locked. Changes that cancel out
    /// pass; `orders.create_at_prices` notices them.
    ///
    /// Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` for an amount
    /// that is none.
    #[pyo3(signature = (buyer_id, ticket_ids, agreed_amount, *, idempotency_key=None))]
    fn create_at(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_amount: Amount,
        idempotency_key: Option<String>,
    ) -> PyResult<Order> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::create_at(office, buyer_id, ticket_ids, agreed_amount, idempotency_key))
    }

    /// Locks tickets as `orders.create` does, if each of them costs what the buyer has agreed to.
    ///
    /// `agreed_prices` has the price of each ticket, in the order of the ids, in major units of the ticket's currency,
    /// such as `19.99`. If a seller has changed one of them since the buyer saw it, nothing is locked.
    ///
    /// Raises the errors of `orders.create`; `ConflictError` (`order.price_changed`); `ValidationError` unless there is
    /// one price for each ticket, and for a price that is none, with fields such as `prices[1]`.
    #[pyo3(signature = (buyer_id, ticket_ids, agreed_prices, *, idempotency_key=None))]
    fn create_at_prices(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_prices: Items<Amount>,
        idempotency_key: Option<String>,
    ) -> PyResult<Order> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::create_at_prices(office, buyer_id, ticket_ids, agreed_prices, idempotency_key))
    }

    /// Cancels an order and frees its tickets immediately. Only its buyer can, and only before a payment has started.
    ///
    /// Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
    /// (`order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`), `IdempotencyMismatchError`
    /// (`command.key_reused`).
    #[pyo3(signature = (buyer_id, order_id, *, idempotency_key=None))]
    fn cancel(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        order_id: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::cancel(office, buyer_id, order_id, idempotency_key))
    }

    /// Returns a buyer's own order, as of the last durable batch.
    ///
    /// Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`); `UnavailableError`
    /// (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (buyer_id, order_id))]
    fn get(&self, py: Python<'_>, buyer_id: Who, order_id: String) -> PyResult<Order> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::get(office, buyer_id, order_id))
    }

    /// Returns a page of a buyer's orders, the newest first.
    ///
    /// Args:
    ///     status: The state that is listed; all of them if there is none.
    ///     limit: How many orders a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file
    /// can't be read.
    #[pyo3(signature = (buyer_id, *, status=None, limit=None, cursor=None))]
    fn list(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<OrderPage> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::list(office, buyer_id, status, limit, cursor))
    }

    /// Streams all orders of a buyer that match the query, from its cursor on, in pages of its limit.
    ///
    /// The list is not a snapshot: each page shows the orders as of the last durable batch when it is read. Every order
    /// comes at most once. Orders that are created meanwhile are not included, because the newest come first.
    ///
    /// Polling never waits: a page is read immediately, as by `orders.list`.
    ///
    /// Args:
    ///     status: The state that is listed; all of them if there is none.
    ///     limit: How many orders a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises the errors of `orders.list`, as the last item.
    #[pyo3(signature = (buyer_id, *, status=None, limit=None, cursor=None))]
    fn iter(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<Iter<Order>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, buyer_id, status, limit, cursor))?;
        Ok(Iter::new(&self.0, parts))
    }
}

/// Native part of the package's `AsyncOrders`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncOrders(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncOrders {
    #[pyo3(signature = (buyer_id, ticket_ids, idempotency_key))]
    fn create(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Order>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::create(office, buyer_id, ticket_ids, idempotency_key))
    }

    #[pyo3(signature = (buyer_id, ticket_ids, agreed_amount, idempotency_key))]
    fn create_at(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_amount: Amount,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Order>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::create_at(office, buyer_id, ticket_ids, agreed_amount, idempotency_key))
    }

    #[pyo3(signature = (buyer_id, ticket_ids, agreed_prices, idempotency_key))]
    fn create_at_prices(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_prices: Items<Amount>,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Order>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::create_at_prices(office, buyer_id, ticket_ids, agreed_prices, idempotency_key))
    }

    #[pyo3(signature = (buyer_id, order_id, idempotency_key))]
    fn cancel(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        order_id: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::cancel(office, buyer_id, order_id, idempotency_key))
    }

    #[pyo3(signature = (buyer_id, order_id))]
    fn get(&self, py: Python<'_>, buyer_id: Who, order_id: String) -> PyResult<Awaitable<Order>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::get(office, buyer_id, order_id))
    }

    #[pyo3(signature = (buyer_id, status, limit, cursor))]
    fn list(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<Awaitable<OrderPage>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::list(office, buyer_id, status, limit, cursor))
    }

    #[pyo3(signature = (buyer_id, status, limit, cursor))]
    fn iter(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<AsyncIter<Order>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, buyer_id, status, limit, cursor))?;
        Ok(AsyncIter::new(&self.0, parts))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn create(
        office: BoxOffice,
        buyer_id: Who,
        ticket_ids: Items<String>,
        idempotency_key: Option<String>,
    ) -> Result<Order, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let ticket_ids =
            ticket_ids.0.into_iter().map(|text| id("ticketIds", &text)).collect::<Result<Vec<_>, Error>>()?;

        let handle = office.orders();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.create(buyer_id, &ticket_ids).await?;
        Ok(Order(value))
    }

    pub(super) async fn create_at(
        office: BoxOffice,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_amount: Amount,
        idempotency_key: Option<String>,
    ) -> Result<Order, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let ticket_ids =
            ticket_ids.0.into_iter().map(|text| id("ticketIds", &text)).collect::<Result<Vec<_>, Error>>()?;

        let handle = office.orders();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.create_at(buyer_id, &ticket_ids, &agreed_amount.0).await?;
        Ok(Order(value))
    }

    pub(super) async fn create_at_prices(
        office: BoxOffice,
        buyer_id: Who,
        ticket_ids: Items<String>,
        agreed_prices: Items<Amount>,
        idempotency_key: Option<String>,
    ) -> Result<Order, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let ticket_ids =
            ticket_ids.0.into_iter().map(|text| id("ticketIds", &text)).collect::<Result<Vec<_>, Error>>()?;
        let agreed_prices = agreed_prices.0.into_iter().map(|one| one.0).collect::<Vec<_>>();

        let handle = office.orders();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.create_at_prices(buyer_id, &ticket_ids, &agreed_prices).await?;
        Ok(Order(value))
    }

    pub(super) async fn cancel(
        office: BoxOffice,
        buyer_id: Who,
        order_id: String,
        idempotency_key: Option<String>,
    ) -> Result<Nothing, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let order_id = id("orderId", &order_id)?;

        let handle = office.orders();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        handle.cancel(buyer_id, order_id).await?;
        Ok(Nothing)
    }

    pub(super) async fn get(office: BoxOffice, buyer_id: Who, order_id: String) -> Result<Order, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let order_id = id("orderId", &order_id)?;

        let value = office.orders().get(buyer_id, order_id)?;
        Ok(Order(value))
    }

    pub(super) async fn list(
        office: BoxOffice,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<OrderPage, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::OrderQuery::default();
        query.status = errors.parse("status", status.as_ref().map(Given::text));
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let value = reading(|| office.orders().list(buyer_id, &query))?;
        Ok(OrderPage(value))
    }

    pub(super) async fn iter(
        office: BoxOffice,
        buyer_id: Who,
        status: Option<Given<boxoffice::OrderStatus>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<Parts<Order>, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::OrderQuery::default();
        query.status = errors.parse("status", status.as_ref().map(Given::text));
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let parts = office.blocking().orders().iter(buyer_id, query);
        Ok(Parts::new(parts.map(|part| part.map(|part| Order(part)))))
    }
}
