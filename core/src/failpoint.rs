//! Failpoints: classic mistakes that tests plant in the engine, to show that the simulation finds them.
//!
//! Without the feature `failpoints` nothing can be planted: [`Failpoint::is_active`] is `false` for the compiler to see, and no build that
//! anybody runs has anything of this.

/// A mistake that somebody might make, each at the place where it would be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "failpoints"), expect(unreachable_pub, reason = "it is shown to the simulation"))]
#[non_exhaustive]
pub enum Failpoint {
    /// Commands are answered before their events are synced.
    AnswerBeforeFsync,
    /// An order expires at its deadline whatever has become of it.
    ExpireWithoutHolder,
    /// The gateway is asked for the money before the intent is durable.
    ChargeWithoutIntent,
    /// Money that comes late completes an order that was cancelled.
    LatePaymentCompletes,
    /// The views show a batch before it is appended.
    ViewBeforeAppend,
    /// The answer to a command that names itself is stored after its events, in a transaction of its own.
    ResultOutsideTransaction,
    /// At the very millisecond of its deadline an order can still be paid.
    DeadlineOffByOne,
    /// A checkpoint claims to cover more than it holds.
    CheckpointAhead,
    /// Archived records are removed from the journal's own file before the archive is synced.
    ArchiveWithoutFsync,
    /// The engine's time follows a clock that is set back.
    ClockNotMonotonic,
    /// A webhook that comes twice is a second charge.
    DuplicateWebhookCounted,
    /// Payments that were under way when the process ended are not taken up again.
    RestartForgetsPayments,
    /// Deadlines are watched only by the process that made the order.
    RestartForgetsDeadlines,
    /// Whether an email is free is looked up in what is durable, and not in what was just decided.
    EmailCheckedTooEarly,
    /// A buyer's open orders are not counted.
    OpenOrdersNotCounted,
    /// More is given back than was taken.
    RefundNotBounded,
    /// Money that comes late is not noted.
    LateMoneyForgotten,
    /// After a failed append the engine goes on with the state that it had.
    LimpOnAfterFailure,
    /// A fee is rounded to a finer unit before it is rounded to the minor unit.
    FeeRoundedTwice,
    /// A refund is taken from what a seller is owed twice.
    RefundCreditedTwice,
    /// The key of an erased user's personal data is not overwritten.
    ErasedKeyKept,
}

impl Failpoint {
    /// Every failpoint.
    #[cfg(feature = "failpoints")]
    pub const ALL: &[Self] = &[
        Self::AnswerBeforeFsync,
        Self::ExpireWithoutHolder,
        Self::ChargeWithoutIntent,
        Self::LatePaymentCompletes,
        Self::ViewBeforeAppend,
        Self::ResultOutsideTransaction,
        Self::DeadlineOffByOne,
        Self::CheckpointAhead,
        Self::ArchiveWithoutFsync,
        Self::ClockNotMonotonic,
        Self::DuplicateWebhookCounted,
        Self::RestartForgetsPayments,
        Self::RestartForgetsDeadlines,
        Self::EmailCheckedTooEarly,
        Self::OpenOrdersNotCounted,
        Self::RefundNotBounded,
        Self::LateMoneyForgotten,
        Self::LimpOnAfterFailure,
        Self::FeeRoundedTwice,
        Self::RefundCreditedTwice,
        Self::ErasedKeyKept,
    ];

    /// Activates the failpoint on this thread while `work` runs; returns what `work` returns.
    #[cfg(feature = "failpoints")]
    pub fn activate<T>(self, work: impl FnOnce() -> T) -> T {
        let before = ACTIVE.replace(Some(self));
        let done = work();
        ACTIVE.set(before);
        done
    }

    /// Returns `true` if the mistake is to be made here.
    #[cfg(feature = "failpoints")]
    #[inline]
    pub(crate) fn is_active(self) -> bool {
        ACTIVE.get() == Some(self)
    }

    /// Returns `false`: the mistake is never made.
    #[cfg(not(feature = "failpoints"))]
    #[inline]
    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(crate) const fn is_active(self) -> bool {
        false
    }
}

#[cfg(feature = "failpoints")]
std::thread_local! {
    static ACTIVE: std::cell::Cell<Option<Failpoint>> = const { std::cell::Cell::new(None) };
}
