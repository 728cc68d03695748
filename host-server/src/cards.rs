//! How the checkout takes a card.

use std::str::FromStr;

/// How the checkout of the storefront takes a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CardForm {
    /// By a form for the sandbox's test cards.
    #[default]
    Sandbox,
    /// By fields of Stripe's own script, which sends the card from the browser to Stripe.
    Stripe(PublishableKey),
    /// Not at all: the money is taken by a gateway whose tokens are made somewhere else, and the checkout says so.
    Elsewhere,
}

/// A publishable key of a Stripe account, `pk_test_…` or `pk_live_…`: what pages show to Stripe, and no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishableKey(Box<str>);

/// Not a publishable key. Says nothing of what was given, which may be a secret in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the publishable key of Stripe must start with pk_test_ or pk_live_, and a secret key is none")]
pub struct NotPublishable;

impl PublishableKey {
    /// The key as pages have it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is one of Stripe's live mode, in which money moves.
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
