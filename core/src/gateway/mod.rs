//! Card processors: the trait that they are behind, and the sandbox that comes with the box office.
//!
//! A gateway is asked to charge under an idempotency key, the charge's id, and can be asked later what became of that key. It
//! may fail, hang, or answer late: the box office then asks again until it knows (see `worker`).
//!
//! **Invariant:** no gateway is called before the intent, `PaymentStarted` or `RefundStarted`, is durable.

mod notice;
mod sandbox;
#[cfg(feature = "stripe")]
mod stripe;
pub(crate) mod worker;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use notice::{Notice, NoticeError, NoticeFact, NoticeMessage};
pub use sandbox::Sandbox;
#[cfg(feature = "stripe")]
pub use stripe::{Stripe, StripeError, StripeKey, StripeMode};

use crate::domain::payment::Charge;
use crate::types::{CardToken, ChargeId, ClientSecret, Money, OrderId, RefundId, Timestamp};

/// What a gateway's methods return.
pub type GatewayFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, GatewayError>> + Send + 'a>>;

/// What [`PaymentGateway::read_notice`] returns.
pub type NoticeFuture<'a> = Pin<Box<dyn Future<Output = Result<Notice, NoticeError>> + Send + 'a>>;

/// A card processor.
///
/// All methods may be called again with the same id: after a crash, a timeout, or at the same time. Each charge is taken at most
/// once and each refund given at most once, however often it is asked for.
pub trait PaymentGateway: fmt::Debug + Send + Sync + 'static {
    /// The name under which charges of this gateway are recorded, such as `stripe`.
    fn name(&self) -> &str;

    /// Takes the money, or sets it aside until it is [captured](PaymentGateway::capture).
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is not known: the box office will [look it up](PaymentGateway::lookup).
    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer>;

    /// What became of a charge.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is still not known: the box office will ask again.
    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer>;

    /// Gives money of a successful charge back, all of it or a part. A refund that comes again with the same id changes nothing.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is not known to be given back: the box office will ask again.
    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer>;

    /// Takes the money of a charge for which [`ChargeAnswer::Authorized`] was answered: all of it.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is not known to be taken: the box office will ask again. So does a gateway that takes
    /// money at once and has no such method.
    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let text = format!("{} takes money at once; charge {} can't be captured", self.name(), request.charge_id);
        Box::pin(std::future::ready(Err(GatewayError(text))))
    }

    /// Sees to it that a charge that has taken no money never will: releases what was set aside, or ends the wait for the
    /// buyer's authentication. The answer is what the charge has come to: [`ChargeAnswer::Declined`], unless the money was taken
    /// before.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is not known: the box office will ask again. So does a gateway that has no such
    /// method.
    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let text = format!("{} takes money at once; charge {} can't be voided", self.name(), request.charge_id);
        Box::pin(std::future::ready(Err(GatewayError(text))))
    }

    /// Reads a message that the card processor has sent by itself (a webhook), after checking that it comes from there. May ask the
    /// card processor for what the message leaves out.
    ///
    /// # Errors
    /// A [`NoticeError`] if it does not come from there, is too old, or can't be read; [`NoticeError::Unavailable`] if the card
    /// processor could not be asked.
    fn read_notice<'a>(&'a self, message: &'a NoticeMessage<'a>) -> NoticeFuture<'a> {
        let _ = message;
        Box::pin(std::future::ready(Err(NoticeError::Unsupported)))
    }
}

/// What is to be charged.
#[derive(Debug, Clone)]
pub struct ChargeRequest {
    /// The idempotency key.
    pub charge_id: ChargeId,
    /// The order that is paid.
    pub order_id: OrderId,
    /// How much.
    pub amount: Money,
    /// From which card.
    pub token: CardToken,
}

/// The charge that is meant, with what a gateway may need to find it.
#[derive(Debug, Clone)]
pub struct LookupRequest {
    /// The charge.
    pub charge_id: ChargeId,
    /// The order for which it was begun.
    pub order_id: OrderId,
    /// How much it is about.
    pub amount: Money,
    /// The gateway's own name for the charge, if it has told one.
    pub reference: Option<Arc<str>>,
    /// When the charge was begun; its request can't have been sent earlier.
    pub created_at: Timestamp,
}

impl LookupRequest {
    /// The request for this charge.
    pub(crate) fn of(charge: &Charge) -> Self {
        Self {
            charge_id: charge.id,
            order_id: charge.order_id,
            amount: charge.amount,
            reference: charge.reference.clone(),
            created_at: charge.created_at,
        }
    }
}

/// What is to be given back.
#[derive(Debug, Clone)]
pub struct RefundRequest {
    /// The idempotency key.
    pub refund_id: RefundId,
    /// The charge.
    pub charge_id: ChargeId,
    /// The gateway's own name for the charge, if it has told one.
    pub reference: Option<Arc<str>>,
    /// How much.
    pub amount: Money,
    /// When the charge was begun.
    pub created_at: Timestamp,
}

/// What a gateway says of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeAnswer {
    /// The money was taken.
    Charged {
        /// The gateway's own name for the charge.
        reference: Option<Arc<str>>,
    },
    /// The money is set aside and can be captured or voided.
    Authorized {
        /// The gateway's own name for the charge.
        reference: Option<Arc<str>>,
    },
    /// The buyer has to do something, such as to confirm the payment with their bank (3-D Secure).
    ActionRequired {
        /// What the buyer's page needs to go on; only the buyer may see it.
        client_secret: ClientSecret,
    },
    /// The money was not taken, and never will be under this id.
    Declined {
        /// Why, in words that a buyer may read: 1 to 200 characters.
        reason: Arc<str>,
    },
    /// The gateway is still at it.
    Pending,
    /// The gateway never heard of the charge. It may still be on its way, so this is only believed after a while.
    Unknown,
}

/// What a gateway says of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money was given back.
    Refunded {
        /// The gateway's own name for the refund.
        reference: Option<Arc<str>>,
    },
    /// The gateway is still at it.
    Pending,
    /// The money was not given back, and never will be under this id.
    Refused {
        /// Why, for whoever looks after the money.
        reason: Arc<str>,
    },
}

/// The gateway did not answer, or not in a way that tells what happened.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct GatewayError(pub String);
