use std::hash::{DefaultHasher, Hash, Hasher};

use boxoffice::Error;
use pyo3::prelude::*;

use crate::convert::{Amount, Decimal, Time};
use crate::errors::exception;
use crate::values::{Money, value};

/// A sum of money, which may be below zero: a `Decimal` in major units and a currency.
#[pyclass(frozen, eq, module = "boxoffice")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SignedMoney(pub(crate) boxoffice::SignedMoney);

#[pymethods]
impl SignedMoney {
    /// The exact sum in major units.
    #[getter]
    fn amount(&self) -> Decimal {
        Decimal(self.0.decimal())
    }

    /// The ISO 4217 code.
    #[getter]
    fn currency(&self) -> &'static str {
        self.0.currency().code()
    }

    /// The sum in minor units, such as cents.
    #[getter]
    fn minor(&self) -> i128 {
        self.0.minor()
    }

    fn __repr__(&self) -> String {
        format!("SignedMoney('{}', '{}')", self.0.decimal(), self.0.currency().code())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0.minor(), self.0.currency().code()).hash(&mut hasher);
        hasher.finish()
    }
}

/// What the platform keeps of each ticket that is paid: a share of its price in percent, and a fixed amount in the currencies that
/// have one.
///
/// >>> from boxoffice import FeePolicy, Money
/// >>> policy = FeePolicy("2.5", fixed=[Money("0.30", "USD")])
/// >>> print(policy.fee(Money("19.99", "USD")))
/// 0.80 USD
///
/// `percent` has at most two decimals. The share is rounded to the minor unit, halves up; no fee is more than the price. Raises
/// `ValidationError`.
#[pyclass(frozen, eq, from_py_object, module = "boxoffice")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FeePolicy(pub(crate) boxoffice::FeePolicy);

#[pymethods]
impl FeePolicy {
    #[new]
    #[pyo3(signature = (percent, *, fixed=None))]
    fn new(py: Python<'_>, percent: Amount, fixed: Option<Vec<Money>>) -> PyResult<Self> {
        let share = boxoffice::FeePolicy::percent(&percent.0).map_err(|reason| Error::invalid("percent", reason));
        let policy = fixed.into_iter().flatten().fold(share, |policy, Money(amount)| {
            policy?.and_fixed(amount).map_err(|reason| Error::invalid("fixed", reason))
        });
        policy.map(Self).map_err(|error| exception(py, &error))
    }

    /// The fee of a ticket at this price.
    fn fee(&self, price: Money) -> SignedMoney {
        SignedMoney(boxoffice::SignedMoney::from_minor(self.0.fee(price.0).into(), price.0.currency()))
    }

    fn __repr__(&self) -> String {
        let share = self.0.share();
        format!("FeePolicy('{}.{:02}', …)", share / 100, share % 100)
    }
}

value! {
    /// What a seller's entries in one currency come to.
    Balance(boxoffice::Balance);
    /// What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid out already went
    /// back to their buyers.
    owed: SignedMoney = |balance| SignedMoney(balance.owed);
    /// What buyers have paid for the seller's tickets.
    sold: SignedMoney = |balance| SignedMoney(balance.sold);
    /// What of that went back to them.
    refunded: SignedMoney = |balance| SignedMoney(balance.refunded);
    /// What the platform has kept of the rest.
    fees: SignedMoney = |balance| SignedMoney(balance.fees);
    /// What the seller got.
    paid_out: SignedMoney = |balance| SignedMoney(balance.paid_out);
}

value! {
    /// What an entry of the ledger means for a seller.
    BalanceEntry(boxoffice::BalanceEntry);
    /// The number of the entry in the ledger.
    number: u64 = |entry| entry.number;
    /// When it came to be.
    at: Time = |entry| Time(entry.at);
    /// Why money moved: `sale`, `refund`, `dispute_lost` or `payout`.
    kind: &'static str = |entry| entry.kind.as_str();
    /// The order, of sales and refunds.
    order_id: Option<String> = |entry| entry.order_id.map(|id| id.to_string());
    /// The payout, if it is one.
    payout_id: Option<String> = |entry| entry.payout_id.map(|id| id.to_string());
    /// By what the payout is found at the bank.
    reference: Option<String> = |entry| entry.reference.as_ref().map(ToString::to_string);
    /// By how much the seller is owed more: below zero for refunds and payouts.
    amount: SignedMoney = |entry| SignedMoney(entry.amount);
    /// What the platform keeps more: below zero if it gives back.
    fee: SignedMoney = |entry| SignedMoney(entry.fee);
    /// What the buyer paid, or, below zero, got back: amount and fee together.
    gross: SignedMoney = |entry| SignedMoney(entry.gross());
}

value! {
    /// A page of what made a balance.
    BalanceEntryPage(boxoffice::Page<boxoffice::BalanceEntry>);
    /// The entries.
    items: Vec<BalanceEntry> = |page| page.items.iter().cloned().map(BalanceEntry).collect();
    /// The cursor of the next page; `None` on the last.
    next: Option<String> = |page| page.next.as_ref().map(ToString::to_string);
}

value! {
    /// The platform's accounts in one currency: what there is is owed to somebody, to the minor unit.
    PlatformBalance(boxoffice::PlatformBalance);
    /// What the card processor, or the bank behind it, has.
    processor: SignedMoney = |balance| SignedMoney(balance.processor);
    /// What buyers' banks have until it is clear whose it is.
    disputed: SignedMoney = |balance| SignedMoney(balance.disputed);
    /// What of both all sellers are owed.
    sellers: SignedMoney = |balance| SignedMoney(balance.sellers);
    /// What of both the platform has earned.
    fees: SignedMoney = |balance| SignedMoney(balance.fees);
    /// What of both came for orders that had ended, and is nobody's yet.
    late: SignedMoney = |balance| SignedMoney(balance.late);
    /// What there is less all that is owed of it: always zero.
    difference: SignedMoney = |balance| SignedMoney(balance.difference());
}

value! {
    /// A payout as it was recorded.
    Payout(boxoffice::Payout);
    /// The payout's id.
    id: String = |payout| payout.id.to_string();
    /// Who was paid.
    seller_id: String = |payout| payout.seller_id.to_string();
    /// How much.
    amount: Money = |payout| Money(payout.amount);
    /// By what it is found at the bank.
    reference: String = |payout| payout.reference.to_string();
    /// When it was recorded.
    recorded_at: Time = |payout| Time(payout.recorded_at);
}
