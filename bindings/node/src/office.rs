//! Opening a box office.

use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::SeededIds;
use boxoffice::{BoxOffice, Builder, Clock, Code, Error, KeyRing, LateMoneyPolicy, Limits};
use napi::Env;
use napi::bindgen_prelude::{Buffer, ClassInstance, PromiseRaw};
use napi_derive::napi;

use crate::clock::{HostClock, ManualClock};
use crate::convert::{Date, date, natural};
use crate::errors::rejection;
use crate::gateway::GatewayHooks;
use crate::operations::{Auth, Journal, Ledger, Orders, Payments, Tickets};
use crate::stripe::StripeGateway;
use crate::values::{FeePolicy, Stats};

/// An open box office with what its parts share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// `None` only while it is dropped.
    office: Option<BoxOffice>,
    /// How long sessions last, if that was chosen.
    pub(crate) session_length: Option<Duration>,
}

impl Shared {
    pub(crate) fn office(&self) -> &BoxOffice {
        self.office.as_ref().expect("only drop takes it")
    }
}

impl Drop for Shared {
    /// Stopping waits for the writer, which may wait for a clock of the very thread that drops this.
    #[expect(clippy::disallowed_methods, reason = "the thread that collects garbage must not wait")]
    fn drop(&mut self) {
        let office = self.office.take();
        std::thread::spawn(move || drop(office));
    }
}

/// Everything that can be chosen but for the clock; what is left out is as the core has it.
#[napi(object, object_to_js = false)]
pub struct NativeOptions {
    pub hold_ms: Option<i64>,
    pub open_orders_max: Option<i64>,
    pub late_money: Option<String>,
    pub fees: Option<FeePolicy>,
    pub order_tickets_max: Option<i64>,
    pub listing_tickets_max: Option<i64>,
    pub gateway: Option<GatewayHooks>,
    pub seed: Option<i64>,
    pub jwt_key: Option<Buffer>,
    pub previous_jwt_keys: Option<Vec<Buffer>>,
    pub session_length_ms: Option<i64>,
    pub default_currency: Option<String>,
    pub answer_payment_within_ms: Option<i64>,
    pub pending_payments_max: Option<i64>,
    pub gateway_timeout_ms: Option<i64>,
    pub reconcile_after_ms: Option<Vec<i64>>,
    pub unknown_charge_after_ms: Option<i64>,
    pub queue_len: Option<i64>,
    pub refuse_when_full: Option<bool>,
}

impl std::fmt::Debug for NativeOptions {
    /// There is a key among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NativeOptions(…)")
    }
}

fn millis(field: &'static str, value: Option<i64>) -> Result<Option<Duration>, Error> {
    value.map(|value| natural(field, value).map(Duration::from_millis)).transpose()
}

fn count<N: TryFrom<i64>>(field: &'static str, value: Option<i64>) -> Result<Option<N>, Error> {
    value.map(|value| natural(field, value)).transpose()
}

fn set<T>(builder: Builder, value: Option<T>, set: impl FnOnce(Builder, T) -> Builder) -> Builder {
    match value {
        Some(value) => set(builder, value),
        None => builder,
    }
}

impl NativeOptions {
    fn builder(self, clock: Option<Arc<dyn Clock>>) -> Result<(Builder, Option<Duration>), Error> {
        let session_length = millis("sessionLengthMs", self.session_length_ms)?;
        let mut builder = BoxOffice::builder().limits(self.limits()?);
        if let Some(keys) = self.keys()? {
            builder = builder.key_ring(keys);
        }
        if let Some(code) = &self.default_currency {
            let currency = code.parse().map_err(|reason| Error::invalid("defaultCurrency", reason))?;
            builder = builder.default_currency(currency);
        }
        let builder = self.times(set(builder, clock, Builder::clock))?;
        let builder = set(builder, session_length, Builder::session_length);
        let pending = count("pendingPaymentsMax", self.pending_payments_max)?;
        let builder = set(builder, pending, Builder::pending_payments_max);
        let builder = set(builder, count("queueLen", self.queue_len)?, Builder::queue_len);
        let builder = set(builder, self.refuse_when_full, Builder::refuse_when_full);
        let seed = count("seed", self.seed)?;
        let builder = set(builder, seed, |builder, seed| builder.ids(Arc::new(SeededIds::new(seed))));
        let builder = set(builder, self.gateway, |builder, gateway| builder.gateway(Arc::new(gateway)));
        Ok((builder, session_length))
    }

    fn limits(&self) -> Result<Limits, Error> {
        let usual = Limits::new();
        let late_money = self.late_money.as_deref().map(str::parse::<LateMoneyPolicy>).transpose();
        let listing_tickets_max = count("listingTicketsMax", self.listing_tickets_max)?;
        Ok(usual
            .fees(self.fees.as_ref().map(FeePolicy::checked).transpose()?.unwrap_or(usual.fees))
            .hold(millis("holdMs", self.hold_ms)?.unwrap_or(usual.hold))
            .open_orders_max(count("openOrdersMax", self.open_orders_max)?.unwrap_or(usual.open_orders_max))
            .late_money(late_money.map_err(|reason| Error::invalid("lateMoney", reason))?.unwrap_or(usual.late_money))
            .order_tickets_max(count("orderTicketsMax", self.order_tickets_max)?.unwrap_or(usual.order_tickets_max))
            .listing_tickets_max(listing_tickets_max.unwrap_or(usual.listing_tickets_max)))
    }

    fn keys(&self) -> Result<Option<KeyRing>, Error> {
        let Some(key) = &self.jwt_key else { return Ok(None) };
        let previous = self.previous_jwt_keys.iter().flatten();
        previous.fold(KeyRing::new(key), |ring, key| ring?.with_previous(key)).map(Some)
    }

    fn times(&self, builder: Builder) -> Result<Builder, Error> {
        let answer = millis("answerPaymentWithinMs", self.answer_payment_within_ms)?;
        let builder = set(builder, answer, Builder::answer_payment_within);
        let builder = set(builder, millis("gatewayTimeoutMs", self.gateway_timeout_ms)?, Builder::gateway_timeout);
        let unknown = millis("unknownChargeAfterMs", self.unknown_charge_after_ms)?;
        let builder = set(builder, unknown, Builder::unknown_charge_after);
        let Some(reconcile) = &self.reconcile_after_ms else { return Ok(builder) };
        let &[first, most] = reconcile.as_slice() else {
            return Err(Error::invalid("reconcileAfterMs", "must be two numbers"));
        };
        let time = |value| natural("reconcileAfterMs", value).map(Duration::from_millis);
        Ok(builder.reconcile_after(time(first)?, time(most)?))
    }
}

/// An open box office: what `BoxOffice` is made of.
#[napi]
#[derive(Debug)]
pub struct Office(Arc<Shared>);

impl Office {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

#[napi]
impl Office {
    /// Opens the directory, or makes a box office there.
    #[napi]
    pub fn open<'env>(
        env: &'env Env,
        path: String,
        options: NativeOptions,
        manual: Option<ClassInstance<'_, ManualClock>>,
        host: Option<ClassInstance<'_, HostClock>>,
        stripe: Option<ClassInstance<'_, StripeGateway>>,
    ) -> napi::Result<PromiseRaw<'env, Office>> {
        let manual = manual.map(|clock| Arc::clone(&clock.0) as Arc<dyn Clock>);
        let clock = manual.or_else(|| host.map(|clock| Arc::clone(&clock.0) as Arc<dyn Clock>));
        let stripe = stripe.map(|stripe| Arc::clone(&stripe.0));
        env.spawn_future(async move {
            let opened = tokio::task::spawn_blocking(move || {
                let (builder, session_length) = options.builder(clock)?;
                set(builder, stripe, |builder, stripe| builder.gateway(stripe))
                    .open(path)
                    .map(|office| Shared { office: Some(office), session_length })
            });
            let opened = opened.await.unwrap_or_else(|_| Err(Code::Internal.into()));
            opened.map(|shared| Self(Arc::new(shared))).map_err(rejection)
        })
    }

    #[napi(getter)]
    pub fn auth(&self) -> Auth {
        Auth(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn tickets(&self) -> Tickets {
        Tickets(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn orders(&self) -> Orders {
        Orders(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn payments(&self) -> Payments {
        Payments(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn ledger(&self) -> Ledger {
        Ledger(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn journal(&self) -> Journal {
        Journal(Arc::clone(&self.0))
    }

    #[napi]
    pub async fn stats(&self) -> napi::Result<Stats> {
        Ok(self.0.office().stats().into())
    }

    #[napi]
    pub fn is_ready(&self) -> bool {
        self.0.office().is_ready()
    }

    #[napi]
    pub async fn now(&self) -> napi::Result<Date> {
        Ok(date(self.0.office().now()))
    }

    #[napi]
    pub async fn compact(&self) -> napi::Result<bool> {
        let office = self.0.office().clone();
        let compacted = tokio::task::spawn_blocking(move || office.compact()).await;
        compacted.unwrap_or_else(|_| Err(Code::Internal.into())).map_err(rejection)
    }

    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        self.0.office().close().await.map_err(rejection)
    }
}
