use std::sync::Arc;

use napi_derive::napi;

use crate::convert::{Date, date, number};
use crate::values::Money;

/// What people attend.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Show {
    /// What it is called.
    pub name: String,
    /// What kind of show, such as `concert`.
    pub category: Option<String>,
    /// Where it is.
    pub venue: Option<String>,
    /// When it starts.
    pub starts_at: Date,
}

impl From<&boxoffice::Show> for Show {
    fn from(show: &boxoffice::Show) -> Self {
        Self {
            name: show.name.to_string(),
            category: show.category.as_ref().map(ToString::to_string),
            venue: show.venue.as_ref().map(ToString::to_string),
            starts_at: date(show.starts_at),
        }
    }
}

/// A ticket: one place at one show, listed by a seller at a price.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Ticket {
    /// The ticket's id.
    pub id: String,
    /// Who sells it.
    pub seller_id: String,
    /// What it is called.
    pub title: String,
    /// What it costs.
    pub price: Money,
    /// What it lets its holder attend.
    pub show: Option<Show>,
    /// Where one sits.
    pub seat: Option<String>,
    /// How it stands.
    #[napi(ts_type = "'available' | 'locked' | 'sold' | 'withdrawn'")]
    pub status: &'static str,
    /// 1 when listed, one more after every change.
    pub version: i64,
    /// When it was listed.
    pub created_at: Date,
    /// When it last changed.
    pub updated_at: Date,
}

impl From<&boxoffice::Ticket> for Ticket {
    fn from(ticket: &boxoffice::Ticket) -> Self {
        Self {
            id: ticket.id.to_string(),
            seller_id: ticket.seller_id.to_string(),
            title: ticket.title.to_string(),
            price: ticket.price.into(),
            show: ticket.show.as_deref().map(Show::from),
            seat: ticket.seat.as_ref().map(ToString::to_string),
            status: ticket.status.as_str(),
            version: number(ticket.version),
            created_at: date(ticket.created_at),
            updated_at: date(ticket.updated_at),
        }
    }
}

/// A page of tickets. A page may be short, even empty, and yet have a next one.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct TicketPage {
    /// The tickets.
    pub items: Vec<Ticket>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}

impl From<boxoffice::Page<Arc<boxoffice::Ticket>>> for TicketPage {
    fn from(page: boxoffice::Page<Arc<boxoffice::Ticket>>) -> Self {
        let items = page.items.iter().map(|ticket| ticket.as_ref().into()).collect();
        Self { items, next: page.next.as_ref().map(ToString::to_string) }
    }
}
