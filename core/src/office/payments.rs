//! The front door of the payment domain.

use std::sync::Arc;

use super::{BoxOffice, Named};
use crate::command::Command;
use crate::domain::Order;
use crate::domain::order::OrderStatus;
use crate::domain::payment::{Charge, StartPayment, StartRefund};
use crate::engine::{Reply, Waiting};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::{CardToken, ChargeId, IdempotencyKey, OrderId, UserId};

/// Charges and refunds.
#[derive(Debug, Clone)]
pub struct Payments {
    office: BoxOffice,
    key: Option<IdempotencyKey>,
}

impl Payments {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None }
    }

    /// Names the next command; see [`Tickets::idempotency_key`](super::Tickets::idempotency_key). A payment that comes again is
    /// answered with its outcome, as soon as that is known.
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Takes the money of an order: records the intent, asks the card processor, records what it says.
    ///
    /// The charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Then
    /// the order keeps its tickets until the card processor has told, which [`Payments::get`] shows. An order is charged at most
    /// once, whatever happens.
    ///
    /// # Errors
    /// `validation` for a malformed token; `payment.declined`, after which the order is cancelled; `order.not_found`,
    /// `order.not_yours`, `order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`;
    /// `payment.unavailable` if too many payments wait for the card processor.
    pub async fn pay(&self, buyer: UserId, order: OrderId, token: &str) -> Result<Charge, Error> {
        let token: CardToken = token.parse().map_err(|reason| Error::invalid("token", reason))?;
        let inner = &self.office.0;
        if inner.worker.under_way() >= inner.settings.pending_payments_max {
            return Err(Error::from(Code::PaymentUnavailable).with_retry_after(std::time::Duration::from_secs(5)));
        }
        // Asked before the command, so that no outcome is missed.
        let settled = inner.waiters.wait_for(order);
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "payments.pay", &(order, token.expose()));
        let command = Command::StartPayment(StartPayment {
            order_id: order,
            charge_id: ChargeId::from(inner.ids.next()),
            gateway: Arc::clone(&inner.gateway_name),
            token,
        });
        let Reply::Order(started) = inner.submit(command, Actor::User(buyer), name).await? else {
            return Err(Code::Internal.into());
        };
        let order = self.settled(&started, settled).await?;
        outcome(&order)
    }

    /// A charge, for the order's buyer, the tickets' sellers and operators.
    ///
    /// # Errors
    /// `payment.not_found`, `payment.not_yours`; `journal.unavailable` if the views' file can't be read.
    pub fn get(&self, user: UserId, id: ChargeId) -> Result<Charge, Error> {
        let views = self.office.0.views()?;
        let order = views.order_of_charge(id)?.ok_or(Code::PaymentNotFound)?;
        let charge = order.charge.clone().ok_or(Code::PaymentNotFound)?;
        let is_party = order.buyer_id == user || order.tickets.iter().any(|ticket| ticket.seller_id == user);
        if is_party || views.user(user).is_some_and(|user| user.operator) {
            Ok(charge)
        } else {
            Err(Code::PaymentNotYours.into())
        }
    }

    /// Gives the money of a complete order back, all of it. Its tickets go back on sale if that is asked for.
    ///
    /// Operators can, and a seller whose tickets are all that the order has. The charge is `refunded`, or still `refunding` if
    /// the card processor has not confirmed it in time; it is then asked until it does.
    ///
    /// # Errors
    /// `order.not_found`, `order.not_yours`, `payment.not_refundable`, `payment.already_refunded`.
    pub async fn refund(&self, actor: Actor, order: OrderId, return_to_sale: bool) -> Result<Charge, Error> {
        let inner = &self.office.0;
        let settled = inner.waiters.wait_for(order);
        let scope = actor.user().map_or([0; 16], |id| *id.as_bytes());
        let name = Named::by(self.key.as_ref(), &scope, "payments.refund", &(order, return_to_sale));
        let command = Command::StartRefund(StartRefund { order_id: order, return_to_sale });
        let Reply::Order(started) = inner.submit(command, actor, name).await? else {
            return Err(Code::Internal.into());
        };
        let order = self.settled(&started, settled).await?;
        order.charge.clone().ok_or_else(|| Code::Internal.into())
    }

    /// The order as soon as its charge is settled, or as it is when that takes too long.
    async fn settled(&self, started: &Arc<Order>, news: Waiting) -> Result<Arc<Order>, Error> {
        let inner = &self.office.0;
        let current = inner.views()?.order(started.id)?.ok_or(Code::Internal)?;
        if current.charge.as_ref().is_some_and(|charge| charge.status.is_settled()) {
            return Ok(current);
        }
        let wait = inner.settings.answer_payment_within;
        let news = inner.runtime_handle.spawn(async move { tokio::time::timeout(wait, news).await });
        match news.await {
            Ok(Ok(Ok(order))) => Ok(order),
            _ => Ok(inner.views()?.order(started.id)?.unwrap_or(current)),
        }
    }
}

/// What the charge of an order means for its buyer.
fn outcome(order: &Order) -> Result<Charge, Error> {
    let charge = order.charge.clone().ok_or(Code::Internal)?;
    if order.status == OrderStatus::Cancelled {
        let reason = charge.failure.as_deref().unwrap_or(Code::PaymentDeclined.message()).to_owned();
        return Err(Error::with_message(Code::PaymentDeclined, reason));
    }
    Ok(charge)
}
