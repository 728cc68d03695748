// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `payments`.

use crate::generated::prelude::*;

/// Operations on payments: charges and refunds.
///
/// Args:
///     idempotency_key: Sets the idempotency key of the next command, so that it can be repeated: if a user repeats
///         a command with its key within 24 hours, it returns the first answer and changes nothing. A different command
///         with the key is refused with `IdempotencyMismatchError` (`command.key_reused`). A repeated payment returns
///         its outcome as soon as that is known.
#[pyclass(frozen, module = "boxoffice")]
#[derive(Debug)]
pub(crate) struct Payments(pub(crate) Arc<Shared>);

#[pymethods]
impl Payments {
    /// Takes the money of an order: records the intent, asks the card processor, records its answer.
    ///
    /// The returned charge is `succeeded`, and the order is complete; or it is still `pending`, if the outcome was not
    /// known in time. Then the order keeps its tickets until the card processor has answered, which `payments.get`
    /// shows. An order is charged at most once in all cases.
    ///
    /// Raises `ValidationError` for a malformed token; `PaymentDeclinedError` (`payment.declined`), after which the
    /// order is cancelled; `UnavailableError` (`payment.misconfigured`) if the card processor does not accept what the
    /// shop asks for, whatever the card, after which the order is cancelled too; `NotFoundError` (`order.not_found`),
    /// `ForbiddenError` (`order.not_yours`), `ConflictError` (`order.payment_pending`, `order.already_paid`,
    /// `order.cancelled`, `order.expired`); `UnavailableError` (`payment.unavailable`) if too many payments wait for
    /// the card processor, or no host of the cluster has its keys; `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (buyer_id, order_id, token, *, idempotency_key=None))]
    fn pay(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        order_id: String,
        token: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Charge> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::pay(office, buyer_id, order_id, token, idempotency_key))
    }

    /// Returns a charge. For the order's buyer, the tickets' sellers and operators.
    ///
    /// Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
    /// (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (user_id, charge_id))]
    fn get(&self, py: Python<'_>, user_id: Who, charge_id: String) -> PyResult<Charge> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::get(office, user_id, charge_id))
    }

    /// Returns the secret with which the buyer's page continues a payment, if the card processor waits for an action of
    /// the buyer, such as a confirmation with their bank. For the buyer only.
    ///
    /// The order keeps its tickets until its deadline; then the charge is given up.
    ///
    /// Raises `NotFoundError` (`payment.not_found`), `ForbiddenError` (`payment.not_yours`); `UnavailableError`
    /// (`journal.unavailable`) if the views' file can't be read.
    #[pyo3(signature = (buyer_id, charge_id))]
    fn client_secret(&self, py: Python<'_>, buyer_id: Who, charge_id: String) -> PyResult<Option<String>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::client_secret(office, buyer_id, charge_id))
    }

    /// Gives back all that is left of the money of a complete order. Its tickets go back on sale if `return_to_sale` is
    /// `True`.
    ///
    /// Operators can, and a seller who sold all tickets of the order. Operators can also retry the refund of escalated
    /// money, whose tickets went back on sale when its order ended. The returned charge is `refunded`, or still
    /// `refunding` if the card processor has not confirmed it in time; it is then asked until it does. If it refuses
    /// permanently, the refund is `failed`, and the charge is as before.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `NotFoundError` (`order.not_found`), `ForbiddenError` (`order.not_yours`), `ConflictError`
    /// (`payment.not_refundable`, `payment.already_refunded`, `payment.return_needs_full_refund`) if a bank has taken
    /// some of the money back; `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (actor_id, order_id, *, return_to_sale, idempotency_key=None))]
    fn refund(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        return_to_sale: bool,
        idempotency_key: Option<String>,
    ) -> PyResult<Charge> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::refund(office, actor_id, order_id, return_to_sale, idempotency_key))
    }

    /// Gives back a part of the money of a complete order, such as `5.00`, in the order's currency. The tickets stay
    /// sold.
    ///
    /// The sum of all refunds, including concurrent ones, never exceeds the charge. Permissions and statuses are those
    /// of `payments.refund`.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ValidationError` for a malformed amount; `NotFoundError` (`order.not_found`), `ForbiddenError`
    /// (`order.not_yours`), `ConflictError` (`payment.not_refundable`, `payment.already_refunded`,
    /// `payment.refund_too_large`), `IdempotencyMismatchError` (`command.key_reused`).
    #[pyo3(signature = (actor_id, order_id, amount, *, idempotency_key=None))]
    fn refund_part(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        amount: Amount,
        idempotency_key: Option<String>,
    ) -> PyResult<Charge> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::refund_part(office, actor_id, order_id, amount, idempotency_key))
    }

    /// Returns the charges whose money belongs to no order and could not be given back, the oldest first. For
    /// operators, who settle them by `payments.refund` or `payments.resolve`.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ForbiddenError` (`auth.operator_required`).
    #[pyo3(signature = (actor_id))]
    fn escalated(&self, py: Python<'_>, actor_id: Who) -> PyResult<Vec<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::escalated(office, actor_id))
    }

    /// Records the resolution of escalated money, with a note of up to 500 characters. For operators.
    ///
    /// Args:
    ///     actor_id: The id of the user who acts. The box office itself acts by `BoxOffice.as_system`.
    ///
    /// Raises `ValidationError` for a note that is too long; `ForbiddenError` (`auth.operator_required`),
    /// `NotFoundError` (`order.not_found`), `ConflictError` (`payment.not_escalated`), `IdempotencyMismatchError`
    /// (`command.key_reused`).
    #[pyo3(signature = (actor_id, order_id, resolution, note, *, idempotency_key=None))]
    fn resolve(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        resolution: Given<boxoffice::Resolution>,
        note: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Charge> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::resolve(office, actor_id, order_id, resolution, note, idempotency_key))
    }

    /// Returns `True` if webhooks of this card processor are for this box office: if it is the gateway's name, ignoring
    /// the `-test` suffix of a processor's test mode. A host of a cluster that has no keys takes those of the hosts
    /// that have some, once it has heard of one.
    #[pyo3(signature = (processor))]
    fn takes_webhooks_of(&self, py: Python<'_>, processor: String) -> PyResult<bool> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.payments().takes_webhooks_of(&processor));
        Ok(value)
    }

    /// Records a webhook message of the card processor. Takes the message unchanged, with header names in lower case.
    ///
    /// Once it returns, the message's content is durable; a repeated message changes nothing. A message that does not
    /// concern this box office, such as one of an unknown kind or about a charge of another system, is accepted and
    /// ignored. Messages may come in any order. A message that comes too early is refused, and is accepted when the
    /// processor sends it again.
    ///
    /// Raises `ValidationError` (`payment.notice_refused`) if the message is not from the card processor, is too old or
    /// can't be read; `UnavailableError` (`payment.unavailable`) if the card processor has to be queried about it and
    /// does not answer, in which case it sends the message again; `NotFoundError` (`payment.not_found`),
    /// `ConflictError` (`payment.not_refundable`, `payment.refund_too_large`) if the message does not fit the known
    /// state.
    #[pyo3(signature = (headers, body))]
    fn receive_webhook(&self, py: Python<'_>, headers: Headers, body: PyBackedBytes) -> PyResult<Nothing> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, run::receive_webhook(office, headers, body))
    }
}

/// Native part of the package's `AsyncPayments`.
#[pyclass(frozen, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct AsyncPayments(pub(crate) Arc<Shared>);

#[pymethods]
impl AsyncPayments {
    #[pyo3(signature = (buyer_id, order_id, token, idempotency_key))]
    fn pay(
        &self,
        py: Python<'_>,
        buyer_id: Who,
        order_id: String,
        token: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::pay(office, buyer_id, order_id, token, idempotency_key))
    }

    #[pyo3(signature = (user_id, charge_id))]
    fn get(&self, py: Python<'_>, user_id: Who, charge_id: String) -> PyResult<Awaitable<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::get(office, user_id, charge_id))
    }

    #[pyo3(signature = (buyer_id, charge_id))]
    fn client_secret(&self, py: Python<'_>, buyer_id: Who, charge_id: String) -> PyResult<Awaitable<Option<String>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::client_secret(office, buyer_id, charge_id))
    }

    #[pyo3(signature = (actor_id, order_id, return_to_sale, idempotency_key))]
    fn refund(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        return_to_sale: bool,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::refund(office, actor_id, order_id, return_to_sale, idempotency_key))
    }

    #[pyo3(signature = (actor_id, order_id, amount, idempotency_key))]
    fn refund_part(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        amount: Amount,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::refund_part(office, actor_id, order_id, amount, idempotency_key))
    }

    #[pyo3(signature = (actor_id))]
    fn escalated(&self, py: Python<'_>, actor_id: Who) -> PyResult<Awaitable<Vec<Charge>>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::escalated(office, actor_id))
    }

    #[pyo3(signature = (actor_id, order_id, resolution, note, idempotency_key))]
    fn resolve(
        &self,
        py: Python<'_>,
        actor_id: Who,
        order_id: String,
        resolution: Given<boxoffice::Resolution>,
        note: String,
        idempotency_key: Option<String>,
    ) -> PyResult<Awaitable<Charge>> {
        let office = self.0.office(py)?.clone();
        self.0.start_on_loop(py, run::resolve(office, actor_id, order_id, resolution, note, idempotency_key))
    }

    #[pyo3(signature = (processor))]
    fn takes_webhooks_of(&self, py: Python<'_>, processor: String) -> PyResult<bool> {
        let office = self.0.office(py)?;
        let value = py.detach(|| office.payments().takes_webhooks_of(&processor));
        Ok(value)
    }

    #[pyo3(signature = (headers, body))]
    fn receive_webhook(&self, py: Python<'_>, headers: Headers, body: PyBackedBytes) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, run::receive_webhook(office, headers, body))
    }
}

mod run {
    use crate::generated::prelude::*;

    pub(super) async fn pay(
        office: BoxOffice,
        buyer_id: Who,
        order_id: String,
        token: String,
        idempotency_key: Option<String>,
    ) -> Result<Charge, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let order_id = id("orderId", &order_id)?;

        let handle = office.payments();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.pay(buyer_id, order_id, &token).await?;
        Ok(Charge(value))
    }

    pub(super) async fn get(office: BoxOffice, user_id: Who, charge_id: String) -> Result<Charge, Error> {
        let user_id = user_id.user("userId")?;
        let charge_id = id("chargeId", &charge_id)?;

        let value = office.payments().get(user_id, charge_id)?;
        Ok(Charge(value))
    }

    pub(super) async fn client_secret(
        office: BoxOffice,
        buyer_id: Who,
        charge_id: String,
    ) -> Result<Option<String>, Error> {
        let buyer_id = buyer_id.user("buyerId")?;
        let charge_id = id("chargeId", &charge_id)?;

        let value = office.payments().client_secret(buyer_id, charge_id)?;
        Ok(value.map(|one| one.expose().to_owned()))
    }

    pub(super) async fn refund(
        office: BoxOffice,
        actor_id: Who,
        order_id: String,
        return_to_sale: bool,
        idempotency_key: Option<String>,
    ) -> Result<Charge, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let order_id = id("orderId", &order_id)?;

        let handle = office.payments();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.refund(actor_id, order_id, return_to_sale).await?;
        Ok(Charge(value))
    }

    pub(super) async fn refund_part(
        office: BoxOffice,
        actor_id: Who,
        order_id: String,
        amount: Amount,
        idempotency_key: Option<String>,
    ) -> Result<Charge, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let order_id = id("orderId", &order_id)?;

        let handle = office.payments();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.refund_part(actor_id, order_id, &amount.0).await?;
        Ok(Charge(value))
    }

    pub(super) async fn escalated(office: BoxOffice, actor_id: Who) -> Result<Vec<Charge>, Error> {
        let actor_id = actor_id.actor("actorId")?;

        let value = reading(|| office.payments().escalated(actor_id))?;
        Ok(value.into_iter().map(|one| Charge(one)).collect())
    }

    pub(super) async fn resolve(
        office: BoxOffice,
        actor_id: Who,
        order_id: String,
        resolution: Given<boxoffice::Resolution>,
        note: String,
        idempotency_key: Option<String>,
    ) -> Result<Charge, Error> {
        let actor_id = actor_id.actor("actorId")?;
        let order_id = id("orderId", &order_id)?;
        let resolution = resolution.checked("resolution")?;

        let handle = office.payments();
        let handle = match key(idempotency_key)? {
            Some(key) => handle.idempotency_key(key),
            None => handle,
        };
        let value = handle.resolve(actor_id, order_id, resolution, &note).await?;
        Ok(Charge(value))
    }

    pub(super) async fn receive_webhook(
        office: BoxOffice,
        headers: Headers,
        body: PyBackedBytes,
    ) -> Result<Nothing, Error> {
        let headers: Vec<_> = headers.0.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();

        office.payments().receive_webhook(&headers, &body).await?;
        Ok(Nothing)
    }
}
