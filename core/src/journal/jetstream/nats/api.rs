//! Requests to JetStream, in its own JSON, and what its answers say.

use std::time::Duration;

use async_nats::{Client, Message, Request, RequestErrorKind};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::super::answer::Answer;

/// Time after which a request counts as unanswered. A permission that is lacking looks like this, too.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// JetStream's code for a stream that does not exist.
pub(crate) const STREAM_NOT_FOUND: u64 = 10_059;

/// Status of an answer to a request that nobody listens to.
const NO_RESPONDERS: u16 = 503;

/// Error of JetStream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{description} (code {err_code})")]
pub(crate) struct ApiError {
    /// Code of the error.
    #[serde(default)]
    pub(crate) err_code: u64,
    /// Its description.
    #[serde(default)]
    pub(crate) description: String,
}

/// Reason why a request has no usable answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiFailure {
    /// Nobody has answered in time.
    #[error("the servers do not answer {0}: they are not reachable, have no leader, or do not permit it")]
    Silence(String),
    /// JetStream has refused.
    #[error("the servers refuse {0}: {1}")]
    Refused(String, #[source] ApiError),
    /// The answer is in no form that is known.
    #[error("the servers' answer to {0} can't be read: {1}")]
    Unreadable(String, String),
}

impl ApiFailure {
    /// Returns `true` if it may be over in a moment: the servers elect a leader.
    pub(crate) fn passes(&self) -> bool {
        match self {
            Self::Silence(_) => true,
            Self::Refused(_, error) => matches!(error.err_code, 10_008 | 10_009),
            Self::Unreadable(..) => false,
        }
    }

    /// Returns JetStream's code.
    pub(crate) fn code(&self) -> Option<u64> {
        match self {
            Self::Refused(_, error) => Some(error.err_code),
            Self::Silence(_) | Self::Unreadable(..) => None,
        }
    }
}

/// Asks JetStream; `what` is the end of the subject, such as `STREAM.INFO.JOURNAL-1`.
pub(crate) async fn ask<T: DeserializeOwned>(client: &Client, what: &str, body: &Value) -> Result<T, ApiFailure> {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let request = Request::new().payload(body).timeout(Some(ANSWER_TIMEOUT));
    let answer = client.send_request(format!("$JS.API.{what}"), request).await;
    let silence = || ApiFailure::Silence(what.to_owned());
    let answer = answer.map_err(|error| match error.kind() {
        RequestErrorKind::TimedOut | RequestErrorKind::NoResponders => silence(),
        _ => ApiFailure::Unreadable(what.to_owned(), error.to_string()),
    })?;
    read(what, &answer.payload)
}

/// Reads an answer of JetStream.
fn read<T: DeserializeOwned>(what: &str, payload: &[u8]) -> Result<T, ApiFailure> {
    #[derive(Deserialize)]
    struct Failed {
        error: Option<ApiError>,
    }
    let unreadable = |error: serde_json::Error| ApiFailure::Unreadable(what.to_owned(), error.to_string());
    let failed: Failed = serde_json::from_slice(payload).map_err(unreadable)?;
    match failed.error {
        Some(error) => Err(ApiFailure::Refused(what.to_owned(), error)),
        None => serde_json::from_slice(payload).map_err(unreadable),
    }
}

/// Returns the names of the streams with subjects of a journal.
pub(crate) async fn stream_names(client: &Client) -> Result<Vec<String>, ApiFailure> {
    #[derive(Deserialize)]
    struct Names {
        #[serde(default)]
        streams: Option<Vec<String>>,
        #[serde(default)]
        total: usize,
    }
    let mut all = Vec::new();
    loop {
        let body = json!({ "subject": super::subjects::STREAM_SUBJECTS, "offset": all.len() });
        let Names { streams, total } = ask(client, "STREAM.NAMES", &body).await?;
        let page = streams.unwrap_or_default();
        let is_last = page.is_empty();
        all.extend(page);
        if is_last || all.len() >= total {
            return Ok(all);
        }
    }
}

/// Returns the configuration of a consumer that reads from a sequence number. It lies in the memory of one server, and is
/// gone soon after its reader.
pub(crate) fn consumer_config(stream: &str, name: &str, from: u64) -> Value {
    json!({
        "stream_name": stream,
        "action": "create",
        "config": {
            "name": name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": from.max(1),
            "ack_policy": "none",
            "replay_policy": "instant",
            "num_replicas": 1,
            "mem_storage": true,
            "inactive_threshold": nanos(Duration::from_secs(10)),
        },
    })
}

/// Returns a request for the next messages of a consumer.
pub(crate) fn pull(batch: usize, expires: Duration, heartbeat: Duration) -> Bytes {
    let request = json!({ "batch": batch, "expires": nanos(expires), "idle_heartbeat": nanos(heartbeat) });
    Bytes::from(request.to_string())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Reads the answer to a publish. One that can't be read tells nothing, as if there were none.
pub(crate) fn answer_of(message: &Message) -> Answer {
    parse_answer(message.status.map(|status| status.as_u16()), &message.payload)
}

fn parse_answer(status: Option<u16>, payload: &[u8]) -> Answer {
    #[derive(Deserialize)]
    struct Published {
        error: Option<ApiError>,
        #[serde(default)]
        seq: u64,
        #[serde(default)]
        duplicate: bool,
    }
    if status == Some(NO_RESPONDERS) {
        return Answer::Silence;
    }
    match serde_json::from_slice(payload) {
        Ok(Published { error: Some(error), .. }) => {
            Answer::Refused { code: error.err_code, last: wrong_last(&error.description) }
        }
        Ok(Published { seq, duplicate, .. }) if seq > 0 => Answer::Ack { seq, duplicate },
        Ok(_) | Err(_) => Answer::Silence,
    }
}

/// Reads the number of `wrong last sequence: 17`.
fn wrong_last(description: &str) -> Option<u64> {
    description.strip_prefix("wrong last sequence: ")?.trim().parse().ok()
}

/// Reads the sequence number of a delivered message from the subject for its acknowledgement.
///
/// It is `$JS.ACK.stream.consumer.delivered.SEQUENCE.…`; in its second form a domain and an account come before the
/// stream.
pub(crate) fn delivered_seq(reply: &str) -> Option<u64> {
    let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
    let at = match tokens.len() {
        7 => 3,
        9.. => 5,
        _ => return None,
    };
    tokens.get(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_to_a_publish_are_read() {
        let check = |payload: &str, expected| assert_eq!(parse_answer(None, payload.as_bytes()), expected, "{payload}");
        check(r#"{"stream":"JOURNAL-1","seq":8}"#, Answer::Ack { seq: 8, duplicate: false });
        check(r#"{"stream":"JOURNAL-1","seq":8,"duplicate":true}"#, Answer::Ack { seq: 8, duplicate: true });
        check(r#"{"stream":"JOURNAL-1","domain":"hub","seq":9}"#, Answer::Ack { seq: 9, duplicate: false });
        let wrong = r#"{"error":{"code":400,"err_code":10071,"description":"wrong last sequence: 17"},"stream":"JOURNAL-1","seq":0}"#;
        check(wrong, Answer::Refused { code: 10_071, last: Some(17) });
        let constant =
            r#"{"error":{"code":400,"err_code":10164,"description":"wrong last sequence"},"stream":"S","seq":0}"#;
        check(constant, Answer::Refused { code: 10_164, last: None });
        let busy =
            r#"{"error":{"code":503,"err_code":10008,"description":"JetStream system temporarily unavailable"}}"#;
        check(busy, Answer::Refused { code: 10_008, last: None });
    }

    #[test]
    fn what_can_not_be_read_tells_nothing() {
        for payload in ["", "{}", "null", "[]", "+OK", r#"{"seq":-1}"#, r#"{"stream":"JOURNAL-1","seq":0}"#] {
            assert_eq!(parse_answer(None, payload.as_bytes()), Answer::Silence, "{payload}");
        }
        assert_eq!(parse_answer(Some(503), br#"{"seq":8}"#), Answer::Silence);
    }

    #[test]
    fn the_last_sequence_is_a_number_or_nothing() {
        assert_eq!(wrong_last("wrong last sequence: 0"), Some(0));
        assert_eq!(wrong_last("wrong last sequence: 18446744073709551615"), Some(u64::MAX));
        for other in ["wrong last sequence", "wrong last sequence: ", "wrong last sequence: -1", "another: 7", ""] {
            assert_eq!(wrong_last(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_sequence_of_a_delivered_message_is_found_in_both_forms() {
        assert_eq!(delivered_seq("$JS.ACK.JOURNAL-1.reader.1.417.3.1800000000000000000.0"), Some(417));
        let second = "$JS.ACK._.AbCdEf.JOURNAL-1.reader.1.417.3.1800000000000000000.0";
        assert_eq!(delivered_seq(second), Some(417));
        assert_eq!(delivered_seq(&format!("{second}.random")), Some(417));
        for other in ["", "$JS.ACK.", "$JS.ACK.a.b.c", "_INBOX.x.y", "$JS.ACK.a.b.1.x.3.4.0"] {
            assert_eq!(delivered_seq(other), None, "{other:?}");
        }
    }

    #[test]
    fn an_answer_is_an_error_or_what_was_asked_for() {
        #[derive(Debug, PartialEq, Eq, Deserialize)]
        struct Asked {
            count: u64,
        }
        assert_eq!(read::<Asked>("X", br#"{"type":"io.nats","count":3}"#).unwrap(), Asked { count: 3 });
        let refused = br#"{"error":{"code":404,"err_code":10059,"description":"stream not found"}}"#;
        let refused = read::<Asked>("STREAM.INFO.JOURNAL-1", refused).unwrap_err();
        assert_eq!((refused.code(), refused.passes()), (Some(STREAM_NOT_FOUND), false));
        let busy = br#"{"error":{"code":503,"err_code":10008,"description":"temporarily unavailable"}}"#;
        assert!(read::<Asked>("X", busy).unwrap_err().passes());
        assert!(refused.to_string().contains("STREAM.INFO.JOURNAL-1"), "{refused}");
        assert!(matches!(read::<Asked>("X", b"{}"), Err(ApiFailure::Unreadable(..))));
        assert!(matches!(read::<Asked>("X", b"no JSON"), Err(ApiFailure::Unreadable(..))));
    }

    #[test]
    fn a_reader_begins_where_it_is_told() {
        let config = consumer_config("JOURNAL-1", "reader", 418);
        assert_eq!(config["config"]["opt_start_seq"], 418);
        assert_eq!(config["config"]["inactive_threshold"], 10_000_000_000_u64);
        assert_eq!(consumer_config("JOURNAL-1", "reader", 0)["config"]["opt_start_seq"], 1);
        let pull: Value =
            serde_json::from_slice(&pull(64, Duration::from_secs(30), Duration::from_millis(500))).unwrap();
        assert_eq!(pull, json!({ "batch": 64, "expires": 30_000_000_000_u64, "idle_heartbeat": 500_000_000 }));
    }
}
