// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Options, as JavaScript passes them.

use crate::generated::prelude::*;

/// Everything that can be chosen but for the clock; what is left out is as the core has it.
#[napi(object, object_to_js = false)]
pub struct NativeOptions {
    pub hold_ms: Option<f64>,
    pub fees: Option<FeePolicy>,
    pub gateway: Option<GatewayHooks>,
    pub accept_clock_jump: Option<bool>,
    pub seed: Option<f64>,
    pub jwt_key: Option<Buffer>,
    pub previous_jwt_keys: Option<Vec<Buffer>>,
    pub session_length_ms: Option<f64>,
    pub default_currency: Option<String>,
    pub answer_payment_within_ms: Option<f64>,
    pub pending_payments_max: Option<f64>,
    pub gateway_timeout_ms: Option<f64>,
    pub reconcile_after_ms: Option<Vec<f64>>,
    pub unknown_charge_after_ms: Option<f64>,
    pub queue_len: Option<f64>,
    pub refuse_when_full: Option<bool>,
    pub cluster: Option<ClusterOptions>,
    pub open_orders_max: Option<f64>,
    pub order_tickets_max: Option<f64>,
    pub listing_tickets_max: Option<f64>,
    pub late_money: Option<String>,
}

impl std::fmt::Debug for NativeOptions {
    /// There is a key among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NativeOptions(…)")
    }
}

impl NativeOptions {
    /// Sets the options that only need to be read, limits first, so that they undo no other option.
    pub(crate) fn plain(&mut self, builder: Builder) -> Result<Builder, Error> {
        let mut limits = Limits::default();
        if let Some(it) = self.open_orders_max.take() {
            limits.open_orders_max = natural("openOrdersMax", it)?;
        }
        if let Some(it) = self.order_tickets_max.take() {
            limits.order_tickets_max = natural("orderTicketsMax", it)?;
        }
        if let Some(it) = self.listing_tickets_max.take() {
            limits.listing_tickets_max = natural("listingTicketsMax", it)?;
        }
        if let Some(it) = self.late_money.take() {
            limits.late_money = parsed("lateMoney", &it)?;
        }
        let mut builder = builder.limits(limits);
        if let Some(it) = self.hold_ms.take() {
            builder = builder.hold(millis("holdMs", it)?);
        }
        if let Some(it) = self.fees.take() {
            builder = builder.fees(it.checked()?);
        }
        if let Some(it) = self.accept_clock_jump.take() {
            builder = builder.accept_clock_jump(it);
        }
        if let Some(it) = self.session_length_ms.take() {
            builder = builder.session_length(millis("sessionLengthMs", it)?);
        }
        if let Some(it) = self.default_currency.take() {
            builder = builder.default_currency(parsed("defaultCurrency", &it)?);
        }
        if let Some(it) = self.answer_payment_within_ms.take() {
            builder = builder.answer_payment_within(millis("answerPaymentWithinMs", it)?);
        }
        if let Some(it) = self.pending_payments_max.take() {
            builder = builder.pending_payments_max(natural("pendingPaymentsMax", it)?);
        }
        if let Some(it) = self.gateway_timeout_ms.take() {
            builder = builder.gateway_timeout(millis("gatewayTimeoutMs", it)?);
        }
        if let Some(it) = self.reconcile_after_ms.take() {
            let &[first, most] = it.as_slice() else {
                return Err(Error::invalid("reconcileAfterMs", "must be two numbers"));
            };
            builder = builder.reconcile_after(millis("reconcileAfterMs", first)?, millis("reconcileAfterMs", most)?);
        }
        if let Some(it) = self.unknown_charge_after_ms.take() {
            builder = builder.unknown_charge_after(millis("unknownChargeAfterMs", it)?);
        }
        if let Some(it) = self.queue_len.take() {
            builder = builder.queue_len(natural("queueLen", it)?);
        }
        if let Some(it) = self.refuse_when_full.take() {
            builder = builder.refuse_when_full(it);
        }
        if let Some(it) = self.cluster.take() {
            builder = builder.cluster(it.given()?);
        }
        Ok(builder)
    }
}
