//! Façade of the ticket domain.

use std::sync::Arc;

use futures_core::Stream;

use super::pages::{Entries, Pages};
use super::{BoxOffice, Named, NewShow, NewTicket, TicketUpdate};
use crate::domain::ticket::{CreateTickets, OneShow, RescheduleTickets, UpdateTicket, WithdrawTicket};
use crate::domain::{Context, Decide as _, Rejection, State, Ticket};
use crate::error::{Code, Error, FieldErrors};
use crate::event::Actor;
use crate::types::{IdempotencyKey, TicketId, Timestamp, UserId};
use crate::views::{Page, PageLimit, TicketQuery, TicketStatusFilter, checked};

/// Operations on tickets: listing, editing and search.
#[derive(Debug, Clone)]
pub struct Tickets {
    office: BoxOffice,
    key: Option<IdempotencyKey>,
}

impl Tickets {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None }
    }

    /// Sets the idempotency key of the next command, so that it can be repeated: if a user repeats a command with its
    /// key within 24 hours, it returns the first answer and changes nothing. A different command with the key is
    /// refused with `command.key_reused`.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::NewTicket;
    ///
    /// let tickets = office.tickets().idempotency_key("7b0a".parse()?);
    /// let first = tickets.create(ann, NewTicket::new("Hamlet", "19.99")).await?;
    /// let again = tickets.create(ann, NewTicket::new("Hamlet", "19.99")).await?;
    /// assert_eq!(first.id, again.id);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Lists a ticket for sale.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{NewShow, NewTicket};
    ///
    /// let show = NewShow::new("Hamlet", "2027-05-01T19:30:00Z").venue("Old Vic");
    /// let ticket = office.tickets().create(ann, NewTicket::new("Hamlet, stalls", "19.99").show(show)).await?;
    /// println!("{} costs {}", ticket.id, ticket.price);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`; `auth.required` if there is no such user; `ticket.seat_taken` if another ticket for this seat of this show is on
    /// sale or sold, and its money was not given back; `command.key_reused`.
    pub async fn create(&self, seller: UserId, ticket: NewTicket) -> Result<Arc<Ticket>, Error> {
        let name = self.name(seller, "tickets.create", &ticket);
        let command = self.single(&ticket).await;
        let tickets = self.submit_listings(seller, command, name).await.map_err(|error| seat_of(error, "seat"))?;
        tickets.into_iter().next().ok_or_else(|| Code::Internal.into())
    }

    /// Returns the command to list one ticket.
    async fn single(&self, ticket: &NewTicket) -> Result<CreateTickets, Error> {
        let mut faults = FieldErrors::default();
        let listing = ticket.check(self.office.0.default_currency(), "", &mut faults);
        let Some(listing) = listing else { return Err(faults.into()) };
        self.office.0.check_prices([("price".to_owned(), listing.price)], &mut faults).await;
        let listing = faults.into_result(listing)?;
        Ok(CreateTickets::new([(TicketId::from(self.office.0.ids.next()), listing)].into()))
    }

    /// Lists up to 10,000 tickets for sale, all or none, and returns them in the given order.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::NewTicket;
    ///
    /// let row = (1..=20).map(|seat| NewTicket::new("Hamlet", "19.99").seat(format!("Row 3, seat {seat}")));
    /// let tickets = office.tickets().create_many(ann, row.collect()).await?;
    /// assert_eq!(tickets.len(), 20);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`, with fields such as `tickets[2].price`, also if a seat of a show comes twice; `auth.required` if there is no such
    /// user; `ticket.seat_taken`, with the field `tickets[2].seat`, if another ticket for this seat of this show is on sale or sold;
    /// `command.key_reused`.
    pub async fn create_many(&self, seller: UserId, tickets: Vec<NewTicket>) -> Result<Vec<Arc<Ticket>>, Error> {
        let name = self.name(seller, "tickets.create_many", &tickets);
        self.submit_listings(seller, self.listing(&tickets).await, name).await
    }

    /// Checks whether tickets could be listed as of the last durable batch, by the very rules of [`create_many`](Self::create_many),
    /// and lists nothing: for the preview of an import. Somebody else may take a seat between the two. It takes the caller's thread,
    /// and holds up nobody who sells or buys.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::NewTicket;
    ///
    /// let row = (1..=20).map(|seat| NewTicket::new("Hamlet", "19.99").seat(format!("Row 3, seat {seat}")));
    /// office.tickets().check_many(ann, row.collect()).await?;
    /// assert_eq!(office.tickets().list(&Default::default())?.items.len(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`create_many`](Self::create_many), with the same fields, except `command.key_reused`: the idempotency key is not
    /// used; `journal.unavailable` if the views' file can't be read.
    pub async fn check_many(&self, seller: UserId, tickets: Vec<NewTicket>) -> Result<(), Error> {
        let command = self.listing(&tickets).await?;
        let inner = &self.office.0;
        let state = inner.views()?.state_of_seats(seller, &command.seats(&State::default()))?;
        let (now, limits) = (inner.handle.time().now(), inner.settings.limits);
        let context = Context { now, actor: Actor::User(seller), email_owner: None, hosts_changing: false, limits };
        command.check(&state, &context).map_err(Rejection::from)?;
        Ok(())
    }

    /// Returns the command to list these tickets.
    async fn listing(&self, tickets: &[NewTicket]) -> Result<CreateTickets, Error> {
        let max = self.office.0.settings.limits.listing_tickets_max;
        let mut faults = FieldErrors::default();
        if tickets.is_empty() || tickets.len() > max {
            return Err(Error::invalid("tickets", format_args!("must be 1 to {max}")));
        }
        let mut listings = Vec::with_capacity(tickets.len());
        for (at, ticket) in tickets.iter().enumerate() {
            let listing = ticket.check(self.office.0.default_currency(), &format!("tickets[{at}]."), &mut faults);
            listings.extend(listing.map(|listing| (TicketId::from(self.office.0.ids.next()), listing)));
        }
        if !faults.is_empty() {
            return Err(faults.into());
        }
        let prices =
            listings.iter().enumerate().map(|(at, (_, listing))| (format!("tickets[{at}].price"), listing.price));
        let prices: Vec<_> = prices.collect();
        // All that takes long comes before the first wait, so that a caller can do it where it holds up nobody.
        let command = CreateTickets::new(listings);
        let double = command.first_double();
        self.office.0.check_prices(prices, &mut faults).await;
        let command = faults.into_result(command)?;
        if let Some((row, first)) = double {
            let field = format!("tickets[{row}].seat");
            return Err(Error::invalid(field, format_args!("is that of tickets[{first}] too")));
        }
        Ok(command)
    }

    /// Changes a ticket's title and price and, if the update says so, its show and seat. Only its seller can, and only while it is
    /// available.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, ann: boxoffice::UserId, id: boxoffice::TicketId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::TicketUpdate;
    ///
    /// let known = office.tickets().get(id)?;
    /// let update = TicketUpdate::new("Hamlet, stalls", "17.50").expected_version(known.version);
    /// let ticket = office.tickets().update(ann, id, update).await?;
    /// assert_eq!(ticket.version, known.version + 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`, `ticket.not_found`, `ticket.not_yours`, `ticket.locked`, `ticket.sold`, `ticket.withdrawn`,
    /// `ticket.version_mismatch`, `ticket.seat_taken`, `command.key_reused`.
    pub async fn update(&self, seller: UserId, id: TicketId, update: TicketUpdate) -> Result<Arc<Ticket>, Error> {
        let name = self.name(seller, "tickets.update", &(id, &update));
        let command = self.edit(id, &update).await;
        let edited = self.office.0.submit_checked(command, Actor::User(seller), name).await;
        edited.map_err(|error| seat_of(error, "seat"))
    }

    /// Returns the command to change a ticket.
    async fn edit(&self, id: TicketId, update: &TicketUpdate) -> Result<UpdateTicket, Error> {
        let command = update.check(id, self.get(id)?.price.currency())?;
        let mut errors = FieldErrors::default();
        self.office.0.check_prices([("price".to_owned(), command.price)], &mut errors).await;
        errors.into_result(command)
    }

    /// Moves the seller's unsold tickets of a show to another time, and returns those that moved, the first listed
    /// first.
    ///
    /// Shows are told apart by name, venue and start; names that look alike are one, such as `Hamlet` and `HAMLET`, and tickets keep
    /// theirs. Tickets that an open order holds, and sold ones, stay as they are. One command moves at most as many tickets as one
    /// may list, 10,000 by default: call again, under another idempotency key, until nothing moves.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::NewShow;
    ///
    /// let show = NewShow::new("Hamlet", "2027-05-01T19:30:00Z").venue("Old Vic");
    /// let moved = office.tickets().reschedule(ann, show, "2027-05-02T19:30:00Z").await?;
    /// println!("{} tickets are for the next day now", moved.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`, with fields such as `show.name` and `startsAt`; `auth.required` if there is no such user;
    /// `ticket.seat_taken`, with the field `startsAt`, if a seat of the show at its new time is taken; `command.key_reused`;
    /// `journal.unavailable` if the views' file can't be read.
    pub async fn reschedule(&self, seller: UserId, show: NewShow, starts_at: &str) -> Result<Vec<Arc<Ticket>>, Error> {
        let name = self.name(seller, "tickets.reschedule", &(&show, starts_at));
        let command = self.move_of(seller, &show, starts_at);
        let moved = self.office.0.submit_checked(command, Actor::User(seller), name).await;
        moved.map_err(|error| seat_of(error, "startsAt"))
    }

    /// Returns the command to move the tickets of a show.
    fn move_of(&self, seller: UserId, show: &NewShow, starts_at: &str) -> Result<RescheduleTickets, Error> {
        let mut errors = FieldErrors::default();
        let old = show.check("", &mut errors);
        let new: Option<Timestamp> = errors.check("startsAt", starts_at.parse());
        let (old, new) = old.zip(new).ok_or(errors)?;
        let query = TicketQuery::new().status(TicketStatusFilter::OnSale).seller(seller).limit(PageLimit::MAX.get());
        let mut show = OneShow::new(&old);
        let of_show = self.pages(query).filter(|ticket| match ticket {
            Ok(ticket) => show.has(ticket),
            Err(_) => true,
        });
        let ids = of_show.take(self.office.0.settings.limits.listing_tickets_max).map(|ticket| Ok(ticket?.id));
        let mut ticket_ids = ids.collect::<Result<Vec<_>, Error>>()?;
        ticket_ids.sort_unstable();
        Ok(RescheduleTickets { ticket_ids, show: old, starts_at: new })
    }

    /// Takes a ticket off sale permanently. Only its seller can, and only while it is available.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, ann: boxoffice::UserId, id: boxoffice::TicketId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// office.tickets().withdraw(ann, id, None).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `ticket.not_found`, `ticket.not_yours`, `ticket.locked`, `ticket.sold`, `ticket.withdrawn`, `ticket.version_mismatch`,
    /// `command.key_reused`.
    pub async fn withdraw(&self, seller: UserId, id: TicketId, expected_version: Option<u64>) -> Result<(), Error> {
        let command = WithdrawTicket { ticket_id: id, expected_version };
        let name = self.name(seller, "tickets.withdraw", &(id, expected_version));
        self.office.0.submit(command, Actor::User(seller), name).await.map(drop)
    }

    /// Returns a ticket, as of the last durable batch.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, id: boxoffice::TicketId) -> Result<(), boxoffice::Error> {
    /// let ticket = office.tickets().get(id)?;
    /// println!("{}: {} ({})", ticket.title, ticket.price, ticket.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `ticket.not_found`; `journal.unavailable` if the views' file can't be read.
    pub fn get(&self, id: TicketId) -> Result<Arc<Ticket>, Error> {
        self.office.0.views()?.ticket(id)?.ok_or_else(|| Code::TicketNotFound.into())
    }

    /// Returns a ticket if it is in memory, as all tickets on sale are; `None` if it has to be read from the disk or
    /// does not exist. For event loops, which must not wait.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, id: boxoffice::TicketId) -> Result<(), boxoffice::Error> {
    /// match office.tickets().get_in_memory(id)? {
    ///     Some(ticket) => println!("{}", ticket.title),
    ///     None => println!("ask `get` on another thread"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `engine.closed`.
    pub fn get_in_memory(&self, id: TicketId) -> Result<Option<Arc<Ticket>>, Error> {
        Ok(self.office.0.views()?.ticket_in_memory(id))
    }

    /// Returns a page of tickets: those on sale, unless the query names another status.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::{TicketQuery, TicketSort};
    ///
    /// let query = TicketQuery::new().search("hamlet".parse()?).sort(TicketSort::PriceAsc).limit(20);
    /// let page = office.tickets().list(&query)?;
    /// let second = office.tickets().list(&query.after(page.next))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`, for each invalid field; `journal.unavailable` if the views' file can't be read.
    pub fn list(&self, query: &TicketQuery) -> Result<Page<Arc<Ticket>>, Error> {
        checked(|errors| query.check(errors))?;
        Ok(self.office.0.views()?.tickets(query)?)
    }

    /// Streams all tickets that match the query, from its cursor on, in pages of its limit.
    ///
    /// The list is not a snapshot: each page shows the tickets as of the last durable batch when it is read. A ticket
    /// that does not change meanwhile comes exactly once. A ticket that is listed, sold, withdrawn or moved in the sort
    /// order meanwhile may or may not come. It comes twice if it moves from before the current position to behind it.
    ///
    /// Polling never waits: a page is read immediately, as by [`Tickets::list`].
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::TicketQuery;
    /// use futures_util::TryStreamExt;
    ///
    /// let mut tickets = office.tickets().stream(TicketQuery::new());
    /// while let Some(ticket) = tickets.try_next().await? {
    ///     println!("{}", ticket.title);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Tickets::list`], as the last item.
    pub fn stream(&self, query: TicketQuery) -> impl Stream<Item = Result<Arc<Ticket>, Error>> + Unpin + Send + use<> {
        self.pages(query)
    }

    /// Reads the tickets page by page.
    pub(crate) fn pages(&self, mut query: TicketQuery) -> impl Entries<Arc<Ticket>> + use<> {
        let tickets = self.clone();
        Pages::new(query.cursor, move |cursor| {
            query.cursor = cursor;
            let page = tickets.list(&query)?;
            Ok((page.items, page.next.map(Some)))
        })
    }

    async fn submit_listings(
        &self,
        seller: UserId,
        command: Result<CreateTickets, Error>,
        name: Named,
    ) -> Result<Vec<Arc<Ticket>>, Error> {
        self.office.0.submit_checked(command, Actor::User(seller), name).await
    }

    fn name(&self, actor: UserId, operation: &str, content: &impl serde::Serialize) -> Named {
        Named::by(self.key.as_ref(), actor.as_bytes(), operation, content)
    }
}

/// Has the error of a taken seat name this field, as the caller knows no row.
fn seat_of(error: Error, field: &'static str) -> Error {
    if error.code() == Code::TicketSeatTaken { error.with_field(field) } else { error }
}
