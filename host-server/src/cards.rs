//! Card input of the checkout.

use std::str::FromStr;

/// Card input of the storefront's checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CardForm {
    /// A form for the sandbox's test cards.
    #[default]
    Sandbox,
    /// Fields of Stripe's own script, which sends the card from the browser to Stripe.
    Stripe(PublishableKey),
    /// No card input: the gateway's tokens are created elsewhere, and the checkout says so.
    Elsewhere,
}

/// A publishable key of a Stripe account, `pk_test_…` or `pk_live_…`. Pages contain it; it is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey(Box<str>);

/// Error of a text that is not a publishable key. It does not contain the text, which may be a secret key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the publishable key of Stripe must start with pk_test_ or pk_live_, and a secret key is none")]
pub struct NotPublishable;

impl PublishableKey {
    /// Returns the text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` if the key belongs to Stripe's live mode, in which money moves.
    pub fn is_live(&self) -> bool {
        self.0.starts_with("pk_live_")
    }
}

impl FromStr for PublishableKey {
    type Err = NotPublishable;

    fn from_str(text: &str) -> Result<Self, NotPublishable> {
        let rest = text.strip_prefix("pk_test_").or_else(|| text.strip_prefix("pk_live_")).ok_or(NotPublishable)?;
        let is_plain = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_plain { Ok(Self(text.into())) } else { Err(NotPublishable) }
    }
}
