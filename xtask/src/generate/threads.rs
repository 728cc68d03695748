//! Operations that need no thread of their own, in both packages: their event loops' threads run them.

/// Operations that read memory and the time, and return at once. Another thread would cost more than the rest of the call.
pub(super) const IN_MEMORY: &[(&str, &str)] = &[("auth", "authenticate")];

/// Commands that check their arguments and wait for the writer. They read neither a file nor the time, and compute nothing
/// that takes long, so that the thread of the event loop polls them: another one would cost more than the rest of the call.
/// All others may read a file, hash a password or take long, and have a thread for that.
pub(super) const SUBMITTED: &[(&str, &str)] = &[
    ("auth", "sign_out"),
    ("tickets", "create"),
    ("tickets", "withdraw"),
    ("orders", "create"),
    ("orders", "cancel"),
    ("payments", "resolve"),
    ("ledger", "record_payout"),
];
