// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Options, as Python passes them.

use crate::generated::prelude::*;

/// Everything that can be chosen, `None` where the box office's own default holds.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options<'py> {
    pub(crate) hold: Option<Duration>,
    pub(crate) fees: Option<FeePolicy>,
    pub(crate) gateway: Option<Bound<'py, PyAny>>,
    pub(crate) clock: Option<Bound<'py, PyAny>>,
    pub(crate) accept_clock_jump: Option<bool>,
    pub(crate) seed: Option<u64>,
    pub(crate) jwt_key: Option<Vec<u8>>,
    pub(crate) previous_jwt_keys: Option<Vec<Vec<u8>>>,
    pub(crate) session_length: Option<Duration>,
    pub(crate) default_currency: Option<String>,
    pub(crate) answer_payment_within: Option<Duration>,
    pub(crate) pending_payments_max: Option<Natural<usize>>,
    pub(crate) gateway_timeout: Option<Duration>,
    pub(crate) reconcile_after: Option<(Duration, Duration)>,
    pub(crate) unknown_charge_after: Option<Duration>,
    pub(crate) queue_len: Option<Natural<usize>>,
    pub(crate) refuse_when_full: Option<bool>,
    pub(crate) cluster: Option<ClusterOptions>,
    pub(crate) open_orders_max: Option<Natural<u32>>,
    pub(crate) order_tickets_max: Option<Natural<usize>>,
    pub(crate) listing_tickets_max: Option<Natural<usize>>,
    pub(crate) late_money: Option<Steps>,
    pub(crate) gateway_loop: Option<Bound<'py, PyAny>>,
}

impl Options<'_> {
    /// Sets the options that need no Python, limits first, so that they undo no other option.
    pub(crate) fn plain(&self, builder: Builder) -> Result<Builder, Error> {
        let mut limits = Limits::default();
        if let Some(it) = self.open_orders_max {
            limits.open_orders_max = it.0;
        }
        if let Some(it) = self.order_tickets_max {
            limits.order_tickets_max = it.0;
        }
        if let Some(it) = self.listing_tickets_max {
            limits.listing_tickets_max = it.0;
        }
        if let Some(it) = &self.late_money {
            limits.late_money = it.0.parse().map_err(|reason| Error::invalid("lateMoney", reason))?;
        }
        let mut builder = builder.limits(limits);
        if let Some(it) = self.hold {
            builder = builder.hold(it);
        }
        if let Some(it) = self.fees {
            builder = builder.fees(it.0);
        }
        if let Some(it) = self.accept_clock_jump {
            builder = builder.accept_clock_jump(it);
        }
        if let Some(it) = self.session_length {
            builder = builder.session_length(it);
        }
        if let Some(it) = &self.default_currency {
            builder = builder.default_currency(it.parse().map_err(|reason| Error::invalid("defaultCurrency", reason))?);
        }
        if let Some(it) = self.answer_payment_within {
            builder = builder.answer_payment_within(it);
        }
        if let Some(it) = self.pending_payments_max {
            builder = builder.pending_payments_max(it.0);
        }
        if let Some(it) = self.gateway_timeout {
            builder = builder.gateway_timeout(it);
        }
        if let Some((first, most)) = self.reconcile_after {
            builder = builder.reconcile_after(first, most);
        }
        if let Some(it) = self.unknown_charge_after {
            builder = builder.unknown_charge_after(it);
        }
        if let Some(it) = self.queue_len {
            builder = builder.queue_len(it.0);
        }
        if let Some(it) = self.refuse_when_full {
            builder = builder.refuse_when_full(it);
        }
        if let Some(it) = &self.cluster {
            builder = builder.cluster(it.0.clone());
        }
        Ok(builder)
    }
}
