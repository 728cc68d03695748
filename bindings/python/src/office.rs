//! Opening a box office.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::SeededIds;
use boxoffice::{BoxOffice, Builder, Error, KeyRing, LateMoneyPolicy, Limits};
use pyo3::inspect::PyStaticExpr;
use pyo3::prelude::*;
use pyo3::{Borrowed, type_hint_identifier, type_hint_subscript};

use crate::call::{Awaitable, Shared, runtime};
use crate::clock::clock_of;
use crate::convert::{Nothing, Time};
use crate::errors::exception;
use crate::gateway::gateway_of;
use crate::operations::{
    AsyncAuth, AsyncJournal, AsyncLedger, AsyncOrders, AsyncPayments, AsyncTickets, Auth, Journal, Ledger, Orders,
    Payments, Tickets, reading,
};
use crate::values::{FeePolicy, Stats};

/// Everything that can be chosen, `None` where the box office's own default holds.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Options<'py> {
    hold: Option<Duration>,
    open_orders_max: Option<u32>,
    late_money: Option<String>,
    fees: Option<FeePolicy>,
    order_tickets_max: Option<usize>,
    listing_tickets_max: Option<usize>,
    gateway: Option<Bound<'py, PyAny>>,
    gateway_loop: Option<Bound<'py, PyAny>>,
    clock: Option<Bound<'py, PyAny>>,
    seed: Option<u64>,
    jwt_key: Option<Vec<u8>>,
    previous_jwt_keys: Option<Vec<Vec<u8>>>,
    session_length: Option<Duration>,
    default_currency: Option<String>,
    answer_payment_within: Option<Duration>,
    pending_payments_max: Option<usize>,
    gateway_timeout: Option<Duration>,
    reconcile_after: Option<(Duration, Duration)>,
    unknown_charge_after: Option<Duration>,
    queue_len: Option<usize>,
    refuse_when_full: Option<bool>,
}

impl Options<'_> {
    fn builder(&self, runtime: &tokio::runtime::Handle) -> PyResult<Builder> {
        let mut builder = BoxOffice::builder();
        if let Some(gateway) = &self.gateway {
            builder = builder.gateway(gateway_of(gateway, self.gateway_loop.as_ref(), runtime)?);
        }
        if let Some(clock) = &self.clock {
            builder = builder.clock(clock_of(clock)?);
        }
        Ok(self.plain(builder))
    }

    fn limits(&self) -> Result<Limits, Error> {
        let usual = Limits::new();
        let late_money = self.late_money.as_deref().map(str::parse::<LateMoneyPolicy>).transpose();
        Ok(usual
            .late_money(late_money.map_err(|reason| Error::invalid("lateMoney", reason))?.unwrap_or(usual.late_money))
            .fees(self.fees.map_or(usual.fees, |policy| policy.0))
            .hold(self.hold.unwrap_or(usual.hold))
            .open_orders_max(self.open_orders_max.unwrap_or(usual.open_orders_max))
            .order_tickets_max(self.order_tickets_max.unwrap_or(usual.order_tickets_max))
            .listing_tickets_max(self.listing_tickets_max.unwrap_or(usual.listing_tickets_max)))
    }

    /// What needs no conversion.
    fn plain(&self, builder: Builder) -> Builder {
        fn set<T>(builder: Builder, value: Option<T>, set: impl FnOnce(Builder, T) -> Builder) -> Builder {
            match value {
                Some(value) => set(builder, value),
                None => builder,
            }
        }
        let builder = set(builder, self.seed, |builder, seed| builder.ids(Arc::new(SeededIds::new(seed))));
        let builder = set(builder, self.session_length, Builder::session_length);
        let builder = set(builder, self.answer_payment_within, Builder::answer_payment_within);
        let builder = set(builder, self.pending_payments_max, Builder::pending_payments_max);
        let builder = set(builder, self.gateway_timeout, Builder::gateway_timeout);
        let builder = set(builder, self.reconcile_after, |builder, (first, most)| builder.reconcile_after(first, most));
        let builder = set(builder, self.unknown_charge_after, Builder::unknown_charge_after);
        let builder = set(builder, self.queue_len, Builder::queue_len);
        set(builder, self.refuse_when_full, Builder::refuse_when_full)
    }

    fn keys(&self) -> Result<Option<KeyRing>, Error> {
        let Some(key) = &self.jwt_key else { return Ok(None) };
        let previous = self.previous_jwt_keys.iter().flatten();
        previous.fold(KeyRing::new(key), |ring, key| ring?.with_previous(key)).map(Some)
    }

    fn checked(&self, builder: Builder) -> Result<Builder, Error> {
        let mut builder = builder.limits(self.limits()?);
        if let Some(keys) = self.keys()? {
            builder = builder.key_ring(keys);
        }
        if let Some(code) = &self.default_currency {
            let currency = code.parse().map_err(|reason| Error::invalid("defaultCurrency", reason))?;
            builder = builder.default_currency(currency);
        }
        Ok(builder)
    }
}

/// An open box office: what `BoxOffice` and `AsyncBoxOffice` are made of.
#[pyclass(frozen, weakref, module = "boxoffice._native")]
#[derive(Debug)]
pub(crate) struct Office(pub(crate) Arc<Shared>);

#[pymethods]
impl Office {
    #[new]
    fn new(py: Python<'_>, path: PathBuf, options: Chosen) -> PyResult<Self> {
        let opened = py.detach(move || {
            let Chosen { builder, runtime, session_length } = options;
            let office = builder.open(path)?;
            Ok(Shared::new(office, runtime, session_length))
        });
        opened.map(|shared| Self(Arc::new(shared))).map_err(|error: Error| exception(py, &error))
    }

    #[getter]
    fn auth(&self) -> Auth {
        Auth(self.0.clone())
    }

    #[getter]
    fn tickets(&self) -> Tickets {
        Tickets(self.0.clone())
    }

    #[getter]
    fn orders(&self) -> Orders {
        Orders(self.0.clone())
    }

    #[getter]
    fn payments(&self) -> Payments {
        Payments(self.0.clone())
    }

    #[getter]
    fn ledger(&self) -> Ledger {
        Ledger(self.0.clone())
    }

    #[getter]
    fn journal(&self) -> Journal {
        Journal(self.0.clone())
    }

    #[getter]
    fn async_auth(&self) -> AsyncAuth {
        AsyncAuth(self.0.clone())
    }

    #[getter]
    fn async_tickets(&self) -> AsyncTickets {
        AsyncTickets(self.0.clone())
    }

    #[getter]
    fn async_orders(&self) -> AsyncOrders {
        AsyncOrders(self.0.clone())
    }

    #[getter]
    fn async_payments(&self) -> AsyncPayments {
        AsyncPayments(self.0.clone())
    }

    #[getter]
    fn async_ledger(&self) -> AsyncLedger {
        AsyncLedger(self.0.clone())
    }

    #[getter]
    fn async_journal(&self) -> AsyncJournal {
        AsyncJournal(self.0.clone())
    }

    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        let office = self.0.office(py)?;
        Ok(Stats(py.detach(|| office.stats())))
    }

    fn is_ready(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.0.office(py)?.is_ready())
    }

    fn now(&self, py: Python<'_>) -> PyResult<Time> {
        let office = self.0.office(py)?;
        Ok(Time(py.detach(|| office.now())))
    }

    fn compact(&self, py: Python<'_>) -> PyResult<bool> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, async move { reading(|| office.compact()) })
    }

    fn compact_async(&self, py: Python<'_>) -> PyResult<Awaitable<bool>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, async move { reading(|| office.compact()) })
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let office = self.0.office(py)?.clone();
        self.0.block(py, async move { office.close().await })
    }

    fn close_async(&self, py: Python<'_>) -> PyResult<Awaitable<Nothing>> {
        let office = self.0.office(py)?.clone();
        self.0.start(py, async move { office.close().await.map(|()| Nothing) })
    }

    /// Stops telling the event loop of outcomes; there are none any more.
    fn forget_loop(&self, py: Python<'_>) {
        self.0.forget_loop(py);
    }
}

/// What was chosen, ready to be opened without the interpreter.
pub(crate) struct Chosen {
    builder: Builder,
    runtime: tokio::runtime::Runtime,
    session_length: Option<Duration>,
}

impl FromPyObject<'_, '_> for Chosen {
    type Error = PyErr;

    const INPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    );

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let py = object.py();
        let options: Options<'_> = object.extract()?;
        let runtime = runtime().map_err(|error| exception(py, &error))?;
        let builder = options.builder(runtime.handle())?;
        let builder = options.checked(builder).map_err(|error| exception(py, &error))?;
        Ok(Self { builder, runtime, session_length: options.session_length })
    }
}
