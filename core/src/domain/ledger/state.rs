//! The accounts, and the entries that change them.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::{Fact, Inconsistency};
use crate::failpoint::Failpoint;
use crate::types::{Currency, Money, OrderId, PayoutId, PayoutReference, Timestamp, UserId};

/// Where money is, or whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Account {
    /// What the card processor holds for the box office.
    Processor,
    /// What the platform has earned.
    Fees,
    /// Money that came for an order that had ended, and belongs to nobody yet.
    Late,
    /// What buyers' banks have taken back until it is clear whose it is.
    Disputed,
    /// What a seller is owed.
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

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EntryKind {
    /// A buyer paid.
    Sale,
    /// Money went back.
    Refund,
    /// Money came for an order that had ended.
    LateMoney,
    /// That money pays another order.
    LateMoneyTransferred,
    /// That money is the platform's.
    LateMoneyKept,
    /// A buyer's bank took money back until it is clear whose it is.
    Dispute,
    /// It came back from the bank.
    DisputeWon,
    /// The buyer keeps it.
    DisputeLost,
    /// A seller was paid.
    Payout,
}

impl EntryKind {
    /// The kind as published, such as `late_money`.
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
    /// Returns what the entry is to a seller; `None` for those that have no posting of a seller.
    pub(crate) const fn of_seller(self) -> Option<BalanceEntryKind> {
        match self {
            Self::Sale => Some(BalanceEntryKind::Sale),
            Self::Refund => Some(BalanceEntryKind::Refund),
            Self::DisputeLost => Some(BalanceEntryKind::DisputeLost),
            Self::Payout => Some(BalanceEntryKind::Payout),
            // These are about nobody's money, or the platform's.
            Self::LateMoney | Self::LateMoneyTransferred | Self::LateMoneyKept | Self::Dispute | Self::DisputeWon => {
                None
            }
        }
    }
}

/// Why what a seller is owed has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BalanceEntryKind {
    /// A buyer paid.
    Sale,
    /// Money went back.
    Refund,
    /// The buyer's bank took money back, and the buyer keeps it.
    DisputeLost,
    /// The seller was paid.
    Payout,
}

impl BalanceEntryKind {
    /// Returns the kind as published, such as `dispute_lost`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Refund => "refund",
            Self::DisputeLost => "dispute_lost",
            Self::Payout => "payout",
        }
    }
}

/// What an entry does to one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// By how many minor units its balance goes up. What somebody is owed is a balance below zero.
    pub amount: i64,
    /// What of a seller's sale the platform kept, or, below zero, gave back: the price is `fee - amount`.
    pub fee: i64,
}

/// The postings of an entry: few, because an order rarely has several sellers.
pub(crate) type Postings = SmallVec<[Posting; 3]>;

/// One movement of money: postings in one currency that come to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LedgerEntry {
    /// 1, 2, 3, … in the order of the facts.
    pub number: u64,
    /// When the fact was decided.
    pub at: Timestamp,
    /// Why money moved.
    pub kind: EntryKind,
    /// The currency of all postings.
    pub currency: Currency,
    /// The order whose money it is.
    pub order_id: Option<OrderId>,
    /// The payout with its reference, if it is one.
    pub payout: Option<(PayoutId, PayoutReference)>,
    /// What it does to which account.
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

/// A payout as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// Who was paid.
    pub seller_id: UserId,
    /// How much.
    pub amount: Money,
    /// By what it is found at the bank.
    pub reference: PayoutReference,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// What the entries of an account in one currency come to, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    /// All postings together. What somebody is owed is below zero.
    pub balance: i128,
    /// What buyers paid for a seller's tickets.
    pub sold: i128,
    /// What of that went back to buyers.
    pub refunded: i128,
    /// What the platform kept of the rest.
    pub fees: i128,
    /// What the seller got.
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

/// The accounts and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Accounts {
    totals: FxHashMap<(Account, Currency), Totals>,
    /// How many entries made them.
    entries: u64,
}

impl Accounts {
    /// Accounts as they were after so many entries.
    pub(crate) fn restore(totals: impl IntoIterator<Item = ((Account, Currency), Totals)>, entries: u64) -> Self {
        Self { totals: totals.into_iter().collect(), entries }
    }

    /// What the entries of the account come to in this currency.
    pub(crate) fn of(&self, account: Account, currency: Currency) -> Totals {
        self.totals.get(&(account, currency)).copied().unwrap_or_default()
    }

    /// What the entries of the account come to, currency by currency in the order of their codes.
    pub(crate) fn all_of(&self, account: Account) -> Vec<(Currency, Totals)> {
        let own = self.totals.iter().filter(|((other, _), _)| *other == account);
        let mut own: Vec<_> = own.map(|((_, currency), totals)| (*currency, *totals)).collect();
        own.sort_unstable_by_key(|(currency, _)| currency.code());
        own
    }

    /// All accounts.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ((Account, Currency), Totals)> + '_ {
        self.totals.iter().map(|(key, totals)| (*key, *totals))
    }

    /// Takes an entry in.
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

/// The accounts, and the entries that nobody has fetched yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    accounts: Accounts,
    fresh: Vec<Arc<LedgerEntry>>,
}

impl Ledger {
    /// The ledger with these accounts.
    pub(crate) fn of(accounts: Accounts) -> Self {
        Self { accounts, fresh: Vec::new() }
    }

    /// The accounts.
    #[cfg(test)]
    pub(crate) fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// The entries since this was asked the last time.
    pub(crate) fn take_fresh(&mut self) -> Vec<Arc<LedgerEntry>> {
        std::mem::take(&mut self.fresh)
    }

    /// What the seller is owed in this currency; below zero if they got more than their sales came to.
    pub(crate) fn owed(&self, seller: UserId, currency: Currency) -> i128 {
        -self.accounts.of(Account::Seller(seller), currency).balance
    }

    /// Enters what moves money.
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
