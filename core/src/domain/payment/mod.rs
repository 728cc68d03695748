//! Takes the money of an order, once, and gives it back.
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
//! **Invariant:** `PaymentStarted` is durable before the gateway is asked. From then on the order's hold stays until
//! the gateway's answer is known, so a buyer never pays for a ticket that they can't have.
//!
//! **Invariant:** an order has at most one charge, and a charge takes money at most once. Money that arrives for an
//! order that has ended always has an owner: depending on the [`LateMoneyPolicy`], it pays a new order of the same
//! tickets, goes back, or is on an operator's list. `RefundStarted` and `VoidStarted` are durable before the gateway is
//! asked.
//!
//! **Invariant:** the sum of completed refunds, pending refunds and money at the buyer's bank never exceeds the charge.

mod close_dispute;
mod late;
mod open_dispute;
mod record_refund;
mod rejection;
mod resolve_escalation;
mod settle_charge;
mod settle_refund;
mod start_payment;
mod start_refund;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use close_dispute::CloseDispute;
pub use close_dispute::DisputeClosed;
pub use late::{
    ChargeEscalated, ChargeTransferred, ChargeVoided, LateMoneyPolicy, LateMoneyReceived, LateMoneyStep,
    UnknownLateMoneyStep, VoidStarted,
};
pub use open_dispute::ChargeDisputed;
pub(crate) use open_dispute::OpenDispute;
pub(crate) use record_refund::RecordRefund;
pub(crate) use rejection::{Rejection, codes};
pub(crate) use resolve_escalation::ResolveEscalation;
pub use resolve_escalation::{EscalationResolved, Resolution, UnknownResolution};
pub use settle_charge::{ChargeAuthorized, ChargeCreated, ChargeFailed};
pub(crate) use settle_charge::{ChargeOutcome, SettleCharge};
pub use settle_refund::{ChargeRefunded, RefundFailed};
pub(crate) use settle_refund::{RefundOutcome, SettleRefund};
pub use start_payment::PaymentStarted;
pub(crate) use start_payment::StartPayment;
pub(crate) use start_refund::StartRefund;
pub use start_refund::{RefundReason, RefundStarted};
pub use state::{Charge, ChargeStatus, Dispute, DisputeStatus, Refund, RefundStatus};
pub(crate) use state::{LATE_MONEY_UNTIL, MISCONFIGURED, UNREACHED};
