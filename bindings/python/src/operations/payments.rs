//! Charges and refunds.

use boxoffice::Error;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::convert::{Amount, Headers, Nothing, actor, id, key};
use crate::faces::faces;
use crate::values::Charge;

/// The payments of `office`, their next command named if there is a name.
fn payments(office: &boxoffice::BoxOffice, name: Option<String>) -> Result<boxoffice::Payments, boxoffice::Error> {
    let payments = office.payments();
    Ok(match key(name)? {
        Some(key) => payments.idempotency_key(key),
        None => payments,
    })
}

faces! {
    /// Charges and refunds.
    Payments,
    /// Charges and refunds; as `Payments`, for asyncio.
    AsyncPayments;

    /// Takes the money of an order: records the intent, asks the card processor, records what it says.
    ///
    /// The charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Raises
    /// `PaymentDeclinedError`, after which the order is cancelled; `ValidationError`, `NotFoundError`, `ForbiddenError`;
    /// `ConflictError` if the order can't be paid any more; `UnavailableError` if too many payments wait.
    fn pay(office, buyer_id: String, order_id: String, token: String, idempotency_key: Option<String>)
        (buyer_id, order_id, token, *, idempotency_key=None) -> Charge {
        async move {
            let (buyer, order) = (id("buyerId", &buyer_id)?, id("orderId", &order_id)?);
            payments(&office, idempotency_key)?.pay(buyer, order, &token).await.map(Charge)
        }
    }

    /// A charge, for the order's buyer, the tickets' sellers and operators.
    ///
    /// Raises `NotFoundError`, `ForbiddenError`.
    fn get(office, user_id: String, charge_id: String) (user_id, charge_id) -> Charge {
        async move { office.payments().get(id("userId", &user_id)?, id("chargeId", &charge_id)?).map(Charge) }
    }

    /// What the buyer's page needs to go on with a payment, if the card processor waits for the buyer to do something, such as to
    /// confirm it with their bank; else `None`. For the buyer alone.
    ///
    /// Raises `NotFoundError`, `ForbiddenError`.
    fn client_secret(office, buyer_id: String, charge_id: String) (buyer_id, charge_id) -> Option<String> {
        async move {
            let secret = office.payments().client_secret(id("buyerId", &buyer_id)?, id("chargeId", &charge_id)?);
            secret.map(|secret| secret.map(|secret| secret.expose().to_owned()))
        }
    }

    /// Gives the money of a complete order back, all that is left of it. Its tickets go back on sale if that is asked for.
    ///
    /// `actor_id` is an operator, or a seller whose tickets are all that the order has; `None` is the box office itself. Operators
    /// can also try again to give back money that is escalated. The charge is `refunded`, or still `refunding` if the card processor
    /// has not confirmed it in time; if it refuses for good, the refund is `failed`, and the charge is as before. Raises
    /// `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
    fn refund(office, actor_id: Option<String>, order_id: String, return_to_sale: bool, idempotency_key: Option<String>)
        (actor_id, order_id, *, return_to_sale, idempotency_key=None) -> Charge {
        async move {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            payments(&office, idempotency_key)?.refund(actor, order, return_to_sale).await.map(Charge)
        }
    }

    /// Gives a part of the money of a complete order back: `amount`, such as `"5.00"`, in the order's currency. The tickets stay
    /// sold.
    ///
    /// However many refunds there are, and however many at once, their sum is never more than what was taken. `actor_id` and what
    /// the charge is afterwards are as for `refund`. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if
    /// there is less left.
    fn refund_part(office, actor_id: Option<String>, order_id: String, amount: Amount, idempotency_key: Option<String>)
        (actor_id, order_id, amount, *, idempotency_key=None) -> Charge {
        async move {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            payments(&office, idempotency_key)?.refund_part(actor, order, &amount.0).await.map(Charge)
        }
    }

    /// The charges whose money is nobody's and could not be given back, the oldest first: for operators, who see to them by `refund`
    /// or `resolve`.
    ///
    /// `actor_id` is an operator; `None` is the box office itself. Raises `ForbiddenError`.
    fn escalated(office, actor_id: Option<String>) (actor_id) -> Vec<Charge> {
        async move {
            let charges = office.payments().escalated(actor(actor_id)?);
            charges.map(|charges| charges.into_iter().map(Charge).collect())
        }
    }

    /// Notes what became of money that was escalated: `returned_elsewhere`, if the buyer has it back by another way, or `kept`, if the
    /// platform keeps it; with up to 500 characters that are to be remembered.
    ///
    /// `actor_id` is an operator; `None` is the box office itself. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`;
    /// `ConflictError` if the charge is not escalated.
    fn resolve(
        office,
        actor_id: Option<String>,
        order_id: String,
        resolution: String,
        note: String,
        idempotency_key: Option<String>
    ) (actor_id, order_id, resolution, note, *, idempotency_key=None) -> Charge {
        async move {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            let resolution = resolution.parse().map_err(|reason| Error::invalid("resolution", reason))?;
            payments(&office, idempotency_key)?.resolve(actor, order, resolution, &note).await.map(Charge)
        }
    }

    /// Notes what the card processor tells by itself: a message (webhook) as it came, with its headers as the server has them.
    ///
    /// Once it returns, what the message says is durable; the same message again changes nothing. What is of no concern to the box
    /// office is accepted and forgotten. Messages may come in any order; one that tells what can't be yet is refused, and is right
    /// when the card processor sends it again. Raises `ValidationError` with `payment.notice_refused` if the message does not come
    /// from the card processor, is too old or can't be read; `UnavailableError` if the gateway could not read it now;
    /// `NotFoundError` or `ConflictError` if what is told does not fit what is known.
    fn receive_notice(office, headers: Headers, body: PyBackedBytes) (headers, body) -> Nothing {
        async move {
            let headers: Vec<_> = headers.0.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            office.payments().receive_notice(&headers, &body).await.map(|()| Nothing)
        }
    }
    ;
    only blocking {
        /// Whether the messages of this card processor are for this box office: whether it is the gateway's name, but for the
        /// `-test` of a processor's test mode.
        fn takes_notices_of(&self, py: Python<'_>, processor: &str) -> PyResult<bool> {
            Ok(self.0.office(py)?.payments().takes_notices_of(processor))
        }
    }
    only asyncio {
        /// Whether the messages of this card processor are for this box office: whether it is the gateway's name, but for the
        /// `-test` of a processor's test mode.
        fn takes_notices_of(&self, py: Python<'_>, processor: &str) -> PyResult<bool> {
            Ok(self.0.office(py)?.payments().takes_notices_of(processor))
        }
    }
}
