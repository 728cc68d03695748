//! The body of a batch: what one append changes in a copy of the journal, byte for byte.
//!
//! A follower decides nothing and encrypts nothing. It writes the very rows that the writer wrote, so that all copies are
//! equal: the rows of records with their hash chain, the vault's rows as the writer encrypted them, the owners of emails,
//! and the results of commands.
//!
//! A body is one format byte, then self-describing `MessagePack`. A field that this version doesn't know is an error,
//! because a copy that leaves anything out is none.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_bytes::Bytes;

use crate::journal::{JournalError, StoredResult};
use crate::types::{CommandId, Timestamp, UserId};

/// First byte of a body in the current format.
const PAYLOAD_FORMAT: u8 = 1;

/// What one append changes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Payload<'a> {
    /// Latest time of a command; results expire by it.
    pub(crate) now: Timestamp,
    /// Rows of records, in order.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rows: Vec<RecordRow<'a>>,
    /// The changed rows of the vault, each once, as they are after the append.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vault: Vec<VaultEntry<'a>>,
    /// The changed owners of emails, each once, as they are after the append.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) emails: Vec<EmailEntry>,
    /// Users whose keys are to be overwritten.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) erased: Vec<UserId>,
    /// Results of commands, in order.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) results: Vec<ResultEntry<'a>>,
}

/// A row of records.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RecordRow<'a> {
    /// Sequence number of its first record.
    pub(crate) first: u64,
    /// The row, as stored.
    #[serde(borrow, with = "serde_bytes")]
    pub(crate) row: &'a [u8],
}

/// A user's row in the vault.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VaultEntry<'a> {
    /// The user.
    pub(crate) user: UserId,
    /// The row, as stored; `None` if the user has none any more.
    #[serde(borrow)]
    pub(crate) row: Option<&'a Bytes>,
}

/// The owner of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EmailEntry {
    /// Key of the email.
    #[serde(with = "serde_bytes")]
    pub(crate) key: [u8; 16],
    /// Its owner; `None` if it has none any more.
    pub(crate) owner: Option<UserId>,
}

/// The result of a command.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ResultEntry<'a> {
    command: CommandId,
    at: Timestamp,
    #[serde(with = "serde_bytes")]
    fingerprint: [u8; 16],
    #[serde(borrow, with = "serde_bytes")]
    answer: &'a [u8],
}

/// Reason why bytes are no body of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PayloadError {
    /// Another version wrote it.
    #[error("its body has form {0}, this version knows form {PAYLOAD_FORMAT}")]
    Format(u8),
    /// It is none, or a newer version wrote it with more in it.
    #[error("its body can't be decoded: {0}")]
    Malformed(String),
}

impl<'a> Payload<'a> {
    /// Returns the body.
    pub(crate) fn encode(&self) -> Result<Arc<[u8]>, JournalError> {
        let mut body = vec![PAYLOAD_FORMAT];
        rmp_serde::encode::write_named(&mut body, self).map_err(|err| JournalError::Storage(Box::new(err)))?;
        Ok(body.into())
    }

    /// Reads a body.
    pub(crate) fn decode(body: &'a [u8]) -> Result<Self, PayloadError> {
        match body {
            [PAYLOAD_FORMAT, content @ ..] => {
                rmp_serde::from_slice(content).map_err(|error| PayloadError::Malformed(error.to_string()))
            }
            [] => Err(PayloadError::Malformed("it is empty".into())),
            [format, ..] => Err(PayloadError::Format(*format)),
        }
    }
}

impl<'a> ResultEntry<'a> {
    /// Returns the entry of a result.
    pub(crate) fn of((command, result): &'a (CommandId, StoredResult)) -> Self {
        let StoredResult { at, fingerprint, answer } = result;
        Self { command: *command, at: *at, fingerprint: *fingerprint, answer }
    }

    /// Returns the result.
    pub(crate) fn result(&self) -> (CommandId, StoredResult) {
        let Self { command, at, fingerprint, answer } = *self;
        (command, StoredResult { at, fingerprint, answer: answer.to_vec() })
    }
}

/// Shows how much there is of everything, and nothing of what.
impl fmt::Debug for Payload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, rows, vault, emails, erased, results } = self;
        f.debug_struct("Payload")
            .field("now", now)
            .field("rows", &rows.len())
            .field("vault", &vault.len())
            .field("emails", &emails.len())
            .field("erased", &erased.len())
            .field("results", &results.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId::from_bytes([1; 16]);
    const BOB: UserId = UserId::from_bytes([2; 16]);

    fn sample(results: &[(CommandId, StoredResult)]) -> Payload<'_> {
        Payload {
            now: Timestamp::from_millis(1_800_000_000_000),
            rows: vec![RecordRow { first: 7, row: b"row seven" }, RecordRow { first: 263, row: &[0xff; 300] }],
            vault: vec![
                VaultEntry { user: ANN, row: Some(Bytes::new(b"sealed")) },
                VaultEntry { user: BOB, row: None },
            ],
            emails: vec![EmailEntry { key: [3; 16], owner: Some(ANN) }, EmailEntry { key: [0xfe; 16], owner: None }],
            erased: vec![BOB],
            results: results.iter().map(ResultEntry::of).collect(),
        }
    }

    fn results() -> Vec<(CommandId, StoredResult)> {
        let result = |number: u8| {
            let result = StoredResult {
                at: Timestamp::from_millis(u64::from(number)),
                fingerprint: [number; 16],
                answer: vec![number; 3 * usize::from(number)],
            };
            (CommandId::from_bytes([number; 16]), result)
        };
        vec![result(0), result(200)]
    }

    #[test]
    fn a_body_comes_back_as_it_was_written() {
        let results = results();
        let payload = sample(&results);
        let body = payload.encode().unwrap();
        let decoded = Payload::decode(&body).unwrap();
        assert!(decoded == payload, "{decoded:?}");
        assert_eq!(decoded.results.iter().map(ResultEntry::result).collect::<Vec<_>>(), results);

        let nothing =
            Payload { rows: vec![], vault: vec![], emails: vec![], erased: vec![], results: vec![], ..payload };
        let body = nothing.encode().unwrap();
        assert!(Payload::decode(&body).unwrap() == nothing);
        assert!(body.len() < 20, "{} bytes for nothing", body.len());
    }

    #[test]
    fn hostile_bytes_are_errors() {
        let results = results();
        let payload = sample(&results);
        let body = payload.encode().unwrap();
        for len in 0..body.len() {
            assert!(matches!(Payload::decode(&body[..len]), Err(PayloadError::Malformed(_))), "{len}");
        }
        // Whatever a byte becomes, nothing panics; some changes are other content.
        for at in 0..body.len() {
            for value in [0x00, 0x7f, 0x80, 0x8f, 0x9f, 0xc0, 0xc1, 0xc4, 0xc6, 0xcf, 0xdb, 0xdd, 0xdf, 0xff] {
                let mut other = body.to_vec();
                other[at] = value;
                let decoded = Payload::decode(&other);
                assert_eq!(decoded.is_ok_and(|decoded| decoded == payload), other[..] == body[..], "{at} {value:#x}");
            }
        }
        // Lengths beyond the end, and lists without one.
        for bad in [
            b"\x01\xdf\xff\xff\xff\xff".as_slice(),
            b"\x01\x81\xa4rows\xdd\xff\xff\xff\xff",
            b"\x01\x82\xa3now\x01\xa6erased\xdd\xff\xff\xff\xff\xc4\x10",
            b"\x01\x90",
            b"\x01\xc0",
            b"\x01",
        ] {
            assert!(matches!(Payload::decode(bad), Err(PayloadError::Malformed(_))), "{bad:x?}");
        }
        assert!(Payload::decode(&[&[1_u8][..], &[0x91; 5_000]].concat()).is_err(), "deeply nested");
    }

    #[test]
    fn what_another_version_wrote_is_not_applied_in_part() {
        let body = sample(&[]).encode().unwrap();
        for format in [0, 2, 0xff] {
            let mut other = body.to_vec();
            other[0] = format;
            assert_eq!(Payload::decode(&other), Err(PayloadError::Format(format)));
        }
        let more = rmp_serde::to_vec_named(&serde_json::json!({ "now": 1, "rows": [], "seats": [] })).unwrap();
        let refused = Payload::decode(&[&[1_u8][..], &more].concat()).unwrap_err();
        assert!(refused.to_string().contains("seats"), "{refused}");
        let known = rmp_serde::to_vec_named(&serde_json::json!({ "now": 1, "rows": [] })).unwrap();
        assert_eq!(Payload::decode(&[&[1_u8][..], &known].concat()).map(|payload| payload.now.as_millis()), Ok(1));
    }
}
