//! A card processor for development. The token alone determines the answer.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    ChargeAnswer, ChargeRequest, GatewayError, GatewayFuture, LookupRequest, PaymentGateway, RefundAnswer,
    RefundRequest,
};
use crate::private_file;
use crate::types::{ChargeId, RefundId};

/// A card processor for development and tests. No money moves, and the token determines the outcome.
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
/// Like a real processor, it remembers its charges across a crash of the box office if it is opened with
/// [`Sandbox::open`], which keeps a file.
#[derive(Debug)]
pub struct Sandbox {
    late_by: Duration,
    authorizes: bool,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    entries: HashMap<ChargeId, Entry>,
    file: Option<File>,
}

/// State of a charge, stored as one line of the sandbox's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    charge_id: ChargeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declined: Option<Arc<str>>,
    /// Charged amount, in minor units.
    #[serde(default)]
    amount: u64,
    /// `true` while the money is only reserved.
    #[serde(default)]
    authorized: bool,
    /// Refunded amounts, in minor units.
    #[serde(default)]
    refunds: BTreeMap<RefundId, u64>,
}

/// Delivery of the sandbox's answer.
enum Manner {
    AtOnce,
    Late,
    Never,
}

impl Sandbox {
    /// Creates a sandbox that keeps its charges in memory only.
    pub fn in_memory() -> Self {
        Self { late_by: Duration::from_secs(12), authorizes: false, book: Mutex::default() }
    }

    /// Opens a sandbox that keeps its charges in a file of JSON lines.
    ///
    /// # Errors
    /// An I/O error if the file can't be opened or read, or is not UTF-8. Lines that are not entries are skipped.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = private_file::options().read(true).append(true).open(path)?;
        let mut entries = HashMap::new();
        for line in BufReader::new(&file).lines() {
            // A crash may truncate the last line; the charge in it was never answered.
            if let Ok(entry) = serde_json::from_str::<Entry>(&line?) {
                entries.insert(entry.charge_id, entry);
            }
        }
        let mut sandbox = Self::in_memory();
        sandbox.book = Mutex::new(Book { entries, file: Some(file) });
        Ok(sandbox)
    }

    /// Sets the delay of the answer to `tok_answerLate`, which is 12 seconds by default.
    #[must_use]
    pub fn late_by(mut self, wait: Duration) -> Self {
        self.late_by = wait;
        self
    }

    /// Makes charges reserve the money first and take it when it is [captured](PaymentGateway::capture), instead of at
    /// once.
    #[must_use]
    pub fn authorize_first(mut self) -> Self {
        self.authorizes = true;
        self
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Records the outcome that the token selects. A repeated id returns the recorded answer.
    fn charge(&mut self, entry: Entry) -> Result<ChargeAnswer, GatewayError> {
        if let Some(entry) = self.entries.get(&entry.charge_id) {
            return Ok(entry.answer());
        }
        self.note(entry)
    }

    /// Applies `end` to an entry that is only authorized. Returns the recorded answer of any other entry.
    fn end_authorization(
        &mut self,
        id: ChargeId,
        end: impl FnOnce(Entry) -> Entry,
    ) -> Result<ChargeAnswer, GatewayError> {
        match self.entries.get(&id) {
            Some(entry) if entry.authorized => {
                let entry = Entry { authorized: false, ..entry.clone() };
                self.note(end(entry))
            }
            Some(entry) => Ok(entry.answer()),
            None => Err(GatewayError("there is no such charge".into())),
        }
    }

    fn refund(&mut self, request: &RefundRequest) -> Result<RefundAnswer, GatewayError> {
        let refused = |reason: &str| Ok(RefundAnswer::Refused { reason: reason.into() });
        let done = RefundAnswer::Refunded { reference: Some(format!("sandbox_{}", request.refund_id).into()) };
        let Some(entry) = self.entries.get(&request.charge_id) else { return refused("There is no such charge") };
        if entry.refunds.contains_key(&request.refund_id) {
            return Ok(done);
        }
        let mut entry = entry.clone();
        let left = entry.amount.saturating_sub(entry.refunds.values().sum());
        if entry.declined.is_some() || entry.authorized {
            return refused("The money was not taken");
        }
        if request.amount.minor() > left {
            return refused("That is more than is left of the charge");
        }
        entry.refunds.insert(request.refund_id, request.amount.minor());
        self.note(entry).map(|_| done)
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
        let reference = || Some(format!("sandbox_{}", self.charge_id).into());
        match &self.declined {
            Some(reason) => ChargeAnswer::Declined { reason: Arc::clone(reason) },
            None if self.authorized => ChargeAnswer::Authorized { reference: reference() },
            None => ChargeAnswer::Charged { reference: reference() },
        }
    }
}

/// Returns the reason for which a token is declined, if it is, and the delivery of the answer.
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
            let answer = self.book().charge(Entry {
                charge_id: request.charge_id,
                authorized: self.authorizes && declined.is_none(),
                declined: declined.map(Into::into),
                amount: request.amount.minor(),
                refunds: BTreeMap::new(),
            })?;
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

    fn lookup(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.book().entries.get(&request.charge_id).map_or(ChargeAnswer::Unknown, Entry::answer);
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn refund(&self, request: RefundRequest) -> GatewayFuture<'_, RefundAnswer> {
        let answer = self.book().refund(&request);
        Box::pin(std::future::ready(answer))
    }

    fn capture(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let answer = self.book().end_authorization(request.charge_id, |entry| entry);
        Box::pin(std::future::ready(answer))
    }

    fn void(&self, request: LookupRequest) -> GatewayFuture<'_, ChargeAnswer> {
        let voided = |entry| Entry { declined: Some("The payment was cancelled".into()), ..entry };
        let answer = self.book().end_authorization(request.charge_id, voided);
        Box::pin(std::future::ready(answer))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;
    use crate::types::{Currency, Money, OrderId, Timestamp};

    fn request(id: u8, token: &str) -> ChargeRequest {
        ChargeRequest {
            charge_id: ChargeId::from_bytes([id; 16]),
            order_id: OrderId::from_bytes([id; 16]),
            amount: Money::from_minor(1999, Currency::USD).unwrap(),
            token: token.parse().unwrap(),
        }
    }

    fn lookup(id: u8) -> LookupRequest {
        LookupRequest {
            charge_id: ChargeId::from_bytes([id; 16]),
            order_id: OrderId::from_bytes([id; 16]),
            amount: request(id, "tok_visa").amount,
            reference: None,
            created_at: Timestamp::from_millis(0),
        }
    }

    fn refund(id: u8, refund: u8, minor: u64) -> RefundRequest {
        RefundRequest {
            refund_id: RefundId::from_bytes([refund; 16]),
            charge_id: ChargeId::from_bytes([id; 16]),
            reference: None,
            amount: Money::from_minor(minor, Currency::USD).unwrap(),
            created_at: Timestamp::from_millis(0),
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
        assert!(charged(&sandbox.lookup(lookup(5)).await));
        assert!(declined(&sandbox.lookup(lookup(6)).await));
        assert_eq!(sandbox.lookup(lookup(7)).await.unwrap(), ChargeAnswer::Unknown);
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
        let first = sandbox.refund(refund(1, 1, 1000)).await.unwrap();
        drop(sandbox);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"chargeId\":\"0").unwrap();
        let sandbox = Sandbox::open(&path).unwrap();
        assert!(charged(&sandbox.lookup(lookup(1)).await));
        assert_eq!(sandbox.refund(refund(1, 1, 1000)).await.unwrap(), first);
        assert!(matches!(sandbox.refund(refund(1, 2, 1000)).await, Ok(RefundAnswer::Refused { .. })));
        assert!(matches!(sandbox.refund(refund(1, 3, 999)).await, Ok(RefundAnswer::Refunded { .. })));
    }

    #[tokio::test]
    async fn only_money_that_was_taken_is_given_back() {
        let sandbox = Sandbox::in_memory();
        assert!(declined(&sandbox.charge(request(1, "tok_chargeDeclined")).await));
        assert!(matches!(sandbox.refund(refund(1, 1, 1)).await, Ok(RefundAnswer::Refused { .. })));
        assert!(matches!(sandbox.refund(refund(2, 2, 1)).await, Ok(RefundAnswer::Refused { .. })));
    }

    #[tokio::test]
    async fn what_is_set_aside_is_captured_or_voided() {
        let sandbox = Sandbox::in_memory().authorize_first();
        for id in [1, 2] {
            let answer = sandbox.charge(request(id, "tok_visa")).await.unwrap();
            assert!(matches!(answer, ChargeAnswer::Authorized { .. }));
        }
        assert!(matches!(sandbox.refund(refund(1, 1, 1)).await, Ok(RefundAnswer::Refused { .. })));
        assert!(charged(&sandbox.capture(lookup(1)).await));
        assert!(charged(&sandbox.void(lookup(1)).await));
        assert!(declined(&sandbox.void(lookup(2)).await));
        assert!(declined(&sandbox.capture(lookup(2)).await));
        assert!(sandbox.capture(lookup(3)).await.is_err());
    }
}
