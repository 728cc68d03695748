// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `ledger`.

use crate::generated::prelude::*;

/// Operations on the ledger: balances, entries and payouts.
///
/// Args:
///     idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
///         a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
///         with the key is refused with `IdempotencyMismatchError` (`command.key_reused`).
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Ledger(pub(crate) Arc<Shared>);

#[pymethods]
impl Ledger {
    /// Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
    /// seller, operators and the system.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`) for other actors; `NotFoundError` (`auth.user_not_found`).
    #[pyo3(signature = (actor_id, seller_id))]
    fn balance(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<Vec<Balance>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::balance(office, actor_id, seller_id))
    }

    /// Returns a page of the entries behind the balance, the newest first.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     limit: How many entries a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises the errors of `ledger.balance`; `ValidationError` with an entry for each invalid field of the query;
    /// `UnavailableError` (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (actor_id, seller_id, *, limit=None, cursor=None))]
    fn entries(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<BalanceEntryPage> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::entries(office, actor_id, seller_id, limit, cursor))
    }

    /// Streams all entries behind the balance, from the query's cursor on, in pages of its limit.
    ///
    /// Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
    /// others come exactly once.
    ///
    /// Polling never waits: a page is read immediately, as by `ledger.entries`.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     limit: How many entries a page has at most.
    ///     cursor: The place after which the page starts: `next` of the page before.
    ///
    /// Raises the errors of `ledger.entries`, as the last item.
    #[pyo3(signature = (actor_id, seller_id, *, limit=None, cursor=None))]
    fn iter(
        &self,
        py: Python<'_>,
        actor_id: Who,
        seller_id: String,
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> PyResult<Iter<BalanceEntry>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::iter(office, actor_id, seller_id, limit, cursor))?;
        Ok(Iter::new(&self.0, parts))
    }

    /// Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
    /// to 100 lines at a time, read on demand.
    ///
    /// Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises the errors of `ledger.balance`; `UnavailableError` (`journal.unavailable`) in the middle if the views'
    /// file can't be read any more.
    #[pyo3(signature = (actor_id, seller_id))]
    fn statement_csv(&self, py: Python<'_>, actor_id: Who, seller_id: String) -> PyResult<Iter<String>> {
        let office = self.0.office(py)?.clone();
        let parts = self.0.block(py, run::statement_csv(office, actor_id, seller_id))?;
        Ok(Iter::new(&self.0, parts))
    }

    /// Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
    /// system.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`) for other actors.
    #[pyo3(signature = (actor_id))]
    fn platform(&self, py: Python<'_>, actor_id: Who) -> PyResult<Vec<PlatformBalance>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::platform(office, actor_id))
    }

    /// Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
    /// money: the bank does, before or after.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///     amount: Amount: a decimal number in major units, with at most as many decimals as the currency has.
    ///     reference: Reference by which the bank identifies the payout: 1 to 100 characters.
    ///     currency: ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is
    ///         none.
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

/// Native part of the package's `AsyncLedger`.
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
        limit: Option<Whole>,
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
        limit: Option<Whole>,
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
        self.0.start_on_loop(
            py,
            run::record_payout(office, actor_id, seller_id, amount, reference, currency, idempotency_key),
        )
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
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<BalanceEntryPage, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::LedgerQuery::default();
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
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
        limit: Option<Whole>,
        cursor: Option<String>,
    ) -> Result<Parts<BalanceEntry>, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let seller_id = id("sellerId", &seller_id)?;
        let mut errors = FieldErrors::default();
        let mut query = boxoffice::LedgerQuery::default();
        if let Some(it) = errors.parse("limit", limit.map(|it| it.0.to_string()).as_deref()) {
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
