//! The form in which a forwarded command, or the question for the first answer to one, and the answer cross from one host to
//! another.
//!
//! A message is one byte with the version of its form, then self-describing `MessagePack`. Hosts of two releases understand
//! each other as long as the versions are the same: a new field needs a new version, which a release reads before the next
//! one writes it. Nothing of it is stored.

use std::borrow::Cow;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::{ByteArray, ByteBuf};

use crate::command::Command;
use crate::domain::Reply;
use crate::engine::answer;
use crate::engine::handle::{Repetition, Request};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::journal::RESULT_KEPT_MS;
use crate::types::{CardToken, CommandId, Timestamp};

/// Version of the form of requests and answers.
const VERSION: u8 = 1;

/// Context of the fingerprints of commands that their callers have not named.
const FINGERPRINT_CONTEXT: &str = "boxoffice forwarded command 1";

/// Time for which the result of such a command is kept, in milliseconds. No host sends a command again after that.
const BRIEFLY_MS: u64 = 10 * 60 * 1000;

/// Reason why bytes are no request or answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    /// A newer version wrote it, or nobody did.
    #[error("it has form {0}, this version knows form {VERSION}")]
    Version(u8),
    /// It has no content, or another one than its form has.
    #[error("it can't be read: {0}")]
    Malformed(String),
}

impl From<WireError> for Error {
    fn from(error: WireError) -> Self {
        // Hosts of two releases may not understand each other for as long as an upgrade takes.
        Self::from(Code::JournalUnavailable).with_source(error)
    }
}

/// What another host asks.
#[derive(Debug)]
pub(crate) enum Given {
    /// To decide a command.
    Decision(Request),
    /// For the first answer to a command.
    FirstAnswer(Repetition),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum WireGiven<'a> {
    Decision(WireRequest<'a>),
    FirstAnswer(WireRepetition),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireRepetition {
    id: CommandId,
    fingerprint: ByteArray<16>,
    refusal: WireAnswer,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireRequest<'a> {
    id: CommandId,
    actor: Actor,
    fingerprint: ByteArray<16>,
    is_brief: bool,
    card: Option<Cow<'a, str>>,
    command: Cow<'a, Command>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireAnswer {
    retry_after_ms: Option<u64>,
    answer: ByteBuf,
}

/// Returns the request with a fingerprint: the caller's, or else one of its content.
pub(crate) fn named(request: Request) -> Request {
    if request.fingerprint.is_some() {
        return request;
    }
    Request { fingerprint: Some(fingerprint(&request.command)), is_brief: true, ..request }
}

fn fingerprint(command: &Command) -> [u8; 16] {
    // Serializing to memory doesn't fail for commands; a shorter fingerprint is still a fingerprint.
    let content = rmp_serde::to_vec_named(command).unwrap_or_default();
    let hash = blake3::derive_key(FINGERPRINT_CONTEXT, &content);
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    half
}

/// Returns the time under which the result of a request that is decided now is stored. It expires a day later.
pub(in crate::engine) fn result_at(request: &Request, now: Timestamp) -> Timestamp {
    if !request.is_brief {
        return now;
    }
    Timestamp::from_millis((now.as_millis() + BRIEFLY_MS).saturating_sub(RESULT_KEPT_MS))
}

/// Encodes a request. One without a fingerprint gets the one of its content.
///
/// # Errors
/// `internal` if it can't be encoded, which is a bug.
pub(crate) fn encode(request: &Request) -> Result<Vec<u8>, Error> {
    let Request { command, id, actor, fingerprint: own, card, is_brief, is_delivered: _ } = request;
    write(&WireGiven::Decision(WireRequest {
        id: *id,
        actor: *actor,
        fingerprint: ByteArray::new(own.unwrap_or_else(|| fingerprint(command))),
        is_brief: *is_brief || own.is_none(),
        card: card.as_ref().map(|card| card.expose().into()),
        command: Cow::Borrowed(command),
    }))
}

/// Encodes the question for the first answer to a command.
///
/// # Errors
/// `internal` if it can't be encoded, which is a bug.
pub(crate) fn encode_repetition(repetition: &Repetition) -> Result<Vec<u8>, Error> {
    let Repetition { id, fingerprint, refusal, is_delivered: _ } = repetition;
    let refusal = wire_answer(&Err(refusal.clone()))?;
    let fingerprint = ByteArray::new(*fingerprint);
    write(&WireGiven::FirstAnswer(WireRepetition { id: *id, fingerprint, refusal }))
}

/// Decodes what another host asks.
///
/// # Errors
/// [`WireError`], whatever the bytes are.
pub(crate) fn decode_given(bytes: &[u8]) -> Result<Given, WireError> {
    match read::<WireGiven<'_>>(bytes)? {
        WireGiven::Decision(request) => decided(request).map(Given::Decision),
        WireGiven::FirstAnswer(WireRepetition { id, fingerprint, refusal }) => {
            let answer = answer_of(refusal);
            let refusal = answer.err().ok_or_else(|| WireError::Malformed("its refusal is none".into()))?;
            let fingerprint = fingerprint.into_array();
            Ok(Given::FirstAnswer(Repetition { id, fingerprint, refusal, is_delivered: true }))
        }
    }
}

/// Decodes a request. It has a fingerprint.
///
/// # Errors
/// [`WireError`], whatever the bytes are.
#[cfg(any(test, feature = "simulation"))]
#[cfg_attr(not(test), allow(dead_code, reason = "the simulation of several hosts may decode by itself"))]
pub(crate) fn decode(bytes: &[u8]) -> Result<Request, WireError> {
    match decode_given(bytes)? {
        Given::Decision(request) => Ok(request),
        Given::FirstAnswer(_) => Err(WireError::Malformed("it is no command".into())),
    }
}

fn decided(request: WireRequest<'_>) -> Result<Request, WireError> {
    let WireRequest { id, actor, fingerprint, is_brief, card, command } = request;
    let card = card.map(|card| card.parse::<CardToken>()).transpose();
    let card = card.map_err(|error| WireError::Malformed(format!("its card {error}")))?;
    let (command, fingerprint) = (command.into_owned(), Some(fingerprint.into_array()));
    Ok(Request { command, id, actor, fingerprint, card, is_brief, is_delivered: true })
}

/// Encodes an answer.
///
/// # Errors
/// `internal` if it can't be encoded, which is a bug.
pub(crate) fn encode_answer(answer: &Result<Reply, Error>) -> Result<Vec<u8>, Error> {
    write(&wire_answer(answer)?)
}

fn wire_answer(answer: &Result<Reply, Error>) -> Result<WireAnswer, Error> {
    let wait = answer.as_ref().err().and_then(Error::retry_after);
    let retry_after_ms = wait.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    Ok(WireAnswer { retry_after_ms, answer: answer::encode(answer)?.into() })
}

/// Decodes an answer.
///
/// # Errors
/// The error that the answer is; `journal.unavailable` if it can't be read, whatever the bytes are.
pub(crate) fn decode_answer(bytes: &[u8]) -> Result<Reply, Error> {
    answer_of(read(bytes)?)
}

fn answer_of(WireAnswer { retry_after_ms, answer }: WireAnswer) -> Result<Reply, Error> {
    answer::decode(&answer).map_err(|error| match retry_after_ms {
        Some(wait) => error.with_retry_after(Duration::from_millis(wait)),
        None => error,
    })
}

fn write(content: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = vec![VERSION];
    match rmp_serde::encode::write_named(&mut bytes, content) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Error::from(Code::Internal).with_source(error)),
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    let malformed = |what: &dyn std::fmt::Display| WireError::Malformed(what.to_string());
    let mut rest = match bytes {
        [VERSION, rest @ ..] => rest,
        [version, ..] => return Err(WireError::Version(*version)),
        [] => return Err(malformed(&"it is empty")),
    };
    let content = rmp_serde::from_read(&mut rest).map_err(|error| malformed(&error))?;
    if rest.is_empty() { Ok(content) } else { Err(malformed(&"something follows it")) }
}

#[cfg(test)]
mod tests;
