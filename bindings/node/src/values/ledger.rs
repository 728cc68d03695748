use boxoffice::Error;
use napi_derive::napi;

use crate::convert::{Date, date, number};
use crate::values::Money;

/// A sum of money, which may be below zero.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct SignedMoney {
    /// In major units, exact, as a decimal text such as `"-19.99"`.
    pub amount: String,
    /// The ISO 4217 code.
    pub currency: &'static str,
    /// In minor units, such as cents; as exact as JavaScript's numbers are, to 2^53.
    pub minor: i64,
}

impl From<boxoffice::SignedMoney> for SignedMoney {
    fn from(sum: boxoffice::SignedMoney) -> Self {
        Self { amount: sum.decimal(), currency: sum.currency().code(), minor: number(sum.minor()) }
    }
}

/// An amount of money as it is given in.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct Amount {
    /// In major units, as a decimal text such as `"0.30"`.
    pub amount: String,
    /// The ISO 4217 code.
    pub currency: String,
}

/// What the platform keeps of each ticket that is paid. The share is rounded to the minor unit, halves up; no fee is more than the
/// ticket's price.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct FeePolicy {
    /// A share of the price in percent, as a text with at most two decimals, such as `"2.5"`.
    pub percent: Option<String>,
    /// A fixed amount in the currencies that have one.
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

/// What a seller's entries in one currency come to.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Balance {
    /// What the seller is to get: sold less refunded, fees and paid out. Below zero if money of sales that were paid out already went
    /// back to their buyers.
    pub owed: SignedMoney,
    /// What buyers have paid for the seller's tickets.
    pub sold: SignedMoney,
    /// What of that went back to them.
    pub refunded: SignedMoney,
    /// What the platform has kept of the rest.
    pub fees: SignedMoney,
    /// What the seller got.
    pub paid_out: SignedMoney,
}

impl From<boxoffice::Balance> for Balance {
    fn from(balance: boxoffice::Balance) -> Self {
        Self {
            owed: balance.owed.into(),
            sold: balance.sold.into(),
            refunded: balance.refunded.into(),
            fees: balance.fees.into(),
            paid_out: balance.paid_out.into(),
        }
    }
}

/// What an entry of the ledger means for a seller.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct BalanceEntry {
    /// The number of the entry in the ledger.
    pub number: i64,
    /// When it came to be.
    pub at: Date,
    /// Why money moved.
    #[napi(ts_type = "'sale' | 'refund' | 'dispute_lost' | 'payout'")]
    pub kind: &'static str,
    /// The order, of sales and refunds.
    pub order_id: Option<String>,
    /// The payout, if it is one.
    pub payout_id: Option<String>,
    /// By what the payout is found at the bank.
    pub reference: Option<String>,
    /// By how much the seller is owed more: below zero for refunds and payouts.
    pub amount: SignedMoney,
    /// What the platform keeps more: below zero if it gives back.
    pub fee: SignedMoney,
    /// What the buyer paid, or, below zero, got back: amount and fee together.
    pub gross: SignedMoney,
}

impl From<&boxoffice::BalanceEntry> for BalanceEntry {
    fn from(entry: &boxoffice::BalanceEntry) -> Self {
        Self {
            number: number(entry.number),
            at: date(entry.at),
            kind: entry.kind.as_str(),
            order_id: entry.order_id.map(|id| id.to_string()),
            payout_id: entry.payout_id.map(|id| id.to_string()),
            reference: entry.reference.as_ref().map(ToString::to_string),
            amount: entry.amount.into(),
            fee: entry.fee.into(),
            gross: entry.gross().into(),
        }
    }
}

/// A page of what made a balance.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct BalanceEntryPage {
    /// The entries.
    pub items: Vec<BalanceEntry>,
    /// The cursor of the next page; none on the last.
    pub next: Option<String>,
}

impl From<boxoffice::Page<boxoffice::BalanceEntry>> for BalanceEntryPage {
    fn from(page: boxoffice::Page<boxoffice::BalanceEntry>) -> Self {
        Self { items: page.items.iter().map(Into::into).collect(), next: page.next.as_ref().map(ToString::to_string) }
    }
}

/// The platform's accounts in one currency: what there is is owed to somebody, to the minor unit.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct PlatformBalance {
    /// What the card processor, or the bank behind it, has.
    pub processor: SignedMoney,
    /// What buyers' banks have until it is clear whose it is.
    pub disputed: SignedMoney,
    /// What of both all sellers are owed.
    pub sellers: SignedMoney,
    /// What of both the platform has earned.
    pub fees: SignedMoney,
    /// What of both came for orders that had ended, and is nobody's yet.
    pub late: SignedMoney,
    /// What there is less all that is owed of it: always zero.
    pub difference: SignedMoney,
}

impl From<boxoffice::PlatformBalance> for PlatformBalance {
    fn from(balance: boxoffice::PlatformBalance) -> Self {
        Self {
            processor: balance.processor.into(),
            disputed: balance.disputed.into(),
            sellers: balance.sellers.into(),
            fees: balance.fees.into(),
            late: balance.late.into(),
            difference: balance.difference().into(),
        }
    }
}

/// A payout as an operator gives it in.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct NewPayout {
    /// In major units, as a decimal text such as `"120.50"`.
    pub amount: String,
    /// The ISO 4217 code; without it the box office's default currency.
    pub currency: Option<String>,
    /// By what it is found at the bank: 1 to 100 characters.
    pub reference: String,
}

impl From<NewPayout> for boxoffice::NewPayout {
    fn from(payout: NewPayout) -> Self {
        let mut new = Self::new(payout.amount, payout.reference);
        new.currency = payout.currency;
        new
    }
}

/// A payout as it was recorded.
#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Payout {
    /// The payout's id.
    pub id: String,
    /// Who was paid.
    pub seller_id: String,
    /// How much.
    pub amount: Money,
    /// By what it is found at the bank.
    pub reference: String,
    /// When it was recorded.
    pub recorded_at: Date,
}

impl From<boxoffice::Payout> for Payout {
    fn from(payout: boxoffice::Payout) -> Self {
        Self {
            id: payout.id.to_string(),
            seller_id: payout.seller_id.to_string(),
            amount: payout.amount.into(),
            reference: payout.reference.to_string(),
            recorded_at: date(payout.recorded_at),
        }
    }
}

/// Which entries.
#[napi(object, object_to_js = false)]
#[derive(Debug, Default)]
pub struct LedgerQuery {
    /// How many at most: 1 to 100.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl LedgerQuery {
    pub(crate) fn checked(self) -> Result<boxoffice::LedgerQuery, Error> {
        boxoffice_bindings::ledger_query(self.limit, self.cursor.as_deref())
    }
}
