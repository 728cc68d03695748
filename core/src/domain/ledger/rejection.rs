//! Refusals of the ledger domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the ledger domain.
    ledger
    has {
        /// The seller is owed less than the payout.
        ExceedsBalance: PayoutExceedsBalance = Conflict "payout.exceeds_balance" "The seller is not owed that much";
    }
    shares {
        /// The actor is neither an operator nor the system.
        OperatorRequired: AuthOperatorRequired;
        /// There is no such seller.
        SellerNotFound: AuthUserNotFound;
    }
}
