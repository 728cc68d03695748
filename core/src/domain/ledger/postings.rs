//! Computes the postings of an entry from the fact that moves the money. Each event states the entries that it posts in
//! [`Apply::POSTS`](crate::domain::Apply::POSTS).

use smallvec::{SmallVec, smallvec};

use super::record_payout::PayoutRecorded;
use super::split::{GivenBack, Part, Split};
use super::state::{Account, Draft, EntryKind, Posting, Postings};
use crate::domain::Inconsistency;
use crate::domain::order::Order;
use crate::types::{Money, UserId};

/// Drafts the entry of a payout to a seller.
pub(super) fn payout(event: &PayoutRecorded) -> Draft {
    let amount = signed(event.amount.minor());
    Draft {
        kind: EntryKind::Payout,
        currency: event.amount.currency(),
        order_id: None,
        payout: Some((event.payout_id, event.reference.clone())),
        postings: smallvec![posting(Account::Seller(event.seller_id), amount), posting(Account::Processor, -amount),],
    }
}

/// Builder of an entry about the charge of an order.
pub(in crate::domain) struct Entry<'a> {
    order: &'a Order,
    split: &'a mut Split,
}

impl<'a> Entry<'a> {
    /// Begins an entry; `split` is the split of the order's charge.
    pub(in crate::domain) fn new(order: &'a Order, split: &'a mut Split) -> Self {
        Self { order, split }
    }

    /// Returns `true` if the money of the charge came late.
    pub(in crate::domain) fn was_late(&self) -> bool {
        self.split.was_late()
    }

    /// Drafts a sale: the buyer paid, the processor has the money, and the sellers and the platform are owed it.
    pub(in crate::domain) fn sale(self, amount: Money) -> Result<Draft, Inconsistency> {
        let parts = self.split.parts(self.prices())?;
        let mut postings: Postings = smallvec![posting(Account::Processor, signed(amount.minor()))];
        self.share(&parts, -1, &mut postings);
        Ok(self.draft(EntryKind::Sale, amount, postings))
    }

    /// Drafts money that went back to the buyer from the account `from`. The sellers and the platform bear it in
    /// proportion; late money is charged to the late account instead. What exceeds the rest of the charge is the
    /// platform's loss.
    pub(in crate::domain) fn gone(self, kind: EntryKind, from: Account, amount: Money) -> Result<Draft, Inconsistency> {
        let mut postings: Postings = smallvec![posting(from, -signed(amount.minor()))];
        let mut more = amount.minor();
        let is_same = amount.currency() == self.order.total.currency();
        if is_same && self.split.was_late() {
            let late = self.split.take_late(more);
            push(&mut postings, Account::Late, signed(late));
            more -= late;
        } else if is_same {
            let prices = self.prices();
            let GivenBack { parts, excess } = self.split.give_back(prices, more)?;
            self.share(&parts, 1, &mut postings);
            more = excess;
        }
        push(&mut postings, Account::Fees, signed(more));
        Ok(self.draft(kind, amount, postings))
    }

    /// Drafts money that came for an order that had ended. It belongs to nobody yet.
    pub(in crate::domain) fn late(self, amount: Money) -> Draft {
        self.split.receive_late(amount.minor());
        self.between(EntryKind::LateMoney, amount, Account::Processor, Account::Late)
    }

    /// Drafts a transfer of up to `most` late money to the account `to`. Returns `None` if there was none, because the
    /// money was only authorized.
    pub(in crate::domain) fn no_longer_late(self, kind: EntryKind, to: Account, most: u64) -> Option<Draft> {
        let late = Money::from_minor(self.split.take_late(most), self.order.total.currency()).ok()?;
        Some(self.between(kind, late, Account::Late, to))
    }

    pub(in crate::domain) fn between(self, kind: EntryKind, amount: Money, more: Account, less: Account) -> Draft {
        let minor = signed(amount.minor());
        self.draft(kind, amount, smallvec![posting(more, minor), posting(less, -minor)])
    }

    fn draft(self, kind: EntryKind, amount: Money, postings: Postings) -> Draft {
        Draft { kind, currency: amount.currency(), order_id: Some(self.order.id), payout: None, postings }
    }

    fn prices(&self) -> impl ExactSizeIterator<Item = u64> + use<'a> {
        let order: &'a Order = self.order;
        order.tickets.iter().map(|ticket| ticket.price.minor())
    }

    /// Adds postings that owe the sellers and the platform less (`sign` is 1) or more (`sign` is -1) by their parts.
    fn share(&self, parts: &[Part], sign: i64, postings: &mut Postings) {
        let mut sellers: SmallVec<[(UserId, Part); 1]> = SmallVec::new();
        for (ticket, part) in self.order.tickets.iter().zip(parts) {
            match sellers.iter_mut().find(|(id, _)| *id == ticket.seller_id) {
                Some((_, sum)) => sum.add(*part),
                None => sellers.push((ticket.seller_id, *part)),
            }
        }
        postings.extend(sellers.iter().filter(|(_, part)| part.whole() > 0).map(|(id, part)| Posting {
            account: Account::Seller(*id),
            amount: sign * signed(part.seller),
            fee: -sign * signed(part.fee),
        }));
        push(postings, Account::Fees, sign * signed(parts.iter().map(|part| part.fee).sum()));
    }
}

fn posting(account: Account, amount: i64) -> Posting {
    Posting { account, amount, fee: 0 }
}

/// Adds `amount` to the account's posting, or adds a posting unless `amount` is zero.
fn push(postings: &mut Postings, account: Account, amount: i64) {
    match postings.iter_mut().find(|posting| posting.account == account) {
        Some(posting) => posting.amount += amount,
        None if amount != 0 => postings.push(posting(account, amount)),
        None => {}
    }
}

/// Converts minor units to a signed number. Money is less than 10^12 minor units, and an order's total is itself money.
fn signed(minor: u64) -> i64 {
    i64::try_from(minor).unwrap_or(i64::MAX)
}
