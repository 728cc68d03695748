//! Whose the money is.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::Error;
use napi_derive::napi;

use crate::convert::{actor, id, key};
use crate::errors::rejection;
use crate::office::Shared;
use crate::operations::reading;
use crate::values::{Balance, BalanceEntryPage, CommandOptions, LedgerQuery, NewPayout, Payout, PlatformBalance};

/// Whose the money is: what sellers are owed, and what the platform has of it.
///
/// `actorId` is who asks; `null` is the box office itself.
#[napi]
#[derive(Debug)]
pub struct Ledger(pub(crate) Arc<Shared>);

impl Ledger {
    /// The ledger of the front door, its next command named if there is a name.
    fn named(&self, options: Option<CommandOptions>) -> Result<boxoffice::Ledger, Error> {
        let ledger = self.0.office().ledger();
        Ok(match key(options.and_then(|options| options.idempotency_key))? {
            Some(key) => ledger.idempotency_key(key),
            None => ledger,
        })
    }
}

#[napi]
impl Ledger {
    /// What a seller is owed, and how it came to that: one balance a currency; none for who never sold anything. For the seller and
    /// operators.
    ///
    /// Rejects with `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub async fn balance(&self, actor_id: Option<String>, seller_id: String) -> napi::Result<Vec<Balance>> {
        let balance = || self.0.office().ledger().balance(actor(actor_id)?, id("sellerId", &seller_id)?);
        balance().map(|balances| balances.into_iter().map(Balance::from).collect()).map_err(rejection)
    }

    /// A page of what made the balance, the newest first. For the seller and operators.
    ///
    /// Rejects with `ValidationError`, `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub async fn entries(
        &self,
        actor_id: Option<String>,
        seller_id: String,
        query: Option<LedgerQuery>,
    ) -> napi::Result<BalanceEntryPage> {
        let query = query.unwrap_or_default();
        let entries = || {
            let (actor, seller) = (actor(actor_id)?, id("sellerId", &seller_id)?);
            self.0.office().ledger().entries(actor, seller, &query.checked()?)
        };
        reading(entries).map(BalanceEntryPage::from).map_err(rejection)
    }

    /// All of what made the balance, the newest first, as CSV by RFC 4180: `for await` gives its parts, first the header, then some
    /// lines at a time. For the seller and operators.
    ///
    /// Text that a spreadsheet would take for a formula has an apostrophe before it. Throws `NotFoundError`, `ForbiddenError`.
    #[napi]
    pub fn statement_csv(&self, actor_id: Option<String>, seller_id: String) -> napi::Result<Statement> {
        let parts = || self.0.office().ledger().statement_csv(actor(actor_id)?, id("sellerId", &seller_id)?);
        parts().map(|parts| Statement(Arc::new(Mutex::new(parts)))).map_err(rejection)
    }

    /// The platform's accounts, one balance a currency. For operators.
    ///
    /// Rejects with `ForbiddenError`.
    #[napi]
    pub async fn platform(&self, actor_id: Option<String>) -> napi::Result<Vec<PlatformBalance>> {
        let platform = || self.0.office().ledger().platform(actor(actor_id)?);
        platform().map(|balances| balances.into_iter().map(PlatformBalance::from).collect()).map_err(rejection)
    }

    /// Records that a seller was paid what they are owed, or a part of it. No money moves by it: it has, or will, at the bank. For
    /// operators.
    ///
    /// Rejects with `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` with `payout.exceeds_balance`.
    #[napi]
    pub async fn record_payout(
        &self,
        actor_id: Option<String>,
        seller_id: String,
        payout: NewPayout,
        options: Option<CommandOptions>,
    ) -> napi::Result<Payout> {
        let record = async {
            let (actor, seller) = (actor(actor_id)?, id("sellerId", &seller_id)?);
            self.named(options)?.record_payout(actor, seller, payout.into()).await
        };
        record.await.map(Payout::from).map_err(rejection)
    }
}

/// The parts of a statement, which are read when they are asked for. Several iterations of one share its parts.
#[napi]
pub struct Statement(Arc<Mutex<dyn Iterator<Item = Result<String, Error>> + Send>>);

#[napi]
impl Statement {
    /// The next part; `null` at the end.
    #[napi]
    pub async fn next_part(&self) -> napi::Result<Option<String>> {
        let next = || self.0.lock().unwrap_or_else(PoisonError::into_inner).next().transpose();
        reading(next).map_err(rejection)
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Statement(…)")
    }
}
