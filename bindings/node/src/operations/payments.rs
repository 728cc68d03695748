//! Charges and refunds.

use std::sync::Arc;

use boxoffice::{Actor, Error};
use napi_derive::napi;

use crate::convert::{id, key};
use crate::errors::rejection;
use crate::office::Shared;
use crate::values::{Charge, CommandOptions, RefundOptions};

/// Charges and refunds.
#[napi]
#[derive(Debug)]
pub struct Payments(pub(crate) Arc<Shared>);

impl Payments {
    /// The payments of the front door, their next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Payments, Error> {
        let payments = self.0.office().payments();
        Ok(match key(name)? {
            Some(key) => payments.idempotency_key(key),
            None => payments,
        })
    }
}

#[napi]
impl Payments {
    /// Takes the money of an order: records the intent, asks the card processor, records what it says.
    ///
    /// The charge is `succeeded`, and then the order is complete; or still `pending`, if the outcome was not known in time. Rejects
    /// with `PaymentDeclinedError`, after which the order is cancelled; `ValidationError`, `NotFoundError`, `ForbiddenError`;
    /// `ConflictError` if the order can't be paid any more; `UnavailableError` if too many payments wait.
    #[napi]
    pub async fn pay(
        &self,
        buyer_id: String,
        order_id: String,
        token: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let pay = async {
            let (buyer, order) = (id("buyerId", &buyer_id)?, id("orderId", &order_id)?);
            self.named(options.and_then(|options| options.idempotency_key))?.pay(buyer, order, &token).await
        };
        pay.await.map(|charge| Charge::from(&charge)).map_err(rejection)
    }

    /// A charge, for the order's buyer, the tickets' sellers and operators.
    ///
    /// Rejects with `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub async fn get(&self, user_id: String, charge_id: String) -> napi::Result<Charge> {
        let get = || self.0.office().payments().get(id("userId", &user_id)?, id("chargeId", &charge_id)?);
        get().map(|charge| Charge::from(&charge)).map_err(rejection)
    }

    /// Gives the money of a complete order back, all of it. Its tickets go back on sale if that is asked for.
    ///
    /// `actorId` is an operator, or a seller whose tickets are all that the order has; `null` is the box office itself. Rejects with
    /// `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
    #[napi]
    pub async fn refund(
        &self,
        actor_id: Option<String>,
        order_id: String,
        options: RefundOptions,
    ) -> napi::Result<Charge> {
        let refund = async {
            let actor = match actor_id {
                Some(text) => Actor::User(id("actorId", &text)?),
                None => Actor::System,
            };
            let order = id("orderId", &order_id)?;
            self.named(options.idempotency_key)?.refund(actor, order, options.return_to_sale).await
        };
        refund.await.map(|charge| Charge::from(&charge)).map_err(rejection)
    }
}
