//! Taking the money of an order, once, and giving it back.
//!
//! ```text
//!              StartPayment           SettleCharge: charged         StartRefund           SettleRefund
//!   (nothing) ─────────────▶ pending ──────────────────────▶ succeeded ─────────▶ refunding ─────────▶ refunded
//!                            │  │  │                           ▲   ▲                  │ (a part of it, or refused)
//!                            │  │  └───────▶ authorized ───────┘   └──────────────────┘
//!                            │  │ set aside      │     captured
//!                            │  └────────┬───────┘
//!                            │           │ SettleCharge: not charged
//!                            │           ▼
//!                            └────────▶ failed ──────────────▶ late ─────┬─▶ transferred     (pays a new order)
//!                                        │      charged after all ▲      ├─▶ refunding ─▶ refunded
//!                                        │ set aside after all    │      └─▶ escalated ─▶ refunding, refunded, kept
//!                                        ├──▶ transferred         │                        (an operator sees to it)
//!                                        └──▶ voiding ─▶ voided ──┘
//! ```
//!
//! **Invariant:** `PaymentStarted` is durable before the gateway is asked. From then on the order's hold stays until the
//! gateway's answer is known, so nobody pays for a ticket that they can't have.
//!
//! **Invariant:** an order has at most one charge, and a charge takes money at most once. Money that arrives for an order that
//! has ended always has an owner: by the [`LateMoneyPolicy`] it pays a new order of the same tickets, goes back, or is on an
//! operator's list. `RefundStarted` and `VoidStarted` are durable before the gateway is asked.
//!
//! **Invariant:** what is given back, about to be given back, or with the buyer's bank is never more than was taken.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use command::{
    ChargeOutcome, CloseDispute, OpenDispute, RecordRefund, RefundOutcome, ResolveEscalation, SettleCharge,
    SettleRefund, StartPayment, StartRefund,
};
pub(crate) use decide::Rejection;
pub use decide::{LateMoneyPolicy, LateMoneyStep, UnknownLateMoneyStep};
pub(super) use decide::{
    close_dispute, open_dispute, record_refund, resolve_escalation, settle_charge, settle_refund, start_payment,
    start_refund,
};
pub use event::{
    ChargeAuthorized, ChargeCreated, ChargeDisputed, ChargeEscalated, ChargeFailed, ChargeRefunded, ChargeTransferred,
    ChargeVoided, DisputeClosed, EscalationResolved, LateMoneyReceived, PaymentStarted, RefundFailed, RefundReason,
    RefundStarted, Resolution, UnknownResolution, VoidStarted,
};
pub use state::{Charge, ChargeStatus, Dispute, DisputeStatus, Refund, RefundStatus};
pub(crate) use state::{LATE_MONEY_UNTIL, UNREACHED};
pub(super) use state::{
    apply_authorized, apply_created, apply_dispute_closed, apply_disputed, apply_escalated, apply_failed,
    apply_late_money, apply_refund_failed, apply_refund_started, apply_refunded, apply_resolved, apply_started,
    apply_transferred, apply_void_started, apply_voided,
};
