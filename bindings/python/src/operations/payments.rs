//! Charges and refunds.

use boxoffice::Actor;

use crate::convert::{id, key};
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

    /// Gives the money of a complete order back, all of it. Its tickets go back on sale if that is asked for.
    ///
    /// `actor_id` is an operator, or a seller whose tickets are all that the order has; `None` is the box office itself. Raises
    /// `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
    fn refund(office, actor_id: Option<String>, order_id: String, return_to_sale: bool, idempotency_key: Option<String>)
        (actor_id, order_id, *, return_to_sale, idempotency_key=None) -> Charge {
        async move {
            let actor = match actor_id {
                Some(text) => Actor::User(id("actorId", &text)?),
                None => Actor::System,
            };
            let order = id("orderId", &order_id)?;
            payments(&office, idempotency_key)?.refund(actor, order, return_to_sale).await.map(Charge)
        }
    }
}
