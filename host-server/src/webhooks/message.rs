//! Messages and their signatures, by the Standard Webhooks specification.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use boxoffice::{Code, DomainEvent, Error, JournalHistory, Record, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use standardwebhooks::Webhook;

/// Value of `type` in the message that the journal goes on with another history.
pub(super) const RESET: &str = "journal.reset";

/// Value of `type` in a ping.
pub(super) const PING: &str = "webhook.ping";

const SECRET_LEN: usize = 32;

/// Signing key of deliveries, in the form `whsec_…`. It is shown once, when it is created.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Generates a secret of 32 random bytes.
    pub(super) fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; SECRET_LEN];
        getrandom::fill(&mut bytes)?;
        Ok(Self(format!("whsec_{}", STANDARD.encode(bytes))))
    }

    /// Parses a secret that the receiver already has: `whsec_` and 24 to 64 bytes in base64.
    pub(super) fn parse(text: String) -> Result<Self, Error> {
        let bytes = text.strip_prefix("whsec_").and_then(|encoded| STANDARD.decode(encoded).ok());
        if bytes.is_some_and(|bytes| (24..=64).contains(&bytes.len())) {
            Ok(Self(text))
        } else {
            Err(Error::invalid("secret", "must be whsec_ followed by 24 to 64 bytes in base64"))
        }
    }

    /// Returns the secret text. Never log it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Returns the names of all events, as used in subscriptions.
///
/// The names are taken from serde's error message for an unknown event, because serde knows them all.
pub fn event_types() -> &'static [String] {
    static TYPES: OnceLock<Vec<String>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let none = serde_json::from_value::<DomainEvent>(json!({ "type": "", "data": {} }));
        let told = none.err().map(|error| error.to_string()).unwrap_or_default();
        let names = told.split('`').skip(1).step_by(2).filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    })
}

/// Returns the names of the events that can be delivered: all but those about webhooks themselves.
pub(crate) fn deliverable_types() -> &'static [String] {
    static TYPES: OnceLock<Vec<String>> = OnceLock::new();
    TYPES.get_or_init(|| event_types().iter().filter(|name| !name.starts_with("Webhook")).cloned().collect())
}

/// A message to deliver. Its id is the same for all attempts.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) event_type: String,
    pub(super) seq: Option<u64>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Creates the message for a record: its event in the published form.
    ///
    /// Its id is that of the record's number. Where the history has replaced another, whose records had the same numbers and were
    /// told under them, a part of the record's hash is in it too: a receiver that knows the ids it has seen drops nothing new.
    pub(super) fn about(
        subscription: uuid::Uuid,
        record: &Record,
        history: JournalHistory,
    ) -> Result<Self, serde_json::Error> {
        let is_new = history.common.is_some_and(|common| record.seq > common);
        let number = if is_new { record.cursor().to_string() } else { record.seq.to_string() };
        let mut body = serde_json::to_value(&record.event)?;
        body["timestamp"] = json!(record.at.to_string());
        body["seq"] = json!(record.seq);
        Ok(Self {
            id: format!("msg_{}_{number}", subscription.simple()),
            event_type: record.event.name().to_owned(),
            seq: Some(record.seq),
            body: serde_json::to_vec(&body)?,
        })
    }

    /// Creates a test message that carries no event.
    pub(super) fn ping(id: uuid::Uuid, now: Timestamp) -> Self {
        let body = json!({ "type": PING, "timestamp": now.to_string(), "data": {} });
        Self {
            id: format!("ping_{}", id.simple()),
            event_type: PING.to_owned(),
            seq: None,
            body: body.to_string().into_bytes(),
        }
    }

    /// Creates the message that the journal goes on with another history, from the record after number `after` on.
    pub(super) fn reset(subscription: uuid::Uuid, history: JournalHistory, after: u64, now: Timestamp) -> Self {
        let data =
            json!({ "code": Code::JournalCursorUnknown.as_str(), "history": history.id.to_string(), "after": after });
        let body = json!({ "type": RESET, "timestamp": now.to_string(), "data": data });
        let history = history.id.to_string();
        Self {
            id: format!("reset_{}_{}_{after}", subscription.simple(), &history[..16]),
            event_type: RESET.to_owned(),
            seq: None,
            body: body.to_string().into_bytes(),
        }
    }

    /// Returns the value of `webhook-signature`: one signature for each secret.
    pub(super) fn sign<'a>(&self, secrets: impl Iterator<Item = &'a Secret>, at: Timestamp) -> Result<String, String> {
        let secs = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
        let signatures = secrets.map(|secret| Webhook::new(secret.reveal())?.sign(&self.id, secs, &self.body));
        let signatures: Result<Vec<_>, _> = signatures.collect();
        signatures.map(|signatures| signatures.join(" ")).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_known() {
        let types = event_types();
        for name in ["UserCreated", "OrderCreated", "ChargeRefunded"] {
            assert!(types.iter().any(|known| known == name), "{types:?}");
        }
        assert!(types.len() >= 15 && types.iter().all(|name| name.chars().all(char::is_alphabetic)), "{types:?}");
    }

    #[test]
    fn nothing_about_webhooks_is_delivered_to_them() {
        let left_out = event_types().len() - deliverable_types().len();
        assert_eq!(left_out, 5, "{:?}", event_types());
        assert!(deliverable_types().iter().any(|name| name == "HostJoined"));
    }

    #[test]
    fn secrets() {
        let made = Secret::generate().unwrap();
        assert_eq!(Secret::parse(made.reveal().to_owned()).unwrap(), made);
        assert_ne!(Secret::generate().unwrap(), made);
        assert_eq!(format!("{made:?}"), "Secret(…)");
        for wrong in ["", "whsec_", "whsec_AAAA", "whsec_!", made.reveal().strip_prefix("whsec_").unwrap()] {
            assert!(Secret::parse(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_secret_signs() {
        let secrets = [Secret::generate().unwrap(), Secret::generate().unwrap()];
        let now = Timestamp::from_millis(1_800_000_000_000);
        let message = Message::ping(uuid::Uuid::nil(), now);
        let both = message.sign(secrets.iter(), now).unwrap();
        let each: Vec<_> = secrets.iter().map(|secret| message.sign(std::iter::once(secret), now).unwrap()).collect();
        assert_eq!(both, each.join(" "));
    }
}
