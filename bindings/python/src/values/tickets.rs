use std::sync::Arc;

use crate::convert::Time;
use crate::values::{Money, value};

value! {
    /// What people attend.
    Show(Arc<boxoffice::Show>);
    /// What it is called.
    name: String = |show| show.name.to_string();
    /// What kind of show, such as `concert`.
    category: Option<String> = |show| show.category.as_ref().map(ToString::to_string);
    /// Where it is.
    venue: Option<String> = |show| show.venue.as_ref().map(ToString::to_string);
    /// When it starts.
    starts_at: Time = |show| Time(show.starts_at);
}

value! {
    /// A ticket: one place at one show, listed by a seller at a price.
    Ticket(Arc<boxoffice::Ticket>);
    /// The ticket's id.
    id: String = |ticket| ticket.id.to_string();
    /// Who sells it.
    seller_id: String = |ticket| ticket.seller_id.to_string();
    /// What it is called.
    title: String = |ticket| ticket.title.to_string();
    /// What it costs.
    price: Money = |ticket| Money(ticket.price);
    /// What it lets its holder attend.
    show: Option<Show> = |ticket| ticket.show.clone().map(Show);
    /// Where one sits.
    seat: Option<String> = |ticket| ticket.seat.as_ref().map(ToString::to_string);
    /// `available`, `locked`, `sold` or `withdrawn`.
    status: &'static str = |ticket| ticket.status.as_str();
    /// 1 when listed, one more after every change.
    version: u64 = |ticket| ticket.version;
    /// When it was listed.
    created_at: Time = |ticket| Time(ticket.created_at);
    /// When it last changed.
    updated_at: Time = |ticket| Time(ticket.updated_at);
}

value! {
    /// A page of tickets. A page may be short, even empty, and yet have a next one.
    TicketPage(boxoffice::Page<Arc<boxoffice::Ticket>>);
    /// The tickets.
    items: Vec<Ticket> = |page| page.items.iter().cloned().map(Ticket).collect();
    /// The cursor of the next page; `None` on the last.
    next: Option<String> = |page| page.next.as_ref().map(ToString::to_string);
}
