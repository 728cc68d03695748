//! Taking the money of an order, once, and giving it back.
//!
//! ```text
//!              StartPayment           SettleCharge: charged         StartRefund           SettleRefund
//!   (nothing) ─────────────▶ pending ──────────────────────▶ succeeded ─────────▶ refunding ─────────▶ refunded
//!                              │                                                    ▲
//!                              │ SettleCharge: not charged        SettleCharge:     │
//!                              └────────────────────────▶ failed ─────charged───────┘
//!                                                                (money came late)
//! ```
//!
//! **Invariant:** `PaymentStarted` is durable before the gateway is asked. From then on the order's hold stays until the
//! gateway's answer is known, so nobody pays for a ticket that they can't have.
//!
//! **Invariant:** an order has at most one charge, and a charge takes money at most once. Money that arrives for an order that
//! has ended goes back: `RefundStarted` is durable before the gateway is asked to return it.

mod command;
mod decide;
mod event;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use command::{ChargeOutcome, SettleCharge, SettleRefund, StartPayment, StartRefund};
pub(crate) use decide::Rejection;
pub(super) use decide::{settle_charge, settle_refund, start_payment, start_refund};
pub use event::{ChargeCreated, ChargeFailed, ChargeRefunded, PaymentStarted, RefundReason, RefundStarted};
pub use state::{Charge, ChargeStatus};
pub(crate) use state::{LATE_MONEY_UNTIL, UNREACHED};
pub(super) use state::{apply_created, apply_failed, apply_refund_started, apply_refunded, apply_started};
