//! Stripe's objects, reduced to the fields in use, and their meaning for a box office.

use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::http::ApiError;
use crate::gateway::{ChargeAnswer, GatewayReport, RefundAnswer};
use crate::types::{ChargeId, Money, OrderId};

/// A payment intent: the state of a charge at Stripe.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: Arc<str>,
    pub(super) amount: u64,
    pub(super) status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    client_secret: Option<String>,
    last_payment_error: Option<ApiError>,
}

/// Metadata that the box office has set on a Stripe object.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(rename = "order_id")]
    pub(super) order: Option<String>,
    #[serde(rename = "charge_id")]
    pub(super) charge: Option<String>,
    #[serde(rename = "refund_id")]
    pub(super) refund: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub(super) id: Arc<str>,
    pub(super) amount: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) currency: String,
    pub(super) status: Option<String>,
    pub(super) payment_intent: Option<IntentOf>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) metadata: Metadata,
    failure_reason: Option<String>,
}

/// The intent of a refund.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum IntentOf {
    /// The intent's id.
    Id(Arc<str>),
    /// The intent itself, for a request that has asked Stripe to expand it.
    Whole(Box<Intent>),
}

/// Reads a field that Stripe's documentation calls nullable: `null` is what a missing field is.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

/// Classification of an intent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No card was tried.
    New,
    /// A card was declined; the buyer's page could still try another one.
    Failed,
    /// The intent's status is the answer.
    Is(ChargeAnswer),
}

impl Intent {
    pub(super) fn standing(&self) -> Standing {
        let reference = || Some(Arc::clone(&self.id));
        let secret = || self.client_secret.as_deref().and_then(|secret| secret.parse().ok());
        Standing::Is(match self.status.as_str() {
            "succeeded" => ChargeAnswer::Charged { reference: reference() },
            "requires_capture" => ChargeAnswer::Authorized { reference: reference() },
            "canceled" => ChargeAnswer::Declined { reason: self.reason().into() },
            "requires_payment_method" if self.last_payment_error.is_some() => return Standing::Failed,
            "requires_payment_method" | "requires_confirmation" => return Standing::New,
            "requires_action" => match secret() {
                Some(client_secret) => ChargeAnswer::ActionRequired { client_secret },
                None => ChargeAnswer::Pending,
            },
            _ => ChargeAnswer::Pending,
        })
    }

    /// Returns the reason why no money was taken.
    pub(super) fn reason(&self) -> &'static str {
        self.last_payment_error.as_ref().map_or("The payment was cancelled", reason)
    }
}

impl Refund {
    pub(super) fn answer(&self) -> RefundAnswer {
        match self.status.as_deref() {
            Some("succeeded") => RefundAnswer::Refunded { reference: Some(Arc::clone(&self.id)) },
            Some(status @ ("failed" | "canceled")) => {
                let reason = self.failure_reason.as_deref().unwrap_or(status);
                RefundAnswer::Refused { reason: format!("Stripe could not give it back: {reason}").into() }
            }
            _ => RefundAnswer::Pending,
        }
    }

    /// Returns the report of the refund; `None` if somebody made it at Stripe and it is not done.
    pub(super) fn report(&self, order_id: OrderId, charge_id: ChargeId) -> Option<GatewayReport> {
        if let Some(refund_id) = self.metadata.refund.as_deref().and_then(|id| id.parse().ok()) {
            return Some(GatewayReport::Refund { order_id, charge_id, refund_id, answer: self.answer() });
        }
        let is_done = self.status.as_deref() == Some("succeeded");
        let amount = from_smallest_unit(self.amount, &self.currency).filter(|_| is_done)?;
        let reference = Arc::clone(&self.id);
        Some(GatewayReport::RefundElsewhere { order_id, charge_id, reference, amount })
    }

    /// Returns `true` if the refund's money has gone back or is going back.
    pub(super) fn counts(&self) -> bool {
        !matches!(self.status.as_deref(), Some("failed" | "canceled"))
    }
}

/// Returns the reason why a card was declined, in words that its holder may read.
///
/// A person who tries a stolen card must not learn that the bank knows. So every cause that the buyer can't fix has the
/// same reason, as Stripe requires for `fraudulent`, `lost_card`, `stolen_card`, `pickup_card` and similar codes.
pub(super) fn reason(error: &ApiError) -> &'static str {
    match error.decline_code.as_deref().or(error.code.as_deref()) {
        Some("insufficient_funds") => "The card has insufficient funds",
        Some("expired_card" | "invalid_expiry_month" | "invalid_expiry_year") => "The card has expired",
        Some("incorrect_cvc" | "invalid_cvc") => "The card's security code is wrong",
        Some("incorrect_number" | "invalid_number") => "The card's number is wrong",
        Some("card_not_supported" | "currency_not_supported") => "The card can't be used for this payment",
        Some("authentication_required" | "payment_intent_authentication_failure") => {
            "The bank could not confirm the payment"
        }
        Some("processing_error" | "issuer_not_available" | "try_again_later") => {
            "The card could not be processed; try again later"
        }
        Some("amount_too_small") => "The amount is too small to be paid by card",
        Some("amount_too_large") => "The amount is too large to be paid by card",
        Some("resource_missing") => "The card is unknown",
        _ => "The card was declined",
    }
}

/// Currencies of ISO 4217 in which Stripe charges no card, beside those that nobody has in a purse.
const UNSUPPORTED: &[&str] = &[
    "BTN", "CUC", "CUP", "ERN", "GHS", "IQD", "IRR", "KPW", "LYD", "MRU", "SDG", "SSP", "SYP", "TMT", "VED", "VES",
    "ZWG", "ZWL",
];

/// Smallest amount in US dollars, in cents: reference of the API, `PaymentIntent.amount`. In other currencies it depends on the
/// rate of the day.
const USD_MIN: u64 = 50;

/// Currencies whose amounts have at most eight digits in the smallest unit. Others may have more, up to twelve.
const EIGHT_DIGITS: &[&str] = &["AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "SGD", "USD"];

/// Checks that an amount can be charged.
///
/// # Errors
/// The reason why it can't.
pub(super) fn chargeable(amount: Money) -> Result<(), &'static str> {
    if UNSUPPORTED.contains(&amount.currency().code()) {
        return Err("This currency can't be paid by card");
    }
    let unit = smallest_unit(amount)?;
    let code = amount.currency().code();
    if code == "USD" && unit < USD_MIN {
        return Err("The amount is too small to be paid by card");
    }
    if unit > if EIGHT_DIGITS.contains(&code) { 99_999_999 } else { 999_999_999_999 } {
        return Err("The amount is too large to be paid by card");
    }
    Ok(())
}

/// Converts an amount to Stripe's smallest unit.
///
/// That is the minor unit of ISO 4217, with these exceptions: Stripe writes two currencies without decimals as if they
/// had two, and one with two decimals as if it had none; the last of three decimals must be 0.
///
/// # Errors
/// The reason why the amount can't be paid by card.
pub(super) fn smallest_unit(amount: Money) -> Result<u64, &'static str> {
    let (minor, currency) = (amount.minor(), amount.currency());
    match (currency.code(), currency.exponent()) {
        ("ISK" | "UGX", 0) => minor.checked_mul(100).ok_or("The amount is too large to be paid by card"),
        ("MGA", 2) if minor.is_multiple_of(100) => Ok(minor / 100),
        ("MGA", _) => Err("The amount has more decimals than can be paid by card"),
        (_, 3) if !minor.is_multiple_of(10) => Err("The amount has more decimals than can be paid by card"),
        (_, 0 | 2 | 3) => Ok(minor),
        _ => Err("This currency can't be paid by card"),
    }
}

/// Converts an amount in Stripe's smallest unit back to money.
pub(super) fn from_smallest_unit(amount: u64, currency: &str) -> Option<Money> {
    let currency = currency.to_ascii_uppercase().parse::<crate::types::Currency>().ok()?;
    let minor = match currency.code() {
        "ISK" | "UGX" => amount / 100,
        "MGA" => amount.checked_mul(100)?,
        _ => amount,
    };
    Money::from_minor(minor, currency).ok()
}
