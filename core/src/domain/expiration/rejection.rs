//! Why the expiration domain says no.

use crate::domain::rejection::rejections;

rejections! {
    /// Why the expiration domain says no.
    expiration
    has {
    }
    shares {
        /// There is no such order.
        NotFound: OrderNotFound;
        /// The order is not watched, or its deadline lies ahead.
        NotDue: Internal;
    }
}
