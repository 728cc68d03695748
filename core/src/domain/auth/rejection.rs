//! Refusals of the auth domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the auth domain.
    auth
    has {
        /// There is no such user.
        UserNotFound: AuthUserNotFound = NotFound "auth.user_not_found" "No such user";
        /// The email belongs to another user.
        EmailTaken: AuthEmailTaken = Conflict "auth.email_taken" "Email is in use";
        /// A user with tickets on sale or open orders can't be erased.
        StillTrading: AuthStillTrading = Conflict "auth.still_trading" "Withdraw your tickets and end your open orders first";
    }
    shares {
        /// The caller's session has ended.
        SessionEnded: AuthRequired;
    }
}

impl Rejection {
    /// Returns `true` if the refusal may be caused only by holds that have ended by the clock but are still counted.
    pub(in crate::domain) const fn counts_holds(self) -> bool {
        match self {
            Self::StillTrading => true,
            Self::UserNotFound | Self::EmailTaken | Self::SessionEnded => false,
        }
    }
}
