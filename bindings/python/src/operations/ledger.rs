//! Whose the money is.

use std::sync::{Arc, Mutex, PoisonError};

use boxoffice::{Error, NewPayout};
use boxoffice_bindings::ledger_query;
use pyo3::prelude::*;

use crate::call::{Awaitable, Shared};
use crate::convert::{Amount, actor, id, key};
use crate::faces::faces;
use crate::operations::reading;
use crate::values::{Balance, BalanceEntryPage, Payout, PlatformBalance};

/// The ledger of `office`, its next command named if there is a name.
fn ledger(office: &boxoffice::BoxOffice, name: Option<String>) -> Result<boxoffice::Ledger, Error> {
    let ledger = office.ledger();
    Ok(match key(name)? {
        Some(key) => ledger.idempotency_key(key),
        None => ledger,
    })
}

/// A statement's parts that nobody has asked for yet.
#[derive(Clone)]
struct Parts(Arc<Mutex<dyn Iterator<Item = Result<String, Error>> + Send>>);

impl Parts {
    fn of(office: &boxoffice::BoxOffice, actor_id: Option<String>, seller_id: &str) -> Result<Self, Error> {
        let parts = office.ledger().statement_csv(actor(actor_id)?, id("sellerId", seller_id)?)?;
        Ok(Self(Arc::new(Mutex::new(parts))))
    }

    fn next(&self) -> Result<Option<String>, Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next().transpose()
    }
}

faces! {
    /// Whose the money is: what sellers are owed, and what the platform has of it.
    ///
    /// `actor_id` is who asks; `None` is the box office itself.
    Ledger,
    /// Whose the money is; as `Ledger`, for asyncio.
    AsyncLedger;

    /// What a seller is owed, and how it came to that: one `Balance` a currency; none for who never sold anything. For the seller and
    /// operators.
    ///
    /// Raises `NotFoundError`, `ForbiddenError`.
    fn balance(office, actor_id: Option<String>, seller_id: String) (actor_id, seller_id) -> Vec<Balance> {
        async move {
            let balances = office.ledger().balance(actor(actor_id)?, id("sellerId", &seller_id)?);
            balances.map(|balances| balances.into_iter().map(Balance).collect())
        }
    }

    /// A page of what made the balance, the newest first. For the seller and operators.
    ///
    /// `limit` is 1 to 100; `cursor` the `next` of the page before. Raises `ValidationError`, `NotFoundError`, `ForbiddenError`.
    fn entries(office, actor_id: Option<String>, seller_id: String, limit: Option<i64>, cursor: Option<String>)
        (actor_id, seller_id, *, limit=None, cursor=None) -> BalanceEntryPage {
        async move {
            let (actor, seller) = (actor(actor_id)?, id("sellerId", &seller_id)?);
            let query = ledger_query(limit, cursor.as_deref())?;
            reading(|| office.ledger().entries(actor, seller, &query)).map(BalanceEntryPage)
        }
    }

    /// The platform's accounts, one `PlatformBalance` a currency. For operators.
    ///
    /// Raises `ForbiddenError`.
    fn platform(office, actor_id: Option<String>) (actor_id) -> Vec<PlatformBalance> {
        async move {
            let balances = office.ledger().platform(actor(actor_id)?);
            balances.map(|balances| balances.into_iter().map(PlatformBalance).collect())
        }
    }

    /// Records that a seller was paid what they are owed, or a part of it: `amount`, such as `"120.50"`, in `currency`, or the box
    /// office's default currency. No money moves by it: it has, or will, at the bank, where `reference` finds it. For operators.
    ///
    /// Raises `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` with `payout.exceeds_balance`.
    fn record_payout(
        office,
        actor_id: Option<String>,
        seller_id: String,
        amount: Amount,
        reference: String,
        currency: Option<String>,
        idempotency_key: Option<String>
    ) (actor_id, seller_id, amount, reference, *, currency=None, idempotency_key=None) -> Payout {
        async move {
            let (actor, seller) = (actor(actor_id)?, id("sellerId", &seller_id)?);
            let mut payout = NewPayout::new(amount.0, reference);
            payout.currency = currency;
            ledger(&office, idempotency_key)?.record_payout(actor, seller, payout).await.map(Payout)
        }
    }
    ;
    only blocking {
        /// All of what made the balance, the newest first, as CSV by RFC 4180: an iterator over parts, first the header, then some lines
        /// at a time. For the seller and operators.
        ///
        /// Text that a spreadsheet would take for a formula has an apostrophe before it. Raises `NotFoundError`, `ForbiddenError`.
        #[pyo3(signature = (actor_id, seller_id))]
        fn statement_csv(&self, py: Python<'_>, actor_id: Option<String>, seller_id: String) -> PyResult<Statement> {
            let office = self.0.office(py)?.clone();
            let parts = self.0.block(py, async move { Parts::of(&office, actor_id, &seller_id) })?;
            Ok(Statement { shared: Arc::clone(&self.0), parts })
        }
    }
    only asyncio {
        /// All of what made the balance, the newest first, as CSV by RFC 4180: an asynchronous iterator over parts, first the header,
        /// then some lines at a time. For the seller and operators.
        ///
        /// Text that a spreadsheet would take for a formula has an apostrophe before it. Raises `NotFoundError`, `ForbiddenError`.
        #[pyo3(signature = (actor_id, seller_id))]
        fn statement_csv(
            &self,
            py: Python<'_>,
            actor_id: Option<String>,
            seller_id: String,
        ) -> PyResult<AsyncStatement> {
            let office = self.0.office(py)?.clone();
            let parts = self.0.block(py, async move { Parts::of(&office, actor_id, &seller_id) })?;
            Ok(AsyncStatement { shared: Arc::clone(&self.0), parts })
        }
    }
}

/// An iterator over the parts of a statement, which are read when they are asked for.
#[pyclass(frozen, module = "boxoffice")]
pub(crate) struct Statement {
    shared: Arc<Shared>,
    parts: Parts,
}

#[pymethods]
impl Statement {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<String>> {
        self.shared.block(py, async { reading(|| self.parts.next()) })
    }
}

/// An asynchronous iterator over the parts of a statement, which are read when they are asked for.
#[pyclass(frozen, module = "boxoffice")]
pub(crate) struct AsyncStatement {
    shared: Arc<Shared>,
    parts: Parts,
}

#[pymethods]
impl AsyncStatement {
    fn __aiter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __anext__(&self, py: Python<'_>) -> PyResult<Awaitable<String>> {
        let parts = self.parts.clone();
        self.shared.start_iterating(py, async move { reading(|| parts.next()) })
    }
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Statement(…)")
    }
}

impl std::fmt::Debug for AsyncStatement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AsyncStatement(…)")
    }
}
