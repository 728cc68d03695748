//! Refusals of the expiration domain.

use crate::domain::rejection::rejections;

rejections! {
    /// Refusal of the expiration domain.
    expiration
    has {
    }
    shares {
        /// There is no such order.
        NotFound: OrderNotFound;
        /// The order is not watched, or its deadline is in the future.
        NotDue: Internal;
    }
}
