use std::collections::HashMap;

use boxoffice::gateway;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::convert::{Date, date, one_character_a_byte};

/// An inbound webhook message of a card processor, unchanged byte for byte, because the signature covers the bytes.
#[napi(object, object_from_js = false)]
pub struct WebhookMessage {
    /// Headers, with names in lower case. Of several headers with one name, the first.
    pub headers: HashMap<String, String>,
    /// Body of the message.
    pub body: Buffer,
    /// Time against which the age of the message is checked.
    pub now: Date,
}

impl From<&gateway::WebhookMessage<'_>> for WebhookMessage {
    fn from(message: &gateway::WebhookMessage<'_>) -> Self {
        let mut headers = HashMap::with_capacity(message.headers.len());
        for (name, value) in message.headers {
            headers.entry((*name).to_owned()).or_insert_with(|| one_character_a_byte(value));
        }
        Self { headers, body: message.body.to_vec().into(), now: date(message.now) }
    }
}

impl std::fmt::Debug for WebhookMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookMessage").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}
