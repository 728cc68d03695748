//! Accounts, and the entries that change them.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::{Fact, Inconsistency};
use crate::failpoint::Failpoint;
use crate::types::{Currency, Money, OrderId, PayoutId, PayoutReference, Timestamp, UserId};

/// Place or owner of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Account {
    /// Money that the card processor holds for the box office.
    Processor,
    /// Money that the platform has earned.
    Fees,
    /// Money that came for an order that had ended, and belongs to nobody yet.
    Late,
    /// Money that buyers' banks have taken back in disputes that are still open.
    Disputed,
    /// Money that a seller is owed.
    Seller(UserId),
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processor => f.write_str("processor"),
            Self::Fees => f.write_str("fees"),
            Self::Late => f.write_str("late"),
            Self::Disputed => f.write_str("disputed"),
            Self::Seller(id) => write!(f, "seller/{id}"),
        }
    }
}

/// Reason why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryKind {
    /// A buyer paid.
    Sale,
    /// Money went back to the buyer.
    Refund,
    /// Money came for an order that had ended.
    LateMoney,
    /// Late money pays another order.
    LateMoneyTransferred,
    /// The platform keeps late money.
    LateMoneyKept,
    /// A buyer's bank took money back until the dispute is closed.
    Dispute,
    /// Disputed money came back from the bank.
    DisputeWon,
    /// The buyer keeps the disputed money.
    DisputeLost,
    /// A seller was paid.
    Payout,
}

impl EntryKind {
    /// Returns the published name of the kind, such as `late_money`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Refund => "refund",
            Self::LateMoney => "late_money",
            Self::LateMoneyTransferred => "late_money_transferred",
            Self::LateMoneyKept => "late_money_kept",
            Self::Dispute => "dispute",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
            Self::Payout => "payout",
        }
    }
}

impl EntryKind {
    /// Returns the kind as a seller reads it; `None` for kinds without a posting of a seller.
    pub(crate) const fn of_seller(self) -> Option<BalanceEntryKind> {
        match self {
            Self::Sale => Some(BalanceEntryKind::Sale),
            Self::Refund => Some(BalanceEntryKind::Refund),
            Self::DisputeLost => Some(BalanceEntryKind::DisputeLost),
            Self::Payout => Some(BalanceEntryKind::Payout),
            // These kinds move only money of the platform or of nobody.
            Self::LateMoney | Self::LateMoneyTransferred | Self::LateMoneyKept | Self::Dispute | Self::DisputeWon => {
                None
            }
        }
    }
}

/// Reason why the amount that a seller is owed changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BalanceEntryKind {
    /// A buyer paid.
    Sale,
    /// Money went back to the buyer.
    Refund,
    /// The buyer's bank took money back, and the buyer keeps it.
    DisputeLost,
    /// The seller was paid.
    Payout,
}

impl BalanceEntryKind {
    /// Returns the published name of the kind, such as `dispute_lost`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Refund => "refund",
            Self::DisputeLost => "dispute_lost",
            Self::Payout => "payout",
        }
    }
}

/// Effect of an entry on one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Posting {
    /// Account that changes.
    pub account: Account,
    /// Change of the account's balance, in minor units. Money owed is a negative balance.
    pub amount: i64,
    /// Fee that the platform kept of a seller's sale, or gave back if negative. The price is `fee - amount`.
    pub fee: i64,
}

/// Postings of an entry. They are few, because an order rarely has several sellers.
pub(crate) type Postings = SmallVec<[Posting; 3]>;

/// One movement of money: postings in one currency that sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// Number: 1, 2, 3, … in the order of the facts.
    pub number: u64,
    /// Time at which the fact was decided.
    pub at: Timestamp,
    /// Reason why money moved.
    pub kind: EntryKind,
    /// Currency of all postings.
    pub currency: Currency,
    /// Order whose money moved, if it is about one.
    pub order_id: Option<OrderId>,
    /// Payout with its reference, if the entry is a payout.
    pub payout: Option<(PayoutId, PayoutReference)>,
    /// Effects on the accounts.
    pub postings: Vec<Posting>,
}

/// An entry that has no number yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(super) kind: EntryKind,
    pub(super) currency: Currency,
    pub(super) order_id: Option<OrderId>,
    pub(super) payout: Option<(PayoutId, PayoutReference)>,
    pub(super) postings: Postings,
}

/// A recorded payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payout {
    /// Id of the payout.
    pub id: PayoutId,
    /// Seller who was paid.
    pub seller_id: UserId,
    /// Amount paid.
    pub amount: Money,
    /// Reference by which the bank identifies the payout.
    pub reference: PayoutReference,
    /// Time at which it was recorded.
    pub recorded_at: Timestamp,
}

/// Sums over the entries of an account in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// Sum of all postings. Money owed is a negative balance.
    pub balance: i128,
    /// Money that buyers paid for a seller's tickets.
    pub sold: i128,
    /// Part of `sold` that went back to buyers.
    pub refunded: i128,
    /// Fees that the platform kept of the rest.
    pub fees: i128,
    /// Money that the seller was paid.
    pub paid_out: i128,
}

impl Totals {
    fn post(&mut self, kind: EntryKind, posting: &Posting) {
        let (amount, fee) = (i128::from(posting.amount), i128::from(posting.fee));
        self.balance += amount;
        if let Account::Seller(_) = posting.account {
            self.fees += fee;
            match kind.of_seller() {
                Some(BalanceEntryKind::Sale) => self.sold += fee - amount,
                Some(BalanceEntryKind::Refund | BalanceEntryKind::DisputeLost) => self.refunded += amount - fee,
                Some(BalanceEntryKind::Payout) => self.paid_out += amount,
                None => {}
            }
        }
    }
}

/// Accounts and their totals.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Accounts {
    totals: FxHashMap<(Account, Currency), Totals>,
    /// Number of entries that made them.
    entries: u64,
}

impl Accounts {
    /// Restores the accounts as they were after `entries` entries.
    pub(crate) fn restore(totals: impl IntoIterator<Item = ((Account, Currency), Totals)>, entries: u64) -> Self {
        Self { totals: totals.into_iter().collect(), entries }
    }

    /// Returns the totals of the account in this currency.
    pub(crate) fn of(&self, account: Account, currency: Currency) -> Totals {
        self.totals.get(&(account, currency)).copied().unwrap_or_default()
    }

    /// Returns the totals of the account for each currency, in the order of their codes.
    pub(crate) fn all_of(&self, account: Account) -> Vec<(Currency, Totals)> {
        let own = self.totals.iter().filter(|((other, _), _)| *other == account);
        let mut own: Vec<_> = own.map(|((_, currency), totals)| (*currency, *totals)).collect();
        own.sort_unstable_by_key(|(currency, _)| currency.code());
        own
    }

    /// Iterates over all accounts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ((Account, Currency), Totals)> + '_ {
        self.totals.iter().map(|(key, totals)| (*key, *totals))
    }

    /// Adds an entry to the totals.
    pub(crate) fn post(&mut self, entry: &LedgerEntry) {
        for posting in &entry.postings {
            let totals = self.totals.entry((posting.account, entry.currency)).or_default();
            totals.post(entry.kind, posting);
            let is_seller = matches!(posting.account, Account::Seller(_));
            if is_seller && entry.kind == EntryKind::Refund && Failpoint::RefundCreditedTwice.is_active() {
                totals.post(entry.kind, posting);
            }
        }
        self.entries = entry.number;
    }
}

/// Accounts, and the entries that were not taken yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    accounts: Accounts,
    fresh: Vec<Arc<LedgerEntry>>,
}

impl Ledger {
    /// Creates a ledger with these accounts.
    pub(crate) fn of(accounts: Accounts) -> Self {
        Self { accounts, fresh: Vec::new() }
    }

    /// Returns the accounts.
    #[cfg(test)]
    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Returns the entries since the previous call.
    pub(crate) fn take_fresh(&mut self) -> Vec<Arc<LedgerEntry>> {
        std::mem::take(&mut self.fresh)
    }

    /// Returns the amount that the seller is owed in this currency; negative if they were paid more than their sales
    /// came to.
    pub(crate) fn owed(&self, seller: UserId, currency: Currency) -> i128 {
        -self.accounts.of(Account::Seller(seller), currency).balance
    }

    /// Adds an entry.
    pub(in crate::domain) fn enter(&mut self, draft: Draft, fact: Fact) -> Result<(), Inconsistency> {
        if draft.postings.iter().map(|posting| i128::from(posting.amount)).sum::<i128>() != 0 {
            return Err(Inconsistency("an entry of the ledger does not come to zero"));
        }
        let is_sellers = |posting: &Posting| matches!(posting.account, Account::Seller(_));
        if draft.kind.of_seller().is_none() && draft.postings.iter().any(is_sellers) {
            return Err(Inconsistency("an entry of the ledger is a seller's that can't be"));
        }
        let entry = LedgerEntry {
            number: self.accounts.entries + 1,
            at: fact.at,
            kind: draft.kind,
            currency: draft.currency,
            order_id: draft.order_id,
            payout: draft.payout,
            postings: draft.postings.into_vec(),
        };
        self.accounts.post(&entry);
        self.fresh.push(Arc::new(entry));
        Ok(())
    }
}
