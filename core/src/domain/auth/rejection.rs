//! Why the auth domain says no.

/// Why the auth domain says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// There is no such user, or it is erased.
    UserNotFound,
    /// The email belongs to another user.
    EmailTaken,
    /// The session that asks has ended.
    SessionEnded,
    /// The user still sells or buys.
    StillTrading,
}

impl Rejection {
    /// Says that the refusal may hold only because holds that have ended by the clock are still counted.
    pub(in crate::domain) const fn counts_holds(self) -> bool {
        match self {
            Self::StillTrading => true,
            Self::UserNotFound | Self::EmailTaken | Self::SessionEnded => false,
        }
    }
}
