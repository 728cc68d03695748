//! Checks orders: their tickets, buyers and deadlines.

use std::collections::BTreeSet;

use boxoffice::{
    Actor, CancelReason, ChargeStatus, Money, OrderCancelled, OrderCreated, OrderExpired, OrderId, Record, TicketId,
    TicketVersion, Timestamp, UserId,
};

use super::payments::Payment;
use super::tickets::{AVAILABLE, LOCKED};
use super::{Auditor, Verdict, ensure, follows};
pub(super) const CREATED: &str = "created";
pub(super) const AWAITING_PAYMENT: &str = "awaiting_payment";
pub(super) const COMPLETE: &str = "complete";
const CANCELLED: &str = "cancelled";
const EXPIRED: &str = "expired";

#[derive(Debug)]
pub(super) struct Claim {
    pub(super) buyer: UserId,
    pub(super) tickets: Vec<TicketId>,
    pub(super) total: Money,
    pub(super) expires_at: Timestamp,
    pub(super) charge: Option<Payment>,
    /// Status after each version.
    history: Vec<&'static str>,
}

impl Claim {
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

    pub(super) fn is_open(&self) -> bool {
        matches!(self.status(), CREATED | AWAITING_PAYMENT)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.status() == COMPLETE
    }
}

impl Auditor {
    pub(super) fn order(&self, id: OrderId) -> Verdict<&Claim> {
        self.orders.get(&id).ok_or_else(|| format!("there is no order {id}"))
    }

    /// Changes the status of an order, by one version.
    pub(super) fn step(&mut self, id: OrderId, record: &Record, to: &'static str) -> Verdict<&mut Claim> {
        let claim = self.orders.get_mut(&id).ok_or_else(|| format!("there is no order {id}"))?;
        follows(record.version, claim.version())?;
        claim.history.push(to);
        if to != CREATED {
            self.deadlines.remove(&(claim.expires_at, id));
        }
        Ok(claim)
    }

    pub(super) fn order_created(&mut self, record: &Record, event: &OrderCreated) -> Verdict {
        follows(record.version, 0)?;
        self.person(event.buyer_id)?;
        if self.transfers.contains_key(&event.order_id) {
            self.is_sold_after_all(record, event)?;
        } else {
            ensure(record.actor == Actor::User(event.buyer_id), || "somebody else than its buyer made it".to_owned())?;
            let open = self.orders.values().filter(|claim| claim.buyer == event.buyer_id && claim.is_open()).count();
            ensure(open < self.limits.open_orders_max as usize, || {
                format!("its buyer has {open} open orders already")
            })?;
        }
        ensure((1..=self.limits.order_tickets_max).contains(&event.tickets.len()), || {
            format!("it has {} tickets", event.tickets.len())
        })?;
        ensure(event.expires_at == record.at.plus(self.limits.hold), || format!("it ends at {}", event.expires_at))?;
        self.is_fairly_priced(record, event)?;
        for ticket in event.tickets.iter() {
            self.change(ticket.id, ticket.version, AVAILABLE, LOCKED, Some(event.order_id))?;
        }
        let claim = Claim {
            buyer: event.buyer_id,
            tickets: event.tickets.iter().map(|ticket| ticket.id).collect(),
            total: event.total,
            expires_at: event.expires_at,
            charge: None,
            history: vec![CREATED],
        };
        self.deadlines.insert((event.expires_at, event.order_id));
        ensure(self.orders.insert(event.order_id, claim).is_none(), || "there is such an order already".to_owned())
    }

    /// Checks that late money buys exactly the order that it was for.
    fn is_sold_after_all(&self, record: &Record, event: &OrderCreated) -> Verdict {
        ensure(record.actor == Actor::System, || "somebody makes use of late money".to_owned())?;
        let (_, before) = self.transfers.get(&event.order_id).ok_or("nothing was transferred to it")?;
        let claim = self.order(*before)?;
        let same = claim.tickets.iter().eq(event.tickets.iter().map(|ticket| &ticket.id));
        ensure(same && claim.total == event.total && claim.buyer == event.buyer_id, || {
            format!("it is not what order {before} was")
        })
    }

    /// Checks that the price is that at the moment of the lock, in one currency, and that the buyer does not buy their
    /// own ticket, or one of a show that has started.
    fn is_fairly_priced(&self, record: &Record, event: &OrderCreated) -> Verdict {
        let mut sum = 0;
        for ordered in event.tickets.iter() {
            let seat = self.tickets.get(&ordered.id).ok_or_else(|| format!("there is no ticket {}", ordered.id))?;
            ensure(seat.price == ordered.price, || format!("ticket {} costs {:?}", ordered.id, seat.price))?;
            ensure(seat.seller == ordered.seller_id, || format!("ticket {} has another seller", ordered.id))?;
            ensure(seat.seller != event.buyer_id, || format!("ticket {} is the buyer's own", ordered.id))?;
            ensure(seat.price.currency() == event.total.currency(), || "it mixes currencies".to_owned())?;
            ensure(seat.starts_at.is_none_or(|at| at > record.at), || "the show has started".to_owned())?;
            sum += seat.price.minor();
        }
        ensure(sum == event.total.minor(), || format!("its prices come to {sum}, not {}", event.total.minor()))
    }

    pub(super) fn order_cancelled(&mut self, record: &Record, event: &OrderCancelled) -> Verdict {
        let claim = self.order(event.order_id)?;
        match event.reason {
            CancelReason::Buyer => {
                ensure(record.actor == Actor::User(claim.buyer), || "somebody else cancelled it".to_owned())?;
                ensure(claim.status() == CREATED, || format!("its buyer cancelled it while {}", claim.status()))?;
                ensure(record.at < claim.expires_at, || "it was cancelled after its end".to_owned())?;
            }
            CancelReason::PaymentFailed => {
                let failed = claim.charge.as_ref().is_some_and(|charge| charge.status == ChargeStatus::Failed);
                ensure(failed && claim.status() == AWAITING_PAYMENT, || "no payment of it failed".to_owned())?;
            }
        }
        self.step(event.order_id, record, CANCELLED)?;
        self.end_hold(event.order_id, &event.tickets, AVAILABLE)
    }

    pub(super) fn order_expired(&mut self, record: &Record, event: &OrderExpired) -> Verdict {
        let claim = self.order(event.order_id)?;
        ensure(record.actor == Actor::System, || "somebody let it expire".to_owned())?;
        ensure(claim.status() == CREATED, || format!("it expired while {}", claim.status()))?;
        ensure(record.at >= claim.expires_at, || format!("it expired early, due at {}", claim.expires_at))?;
        self.step(event.order_id, record, EXPIRED)?;
        self.end_hold(event.order_id, &event.tickets, AVAILABLE)
    }

    /// Changes all tickets of the order, and no others, from locked to another status.
    pub(super) fn end_hold(&mut self, id: OrderId, tickets: &[TicketVersion], to: &'static str) -> Verdict {
        let own: BTreeSet<_> = self.order(id)?.tickets.iter().copied().collect();
        let named: BTreeSet<_> = tickets.iter().map(|ticket| ticket.id).collect();
        ensure(own == named && named.len() == tickets.len(), || "it does not name its own tickets".to_owned())?;
        for ticket in tickets {
            let holder = self.tickets.get(&ticket.id).and_then(|seat| seat.holder);
            ensure(holder == Some(id), || format!("ticket {} is held by {holder:?}", ticket.id))?;
            let keeper = (to != AVAILABLE).then_some(id);
            self.change(ticket.id, ticket.version, LOCKED, to, keeper)?;
        }
        Ok(())
    }
}
