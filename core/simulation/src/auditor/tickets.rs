//! Checks tickets and their holders.

use boxoffice::{
    Money, OrderId, Record, Show, TicketCreated, TicketId, TicketUpdated, TicketWithdrawn, Timestamp, UserId,
};

use super::{Auditor, Verdict, ensure, follows};
pub(super) const AVAILABLE: &str = "available";
pub(super) const LOCKED: &str = "locked";
pub(super) const SOLD: &str = "sold";
pub(super) const WITHDRAWN: &str = "withdrawn";

#[derive(Debug)]
pub(super) struct Seat {
    pub(super) seller: UserId,
    pub(super) price: Money,
    pub(super) starts_at: Option<Timestamp>,
    pub(super) holder: Option<OrderId>,
    /// What it lets its holder attend, and where.
    place: Place,
    /// Status after each version.
    history: Vec<&'static str>,
}

/// A show by its name, venue and start, and a seat, as far as a ticket names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    show: Option<(String, String, Timestamp)>,
    seat: Option<String>,
}

impl Place {
    fn of(show: Option<&Show>, seat: Option<String>) -> Self {
        let venue = |show: &Show| show.venue.as_ref().map(ToString::to_string).unwrap_or_default();
        Self { show: show.map(|show| (show.name.to_string(), venue(show), show.starts_at)), seat }
    }

    /// Whether it says which place it is, and the show is still to come.
    fn is_one(&self, now: Timestamp) -> bool {
        self.seat.is_some() && self.show.as_ref().is_some_and(|(_, _, starts_at)| *starts_at > now)
    }
}

impl Seat {
    pub(super) fn version(&self) -> u64 {
        self.history.len() as u64
    }

    pub(super) fn status(&self) -> &'static str {
        self.history.last().copied().unwrap_or("nothing")
    }

    /// Returns the status at a version.
    pub(super) fn was(&self, version: u64) -> Option<&'static str> {
        self.history.get(usize::try_from(version.checked_sub(1)?).ok()?).copied()
    }

    /// Returns `true` if it is on sale, or may be again.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.status(), AVAILABLE | LOCKED)
    }
}

impl Auditor {
    pub(super) fn ticket_created(&mut self, record: &Record, event: &TicketCreated) -> Verdict {
        follows(record.version, 0)?;
        ensure(record.actor.user() == Some(event.seller_id), || "somebody else listed it".to_owned())?;
        self.person(event.seller_id)?;
        ensure(event.price.minor() > 0, || "it costs nothing".to_owned())?;
        let letters = event.title.as_str().chars().count();
        ensure((1..=200).contains(&letters), || format!("its title has {letters} characters"))?;
        let seat = Seat {
            seller: event.seller_id,
            price: event.price,
            starts_at: event.show.as_ref().map(|show| show.starts_at),
            holder: None,
            place: Place::of(event.show.as_deref(), event.seat.as_ref().map(ToString::to_string)),
            history: vec![AVAILABLE],
        };
        self.is_free(record.at, &seat.place, event.ticket_id)?;
        ensure(self.tickets.insert(event.ticket_id, seat).is_none(), || "there is such a ticket already".to_owned())
    }

    pub(super) fn ticket_updated(&mut self, record: &Record, event: &TicketUpdated) -> Verdict {
        self.is_own_and_available(record, event.ticket_id)?;
        let before = self.tickets.get(&event.ticket_id).map(|seat| seat.place.clone()).unwrap_or_default();
        let label = event.seat.as_ref().map(|seat| seat.as_ref().map(ToString::to_string));
        let place = Place::of(event.show.as_deref(), label.unwrap_or_else(|| before.seat.clone()));
        if place != before {
            self.is_free(record.at, &place, event.ticket_id)?;
        }
        let seat = self.change(event.ticket_id, record.version, AVAILABLE, AVAILABLE, None)?;
        seat.place = place;
        ensure(seat.price.currency() == event.price.currency(), || "its currency changed".to_owned())?;
        seat.price = event.price;
        seat.starts_at = event.show.as_ref().map(|show| show.starts_at);
        Ok(())
    }

    pub(super) fn ticket_withdrawn(&mut self, record: &Record, event: &TicketWithdrawn) -> Verdict {
        self.is_own_and_available(record, event.ticket_id)?;
        self.change(event.ticket_id, record.version, AVAILABLE, WITHDRAWN, None).map(drop)
    }

    /// One seat of one show is on sale once: nobody else may have it, or have bought it and kept it.
    fn is_free(&self, now: Timestamp, place: &Place, but: TicketId) -> Verdict {
        if !place.is_one(now) {
            return Ok(());
        }
        let mut same = self.tickets.iter().filter(|(id, seat)| **id != but && seat.place == *place);
        let taken = same.find(|(_, seat)| match seat.status() {
            WITHDRAWN => false,
            SOLD => !self.has_all_money_back(seat),
            _ => true,
        });
        taken.map_or(Ok(()), |(id, seat)| Err(format!("its seat is that of ticket {id}, which is {}", seat.status())))
    }

    fn has_all_money_back(&self, seat: &Seat) -> bool {
        let charge = seat.holder.and_then(|order| self.orders.get(&order)?.charge.as_ref());
        charge.is_some_and(|charge| charge.refunded() == charge.amount.minor())
    }

    fn is_own_and_available(&self, record: &Record, id: TicketId) -> Verdict {
        let seat = self.tickets.get(&id).ok_or("there is no such ticket")?;
        ensure(record.actor.user() == Some(seat.seller), || "somebody else than its seller changed it".to_owned())?;
        ensure(seat.status() == AVAILABLE, || format!("it was changed while {}", seat.status()))
    }

    /// Changes a ticket's status from `from` to `to`.
    pub(super) fn change(
        &mut self,
        id: TicketId,
        version: u64,
        from: &str,
        to: &'static str,
        holder: Option<OrderId>,
    ) -> Verdict<&mut Seat> {
        let seat = self.tickets.get_mut(&id).ok_or_else(|| format!("there is no ticket {id}"))?;
        ensure(seat.status() == from, || format!("ticket {id} is {}, not {from}", seat.status()))?;
        follows(version, seat.version()).map_err(|what| format!("ticket {id}: {what}"))?;
        seat.history.push(to);
        seat.holder = holder;
        Ok(seat)
    }

    /// Checks that a ticket is locked or sold exactly while an order has it.
    pub(super) fn is_held_rightly(&self, id: TicketId, seat: &Seat) -> Verdict {
        let holder = seat.holder.and_then(|order| self.orders.get(&order));
        let right = match seat.status() {
            LOCKED => holder.is_some_and(|claim| claim.is_open() && claim.tickets.contains(&id)),
            SOLD => holder.is_some_and(|claim| claim.is_complete() && claim.tickets.contains(&id)),
            _ => seat.holder.is_none(),
        };
        ensure(right, || format!("ticket {id} is {} by order {:?}", seat.status(), seat.holder))
    }
}
