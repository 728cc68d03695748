//! What goes in and what comes out, as immutable Python objects. Attributes are converted when they are asked for.

mod inputs;
mod journal;
mod ledger;
mod money;
mod notices;
mod orders;
mod payments;
mod tickets;
mod users;

pub(crate) use inputs::{NewShow, NewTicket, TicketUpdate};
pub(crate) use journal::{Problem, Record, Salvage, Stats, VerifyReport};
pub(crate) use ledger::{Balance, BalanceEntry, BalanceEntryPage, FeePolicy, Payout, PlatformBalance, SignedMoney};
pub(crate) use money::Money;
pub(crate) use notices::NoticeMessage;
pub(crate) use orders::{Order, OrderPage, OrderedTicket};
pub(crate) use payments::{Charge, ChargeRequest, Dispute, LookupRequest, Refund, RefundRequest};
pub(crate) use tickets::{Show, Ticket, TicketPage};
pub(crate) use users::{Session, SignedIn, User};

/// Makes an immutable class of one of our types: an attribute a field.
macro_rules! value {
    (
        $(#[$doc:meta])* $name:ident($inner:ty);
        $( $(#[$field_doc:meta])* $field:ident: $kind:ty = |$it:ident| $get:expr; )*
    ) => {
        $(#[$doc])*
        #[pyo3::pyclass(frozen, eq, from_py_object, module = "boxoffice")]
        #[derive(Debug, Clone, PartialEq)]
        pub(crate) struct $name(pub(crate) $inner);

        #[pyo3::pymethods]
        impl $name {
            $(
                $(#[$field_doc])*
                #[getter]
                fn $field(&self) -> $kind {
                    let $it = &self.0;
                    $get
                }
            )*

            fn __repr__(slf: &pyo3::Bound<'_, Self>) -> pyo3::PyResult<String> {
                crate::values::repr(slf.as_any(), stringify!($name), &[$(stringify!($field)),*])
            }
        }
    };
}
pub(crate) use value;

/// What an object looks like to a programmer.
pub(crate) fn repr(object: &pyo3::Bound<'_, pyo3::PyAny>, name: &str, fields: &[&str]) -> pyo3::PyResult<String> {
    use pyo3::types::PyAnyMethods;
    let mut shown = Vec::with_capacity(fields.len());
    for field in fields {
        shown.push(format!("{field}={}", object.getattr(*field)?.repr()?));
    }
    Ok(format!("{name}({})", shown.join(", ")))
}
