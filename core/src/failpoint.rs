//! Failpoints for fault injection: classic errors that tests activate in the engine, to show that the simulation finds
//! them.
//!
//! Without the feature `failpoints`, no error can be activated: [`Failpoint::is_active`] is the constant `false`, so
//! that the compiler removes all of this from released builds.

/// A classic error, injected at the place in the code where a programmer might make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "failpoints"), expect(unreachable_pub, reason = "it is shown to the simulation"))]
#[non_exhaustive]
pub enum Failpoint {
    /// Commands are answered before their events are synced.
    AnswerBeforeFsync,
    /// An order expires at its deadline in every status.
    ExpireWithoutHolder,
    /// The gateway is asked for the money before the intent is durable.
    ChargeWithoutIntent,
    /// Late money completes an order that was cancelled.
    LatePaymentCompletes,
    /// The views show a batch before it is appended.
    ViewBeforeAppend,
    /// The answer to a command with an idempotency key is stored after its events, in a separate transaction.
    ResultOutsideTransaction,
    /// An order can still be paid in the millisecond of its deadline.
    DeadlineOffByOne,
    /// A checkpoint claims to cover more than it holds.
    CheckpointAhead,
    /// Archived records are removed from the journal's own file before the archive is synced.
    ArchiveWithoutFsync,
    /// The engine's time follows a clock that was set back.
    ClockNotMonotonic,
    /// A repeated webhook counts as a second charge.
    DuplicateWebhookCounted,
    /// Payments that were under way when the process ended are not continued.
    RestartForgetsPayments,
    /// Deadlines are watched only by the process that created the order.
    RestartForgetsDeadlines,
    /// The uniqueness of an email is checked against durable data only, without the decisions that are not durable yet.
    EmailCheckedTooEarly,
    /// A buyer's open orders are not counted.
    OpenOrdersNotCounted,
    /// More is given back than was taken.
    RefundNotBounded,
    /// Late money is not recorded.
    LateMoneyForgotten,
    /// After a failed append, the engine continues with the state that it had.
    LimpOnAfterFailure,
    /// A fee is rounded to a finer unit before it is rounded to the minor unit.
    FeeRoundedTwice,
    /// A refund is subtracted twice from the amount that a seller is owed.
    RefundCreditedTwice,
    /// Whether a seat is free is decided on the tickets in memory, and not on those that were sold before.
    SoldSeatsForgotten,
    /// The key of an erased user's personal data is not overwritten.
    ErasedKeyKept,
    /// A second message is sent to the stream while the first is not resolved.
    #[cfg(feature = "cluster")]
    TwoBatchesInFlight,
    /// A refusal for the last sequence number is taken for the news that the message is not in the stream.
    #[cfg(feature = "cluster")]
    ConflictIsVerdict,
    /// A host becomes the writer without asking the others.
    #[cfg(feature = "cluster")]
    ClaimWithoutConsent,
    /// Commands are answered before the host's own copy has what they led to.
    #[cfg(feature = "cluster")]
    AnswerBeforeOwnCopy,
    /// A message that was not answered for some time is taken for lost.
    #[cfg(feature = "cluster")]
    GiveUpByTimeout,
    /// A follower goes on behind a message that it has not read.
    #[cfg(feature = "cluster")]
    FollowerSkips,
    /// A host that is still catching up has a vote.
    #[cfg(feature = "cluster")]
    BlankVotes,
    /// A refusal is sent without an append that shows that this host is still the writer.
    #[cfg(feature = "cluster")]
    RefusalWithoutTick,
    /// The card processor is asked by a host that is no longer the writer.
    #[cfg(feature = "cluster")]
    OldWorkerCharges,
    /// Commands are answered before the second host has them, where it is waited for.
    #[cfg(feature = "cluster")]
    AnswerBeforeSecondHost,
}

impl Failpoint {
    /// All failpoints of a box office on one host.
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
        Self::SoldSeatsForgotten,
        Self::ErasedKeyKept,
    ];

    /// All failpoints of what several hosts do together.
    #[cfg(all(feature = "failpoints", feature = "cluster"))]
    pub const CLUSTER: &[Self] = &[
        Self::TwoBatchesInFlight,
        Self::ConflictIsVerdict,
        Self::ClaimWithoutConsent,
        Self::AnswerBeforeOwnCopy,
        Self::GiveUpByTimeout,
        Self::FollowerSkips,
        Self::BlankVotes,
        Self::RefusalWithoutTick,
        Self::OldWorkerCharges,
        Self::AnswerBeforeSecondHost,
    ];

    /// Activates the failpoint on this thread while `work` runs; returns what `work` returns.
    #[cfg(feature = "failpoints")]
    pub fn activate<T>(self, work: impl FnOnce() -> T) -> T {
        let before = ACTIVE.replace(Some(self));
        let done = work();
        ACTIVE.set(before);
        done
    }

    /// Returns `true` if the error is to be made here.
    #[cfg(feature = "failpoints")]
    #[inline]
    pub(crate) fn is_active(self) -> bool {
        ACTIVE.get() == Some(self)
    }

    /// Returns `false`: the error is never made.
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
