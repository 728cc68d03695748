//! Card processors: the trait that they are behind, and the sandbox that comes with the box office.
//!
//! A gateway is asked to charge under an idempotency key, the charge's id, and can be asked later what became of that key. It
//! may fail, hang, or answer late: the box office then asks again until it knows (see `worker`).
//!
//! **Invariant:** no gateway is called before the intent, `PaymentStarted` or `RefundStarted`, is durable.

mod sandbox;
pub(crate) mod worker;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use sandbox::Sandbox;

use crate::types::{CardToken, ChargeId, Money, OrderId};

/// What a gateway's methods return.
pub type GatewayFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, GatewayError>> + Send + 'a>>;

/// A card processor.
///
/// All methods may be called again with the same id: after a crash, a timeout, or at the same time. Each id is charged at most
/// once and refunded at most once, however often it is asked for.
pub trait PaymentGateway: fmt::Debug + Send + Sync + 'static {
    /// The name under which charges of this gateway are recorded, such as `stripe`.
    fn name(&self) -> &str;

    /// Takes the money.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is not known: the box office will [look it up](PaymentGateway::lookup).
    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer>;

    /// What became of a charge.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is still not known: the box office will ask again.
    fn lookup(&self, charge_id: ChargeId) -> GatewayFuture<'_, ChargeAnswer>;

    /// Gives the money of a successful charge back, all of it. Giving it back a second time changes nothing.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is not known to be given back: the box office will ask again.
    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, ()>;
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

/// What is to be given back.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest {
    /// The charge; also the idempotency key.
    pub charge_id: ChargeId,
    /// How much: all that was taken.
    pub amount: Money,
}

/// What a gateway says of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeAnswer {
    /// The money was taken.
    Charged {
        /// The gateway's own name for the charge.
        reference: Option<Arc<str>>,
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

/// The gateway did not answer, or not in a way that tells what happened.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct GatewayError(pub String);
