//! Why the auth domain says no.

use crate::domain::rejection::rejections;

rejections! {
    /// Why the auth domain says no.
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
        /// The session that asks has ended.
        SessionEnded: AuthRequired;
    }
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
