//! Charges and refunds.

use std::sync::Arc;

use boxoffice::Error;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::convert::{actor, id, key, one_byte_a_character};
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

    /// What the buyer's page needs to go on with a payment, if the card processor waits for the buyer to do something, such as to
    /// confirm it with their bank; else `null`. For the buyer alone.
    ///
    /// Rejects with `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub async fn client_secret(&self, buyer_id: String, charge_id: String) -> napi::Result<Option<String>> {
        let payments = self.0.office().payments();
        let get = || payments.client_secret(id("buyerId", &buyer_id)?, id("chargeId", &charge_id)?);
        get().map(|secret| secret.map(|secret| secret.expose().to_owned())).map_err(rejection)
    }

    /// Gives the money of a complete order back, all that is left of it. Its tickets go back on sale if that is asked for.
    ///
    /// `actorId` is an operator, or a seller whose tickets are all that the order has; `null` is the box office itself. Operators can
    /// also try again to give back money that is escalated. The charge is `refunded`, or still `refunding` if the card processor has
    /// not confirmed it in time; if it refuses for good, the refund is `failed`, and the charge is as before. Rejects with
    /// `NotFoundError`, `ForbiddenError`; `ConflictError` if there is nothing to refund any more.
    #[napi]
    pub async fn refund(
        &self,
        actor_id: Option<String>,
        order_id: String,
        options: RefundOptions,
    ) -> napi::Result<Charge> {
        let refund = async {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            self.named(options.idempotency_key)?.refund(actor, order, options.return_to_sale).await
        };
        refund.await.map(|charge| Charge::from(&charge)).map_err(rejection)
    }

    /// Gives a part of the money of a complete order back: `amount`, such as `"5.00"`, in the order's currency. The tickets stay sold.
    ///
    /// However many refunds there are, and however many at once, their sum is never more than what was taken. `actorId` and what the
    /// charge is afterwards are as for `refund`. Rejects with `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if
    /// there is less left.
    #[napi]
    pub async fn refund_part(
        &self,
        actor_id: Option<String>,
        order_id: String,
        amount: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let refund = async {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            self.named(options.and_then(|options| options.idempotency_key))?.refund_part(actor, order, &amount).await
        };
        refund.await.map(|charge| Charge::from(&charge)).map_err(rejection)
    }

    /// The charges whose money is nobody's and could not be given back, the oldest first: for operators, who see to them by `refund`
    /// or `resolve`.
    ///
    /// `actorId` is an operator; `null` is the box office itself. Rejects with `ForbiddenError`.
    #[napi]
    pub async fn escalated(&self, actor_id: Option<String>) -> napi::Result<Vec<Charge>> {
        let escalated = || self.0.office().payments().escalated(actor(actor_id)?);
        escalated().map(|charges| charges.iter().map(Charge::from).collect()).map_err(rejection)
    }

    /// Notes what became of money that was escalated: `returned_elsewhere`, if the buyer has it back by another way, or `kept`, if the
    /// platform keeps it; with up to 500 characters that are to be remembered.
    ///
    /// `actorId` is an operator; `null` is the box office itself. Rejects with `ValidationError`, `NotFoundError`, `ForbiddenError`;
    /// `ConflictError` if the charge is not escalated.
    #[napi]
    pub async fn resolve(
        &self,
        actor_id: Option<String>,
        order_id: String,
        #[napi(ts_arg_type = "'returned_elsewhere' | 'kept'")] resolution: String,
        note: String,
        options: Option<CommandOptions>,
    ) -> napi::Result<Charge> {
        let resolve = async {
            let (actor, order) = (actor(actor_id)?, id("orderId", &order_id)?);
            let resolution = resolution.parse().map_err(|reason| Error::invalid("resolution", reason))?;
            let payments = self.named(options.and_then(|options| options.idempotency_key))?;
            payments.resolve(actor, order, resolution, &note).await
        };
        resolve.await.map(|charge| Charge::from(&charge)).map_err(rejection)
    }

    /// Notes what the card processor tells by itself: a message (webhook) as it came, with its headers as the server has them. The
    /// body has to be what was sent to the byte, because that is signed: not what a parser has made of it.
    ///
    /// Once it is done, what the message says is durable; the same message again changes nothing. What is of no concern to the box
    /// office is accepted and forgotten. Messages may come in any order; one that tells what can't be yet is refused, and is right
    /// when the card processor sends it again. Rejects with `ValidationError` with `payment.notice_refused` if the message does not
    /// come from the card processor, is too old or can't be read; `UnavailableError` if the gateway could not read it now;
    /// `NotFoundError` or `ConflictError` if what is told does not fit what is known.
    #[napi(
        ts_args_type = "headers: Record<string, string | string[] | undefined> | Iterable<[string, string]>, body: Uint8Array | string"
    )]
    pub async fn receive_notice(&self, pairs: Vec<(String, String)>, body: Buffer) -> napi::Result<()> {
        let receive = async {
            let mut headers = Vec::with_capacity(pairs.len());
            for (name, value) in &pairs {
                let value = one_byte_a_character(value).ok_or_else(|| Error::invalid("headers", "are malformed"))?;
                headers.push((name.to_ascii_lowercase(), value));
            }
            let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
            self.0.office().payments().receive_notice(&headers, &body).await
        };
        receive.await.map_err(rejection)
    }

    /// Whether the messages of this card processor are for this box office: whether it is the gateway's name, but for the `-test` of
    /// a processor's test mode.
    #[napi]
    pub fn takes_notices_of(&self, processor: String) -> bool {
        self.0.office().payments().takes_notices_of(&processor)
    }
}
