// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `ledger`.

use crate::generated::prelude::*;

/// Reads balances and entries of the ledger, and records payouts.
///
/// Args:
///     idempotency_key: Names the next command, so that it may be sent again: the same user giving the same command
///         under the same key within 24 hours gets the first answer again, and nothing is done twice. Another command
///         under the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Ledger(pub(crate) Arc<Shared>);

#[pymethods]
impl Ledger {
    /// Returns what a seller is owed, and the sums behind it, one entry a currency; none for somebody who never sold
    /// anything. For the seller, operators and the system.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`) for anybody else; `NotFoundError` (`auth.user_not_found`).
    #[pyo3(signature = (actor_id, seller_id))]
    fn balance(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<Vec<Balance>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::balance(office, actor_id, seller_id))
    }

    /// Returns a page of the entries that make the balance, the newest first.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     limit: How many entries a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises as `ledger.balance`; `ValidationError` with an entry for each field of the query that is wrong;
    /// `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (actor_id, seller_id, *, limit=None, cursor=None))]
    fn entries(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> PyResult<BalanceEntryPage> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::entries(office, actor_id, seller_id, limit, cursor))
    }

    /// Streams all entries that make the balance, from the query's cursor on, a page of its limit at a time.
    ///
    /// Entries never change. Those that are posted meanwhile do not come, because the newest come first; all others
    /// come exactly once.
    ///
    /// Polling never waits: a page is read at once, as by `ledger.entries`.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     limit: How many entries a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises as `ledger.entries`, as the last item.
    #[pyo3(signature = (actor_id, seller_id, *, limit=None, cursor=None))]
    fn iter(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> PyResult<Iter<BalanceEntry>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, actor_id, seller_id, limit, cursor))?;
        Ok(Iter::new(&self.0, parts))
    }

    /// Returns all entries that make the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then
    /// up to 100 lines at a time, read when they are asked for.
    ///
    /// Amounts are exact decimals; text that a spreadsheet would take for a formula has an apostrophe before it.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises as `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views' file can't be
    /// read any more.
    #[pyo3(signature = (actor_id, seller_id))]
    fn statement_csv(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<Iter<String>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::statement_csv(office, actor_id, seller_id))?;
        Ok(Iter::new(&self.0, parts))
    }

    /// Returns the platform's accounts, one entry a currency in the order of the codes. For operators and the system.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`) for anybody else.
    #[pyo3(signature = (actor_id))]
    fn platform(&self, py: Python<'_>, actor_id: Who) -> PyResult<Vec<PlatformBalance>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::platform(office, actor_id))
    }

    /// Records that a seller was paid what they are owed, or a part of it. For operators and the system. It moves no
    /// money: the bank does, before or after.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     amount: A decimal number in major units, with at most as many decimals as the currency has.
    ///     reference: By what it is found at the bank: 1 to 100 characters.
    ///     currency: An ISO 4217 code, such as `EUR`; the box office's default currency if there is none.
    ///
    /// Raises `ValidationError`; `ForbiddenError` (`auth.operator_required`), `NotFoundError` (`auth.user_not_found`),
    /// `ConflictError` (`payout.exceeds_balance`), `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (actor_id, seller_id, amount, reference, *, currency=None, idempotency_key=None))]
    fn record_payout(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        amount: Amount,
        reference: String,
        currency: Option<String>,
        idempotency_key: Option<String>,
    ) -> PyResult<Payout> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::record_payout(office, actor_id, seller_id, amount, reference, currency, idempotency_key))
    }
}

/// What `AsyncLedger` of the package is made of.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncLedger(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncLedger {
    #[pyo3(signature = (actor_id, seller_id))]
    fn balance(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<Awaitable<Vec<Balance>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::balance(office, actor_id, seller_id))
    }

    #[pyo3(signature = (actor_id, seller_id, limit, cursor))]
    fn entries(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> PyResult<Awaitable<BalanceEntryPage>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::entries(office, actor_id, seller_id, limit, cursor))
    }

    #[pyo3(signature = (actor_id, seller_id, limit, cursor))]
    fn iter(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> PyResult<AsyncIter<BalanceEntry>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, actor_id, seller_id, limit, cursor))?;
        Ok(AsyncIter::new(&self.0, parts))
    }

    #[pyo3(signature = (actor_id, seller_id))]
    fn statement_csv(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<AsyncIter<String>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::statement_csv(office, actor_id, seller_id))?;
        Ok(AsyncIter::new(&self.0, parts))
    }

    #[pyo3(signature = (actor_id))]
    fn platform(&self, py: Python<'_>, actor_id: Who) -> PyResult<Awaitable<Vec<PlatformBalance>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::platform(office, actor_id))
    }

    #[pyo3(signature = (actor_id, seller_id, amount, reference, currency, idempotency_key))]
    fn record_payout(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        amount: Amount,
        reference: String,
        currency: Option<String>,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Payout>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::record_payout(office, actor_id, seller_id, amount, reference, currency, idempotency_key))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn balance(office: BoxOffice, actor_id: Who, seller_id: String) -> Result<Vec<Balance>, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;

        let value = reading(|| office.ledger().balance(actor_id, seller_id))?;
        Ok(value.into_iter().map(|one| Balance(one)).collect())
    }

    pub(super) async fn entries(
        office: BoxOffice,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<BalanceEntryPage, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::LedgerQuery::default();
        if let Some(it) = errors.parse("limit", limit.map(|it| it.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let value = reading(|| office.ledger().entries(actor_id, seller_id, &query))?;
        Ok(BalanceEntryPage(value))
    }

    pub(super) async fn iter(
        office: BoxOffice,
        actor_id: Who,
        seller_id: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Parts<BalanceEntry>, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::LedgerQuery::default();
        if let Some(it) = errors.parse("limit", limit.map(|it| it.to_string()).as_deref()) {
            query.limit = it;
        }
        query.cursor = errors.parse("cursor", cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(())?;

        let parts = office.blocking().ledger().iter(actor_id, seller_id, query);
        Ok(Parts::new(parts.map(|part| part.map(|part| BalanceEntry(part)))))
    }

    pub(super) async fn statement_csv(
        office: BoxOffice,
        actor_id: Who,
        seller_id: String,
    ) -> Result<Parts<String>, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;

        let parts = office.blocking().ledger().statement_csv(actor_id, seller_id)?;
        Ok(Parts::new(parts.map(|part| part.map(|part| part.to_string()))))
    }

    pub(super) async fn platform(office: BoxOffice, actor_id: Who) -> Result<Vec<PlatformBalance>, Error> {
        let actor_id = actor_id.actor("actorId")?;

        let value = reading(|| office.ledger().platform(actor_id))?;
        Ok(value.into_iter().map(|one| PlatformBalance(one)).collect())
    }

    pub(super) async fn record_payout(
        office: BoxOffice,
        actor_id: Who,
        seller_id: String,
        amount: Amount,
        reference: String,
        currency: Option<String>,
        idempotency_key: Option<String>,
    ) -> Result<Payout, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;
        let mut payout = boxoffice::NewPayout::new(amount.0, reference);
        payout.currency = currency;

        let handle = office.ledger();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.record_payout(actor_id, seller_id, payout).await?;
        Ok(Payout(value))
    }
}
