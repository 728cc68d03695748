use napi_derive::napi;

use crate::convert::number;

/// An amount of money, exact.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Money {
    /// In major units, as a decimal text such as `"19.99"`.
    pub amount: String,
    /// The ISO 4217 code.
    pub currency: &'static str,
    /// In minor units, such as cents.
    pub minor: i64,
}

impl From<boxoffice::Money> for Money {
    fn from(money: boxoffice::Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency().code(), minor: number(money.minor()) }
    }
}
