//! Real payments through Stripe's payment intents.
//!
//! ```text
//! create (idempotency key: the charge's id; no card) → give it the card → confirm → succeeded | requires_capture
//!    │                                                                       │ requires_action | declined
//!    └────────────── lookup that finds no card tried, void, decline ─────────┴──→ canceled, for good
//! ```
//!
//! **The intent is created without the card.** The card's token is never stored, so it is gone after a crash. An intent
//! that was created and confirmed in one request could then only be searched for, and "not found" might mean "still on
//! its way". A creation without the card can be repeated by anybody who knows the charge: Stripe answers with the
//! existing intent or creates one, and either way there is exactly one. It can take no money until it is confirmed, and
//! never after it is cancelled. So a lookup always ends: the intent has taken money, or waits for something, or the
//! lookup cancels it and it is declined from then on. A concurrent confirmation either finds it cancelled or has won
//! before; Stripe decides which.
//!
//! **A declined intent is cancelled.** Stripe lets the buyer's page try another card with the client secret. The order
//! is cancelled by then, so the intent must be cancelled too, before the decline is reported.
//!
//! Stripe keeps idempotency keys for at least a day. An older charge is searched for in the list of intents of its
//! time, and so is a charge whose creation Stripe keeps answering with an error. Before a refund is requested, it is
//! always searched for among the refunds of its charge, so that it is given once even if the box office was down for
//! weeks.

mod http;
mod intent;
#[cfg(test)]
mod tests;
mod webhook;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use http::{ApiError, Client, Failure, Form, Pace};
use intent::{Intent, IntentOf, List, Refund, Standing, chargeable, reason, smallest_unit};

use super::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, GatewayReport, LookupRequest,
    PaymentGateway, RefundAnswer, RefundRequest, RefundsPage, WebhookFuture, WebhookMessage,
};
use crate::clock::{Clock, SystemClock};
use crate::types::{ChargeId, Money, OrderId, Timestamp};

/// Address of Stripe's API.
const STRIPE: &str = "https://api.stripe.com";

/// Age of a charge up to which Stripe is certain to know its idempotency key.
const KEY_AGE_MAX: Duration = Duration::from_hours(23);

/// Maximum difference between Stripe's clock and ours.
const CLOCKS_DIFFER_MAX: Duration = Duration::from_mins(10);

/// Number of refunds on a page, each with its whole intent: half of what Stripe allows, so that a page stays far below
/// the limit of an answer.
const REFUNDS_PER_PAGE: &str = "50";

/// Maximum number of intents that are looked up for one page, should Stripe not have expanded them. A page ends there,
/// so that it is done within the time of a call.
const INTENTS_PER_PAGE_MAX: usize = 5;

/// Time after which the look-up of one such intent is given up.
const INTENT_TIMEOUT: Duration = Duration::from_secs(2);

/// Mode of a Stripe key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StripeMode {
    /// Test mode: no money moves.
    Test,
    /// Live mode: money moves.
    Live,
}

/// A secret key of a Stripe account: `sk_test_…`, `rk_test_…`, `sk_live_…` or `rk_live_…`.
#[derive(Clone)]
pub struct StripeKey {
    text: Box<str>,
    mode: StripeMode,
}

/// Reasons why a gateway to Stripe can't be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StripeError {
    /// The text is not a secret key.
    #[error("a Stripe key must start with sk_test_, rk_test_, sk_live_ or rk_live_")]
    Key,
    /// The address is not safe to send the key to.
    #[error("Stripe must be reached by https, or on this machine")]
    Insecure,
    /// The machine has no certificate authorities, so no answer of Stripe could be trusted.
    #[error("Stripe can't be reached by https: no certificate authority was found on this machine{0}")]
    Authorities(String),
    /// The HTTP client can't be created.
    #[error("there can be no HTTP client: {0}")]
    Client(String),
}

impl StripeKey {
    /// Returns the mode of the key: test or live.
    pub fn mode(&self) -> StripeMode {
        self.mode
    }

    fn expose(&self) -> &str {
        &self.text
    }
}

impl FromStr for StripeKey {
    type Err = StripeError;

    fn from_str(text: &str) -> Result<Self, StripeError> {
        let rest = text.strip_prefix("sk_").or_else(|| text.strip_prefix("rk_")).ok_or(StripeError::Key)?;
        let (mode, rest) = match (rest.strip_prefix("test_"), rest.strip_prefix("live_")) {
            (Some(rest), _) => (StripeMode::Test, rest),
            (_, Some(rest)) => (StripeMode::Live, rest),
            _ => return Err(StripeError::Key),
        };
        let is_plain = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_plain { Ok(Self { text: text.into(), mode }) } else { Err(StripeError::Key) }
    }
}

impl fmt::Debug for StripeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StripeKey").field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// Charges cards through Stripe.
///
/// A token is a payment method (`pm_…`) or a card token (`tok_…`) that Stripe's own script created in the buyer's
/// browser. Card numbers never reach the box office.
///
/// ```
/// use boxoffice::gateway::Stripe;
///
/// let stripe = Stripe::new("sk_test_51abc".parse()?)?.authorize_first().webhook_secret("whsec_abc");
/// # Ok::<(), boxoffice::gateway::StripeError>(())
/// ```
#[derive(Debug)]
pub struct Stripe {
    client: Client,
    mode: StripeMode,
    authorizes: bool,
    webhook_secrets: Vec<webhook::Secret>,
    clock: SystemClock,
}

impl Stripe {
    /// Creates a gateway to the account of this key.
    ///
    /// # Errors
    /// [`StripeError::Authorities`] if the machine has no certificate authorities; [`StripeError::Client`] if no HTTP client
    /// can be created.
    pub fn new(key: StripeKey) -> Result<Self, StripeError> {
        Self::at(key, STRIPE)
    }

    /// Creates a gateway to a server that speaks Stripe's protocol, such as a proxy.
    ///
    /// # Errors
    /// [`StripeError::Insecure`] unless the address is https or on this machine; [`StripeError::Authorities`] for https
    /// if the machine has no certificate authorities; [`StripeError::Client`] if no HTTP client can be created.
    #[expect(clippy::needless_pass_by_value, reason = "whoever has a gateway has no more use of its key")]
    pub fn at(key: StripeKey, base: &str) -> Result<Self, StripeError> {
        Self::paced(&key, base, Pace::default())
    }

    fn paced(key: &StripeKey, base: &str, pace: Pace) -> Result<Self, StripeError> {
        let (mode, client) = (key.mode, Client::new(key, base, pace)?);
        Ok(Self { client, mode, authorizes: false, webhook_secrets: Vec::new(), clock: SystemClock::new() })
    }

    /// Makes charges reserve the money first and take it when it is [captured](PaymentGateway::capture), instead of at
    /// once.
    #[must_use]
    pub fn authorize_first(mut self) -> Self {
        self.authorizes = true;
        self
    }

    /// Accepts webhooks that are signed with this secret (`whsec_…`). Call it for each of several secrets during a
    /// rotation.
    #[must_use]
    pub fn webhook_secret(mut self, secret: &str) -> Self {
        self.webhook_secrets.push(webhook::Secret::new(secret));
        self
    }

    /// Returns the mode of the key: test or live.
    pub fn mode(&self) -> StripeMode {
        self.mode
    }

    /// Returns the one intent of the charge, created now or earlier.
    async fn begin(&self, charge: ChargeId, order: OrderId, amount: Money) -> Result<Intent, Failure> {
        let smallest = smallest_unit(amount).map_err(|reason| Failure::Unknown(GatewayError(reason.to_owned())))?;
        let capture = if self.authorizes { "manual" } else { "automatic" };
        let form = vec![
            ("amount", smallest.to_string()),
            ("currency", amount.currency().code().to_ascii_lowercase()),
            ("capture_method", capture.to_owned()),
            ("payment_method_types[]", "card".to_owned()),
            ("metadata[order_id]", order.to_string()),
            ("metadata[charge_id]", charge.to_string()),
        ];
        let (intent, repeated): (Intent, bool) =
            self.client.post_once("payment_intents", &charge.to_string(), &form).await?;
        // A replayed answer is the intent as it was at its creation.
        if repeated { self.intent(&intent.id).await.map_err(Failure::after_effect) } else { Ok(intent) }
    }

    async fn intent(&self, id: &str) -> Result<Intent, Failure> {
        self.client.get(&format!("payment_intents/{id}"), &Form::new()).await
    }

    async fn charge_card(&self, request: ChargeRequest) -> Result<ChargeAnswer, GatewayError> {
        if let Err(reason) = smallest_unit(request.amount) {
            return Ok(uncountable(reason));
        }
        let intent = match self.begin(request.charge_id, request.order_id, request.amount).await {
            Ok(intent) => intent,
            // Without an intent, nobody can take money. No card could mend the amount: the buyer did not choose it.
            Err(Failure::Refused(error)) if error.is_about_shop() || is_about_amount(&error) => {
                return Ok(misconfigured(&error));
            }
            Err(Failure::Denied(error)) => return Ok(misconfigured(&error)),
            Err(failure) => return Err(failure.into()),
        };
        if intent.standing() != Standing::New {
            return self.told(intent, None).await;
        }
        match self.confirm(&intent.id, &request).await {
            Ok(intent) => self.told(intent, None).await,
            Err(Failure::Refused(error)) => {
                let intent = self.intent(&intent.id).await?;
                match self.told(intent, Some(reason(&error))).await? {
                    ChargeAnswer::Declined { .. } if error.is_about_shop() => Ok(misconfigured(&error)),
                    answer => Ok(answer),
                }
            }
            // Stripe did not look at any attempt to confirm the intent, and nobody else has its secret.
            Err(Failure::Denied(error)) => Ok(misconfigured(&error)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Attaches the card to the intent and takes the money. The confirmation has an idempotency key of its own, so that
    /// a declined card is not tried again because the answer was lost.
    async fn confirm(&self, intent: &str, request: &ChargeRequest) -> Result<Intent, Failure> {
        let path = format!("payment_intents/{intent}");
        self.client.post::<Intent>(&path, &card(request.token.expose())).await?;
        let key = format!("{}-confirm", request.charge_id);
        // If the bank requires authentication, the buyer's page continues with Stripe's own script.
        let form = vec![("use_stripe_sdk", "true".to_owned())];
        let (confirmed, repeated) = self.client.post_once::<Intent>(&format!("{path}/confirm"), &key, &form).await?;
        if repeated { self.intent(intent).await.map_err(Failure::after_effect) } else { Ok(confirmed) }
    }

    /// Converts an intent to an answer. Cancels an intent that has failed or was never tried, so that it stays so.
    async fn told(&self, intent: Intent, why: Option<&'static str>) -> Result<ChargeAnswer, GatewayError> {
        match intent.standing() {
            Standing::Is(answer) => Ok(answer),
            Standing::Failed => self.cancel(&intent.id, None).await,
            Standing::New => self.cancel(&intent.id, why.or(Some("The payment was not made"))).await,
        }
    }

    /// Cancels the intent, unless it has taken money by now.
    async fn cancel(&self, id: &str, why: Option<&'static str>) -> Result<ChargeAnswer, GatewayError> {
        let intent = match self.client.post::<Intent>(&format!("payment_intents/{id}/cancel"), &Form::new()).await {
            Ok(intent) => intent,
            // The intent is being processed, has taken money or is already cancelled.
            Err(Failure::Refused(_)) => self.intent(id).await?,
            Err(failure) => return Err(failure.into()),
        };
        match (intent.standing(), why) {
            (Standing::Is(ChargeAnswer::Declined { .. }), Some(why)) => {
                Ok(ChargeAnswer::Declined { reason: why.into() })
            }
            (Standing::Is(answer), _) => Ok(answer),
            _ => Err(GatewayError(format!("intent {id} can't be cancelled"))),
        }
    }

    /// Finds the intent of a charge; `None` if Stripe has none.
    async fn find(&self, request: &LookupRequest) -> Result<Option<Intent>, GatewayError> {
        if let Some(reference) = &request.reference {
            return Ok(Some(self.intent(reference).await?));
        }
        if self.clock.now().since(request.created_at) < KEY_AGE_MAX {
            match self.begin(request.charge_id, request.order_id, request.amount).await {
                Ok(intent) => return Ok(Some(intent)),
                // For example after the capture mode was changed, or when Stripe replays an error of its own.
                Err(failure) => {
                    tracing::warn!(charge = %request.charge_id, ?failure, "looking for an intent in the list");
                }
            }
        }
        self.search(request.charge_id, request.created_at).await
    }

    /// Searches the intents that were created around the charge's time.
    async fn search(&self, charge: ChargeId, created_at: Timestamp) -> Result<Option<Intent>, GatewayError> {
        let from = created_at.as_secs().saturating_sub(CLOCKS_DIFFER_MAX.as_secs());
        let until = created_at.plus(KEY_AGE_MAX + CLOCKS_DIFFER_MAX).as_secs();
        let (charge, mut after) = (charge.to_string(), None);
        loop {
            let mut query: Form = vec![
                ("limit", "100".to_owned()),
                ("created[gte]", from.to_string()),
                ("created[lte]", until.to_string()),
            ];
            query.extend(after.map(|id: Arc<str>| ("starting_after", id.to_string())));
            let page: List<Intent> = self.client.get("payment_intents", &query).await?;
            let last = page.data.last().map(|intent| Arc::clone(&intent.id));
            let found = page.data.into_iter().find(|intent| intent.metadata.charge.as_deref() == Some(&charge));
            if found.is_some() || !page.has_more || last.is_none() {
                return Ok(found);
            }
            after = last;
        }
    }

    async fn look_up(&self, request: LookupRequest) -> Result<ChargeAnswer, GatewayError> {
        if let Err(reason) = smallest_unit(request.amount) {
            return Ok(uncountable(reason));
        }
        match self.find(&request).await? {
            Some(intent) => self.told(intent, None).await,
            None => Ok(ChargeAnswer::Unknown),
        }
    }

    async fn take_aside(&self, request: LookupRequest) -> Result<ChargeAnswer, GatewayError> {
        let intent = self.find(&request).await?.ok_or_else(|| GatewayError("there is no such charge".into()))?;
        if intent.status != "requires_capture" {
            return self.told(intent, None).await;
        }
        let path = format!("payment_intents/{}/capture", intent.id);
        match self.client.post::<Intent>(&path, &Form::new()).await {
            Ok(intent) => self.told(intent, None).await,
            Err(Failure::Refused(_)) => self.told(self.intent(&intent.id).await?, None).await,
            Err(failure) => Err(failure.into()),
        }
    }

    async fn release(&self, request: LookupRequest) -> Result<ChargeAnswer, GatewayError> {
        let intent = self.find(&request).await?.ok_or_else(|| GatewayError("there is no such charge".into()))?;
        match intent.standing() {
            Standing::Is(answer @ (ChargeAnswer::Charged { .. } | ChargeAnswer::Declined { .. })) => Ok(answer),
            _ => self.cancel(&intent.id, None).await,
        }
    }

    async fn give_back(&self, request: RefundRequest) -> Result<RefundAnswer, GatewayError> {
        let refused = |reason: &str| Ok(RefundAnswer::Refused { reason: reason.into() });
        let intent = match &request.reference {
            Some(reference) => Some(self.intent(reference).await?),
            None => self.search(request.charge_id, request.created_at).await?,
        };
        let Some(intent) = intent.filter(|intent| intent.status == "succeeded") else {
            return refused("The money was not taken");
        };
        let amount = match smallest_unit(request.amount) {
            Ok(amount) => amount,
            Err(reason) => return refused(reason),
        };
        let id = request.refund_id.to_string();
        let given = self.refunds(&intent.id).await?;
        if let Some(refund) = given.iter().find(|refund| refund.metadata.refund.as_deref() == Some(&id)) {
            return Ok(refund.answer());
        }
        let sum: u64 = given.iter().filter(|refund| refund.counts()).map(|refund| refund.amount).sum();
        if sum.saturating_add(amount) > intent.amount {
            return refused("That is more than is left of the charge");
        }
        let form = vec![
            ("payment_intent", intent.id.to_string()),
            ("amount", amount.to_string()),
            ("metadata[refund_id]", id.clone()),
            ("metadata[charge_id]", request.charge_id.to_string()),
        ];
        match self.client.post_once::<Refund>("refunds", &id, &form).await {
            Ok((refund, _)) => Ok(refund.answer()),
            Err(Failure::Refused(error)) => {
                refused(&format!("Stripe refused: {}", error.code.or(error.kind).unwrap_or_default()))
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Lists the refunds of a charge as reports.
    async fn all_refunds(&self, request: LookupRequest) -> Result<Vec<GatewayReport>, GatewayError> {
        let intent = match &request.reference {
            Some(reference) => Some(self.intent(reference).await?),
            None => self.search(request.charge_id, request.created_at).await?,
        };
        let Some(intent) = intent else { return Ok(Vec::new()) };
        let refunds = self.refunds(&intent.id).await?;
        Ok(refunds.iter().filter_map(|refund| refund.report(request.order_id, request.charge_id)).collect())
    }

    /// Lists the refunds since a time that the box office did not ask for, as reports, except those whose charge can't
    /// be looked up.
    async fn all_foreign_refunds(&self, since: Timestamp) -> Result<Vec<GatewayReport>, GatewayError> {
        let (mut reports, mut after) = (Vec::new(), None);
        loop {
            let page = self.foreign_refunds(since, after).await?;
            reports.extend(page.reports);
            after = page.next;
            if after.is_none() {
                return Ok(reports);
            }
        }
    }

    /// Lists a page of the refunds since a time that the box office did not ask for, newest first.
    async fn foreign_refunds(&self, since: Timestamp, after: Option<Arc<str>>) -> Result<RefundsPage, GatewayError> {
        let mut query: Form = vec![
            ("limit", REFUNDS_PER_PAGE.to_owned()),
            ("created[gte]", since.as_secs().to_string()),
            // The intents name the charges. A request for each would take longer than a call may.
            ("expand[]", "data.payment_intent".to_owned()),
        ];
        query.extend(after.as_ref().map(|id| ("starting_after", id.to_string())));
        let list: List<Refund> = self.client.get("refunds", &query).await?;
        let next = list.data.last().filter(|_| list.has_more).map(|refund| Arc::clone(&refund.id));
        if next.is_some() && next == after {
            return Err(GatewayError("Stripe's list of refunds does not go on".into()));
        }
        let mut page = RefundsPage { next, ..RefundsPage::default() };
        let (mut looked_up, mut latest) = (0, None);
        for refund in list.data.iter().filter(|refund| refund.metadata.refund.is_none()) {
            if matches!(refund.payment_intent, Some(IntentOf::Id(_))) {
                if looked_up == INTENTS_PER_PAGE_MAX {
                    page.next = latest;
                    break;
                }
                looked_up += 1;
            }
            match tokio::time::timeout(INTENT_TIMEOUT, self.names_of(refund)).await {
                Ok(Ok(names)) => {
                    page.reports.extend(names.and_then(|(order, charge)| refund.report(order, charge)));
                }
                // Stripe would refuse it again.
                Ok(Err(Failure::Refused(error))) => {
                    tracing::warn!(refund = %refund.id, ?error, "a refund is of an intent that Stripe does not show");
                }
                failure => {
                    tracing::warn!(refund = %refund.id, ?failure, "the charge of a refund could not be looked up");
                    page.unnamed += 1;
                }
            }
            latest = Some(Arc::clone(&refund.id));
        }
        Ok(page)
    }

    /// Lists every refund of an intent.
    async fn refunds(&self, intent: &str) -> Result<Vec<Refund>, GatewayError> {
        let mut all: Vec<Refund> = Vec::new();
        loop {
            let mut query: Form = vec![("payment_intent", intent.to_owned()), ("limit", "100".to_owned())];
            query.extend(all.last().map(|refund| ("starting_after", refund.id.to_string())));
            let page: List<Refund> = self.client.get("refunds", &query).await?;
            let is_last = !page.has_more || page.data.is_empty();
            all.extend(page.data);
            if is_last {
                return Ok(all);
            }
        }
    }
}

/// Returns the answer to a charge that Stripe does not accept, whatever the card.
fn misconfigured(error: &ApiError) -> ChargeAnswer {
    ChargeAnswer::Misconfigured { reason: error.told().into() }
}

/// Returns the answer to a charge of an amount that Stripe has no number for.
fn uncountable(reason: &str) -> ChargeAnswer {
    ChargeAnswer::Misconfigured { reason: format!("parameter: amount; message: {reason}").into() }
}

/// Returns `true` if Stripe refused to create an intent because of its amount, which no other request under this id can
/// change.
fn is_about_amount(error: &ApiError) -> bool {
    matches!(error.code.as_deref(), Some("amount_too_small" | "amount_too_large"))
}

/// Returns the form fields that attach the card to an intent.
fn card(token: &str) -> Form {
    if token.starts_with("tok_") {
        vec![("payment_method_data[type]", "card".to_owned()), ("payment_method_data[card][token]", token.to_owned())]
    } else {
        vec![("payment_method", token.to_owned())]
    }
}

impl PaymentGateway for Stripe {
    /// Returns `stripe-test` in test mode, otherwise `stripe`. Test-mode charges move no money, so they are recorded under
    /// another name and never taken for real ones.
    fn name(&self) -> &'static str {
        match self.mode {
            StripeMode::Test => "stripe-test",
            StripeMode::Live => "stripe",
        }
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.charge_card(request))
    }

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.look_up(request))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        Box::pin(self.give_back(request))
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.take_aside(request))
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(self.release(request))
    }

    fn check_amount(&self, amount: Money) -> GatewayFuture<'_, AmountAnswer> {
        let answer = match chargeable(amount) {
            Ok(()) => AmountAnswer::Chargeable,
            Err(reason) => AmountAnswer::Refused { reason: reason.into() },
        };
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn refunds_of(&self, request: LookupRequest) -> GatewayFuture<'_, Vec<GatewayReport>> {
        Box::pin(self.all_refunds(request))
    }

    fn refunds_since(&self, since: Timestamp) -> Option<GatewayFuture<'_, Vec<GatewayReport>>> {
        Some(Box::pin(self.all_foreign_refunds(since)))
    }

    fn refunds_page(&self, since: Timestamp, after: Option<Arc<str>>) -> Option<GatewayFuture<'_, RefundsPage>> {
        Some(Box::pin(self.foreign_refunds(since, after)))
    }

    fn read_webhook<'a>(&'a self, message: &'a WebhookMessage<'a>) -> WebhookFuture<'a> {
        Box::pin(self.read(message))
    }
}
