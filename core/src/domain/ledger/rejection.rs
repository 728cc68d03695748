//! Why the ledger domain says no.

use crate::domain::rejection::rejections;

rejections! {
    /// Why the ledger domain says no.
    ledger
    has {
        /// The seller is owed less than is to be paid out.
        ExceedsBalance: PayoutExceedsBalance = Conflict "payout.exceeds_balance" "The seller is not owed that much";
    }
    shares {
        /// The actor is neither an operator nor the system.
        OperatorRequired: AuthOperatorRequired;
        /// There is no such seller.
        SellerNotFound: AuthUserNotFound;
    }
}
