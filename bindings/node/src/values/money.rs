use boxoffice::Error;
use napi_derive::napi;

use crate::convert::number;

/// An amount of money, exact.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Money {
    /// Amount in major units, as a decimal text such as `"19.99"`.
    pub amount: String,
    /// ISO 4217 code of the currency.
    pub currency: &'static str,
    /// Amount in minor units, such as cents.
    pub minor: i64,
}

impl From<boxoffice::Money> for Money {
    fn from(money: boxoffice::Money) -> Self {
        Self { amount: money.decimal(), currency: money.currency().code(), minor: number(money.minor()) }
    }
}

/// A sum of money, which may be negative.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct SignedMoney {
    /// Exact sum in major units, as a decimal text such as `"-19.99"`.
    pub amount: String,
    /// ISO 4217 code of the currency.
    pub currency: &'static str,
    /// Sum in minor units, such as cents; exact up to 2^53, like all numbers in JavaScript.
    pub minor: i64,
}

impl From<boxoffice::SignedMoney> for SignedMoney {
    fn from(sum: boxoffice::SignedMoney) -> Self {
        Self { amount: sum.decimal(), currency: sum.currency().code(), minor: number(sum.minor()) }
    }
}

/// An amount of money as input.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct Amount {
    /// Amount in major units, as a decimal text such as `"0.30"`.
    pub amount: String,
    /// ISO 4217 code of the currency.
    pub currency: String,
}

/// The fee that the platform keeps for each paid ticket.
///
/// The percentage of the price is rounded to the minor unit, halves up. No fee is greater than the price.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct FeePolicy {
    /// Percentage of the price, as a text with at most two decimals, such as `"2.5"`.
    pub percent: Option<String>,
    /// Fixed amount for each currency that has one.
    pub fixed: Option<Vec<Amount>>,
}

impl FeePolicy {
    pub(crate) fn checked(&self) -> Result<boxoffice::FeePolicy, Error> {
        let share = self.percent.as_deref().map(boxoffice::FeePolicy::percent).transpose();
        let share = share.map_err(|reason| Error::invalid("fees.percent", reason))?.unwrap_or_default();
        self.fixed.iter().flatten().try_fold(share, |policy, Amount { amount, currency }| {
            let currency = currency.parse().map_err(|reason| Error::invalid("fees.fixed.currency", reason))?;
            let amount = boxoffice::Money::parse(amount, currency);
            let amount = amount.map_err(|reason| Error::invalid("fees.fixed.amount", reason))?;
            policy.and_fixed(amount).map_err(|reason| Error::invalid("fees.fixed", reason))
        })
    }
}
