// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `tickets`.

use crate::generated::prelude::*;

/// Operations on tickets: listing, editing and search.
///
/// Args:
///     idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
///         a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
///         with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Tickets(pub(crate) Arc<Shared>);

#[pymethods]
impl Tickets {
    /// Lists a ticket for sale.
    ///
    /// Raises `ValidationError`; `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError`
    /// (`ticket.seat_taken`) if another ticket for this seat of this show is on sale or sold, and its money was not
    /// given back; `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (seller_id, ticket, *, idempotency_key=None))]
    fn create(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket: NewTicket,
        idempotency_key: Option<String>,
    ) -> PyResult<Ticket> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::create(office, seller_id, ticket, idempotency_key))
    }

    /// Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.
    ///
    /// Raises `ValidationError`, with fields such as `tickets[2].price`, also if a seat of a show comes twice;
    /// `UnauthenticatedError` (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with
    /// the field `tickets[2].seat`, if another ticket for this seat of this show is on sale or sold;
    /// `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (seller_id, tickets, *, idempotency_key=None))]
    fn create_many(
        &self,
        py: Python<'_>,
        seller_id: Who,
        tickets: Items<NewTicket>,
        idempotency_key: Option<String>,
    ) -> PyResult<Vec<Ticket>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::create_many(office, seller_id, tickets, idempotency_key))
    }

    /// Checks whether tickets could be listed as of the last durable batch, by the very rules of `create_many`, and
    /// lists nothing: for the preview of an import. Somebody else may take a seat between the two. It takes the
    /// caller's thread, and holds up nobody who sells or buys.
    ///
    /// Raises those of `create_many`, with the same fields, except `IdempotencyMismatchError` (`command.key_reused`):
    /// the idempotency key is not used; `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (seller_id, tickets))]
    fn check_many(&self, py: Python<'_>, seller_id: Who, tickets: Items<NewTicket>) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::check_many(office, seller_id, tickets))
    }

    /// Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only
    /// while it is available.
    ///
    /// Raises `ValidationError`, `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`),
    /// `ConflictError` (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError`
    /// (`ticket.version_mismatch`), `ConflictError` (`ticket.seat_taken`), `IdempotencyMismatchError`
    /// (`command.key_reused`).
    #[pyo3(signature = (seller_id, ticket_id, update, *, idempotency_key=None))]
    fn update(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket_id: String,
        update: TicketUpdate,
        idempotency_key: Option<String>,
    ) -> PyResult<Ticket> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::update(office, seller_id, ticket_id, update, idempotency_key))
    }

    /// Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed
    /// first.
    ///
    /// Shows are told apart by name, venue and start; names that look alike are one, such as `Hamlet` and `HAMLET`, and
    /// tickets keep theirs. Tickets that an open order holds, and sold ones, stay as they are. One command moves at
    /// most as many tickets as one may list, 10,000 by default: call again, under another idempotency key, until
    /// nothing moves.
    ///
    /// Raises `ValidationError`, with fields such as `show.name` and `startsAt`; `UnauthenticatedError`
    /// (`auth.required`) if there is no such user; `ConflictError` (`ticket.seat_taken`), with the field `startsAt`, if
    /// a seat of the show at its new time is taken; `IdempotencyMismatchError` (`command.key_reused`);
    /// `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (seller_id, show, starts_at, *, idempotency_key=None))]
    fn reschedule(
        &self,
        py: Python<'_>,
        seller_id: Who,
        show: NewShow,
        starts_at: When,
        idempotency_key: Option<String>,
    ) -> PyResult<Vec<Ticket>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::reschedule(office, seller_id, show, starts_at, idempotency_key))
    }

    /// Takes a ticket off sale permanently. Only its seller can, and only while it is available.
    ///
    /// Raises `NotFoundError` (`ticket.not_found`), `ForbiddenError` (`ticket.not_yours`), `ConflictError`
    /// (`ticket.locked`, `ticket.sold`, `ticket.withdrawn`), `PreconditionFailedError` (`ticket.version_mismatch`),
    /// `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (seller_id, ticket_id, *, expected_version=None, idempotency_key=None))]
    fn withdraw(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket_id: String,
        expected_version: Option<Natural<u64>>,
        idempotency_key: Option<String>,
    ) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::withdraw(office, seller_id, ticket_id, expected_version, idempotency_key))
    }

    /// Returns a ticket, as of the last durable batch.
    ///
    /// Raises `NotFoundError` (`ticket.not_found`); `UnavailableError` (`journal.unavailable`) if the views' file can't
    /// be read.
    #[pyo3(signature = (ticket_id))]
    fn get(&self, py: Python<'_>, ticket_id: String) -> PyResult<Ticket> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::get(office, ticket_id))
    }

    /// Returns a page of tickets: those on sale, unless the query names another status.
    ///
    /// Args:
    ///     status: The states that are listed.
    ///     seller: The seller whose tickets are listed; everybody's if there is none.
    ///     q: The words that every listed ticket has.
    ///     category: The category of the show.
    ///     currency: The currency of the price.
    ///     min_price: The lowest price, in major units whatever the currency.
    ///     max_price: The highest price, in major units whatever the currency.
    ///     sort: The order of the list.
    ///     limit: How many tickets a page has at most.
    ///     cursor: The place after which the page starts: `next` of a page of the same sort.
    ///
    /// Raises `ValidationError`, for each invalid field; `UnavailableError` (`journal.unavailable`) if the views' file
    /// can't be read.
    #[pyo3(signature = (*, status=None, seller=None, q=None, category=None, currency=None, min_price=None, max_price=None, sort=None, limit=None, cursor=None))]
    fn list(
        &self,
        py: Python<'_>,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<TicketPage> {
        let office = self.0.office(py)?.clone();
        self.0.block(
            py,
            run::list(office, status, seller, q, category, currency, min_price, max_price, sort, limit, cursor),
        )
    }

    /// Streams all tickets that match the query, from its cursor on, in pages of its limit.
    ///
    /// The list is not a snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket
    /// that does not change meanwhile comes exactly once. A ticket that is listed, sold, withdrawn or moved in the sort
    /// order meanwhile may or may not come. It comes twice if it moves from before the current position to behind it.
    ///
    /// Polling never waits: a page is read immediately, as by `tickets.list`.
    ///
    /// Args:
    ///     status: The states that are listed.
    ///     seller: The seller whose tickets are listed; everybody's if there is none.
    ///     q: The words that every listed ticket has.
    ///     category: The category of the show.
    ///     currency: The currency of the price.
    ///     min_price: The lowest price, in major units whatever the currency.
    ///     max_price: The highest price, in major units whatever the currency.
    ///     sort: The order of the list.
    ///     limit: How many tickets a page has at most.
    ///     cursor: The place after which the page starts: `next` of a page of the same sort.
    ///
    /// Raises the errors of `tickets.list`, as the last item.
    #[pyo3(signature = (*, status=None, seller=None, q=None, category=None, currency=None, min_price=None, max_price=None, sort=None, limit=None, cursor=None))]
    fn iter(
        &self,
        py: Python<'_>,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<Iter<Ticket>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(
            py,
            run::iter(office, status, seller, q, category, currency, min_price, max_price, sort, limit, cursor),
        )?;
        Ok(Iter::new(&self.0, parts))
    }
}

/// Native part of the package's `AsyncTickets`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncTickets(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncTickets {
    #[pyo3(signature = (seller_id, ticket, idempotency_key))]
    fn create(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket: NewTicket,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Ticket>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::create(office, seller_id, ticket, idempotency_key))
    }

    #[pyo3(signature = (seller_id, tickets, idempotency_key))]
    fn create_many(
        &self,
        py: Python<'_>,
        seller_id: Who,
        tickets: Items<NewTicket>,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Vec<Ticket>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::create_many(office, seller_id, tickets, idempotency_key))
    }

    #[pyo3(signature = (seller_id, tickets))]
    fn check_many(&self, py: Python<'_>, seller_id: Who, tickets: Items<NewTicket>) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::check_many(office, seller_id, tickets))
    }

    #[pyo3(signature = (seller_id, ticket_id, update, idempotency_key))]
    fn update(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket_id: String,
        update: TicketUpdate,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Ticket>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::update(office, seller_id, ticket_id, update, idempotency_key))
    }

    #[pyo3(signature = (seller_id, show, starts_at, idempotency_key))]
    fn reschedule(
        &self,
        py: Python<'_>,
        seller_id: Who,
        show: NewShow,
        starts_at: When,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Vec<Ticket>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::reschedule(office, seller_id, show, starts_at, idempotency_key))
    }

    #[pyo3(signature = (seller_id, ticket_id, expected_version, idempotency_key))]
    fn withdraw(
        &self,
        py: Python<'_>,
        seller_id: Who,
        ticket_id: String,
        expected_version: Option<Natural<u64>>,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::withdraw(office, seller_id, ticket_id, expected_version, idempotency_key))
    }

    #[pyo3(signature = (ticket_id))]
    fn get_in_memory(&self, py: Python<'_>, ticket_id: String) -> PyResult<Option<Ticket>> {
        let office = self.0.office(py)?;
        py.detach(|| run::get_in_memory(office, ticket_id)).map_err(|error| exception(py, &error))
    }

    #[pyo3(signature = (ticket_id))]
    fn get(&self, py: Python<'_>, ticket_id: String) -> PyResult<Awaitable<Ticket>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::get(office, ticket_id))
    }

    #[pyo3(signature = (status, seller, q, category, currency, min_price, max_price, sort, limit, cursor))]
    fn list(
        &self,
        py: Python<'_>,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<Awaitable<TicketPage>> {
        let office = self.0.office(py)?.clone();
        self.0.start(
            py,
            run::list(office, status, seller, q, category, currency, min_price, max_price, sort, limit, cursor),
        )
    }

    #[pyo3(signature = (status, seller, q, category, currency, min_price, max_price, sort, limit, cursor))]
    fn iter(
        &self,
        py: Python<'_>,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<AsyncIter<Ticket>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(
            py,
            run::iter(office, status, seller, q, category, currency, min_price, max_price, sort, limit, cursor),
        )?;
        Ok(AsyncIter::new(&self.0, parts))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn create(
        office: BoxOffice,
        seller_id: Who,
        ticket: NewTicket,
        idempotency_key: Option<String>,
    ) -> Result<Ticket, Error> {
        let seller_id = seller_id.user("sellerId")?;

        let handle = office.tickets();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.create(seller_id, ticket.0).await?;
        Ok(Ticket(value))
    }

    pub(super) async fn create_many(
        office: BoxOffice,
        seller_id: Who,
        tickets: Items<NewTicket>,
        idempotency_key: Option<String>,
    ) -> Result<Vec<Ticket>, Error> {
        let seller_id = seller_id.user("sellerId")?;
        let tickets = tickets.0.into_iter().map(|one| one.0).collect::<Vec<_>>();

        let handle = office.tickets();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.create_many(seller_id, tickets).await?;
        Ok(value.into_iter().map(|one| Ticket(one)).collect())
    }

    pub(super) async fn check_many(
        office: BoxOffice,
        seller_id: Who,
        tickets: Items<NewTicket>,
    ) -> Result<Nothing, Error> {
        let seller_id = seller_id.user("sellerId")?;
        let tickets = tickets.0.into_iter().map(|one| one.0).collect::<Vec<_>>();

        office.tickets().check_many(seller_id, tickets).await?;
        Ok(Nothing)
    }

    pub(super) async fn update(
        office: BoxOffice,
        seller_id: Who,
        ticket_id: String,
        update: TicketUpdate,
        idempotency_key: Option<String>,
    ) -> Result<Ticket, Error> {
        let seller_id = seller_id.user("sellerId")?;
        let ticket_id = id("ticketId", &ticket_id)?;

        let handle = office.tickets();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.update(seller_id, ticket_id, update.0).await?;
        Ok(Ticket(value))
    }

    pub(super) async fn reschedule(
        office: BoxOffice,
        seller_id: Who,
        show: NewShow,
        starts_at: When,
        idempotency_key: Option<String>,
    ) -> Result<Vec<Ticket>, Error> {
        let seller_id = seller_id.user("sellerId")?;

        let handle = office.tickets();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.reschedule(seller_id, show.0, &starts_at.0).await?;
        Ok(value.into_iter().map(|one| Ticket(one)).collect())
    }

    pub(super) async fn withdraw(
        office: BoxOffice,
        seller_id: Who,
        ticket_id: String,
        expected_version: Option<Natural<u64>>,
        idempotency_key: Option<String>,
    ) -> Result<Nothing, Error> {
        let seller_id = seller_id.user("sellerId")?;
        let ticket_id = id("ticketId", &ticket_id)?;

        let handle = office.tickets();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        handle.withdraw(seller_id, ticket_id, expected_version.map(|it| it.0)).await?;
        Ok(Nothing)
    }

    pub(super) fn get_in_memory(office: &BoxOffice, ticket_id: String) -> Result<Option<Ticket>, Error> {
        let ticket_id = id("ticketId", &ticket_id)?;
        let value = office.tickets().get_in_memory(ticket_id)?;
        Ok(value.map(|one| Ticket(one)))
    }

    pub(super) async fn get(office: BoxOffice, ticket_id: String) -> Result<Ticket, Error> {
        let ticket_id = id("ticketId", &ticket_id)?;

        let value = office.tickets().get(ticket_id)?;
        Ok(Ticket(value))
    }

    pub(super) async fn list(
        office: BoxOffice,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<TicketPage, Error> {
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::TicketQuery::default();
        if let Some(it) = errors.parse("status", status.as_ref().map(Given::text)) {
            query.status = it;
        }
        query.seller = errors.parse_as("seller", seller.as_deref(), "must be the id of a user");
        query.q = errors.parse("q", q.as_deref());
        query.category = errors.parse("category", category.as_deref());
        query.currency = errors.parse("currency", currency.as_deref());
        query.min_price = errors.parse("minPrice", min_price.as_ref().map(|it| it.0.as_str()));
        query.max_price = errors.parse("maxPrice", max_price.as_ref().map(|it| it.0.as_str()));
        if let Some(it) = errors.parse("sort", sort.as_ref().map(Given::text)) {
            query.sort = it;
        }
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let value = reading(|| office.tickets().list(&query))?;
        Ok(TicketPage(value))
    }

    pub(super) async fn iter(
        office: BoxOffice,
        status: Option<Given<boxoffice::TicketStatusFilter>>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<Given<boxoffice::TicketSort>>,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<Parts<Ticket>, Error> {
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::TicketQuery::default();
        if let Some(it) = errors.parse("status", status.as_ref().map(Given::text)) {
            query.status = it;
        }
        query.seller = errors.parse_as("seller", seller.as_deref(), "must be the id of a user");
        query.q = errors.parse("q", q.as_deref());
        query.category = errors.parse("category", category.as_deref());
        query.currency = errors.parse("currency", currency.as_deref());
        query.min_price = errors.parse("minPrice", min_price.as_ref().map(|it| it.0.as_str()));
        query.max_price = errors.parse("maxPrice", max_price.as_ref().map(|it| it.0.as_str()));
        if let Some(it) = errors.parse("sort", sort.as_ref().map(Given::text)) {
            query.sort = it;
        }
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let parts = office.blocking().tickets().iter(query);
        Ok(Parts::new(parts.map(|part| part.map(|part| Ticket(part)))))
    }
}
