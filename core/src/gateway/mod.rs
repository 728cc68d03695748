//! Card processors: the trait that abstracts over them and the bundled sandbox.
//!
//! A charge is submitted under an idempotency key, the charge's id, and its outcome can be looked up later by the same
//! key. A gateway may fail, hang or answer late; the worker then repeats the lookup until the outcome is known (see
//! `worker`).
//!
//! **Invariant:** no gateway is called before the intent, `PaymentStarted` or `RefundStarted`, is durable.

#[cfg(feature = "cluster")]
pub(crate) mod remote;
mod sandbox;
#[cfg(feature = "stripe")]
mod stripe;
mod webhook;
pub(crate) mod worker;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use sandbox::Sandbox;
#[cfg(feature = "stripe")]
pub use stripe::{Stripe, StripeError, StripeKey, StripeMode};
pub use webhook::{GatewayReport, WebhookError, WebhookEvent, WebhookMessage};

use crate::domain::payment::Charge;
use crate::types::{CardToken, ChargeId, ClientSecret, Money, OrderId, RefundId, Timestamp};

/// Future that the methods of a gateway return.
pub type GatewayFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, GatewayError>> + Send + 'a>>;

/// Future that [`PaymentGateway::read_webhook`] returns.
pub type WebhookFuture<'a> = Pin<Box<dyn Future<Output = Result<WebhookEvent, WebhookError>> + Send + 'a>>;

/// A card processor.
///
/// Every method may be called again with the same id: after a crash, after a timeout, or concurrently. However often it
/// is called, the gateway takes each charge at most once and gives each refund at most once.
pub trait PaymentGateway: fmt::Debug + Send + Sync + 'static {
    /// Returns the name under which charges of this gateway are recorded, such as `stripe`.
    fn name(&self) -> &str;

    /// Takes the money, or reserves it until it is [captured](PaymentGateway::capture).
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is unknown; the box office then [looks it up](PaymentGateway::lookup).
    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer>;

    /// Returns the outcome of a charge.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is still unknown; the box office repeats the lookup.
    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer>;

    /// Gives back the money of a successful charge, in full or in part. A repeated refund with the same id has no
    /// effect.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the refund is not confirmed; the box office repeats the call.
    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer>;

    /// Takes all the money of a charge that was answered with [`ChargeAnswer::Authorized`].
    ///
    /// # Errors
    /// A [`GatewayError`] means that the capture is not confirmed; the box office repeats the call. The default
    /// implementation, for gateways that take money at once, always returns one.
    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let text = format!("{} takes money at once; charge {} can't be captured", self.name(), request.charge_id);
        Box::pin(std::future::ready(Err(GatewayError(text))))
    }

    /// Voids a charge that has taken no money: releases reserved money, or ends the wait for the buyer's authentication.
    /// A voided charge never takes money. Returns the resulting state of the charge: [`ChargeAnswer::Declined`], unless
    /// the money was already taken.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the outcome is unknown; the box office repeats the call. The default
    /// implementation, for gateways without such a method, always returns one.
    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let text = format!("{} takes money at once; charge {} can't be voided", self.name(), request.charge_id);
        Box::pin(std::future::ready(Err(GatewayError(text))))
    }

    /// Returns whether an amount can be charged, so that no ticket is listed that nobody can pay for. The default
    /// implementation accepts every amount.
    ///
    /// # Errors
    /// A [`GatewayError`] means that it is unknown; the box office then accepts the amount.
    fn check_amount(&self, amount: Money) -> GatewayFuture<'_, AmountAnswer> {
        let _ = amount;
        Box::pin(std::future::ready(Ok(AmountAnswer::Chargeable)))
    }

    /// Returns every refund of a charge, also those that somebody made at the card processor itself. The default
    /// implementation, for gateways without such a list, returns none.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the list can't be read now.
    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        let _ = request;
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Returns the refunds that somebody has made at the card processor itself since a time; `None` for gateways without
    /// such a list, which is the default. The box office asks at its start and every hour, so that a refund is recorded
    /// although no webhook has told of it. It asks by [`refunds_page`](PaymentGateway::refunds_page), which a gateway
    /// whose list may be long implements too.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the list can't be read now; the box office asks again.
    fn refunds_since(&self, since: Timestamp) -> Option<GatewayFuture<'_, Vec<GatewayReport>>> {
        let _ = since;
        None
    }

    /// Returns one page of the refunds that somebody has made at the card processor itself since a time: the first page,
    /// or the one that begins where the page before it has said in [`RefundsPage::next`]. `None` for gateways without
    /// such a list. The default implementation returns all that [`refunds_since`](PaymentGateway::refunds_since) does, as
    /// one page. Each page must be answered within the time of one call.
    ///
    /// # Errors
    /// A [`GatewayError`] means that the page can't be read now; the box office asks for the same page again.
    fn refunds_page(&self, since: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        let _ = after;
        let all = self.refunds_since(since)?;
        Some(Box::pin(async move { all.await.map(|reports| RefundsPage { reports, ..RefundsPage::default() }) }))
    }

    /// Verifies the origin of an inbound webhook event and parses it. May query the card processor for details that the
    /// event omits.
    ///
    /// # Errors
    /// A [`WebhookError`] if the event does not come from the card processor, is too old, or can't be parsed;
    /// [`WebhookError::Unavailable`] if the card processor could not be queried.
    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        let _ = message;
        Box::pin(std::future::ready(Err(WebhookError::Unsupported)))
    }
}

/// A request to charge a card.
#[derive(Debug, Clone)]
pub struct ChargeRequest {
    /// Id of the charge, which is the idempotency key.
    pub charge_id: ChargeId,
    /// Order that is paid.
    pub order_id: OrderId,
    /// Amount to charge.
    pub amount: Money,
    /// Token of the card to charge.
    pub token: CardToken,
}

/// A request about an existing charge, with the details by which a gateway may find it.
#[derive(Debug, Clone)]
pub struct LookupRequest {
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// Order for which the charge was started.
    pub order_id: OrderId,
    /// Amount of the charge.
    pub amount: Money,
    /// The gateway's own id of the charge, if the gateway has reported one.
    pub reference: Option<Arc<str>>,
    /// Time at which the charge was started. Its request can't have been sent earlier.
    pub created_at: Timestamp,
}

impl LookupRequest {
    /// Creates the request for `charge`.
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

/// A request to give money back.
#[derive(Debug, Clone)]
pub struct RefundRequest {
    /// Id of the refund, which is the idempotency key.
    pub refund_id: RefundId,
    /// Id of the charge.
    pub charge_id: ChargeId,
    /// The gateway's own id of the charge, if the gateway has reported one.
    pub reference: Option<Arc<str>>,
    /// Amount to give back.
    pub amount: Money,
    /// Time at which the charge was started.
    pub created_at: Timestamp,
}

/// State of a charge as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeAnswer {
    /// The money was taken.
    Charged {
        /// The gateway's own id of the charge.
        reference: Option<Arc<str>>,
    },
    /// The money is reserved and can be captured or voided.
    Authorized {
        /// The gateway's own id of the charge.
        reference: Option<Arc<str>>,
    },
    /// The buyer must act, such as confirm the payment with their bank (3-D Secure).
    ActionRequired {
        /// Secret with which the buyer's page continues. Only the buyer may see it.
        client_secret: ClientSecret,
    },
    /// The money was not taken and never will be under this id.
    Declined {
        /// Reason in words that a buyer may read: 1 to 200 characters.
        reason: Arc<str>,
    },
    /// The card processor does not accept the request, whatever the card, because the shop's key, account or settings
    /// are wrong. No money was taken and never will be under this id.
    Misconfigured {
        /// The card processor's words, for the log of the shop.
        reason: Arc<str>,
    },
    /// The gateway is still processing the charge.
    Pending,
    /// The gateway does not know the charge. Its request may still be on the way, so this is accepted only after a
    /// delay.
    Unknown,
}

/// State of a refund as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money was given back.
    Refunded {
        /// The gateway's own id of the refund.
        reference: Option<Arc<str>>,
    },
    /// The gateway is still processing the refund.
    Pending,
    /// The money was not given back and never will be under this id.
    Refused {
        /// Reason, for the staff who handle the money.
        reason: Arc<str>,
    },
}

/// Answer of a gateway to the question whether it can charge an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountAnswer {
    /// The amount can be charged.
    Chargeable,
    /// The amount can't be charged, with whatever card.
    Refused {
        /// Reason in words that a seller may read: 1 to 200 characters.
        reason: Arc<str>,
    },
}

/// A page of the refunds that somebody has made at the card processor itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefundsPage {
    /// Reports of the refunds on this page.
    pub reports: Vec<GatewayReport>,
    /// Number of refunds on this page whose charge could not be looked up. The box office looks for them again.
    pub unnamed: usize,
    /// Where the next page begins, in the gateway's own terms; `None` on the last page.
    pub next: Option<Arc<str>>,
}

/// Error of a call that was not answered, or whose answer does not reveal the outcome.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct GatewayError(pub String);
