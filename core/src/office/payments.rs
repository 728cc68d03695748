//! Façade of the payment domain.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use super::named::scope;
use super::{BoxOffice, Named};
use crate::domain::Order;
use crate::domain::order::OrderStatus;
use crate::domain::payment::{Charge, Resolution, ResolveEscalation, StartPayment, StartRefund};
use crate::engine::Waiting;
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::types::{CardToken, ChargeId, ClientSecret, IdempotencyKey, Money, OrderId, RefundId, UserId};

/// Operations on payments: charges and refunds.
#[derive(Debug, Clone)]
pub struct Payments {
    pub(super) office: BoxOffice,
    key: Option<IdempotencyKey>,
}

impl Payments {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None }
    }

    /// Sets the idempotency key of the next command, so that it can be repeated; see
    /// [`Tickets::idempotency_key`](super::Tickets::idempotency_key). A repeated payment returns its outcome as soon as
    /// that is known.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let charge = office.payments().idempotency_key("c9e1".parse()?).pay(bob, order, "tok_visa").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Takes the money of an order: records the intent, asks the card processor, records its answer.
    ///
    /// The returned charge is `succeeded`, and the order is complete; or it is still `pending`, if the outcome was not
    /// known in time. Then the order keeps its tickets until the card processor has answered, which [`Payments::get`]
    /// shows. An order is charged at most once in all cases.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{ChargeStatus, Code};
    ///
    /// match office.payments().pay(bob, order, "tok_visa").await {
    ///     Ok(charge) if charge.status == ChargeStatus::Succeeded => println!("paid {}", charge.amount),
    ///     Ok(charge) => println!("the outcome of {} is not known yet", charge.id),
    ///     Err(error) if error.code() == Code::PaymentDeclined => println!("declined: {error}"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` for a malformed token; `payment.declined`, after which the order is cancelled; `payment.misconfigured` if the card
    /// processor does not accept what the shop asks for, whatever the card, after which the order is cancelled too; `order.not_found`,
    /// `order.not_yours`, `order.payment_pending`, `order.already_paid`, `order.cancelled`, `order.expired`; `payment.unavailable`
    /// if too many payments wait for the card processor, or no host of the cluster has its keys; `command.key_reused`.
    pub async fn pay(&self, buyer: UserId, order: OrderId, token: &str) -> Result<Charge, Error> {
        let token: CardToken = token.parse().map_err(|reason| Error::invalid("token", reason))?;
        let inner = &self.office.0;
        let name = Named::by(self.key.as_ref(), buyer.as_bytes(), "payments.pay", &(order, token.expose()));
        // Registered before the command, so that no outcome is missed.
        let settled = inner.waiters.wait_for(order);
        let has_room = inner.payments_under_way() < inner.settings.pending_payments_max;
        let started = if let Some(gateway) = inner.gateway_name().filter(|_| has_room) {
            let charge_id = ChargeId::from(inner.ids.next());
            let command = StartPayment { order_id: order, charge_id, gateway };
            inner.start_payment(command, token, Actor::User(buyer), name).await?
        } else {
            let refusal = Error::from(Code::PaymentUnavailable).with_retry_after(std::time::Duration::from_secs(5));
            inner.first_answer::<StartPayment>(name, refusal).await?
        };
        let is_done = |order: &Order| order.charge.as_ref().is_some_and(|charge| charge.status.is_settled());
        let order = self.settled(&started, settled, is_done).await?;
        outcome(&order)
    }

    /// Returns a charge. For the order's buyer, the tickets' sellers and operators.
    ///
    /// ```
    /// # fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, id: boxoffice::ChargeId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// let charge = office.payments().get(bob, id)?;
    /// println!("{}: {}", charge.amount, charge.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `payment.not_found`, `payment.not_yours`; `journal.unavailable` if the views' file can't be read.
    pub fn get(&self, user: UserId, id: ChargeId) -> Result<Charge, Error> {
        let views = self.office.0.views()?;
        let order = views.order_of_charge(id)?.ok_or(Code::PaymentNotFound)?;
        let charge = order.charge.clone().ok_or(Code::PaymentNotFound)?;
        let is_party = order.buyer_id == user || order.tickets.iter().any(|ticket| ticket.seller_id == user);
        if is_party || views.is_operator(Actor::User(user)) { Ok(charge) } else { Err(Code::PaymentNotYours.into()) }
    }

    /// Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of
    /// the buyer, such as a confirmation with their bank. For the buyer only.
    ///
    /// The order keeps its tickets until its deadline; then the charge is given up.
    ///
    /// ```
    /// # fn example(
    /// #     office: boxoffice::BoxOffice, bob: boxoffice::UserId, charge: boxoffice::ChargeId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// if let Some(secret) = office.payments().client_secret(bob, charge)? {
    ///     println!("the page hands {} to the card processor's script", secret.expose());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `payment.not_found`, `payment.not_yours`; `journal.unavailable` if the views' file can't be read.
    pub fn client_secret(&self, buyer: UserId, id: ChargeId) -> Result<Option<ClientSecret>, Error> {
        let inner = &self.office.0;
        let order = inner.views()?.order_of_charge(id)?.ok_or(Code::PaymentNotFound)?;
        if order.buyer_id != buyer {
            return Err(Code::PaymentNotYours.into());
        }
        // What another host has told may be a moment old.
        let is_over = order.charge.as_ref().is_none_or(|charge| charge.status.is_settled());
        Ok(inner.worker.client_secret(id).filter(|_| !is_over))
    }

    /// Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
    /// `true`.
    ///
    /// Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of
    /// [escalated](Payments::escalated) money, whose tickets went back on sale when its order ended. The returned charge
    /// is `refunded`, or still `refunding` if the card processor has not confirmed it in time; it is then asked until it
    /// does. If it refuses permanently, the refund is `failed`, and the charge is as before.
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, ann: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let charge = office.payments().refund(Actor::User(ann), order, true).await?;
    /// println!("{}", charge.status);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `order.not_found`, `order.not_yours`, `payment.not_refundable`, `payment.already_refunded`,
    /// `payment.return_needs_full_refund` if a bank has taken some of the money back; `command.key_reused`.
    pub async fn refund(&self, actor: Actor, order: OrderId, return_to_sale: bool) -> Result<Charge, Error> {
        let name = ("payments.refund", return_to_sale.to_string());
        self.start_refund(actor, order, None, return_to_sale, name).await
    }

    /// Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
    /// sold.
    ///
    /// The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
    /// of [`Payments::refund`].
    ///
    /// ```
    /// # async fn example(
    /// #     office: boxoffice::BoxOffice, ann: boxoffice::UserId, order: boxoffice::OrderId,
    /// # ) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// let charge = office.payments().refund_part(Actor::User(ann), order, "5.00").await?;
    /// println!("{} refunds", charge.refunds.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` for a malformed amount; `order.not_found`, `order.not_yours`, `payment.not_refundable`,
    /// `payment.already_refunded`, `payment.refund_too_large`, `command.key_reused`.
    pub async fn refund_part(&self, actor: Actor, order: OrderId, amount: &str) -> Result<Charge, Error> {
        let known = self.office.0.views()?.order(order)?.ok_or(Code::OrderNotFound)?;
        let amount = Money::parse(amount, known.total.currency());
        let amount = amount.map_err(|reason| Error::invalid("amount", reason))?;
        let name = ("payments.refund_part", amount.decimal());
        self.start_refund(actor, order, Some(amount), false, name).await
    }

    async fn start_refund(
        &self,
        actor: Actor,
        order_id: OrderId,
        amount: Option<Money>,
        return_to_sale: bool,
        (operation, details): (&'static str, String),
    ) -> Result<Charge, Error> {
        let inner = &self.office.0;
        let name = Named::by(self.key.as_ref(), &scope(actor), operation, &(order_id, details));
        let refund_id = RefundId::from(inner.ids.next());
        let settled = inner.waiters.wait_for(order_id);
        let command = StartRefund { order_id, refund_id, amount, return_to_sale };
        let command = self.is_given_back_here(actor, order_id).map(|()| command);
        let started = inner.submit_checked(command, actor, name).await?;
        // A repeated refund has the id of its first request, which only the journal knows. Therefore no refund may be
        // pending then.
        let refunds = started.charge.iter().flat_map(|charge| &charge.refunds);
        let is_repeated = !refunds.into_iter().any(|refund| refund.id == refund_id);
        let is_done = |order: &Order| {
            let mut pending = order.charge.iter().flat_map(Charge::pending_refunds);
            !pending.any(|refund| is_repeated || refund.id == refund_id)
        };
        let order = self.settled(&started, settled, is_done).await?;
        order.charge.clone().ok_or_else(|| Code::Internal.into())
    }

    /// Checks that the card processor of the charge is this box office's gateway. Actors who may not know of the order
    /// pass here; the decision refuses them later.
    fn is_given_back_here(&self, actor: Actor, order_id: OrderId) -> Result<(), Error> {
        let (inner, views) = (&self.office.0, self.office.0.views()?);
        let Some(order) = views.order(order_id)? else { return Ok(()) };
        let sells = |id| order.tickets.iter().any(|ticket| ticket.seller_id == id);
        let may_know = views.is_operator(actor) || matches!(actor, Actor::User(id) if sells(id));
        let own = inner.gateway_name();
        match order.charge.as_ref().map(|charge| &charge.gateway) {
            // Whether a card processor that is not known yet is another one, the host that has its keys tells.
            Some(other) if may_know && own.as_ref().is_some_and(|own| own != other) => {
                let text = format!("The payment was made by {other}, and only {other} can give it back");
                Err(Error::with_message(Code::PaymentNotRefundable, text))
            }
            _ => Ok(()),
        }
    }

    /// Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
    /// operators, who settle them by [`Payments::refund`] or [`Payments::resolve`].
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// for charge in office.payments().escalated(Actor::System)? {
    ///     println!("{} of order {}", charge.amount, charge.order_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required`.
    pub fn escalated(&self, actor: Actor) -> Result<Vec<Charge>, Error> {
        let views = self.office.0.operators_views(actor)?;
        Ok(views.escalated_charges().iter().filter_map(|order| order.charge.clone()).collect())
    }

    /// Records the resolution of [escalated](Payments::escalated) money, with a note of up to 500 characters. For
    /// operators.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, order: boxoffice::OrderId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Actor, Resolution};
    ///
    /// let note = "sent back by bank transfer on 3 March";
    /// office.payments().resolve(Actor::System, order, Resolution::ReturnedElsewhere, note).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation` for a note that is too long; `auth.operator_required`, `order.not_found`, `payment.not_escalated`,
    /// `command.key_reused`.
    pub async fn resolve(
        &self,
        actor: Actor,
        order_id: OrderId,
        resolution: Resolution,
        note: &str,
    ) -> Result<Charge, Error> {
        if note.chars().nth(NOTE_MAX).is_some() {
            return Err(Error::invalid("note", format_args!("must have at most {NOTE_MAX} characters")));
        }
        let name = Named::by(self.key.as_ref(), &scope(actor), "payments.resolve", &(order_id, resolution, note));
        let command = ResolveEscalation { order_id, resolution, note: note.into() };
        let order = self.office.0.submit(command, actor, name).await?;
        order.charge.clone().ok_or_else(|| Code::Internal.into())
    }

    /// Waits until the order is done or waits for an action of its buyer, at most for the configured time; then returns
    /// the order.
    async fn settled(
        &self,
        started: &Arc<Order>,
        mut news: Waiting,
        is_done: impl Fn(&Order) -> bool,
    ) -> Result<Arc<Order>, Error> {
        let inner = &self.office.0;
        let wait = inner.settings.answer_payment_within;
        let mut timer = None;
        loop {
            let current = level(started, inner.views()?.order(started.id)?);
            let charge = current.charge.as_ref().map(|charge| charge.id);
            if is_done(&current) || charge.is_some_and(|id| inner.worker.client_secret(id).is_some()) {
                return Ok(current);
            }
            let sleep = || inner.runtime_handle.spawn(async move { tokio::time::sleep(wait).await });
            let until = timer.get_or_insert_with(|| AbortOnDrop(sleep()));
            let mut action = pin!(async {
                match charge {
                    Some(id) => inner.worker.action_required(id).await,
                    None => std::future::pending().await,
                }
            });
            let is_over = std::future::poll_fn(|context| {
                if Pin::new(&mut until.0).poll(context).is_ready() {
                    return Poll::Ready(true);
                }
                let is_new = Pin::new(&mut news).poll(context).is_ready() || action.as_mut().poll(context).is_ready();
                if is_new { Poll::Ready(false) } else { Poll::Pending }
            });
            if is_over.await {
                return Ok(level(started, inner.views()?.order(started.id)?));
            }
            news = inner.waiters.wait_for(started.id);
        }
    }
}

/// Maximum length of an operator's note, in characters.
const NOTE_MAX: usize = 500;

/// Task that is aborted when this handle is dropped.
struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Returns an order as the own copy has it. That may be behind what another host has decided and answered; then it is as it was
/// answered.
fn level(answered: &Arc<Order>, own: Option<Arc<Order>>) -> Arc<Order> {
    own.filter(|own| knows_all_of(own.charge.as_ref(), answered.charge.as_ref()))
        .unwrap_or_else(|| Arc::clone(answered))
}

fn knows_all_of(own: Option<&Charge>, answered: Option<&Charge>) -> bool {
    let Some(answered) = answered else { return true };
    let knows = |own: &Charge, id| own.refunds.iter().any(|refund| refund.id == id);
    own.is_some_and(|own| answered.refunds.iter().all(|refund| knows(own, refund.id)))
}

/// Returns the charge of an order, or the error that its buyer gets.
fn outcome(order: &Order) -> Result<Charge, Error> {
    let charge = order.charge.clone().ok_or(Code::Internal)?;
    if order.status == OrderStatus::Cancelled {
        if charge.is_misconfigured() {
            return Err(Code::PaymentMisconfigured.into());
        }
        let reason = charge.failure.as_deref().unwrap_or(Code::PaymentDeclined.message()).to_owned();
        return Err(Error::with_message(Code::PaymentDeclined, reason));
    }
    Ok(charge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewTicket, SignUp};

    #[tokio::test]
    async fn an_own_copy_that_is_behind_does_not_take_back_what_was_answered() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let sign_up =
            async |email: &str| office.auth().sign_up(SignUp::new(email, "correct horse")).await.unwrap().user;
        let (ann, bob) = (sign_up("ann@example.com").await, sign_up("bob@example.com").await);
        let ticket = office.tickets().create(ann.id, NewTicket::new("Hamlet, stalls", "19.99")).await.unwrap();
        let id = office.orders().create(bob.id, &[ticket.id]).await.unwrap().id;
        let own = || office.0.views().unwrap().order(id).unwrap().unwrap();
        let held = own();
        office.payments().pay(bob.id, id, "tok_visa").await.unwrap();
        let paid = own();
        office.payments().refund_part(Actor::System, id, "5.00").await.unwrap();
        let refunded = own();
        for (answered, behind) in [(&paid, Some(held)), (&paid, None), (&refunded, Some(Arc::clone(&paid)))] {
            assert!(Arc::ptr_eq(&level(answered, behind), answered));
        }
        assert!(Arc::ptr_eq(&level(&paid, Some(Arc::clone(&refunded))), &refunded), "news are seen");
    }
}
