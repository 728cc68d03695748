use std::collections::HashMap;

use boxoffice::gateway;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::convert::{Date, date, one_character_a_byte};

/// A message of a card processor (a webhook) as it came, byte for byte, because that is what is signed.
#[napi(object, object_from_js = false)]
pub struct WebhookMessage {
    /// The headers, with names in lower case; of several with one name the first.
    pub headers: HashMap<String, String>,
    /// The body.
    pub body: Buffer,
    /// The time by which its age is judged.
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
