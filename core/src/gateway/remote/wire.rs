//! The form in which a question to the card processor and its answer cross from one host to another.
//!
//! A message is one byte with the version of its form, then self-describing `MessagePack`. A host says which versions of
//! questions it reads, and is asked in one of them; it answers in the version that it was asked in. So a later release may ask
//! for more. Nothing of it is stored.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::forms::{
    AmountAnswerForm, ChargeAnswerForm, ChargeRequestForm, LookupRequestForm, RefundAnswerForm, RefundRequestForm,
    page, webhook,
};
use crate::gateway::{
    AmountAnswer, ChargeAnswer, ChargeRequest, GatewayError, LookupRequest, RefundAnswer, RefundRequest, RefundsPage,
    WebhookError, WebhookEvent, WebhookMessage,
};
use crate::types::{Money, Timestamp};

/// Version of the form of questions and answers.
const VERSION: u8 = 1;

/// Versions of questions that this release reads.
pub(crate) const VERSIONS: &[u8] = &[VERSION];

/// A question to the card processor.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Question {
    /// Charge a card.
    Charge(#[serde(with = "ChargeRequestForm")] ChargeRequest),
    /// Look a charge up.
    Lookup(#[serde(with = "LookupRequestForm")] LookupRequest),
    /// Take the money of an authorised charge.
    Capture(#[serde(with = "LookupRequestForm")] LookupRequest),
    /// Void a charge that has taken no money.
    Void(#[serde(with = "LookupRequestForm")] LookupRequest),
    /// Give money back.
    Refund(#[serde(with = "RefundRequestForm")] RefundRequest),
    /// Can this amount be charged?
    CheckAmount(Money),
    /// List the refunds of a charge.
    RefundsOf(#[serde(with = "LookupRequestForm")] LookupRequest),
    /// List a page of refunds.
    RefundsPage { since: Timestamp, after: Option<Arc<str>> },
    /// Read a message of the card processor.
    Webhook(WebhookForm),
}

/// A message of the card processor, byte for byte.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookForm {
    headers: Vec<(String, ByteBuf)>,
    body: ByteBuf,
    now: Timestamp,
}

/// An answer of the card processor.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Answer {
    /// State of a charge.
    Charge(#[serde(with = "ChargeAnswerForm")] ChargeAnswer),
    /// State of a refund.
    Refund(#[serde(with = "RefundAnswerForm")] RefundAnswer),
    /// Whether an amount can be charged.
    Amount(#[serde(with = "AmountAnswerForm")] AmountAnswer),
    /// A page of refunds.
    Page(#[serde(with = "page")] RefundsPage),
    /// What a message says.
    Webhook(#[serde(with = "webhook")] Result<WebhookEvent, WebhookError>),
    /// The card processor failed: the outcome is unknown.
    Failed(String),
}

impl Question {
    /// Returns the question what a message of the card processor says.
    pub(super) fn webhook(message: &WebhookMessage<'_>) -> Self {
        let header = |(name, value): &(&str, &[u8])| ((*name).to_owned(), ByteBuf::from(*value));
        Self::Webhook(WebhookForm {
            headers: message.headers.iter().map(header).collect(),
            body: ByteBuf::from(message.body),
            now: message.now,
        })
    }

    /// Returns `true` if the answer may be that money was moved. Only the host that writes may ask it.
    pub(crate) const fn moves_money(&self) -> bool {
        match self {
            Self::Charge(_) | Self::Capture(_) | Self::Void(_) | Self::Refund(_) => true,
            Self::Lookup(_)
            | Self::CheckAmount(_)
            | Self::RefundsOf(_)
            | Self::RefundsPage { .. }
            | Self::Webhook(_) => false,
        }
    }
}

impl WebhookForm {
    /// Returns the headers, as a message has them.
    pub(crate) fn headers(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }

    /// Returns the message, whose headers are those of [`WebhookForm::headers`].
    pub(crate) fn message<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> WebhookMessage<'a> {
        WebhookMessage { headers, body: &self.body, now: self.now }
    }
}

impl Answer {
    /// Returns what an answer comes to that is none to the question.
    pub(super) fn unexpected(self) -> GatewayError {
        match self {
            Self::Failed(why) => GatewayError(why),
            _ => GatewayError("the other host has answered another question".into()),
        }
    }
}

/// Encodes a question.
///
/// # Errors
/// It can't be encoded, which is a bug: nothing was asked.
pub(crate) fn encode_question(question: &Question) -> Result<Vec<u8>, GatewayError> {
    write(question)
}

/// Decodes a question.
///
/// # Errors
/// The reason, whatever the bytes are.
pub(crate) fn decode_question(bytes: &[u8]) -> Result<Question, GatewayError> {
    read(bytes)
}

/// Encodes an answer.
///
/// # Errors
/// It can't be encoded, which is a bug.
pub(crate) fn encode_answer(answer: &Answer) -> Result<Vec<u8>, GatewayError> {
    write(answer)
}

/// Decodes an answer.
///
/// # Errors
/// The reason, whatever the bytes are.
pub(crate) fn decode_answer(bytes: &[u8]) -> Result<Answer, GatewayError> {
    read(bytes)
}

fn write(content: &impl Serialize) -> Result<Vec<u8>, GatewayError> {
    let mut bytes = vec![VERSION];
    let written = rmp_serde::encode::write_named(&mut bytes, content);
    written.map(|()| bytes).map_err(|error| GatewayError(error.to_string()))
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, GatewayError> {
    match bytes {
        [VERSION, content @ ..] => {
            let unreadable = |error| GatewayError(format!("a message about a charge can't be read: {error}"));
            rmp_serde::from_slice(content).map_err(unreadable)
        }
        [version, ..] => Err(GatewayError(format!("a message about a charge has the unknown form {version}"))),
        [] => Err(GatewayError("a message about a charge is empty".into())),
    }
}
