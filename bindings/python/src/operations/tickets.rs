//! What is for sale.

use boxoffice_bindings::TicketQueryInput;

use crate::convert::{Amount, Nothing, id, key};
use crate::faces::faces;
use crate::operations::reading;
use crate::values::{NewTicket, Ticket, TicketPage, TicketUpdate};

/// The tickets of `office`, their next command named if there is a name.
fn tickets(office: &boxoffice::BoxOffice, name: Option<String>) -> Result<boxoffice::Tickets, boxoffice::Error> {
    let tickets = office.tickets();
    Ok(match key(name)? {
        Some(key) => tickets.idempotency_key(key),
        None => tickets,
    })
}

faces! {
    /// What is for sale.
    ///
    /// Commands take an `idempotency_key`: the same user giving the same command under the same key within 24 hours gets the first
    /// answer again, and nothing is done twice; another command under the key raises `IdempotencyMismatchError`.
    Tickets,
    /// What is for sale; as `Tickets`, for asyncio.
    AsyncTickets;

    /// Lists a ticket.
    ///
    /// Raises `ValidationError`; `UnauthenticatedError` if there is no such user.
    fn create(office, seller_id: String, ticket: NewTicket, idempotency_key: Option<String>)
        (seller_id, ticket, *, idempotency_key=None) -> Ticket {
        async move {
            let seller = id("sellerId", &seller_id)?;
            tickets(&office, idempotency_key)?.create(seller, ticket.0).await.map(Ticket)
        }
    }

    /// Lists up to 10,000 tickets, all or none.
    ///
    /// Raises `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` if there is no such user.
    fn create_many(office, seller_id: String, listings: Vec<NewTicket>, idempotency_key: Option<String>)
        (seller_id, listings, *, idempotency_key=None) -> Vec<Ticket> {
        async move {
            let seller = id("sellerId", &seller_id)?;
            let listings = listings.into_iter().map(|ticket| ticket.0).collect();
            let made = tickets(&office, idempotency_key)?.create_many(seller, listings).await?;
            Ok(made.into_iter().map(Ticket).collect())
        }
    }

    /// Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.
    ///
    /// Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if it is locked, sold or withdrawn;
    /// `PreconditionFailedError` if it has another version.
    fn update(office, seller_id: String, ticket_id: String, update: TicketUpdate, idempotency_key: Option<String>)
        (seller_id, ticket_id, update, *, idempotency_key=None) -> Ticket {
        async move {
            let (seller, ticket) = (id("sellerId", &seller_id)?, id("ticketId", &ticket_id)?);
            tickets(&office, idempotency_key)?.update(seller, ticket, update.0).await.map(Ticket)
        }
    }

    /// Takes a ticket off sale. Only its seller can, and only while it is available.
    ///
    /// Raises as `update`.
    fn withdraw(
        office,
        seller_id: String,
        ticket_id: String,
        expected_version: Option<u64>,
        idempotency_key: Option<String>
    ) (seller_id, ticket_id, *, expected_version=None, idempotency_key=None) -> Nothing {
        async move {
            let (seller, ticket) = (id("sellerId", &seller_id)?, id("ticketId", &ticket_id)?);
            tickets(&office, idempotency_key)?.withdraw(seller, ticket, expected_version).await.map(|()| Nothing)
        }
    }

    /// The ticket, as of the last durable batch.
    ///
    /// Raises `NotFoundError`.
    fn get(office, ticket_id: String) (ticket_id) -> Ticket {
        async move { office.tickets().get(id("ticketId", &ticket_id)?).map(Ticket) }
    }

    /// A page of tickets: those on sale unless a status is asked for.
    ///
    /// `status` is `onSale`, `available`, `locked`, `sold`, `withdrawn` or `all`; `sort` is `newest`, `oldest`, `price`, `-price`,
    /// `startsAt` or `-startsAt`; `limit` 1 to 100; `cursor` the `next` of the page before.
    ///
    /// Raises `ValidationError`, with a fault for each argument that is wrong.
    fn list(
        office,
        status: Option<String>,
        seller: Option<String>,
        q: Option<String>,
        category: Option<String>,
        currency: Option<String>,
        min_price: Option<Amount>,
        max_price: Option<Amount>,
        sort: Option<String>,
        limit: Option<i64>,
        cursor: Option<String>
    ) (
        *, status=None, seller=None, q=None, category=None, currency=None, min_price=None, max_price=None, sort=None, limit=None,
        cursor=None
    ) -> TicketPage {
        async move {
            let query = TicketQueryInput {
                status,
                seller,
                q,
                category,
                currency,
                min_price: min_price.map(|price| price.0),
                max_price: max_price.map(|price| price.0),
                sort,
                limit,
                cursor,
            };
            let query = query.try_into()?;
            reading(|| office.tickets().list(&query)).map(TicketPage)
        }
    }
}
