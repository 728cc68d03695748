//! A card processor for development: its answer depends on the token alone.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, PaymentGateway, RefundRequest};
use crate::private_file;
use crate::types::ChargeId;

/// A card processor for development and tests: no money moves, and the token decides what happens.
///
/// | token | what happens |
/// |---|---|
/// | `tok_visa`, `tok_mastercard`, `tok_amex` | the money is taken |
/// | `tok_chargeDeclined` | declined |
/// | `tok_chargeDeclinedInsufficientFunds` | declined: insufficient funds |
/// | `tok_chargeDeclinedExpiredCard` | declined: expired card |
/// | `tok_chargeDeclinedIncorrectCvc` | declined: wrong security code |
/// | `tok_answerLate` | the money is taken, but the answer comes only after [`Sandbox::late_by`] |
/// | `tok_timeoutCharged` | the money is taken, but the answer is lost |
/// | `tok_timeoutNotCharged` | the money is not taken, and the answer is lost |
/// | anything else | declined: unknown card |
///
/// Like a real processor it remembers what it did, also when the box office crashes: [`Sandbox::open`] keeps a file.
#[derive(Debug)]
pub struct Sandbox {
    late_by: Duration,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    entries: HashMap<ChargeId, Entry>,
    file: Option<File>,
}

/// What the sandbox remembers of a charge; a line of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    charge_id: ChargeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declined: Option<Arc<str>>,
    #[serde(default)]
    refunded: bool,
}

/// How a token makes the sandbox answer.
enum Manner {
    AtOnce,
    Late,
    Never,
}

impl Sandbox {
    /// A sandbox that forgets everything when it is dropped.
    pub fn in_memory() -> Self {
        Self { late_by: Duration::from_secs(12), book: Mutex::default() }
    }

    /// A sandbox that keeps its book in a file of JSON lines.
    ///
    /// # Errors
    /// If the file can't be read or written, or holds something else.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = private_file::options().read(true).append(true).open(path)?;
        let mut entries = HashMap::new();
        for line in BufReader::new(&file).lines() {
            // The last line may be cut short by a crash; then its charge was never answered.
            if let Ok(entry) = serde_json::from_str::<Entry>(&line?) {
                entries.insert(entry.charge_id, entry);
            }
        }
        let mut sandbox = Self::in_memory();
        sandbox.book = Mutex::new(Book { entries, file: Some(file) });
        Ok(sandbox)
    }

    /// How long the answer to `tok_answerLate` takes; 12 seconds unless told otherwise.
    #[must_use]
    pub fn late_by(mut self, wait: Duration) -> Self {
        self.late_by = wait;
        self
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Does what the token says, once; the same id again gives the first answer.
    fn charge(&mut self, charge_id: ChargeId, declined: Option<&str>) -> Result<ChargeAnswer, GatewayError> {
        if let Some(entry) = self.entries.get(&charge_id) {
            return Ok(entry.answer());
        }
        self.note(Entry { charge_id, declined: declined.map(Into::into), refunded: false })
    }

    fn note(&mut self, entry: Entry) -> Result<ChargeAnswer, GatewayError> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&entry).map_err(|error| GatewayError(error.to_string()))?;
            line.push(b'\n');
            file.write_all(&line).map_err(|error| GatewayError(error.to_string()))?;
        }
        let answer = entry.answer();
        self.entries.insert(entry.charge_id, entry);
        Ok(answer)
    }
}

impl Entry {
    fn answer(&self) -> ChargeAnswer {
        match &self.declined {
            Some(reason) => ChargeAnswer::Declined { reason: Arc::clone(reason) },
            None => ChargeAnswer::Charged { reference: Some(format!("sandbox_{}", self.charge_id).into()) },
        }
    }
}

/// What a token stands for: why it is declined, if it is, and how the answer comes.
fn meaning(token: &str) -> (Option<&'static str>, Manner) {
    match token {
        "tok_visa" | "tok_mastercard" | "tok_amex" => (None, Manner::AtOnce),
        "tok_answerLate" => (None, Manner::Late),
        "tok_timeoutCharged" => (None, Manner::Never),
        "tok_timeoutNotCharged" => (Some("The card processor did not take the payment"), Manner::Never),
        "tok_chargeDeclined" => (Some("The card was declined"), Manner::AtOnce),
        "tok_chargeDeclinedInsufficientFunds" => (Some("The card has insufficient funds"), Manner::AtOnce),
        "tok_chargeDeclinedExpiredCard" => (Some("The card has expired"), Manner::AtOnce),
        "tok_chargeDeclinedIncorrectCvc" => (Some("The card's security code is wrong"), Manner::AtOnce),
        _ => (Some("The card is unknown"), Manner::AtOnce),
    }
}

impl PaymentGateway for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn charge(&self, request: ChargeRequest) -> GatewayFuture<'_, ChargeAnswer> {
        Box::pin(async move {
            let (declined, manner) = meaning(request.token.expose());
            let answer = self.book().charge(request.charge_id, declined)?;
            match manner {
                Manner::AtOnce => Ok(answer),
                Manner::Late => {
                    tokio::time::sleep(self.late_by).await;
                    Ok(answer)
                }
                Manner::Never => Err(GatewayError("the answer was lost".into())),
            }
        })
    }

    fn lookup(&self, charge_id: ChargeId) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.book().entries.get(&charge_id).map_or(ChargeAnswer::Unknown, Entry::answer);
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, ()> {
        let mut book = self.book();
        let result = match book.entries.get(&request.charge_id).cloned() {
            Some(entry) if entry.refunded => Ok(()),
            Some(entry) if entry.declined.is_none() => book.note(Entry { refunded: true, ..entry }).map(drop),
            _ => Err(GatewayError("there is no such charge".into())),
        };
        Box::pin(std::future::ready(result))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;
    use crate::types::{Currency, Money, OrderId};

    fn request(id: u8, token: &str) -> ChargeRequest {
        ChargeRequest {
            charge_id: ChargeId::from_bytes([id; 16]),
            order_id: OrderId::from_bytes([id; 16]),
            amount: Money::from_minor(1999, Currency::USD).unwrap(),
            token: token.parse().unwrap(),
        }
    }

    fn charged(answer: &Result<ChargeAnswer, GatewayError>) -> bool {
        matches!(answer, Ok(ChargeAnswer::Charged { .. }))
    }

    fn declined(answer: &Result<ChargeAnswer, GatewayError>) -> bool {
        matches!(answer, Ok(ChargeAnswer::Declined { .. }))
    }

    #[tokio::test]
    async fn tokens_decide() {
        let sandbox = Sandbox::in_memory().late_by(Duration::ZERO);
        assert!(charged(&sandbox.charge(request(1, "tok_visa")).await));
        assert!(declined(&sandbox.charge(request(2, "tok_chargeDeclined")).await));
        assert!(declined(&sandbox.charge(request(3, "tok_nonsense")).await));
        assert!(charged(&sandbox.charge(request(4, "tok_answerLate")).await));
        assert!(sandbox.charge(request(5, "tok_timeoutCharged")).await.is_err());
        assert!(sandbox.charge(request(6, "tok_timeoutNotCharged")).await.is_err());
        assert!(charged(&sandbox.lookup(ChargeId::from_bytes([5; 16])).await));
        assert!(declined(&sandbox.lookup(ChargeId::from_bytes([6; 16])).await));
        assert_eq!(sandbox.lookup(ChargeId::from_bytes([7; 16])).await.unwrap(), ChargeAnswer::Unknown);
    }

    #[tokio::test]
    async fn an_id_is_charged_once_whatever_the_second_token() {
        let sandbox = Sandbox::in_memory();
        assert!(declined(&sandbox.charge(request(1, "tok_chargeDeclined")).await));
        assert!(declined(&sandbox.charge(request(1, "tok_visa")).await));
    }

    #[tokio::test]
    async fn it_remembers_across_restarts_and_survives_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sandbox.jsonl");
        let sandbox = Sandbox::open(&path).unwrap();
        assert!(charged(&sandbox.charge(request(1, "tok_visa")).await));
        let refund = RefundRequest { charge_id: ChargeId::from_bytes([1; 16]), amount: request(1, "tok_visa").amount };
        sandbox.refund(refund).await.unwrap();
        drop(sandbox);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"chargeId\":\"0").unwrap();
        let sandbox = Sandbox::open(&path).unwrap();
        assert!(charged(&sandbox.lookup(ChargeId::from_bytes([1; 16])).await));
        assert!(sandbox.book().entries[&ChargeId::from_bytes([1; 16])].refunded);
        sandbox.refund(refund).await.unwrap();
    }

    #[tokio::test]
    async fn only_money_that_was_taken_is_given_back() {
        let sandbox = Sandbox::in_memory();
        assert!(declined(&sandbox.charge(request(1, "tok_chargeDeclined")).await));
        let refund = |id| RefundRequest { charge_id: ChargeId::from_bytes([id; 16]), amount: request(1, "t").amount };
        assert!(sandbox.refund(refund(1)).await.is_err());
        assert!(sandbox.refund(refund(2)).await.is_err());
    }
}
