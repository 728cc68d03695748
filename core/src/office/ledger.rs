//! Façade of the ledger domain.

use futures_core::Stream;
use serde::Serialize;

use super::named::scope;
use super::pages::{Entries, Pages};
use super::{BoxOffice, Named};
use crate::domain::ledger::{Account, BalanceEntryKind, LedgerEntry, Payout, RecordPayout, Totals};
use crate::error::{Code, Error, FieldErrors};
use crate::event::Actor;
use crate::statement;
use crate::types::{
    Currency, IdempotencyKey, Money, OrderId, PayoutId, PayoutReference, SignedMoney, Timestamp, UserId,
};
use crate::views::{LedgerQuery, Page, PageLimit, Views, checked};

/// Operations on the ledger: balances, entries and payouts.
#[derive(Debug, Clone)]
pub struct Ledger {
    office: BoxOffice,
    key: Option<IdempotencyKey>,
}

/// Sums of a seller's entries in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Balance {
    /// Amount that the seller is owed: sold less refunded, fees and paid out. Negative if money went back to buyers
    /// after it was paid out.
    pub owed: SignedMoney,
    /// Amount that buyers have paid for the seller's tickets.
    pub sold: SignedMoney,
    /// Part of `sold` that went back to buyers.
    pub refunded: SignedMoney,
    /// Fees that the platform has kept of the rest.
    pub fees: SignedMoney,
    /// Amount that the seller was paid.
    pub paid_out: SignedMoney,
}

impl Balance {
    pub(super) fn of((currency, totals): (Currency, Totals)) -> Self {
        let sum = |minor| SignedMoney::from_minor(minor, currency);
        Self {
            owed: sum(-totals.balance),
            sold: sum(totals.sold),
            refunded: sum(totals.refunded),
            fees: sum(totals.fees),
            paid_out: sum(totals.paid_out),
        }
    }
}

/// An entry of the ledger, as its seller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BalanceEntry {
    /// Number of the entry in the ledger.
    pub number: u64,
    /// Time of the entry.
    pub at: Timestamp,
    /// Reason why money moved.
    pub kind: BalanceEntryKind,
    /// Order, for entries about one.
    pub order_id: Option<OrderId>,
    /// Payout, if the entry is one.
    pub payout_id: Option<PayoutId>,
    /// Reference by which the bank identifies the payout.
    pub reference: Option<PayoutReference>,
    /// Change of the amount that the seller is owed: negative for refunds and payouts.
    pub amount: SignedMoney,
    /// Change of the platform's fee: negative if it gives a fee back.
    pub fee: SignedMoney,
}

impl BalanceEntry {
    fn of(entry: &LedgerEntry, seller: UserId) -> Result<Self, Error> {
        let own = entry.postings.iter().filter(|posting| posting.account == Account::Seller(seller));
        let (amount, fee) = own.fold((0, 0), |(amount, fee), posting| {
            (amount - i128::from(posting.amount), fee + i128::from(posting.fee))
        });
        Ok(Self {
            number: entry.number,
            at: entry.at,
            kind: entry.kind.of_seller().ok_or(Code::Internal)?,
            order_id: entry.order_id,
            payout_id: entry.payout.as_ref().map(|(id, _)| *id),
            reference: entry.payout.as_ref().map(|(_, reference)| reference.clone()),
            amount: SignedMoney::from_minor(amount, entry.currency),
            fee: SignedMoney::from_minor(fee, entry.currency),
        })
    }

    /// Names of the columns of a statement.
    const COLUMNS: [&str; 10] =
        ["number", "at", "kind", "orderId", "payoutId", "reference", "currency", "gross", "fee", "amount"];

    /// Returns the entry as a row of a statement.
    fn row(&self) -> [String; 10] {
        [
            self.number.to_string(),
            self.at.to_string(),
            self.kind.as_str().to_owned(),
            self.order_id.map(|id| id.to_string()).unwrap_or_default(),
            self.payout_id.map(|id| id.to_string()).unwrap_or_default(),
            self.reference.as_ref().map(|text| statement::harmless(text.as_str())).unwrap_or_default(),
            self.amount.currency().code().to_owned(),
            self.gross().decimal(),
            self.fee.decimal(),
            self.amount.decimal(),
        ]
    }

    /// Returns the amount that the buyer paid, or got back if negative: the sum of amount and fee.
    pub fn gross(&self) -> SignedMoney {
        SignedMoney::from_minor(self.amount.minor() + self.fee.minor(), self.amount.currency())
    }
}

/// Accounts of the platform in one currency. They sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlatformBalance {
    /// Money that the card processor, or the bank behind it, holds.
    pub processor: SignedMoney,
    /// Money that buyers' banks hold until disputes are closed.
    pub disputed: SignedMoney,
    /// Part of both that all sellers are owed.
    pub sellers: SignedMoney,
    /// Part of both that the platform has earned.
    pub fees: SignedMoney,
    /// Part of both that came for orders that had ended, and belongs to nobody yet.
    pub late: SignedMoney,
}

impl PlatformBalance {
    /// Returns the money held less all money owed: always zero.
    pub fn difference(&self) -> SignedMoney {
        let owed = self.sellers.minor() + self.fees.minor() + self.late.minor();
        SignedMoney::from_minor(self.processor.minor() + self.disputed.minor() - owed, self.processor.currency())
    }
}

/// A payout as an operator enters it.
///
/// ```
/// use boxoffice::NewPayout;
///
/// let payout = NewPayout::new("120.50", "SEPA 2027-02").currency("EUR");
/// # assert_eq!(payout.amount, "120.50");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NewPayout {
    /// Amount: a decimal number in major units, with at most as many decimals as the currency has.
    pub amount: String,
    /// ISO 4217 code of the currency, such as `EUR`; the box office's default currency if there is none.
    pub currency: Option<String>,
    /// Reference by which the bank identifies the payout: 1 to 100 characters.
    pub reference: String,
}

impl NewPayout {
    /// Creates a payout in the default currency.
    pub fn new(amount: impl Into<String>, reference: impl Into<String>) -> Self {
        Self { amount: amount.into(), currency: None, reference: reference.into() }
    }

    /// Sets the currency.
    #[must_use]
    pub fn currency(mut self, code: impl Into<String>) -> Self {
        self.currency = Some(code.into());
        self
    }

    fn check(&self, default: Currency) -> Result<(Money, PayoutReference), Error> {
        let mut faults = FieldErrors::default();
        let currency = match &self.currency {
            Some(code) => faults.check("currency", code.parse()),
            None => Some(default),
        };
        let amount = currency.and_then(|currency| faults.check("amount", Money::parse(&self.amount, currency)));
        let reference = faults.check("reference", self.reference.parse());
        amount.zip(reference).ok_or_else(|| faults.into())
    }
}

impl Ledger {
    pub(super) fn new(office: BoxOffice) -> Self {
        Self { office, key: None }
    }

    /// Sets the idempotency key of the next command, so that it can be repeated; see
    /// [`Tickets::idempotency_key`](super::Tickets::idempotency_key).
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), Box<dyn std::error::Error>> {
    /// use boxoffice::{Actor, NewPayout};
    ///
    /// let ledger = office.ledger().idempotency_key("e0f4".parse()?);
    /// ledger.record_payout(Actor::System, ann, NewPayout::new("120.50", "SEPA 2027-02")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Returns a seller's balance, one entry for each currency; none for a user who never sold anything. For the
    /// seller, operators and the system.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// for balance in office.ledger().balance(Actor::User(ann), ann)? {
    ///     println!("{} of {} sold", balance.owed, balance.sold);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required` for other actors; `auth.user_not_found`.
    pub fn balance(&self, actor: Actor, seller: UserId) -> Result<Vec<Balance>, Error> {
        let views = self.readable(actor, seller)?;
        Ok(views.totals(Account::Seller(seller)).into_iter().map(Balance::of).collect())
    }

    /// Returns a page of the entries behind the balance, the newest first.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Actor, LedgerQuery};
    ///
    /// for entry in office.ledger().entries(Actor::User(ann), ann, &LedgerQuery::new().limit(20))?.items {
    ///     println!("{} {} {}", entry.at, entry.kind.as_str(), entry.amount);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Ledger::balance`]; `validation` with an entry for each invalid field of the query;
    /// `journal.unavailable` if the views' file can't be read.
    pub fn entries(&self, actor: Actor, seller: UserId, query: &LedgerQuery) -> Result<Page<BalanceEntry>, Error> {
        let views = self.readable(actor, seller)?;
        checked(|errors| query.check(errors))?;
        let page = views.entries(Account::Seller(seller), query)?;
        page.try_map(|entry| BalanceEntry::of(&entry, seller))
    }

    /// Streams all entries behind the balance, from the query's cursor on, in pages of its limit.
    ///
    /// Entries never change. Entries that are posted meanwhile are not included, because the newest come first. All
    /// others come exactly once.
    ///
    /// Polling never waits: a page is read immediately, as by [`Ledger::entries`].
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Actor, LedgerQuery};
    /// use futures_util::TryStreamExt;
    ///
    /// let entries = office.ledger().stream(Actor::User(ann), ann, LedgerQuery::new());
    /// let entries: Vec<_> = entries.try_collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Ledger::entries`], as the last item.
    pub fn stream(
        &self,
        actor: Actor,
        seller: UserId,
        query: LedgerQuery,
    ) -> impl Stream<Item = Result<BalanceEntry, Error>> + Unpin + Send + use<> {
        self.pages(actor, seller, query)
    }

    /// Reads the entries page by page.
    pub(crate) fn pages(
        &self,
        actor: Actor,
        seller: UserId,
        mut query: LedgerQuery,
    ) -> impl Entries<BalanceEntry> + use<> {
        let ledger = self.clone();
        Pages::new(query.cursor, move |cursor| {
            query.cursor = cursor;
            let page = ledger.entries(actor, seller, &query)?;
            Ok((page.items, page.next.map(Some)))
        })
    }

    /// Returns all entries behind the balance, the newest first, as CSV by RFC 4180 in parts: first the header, then up
    /// to 100 lines at a time, read on demand.
    ///
    /// Amounts are exact decimals. Text that a spreadsheet would take for a formula is preceded by an apostrophe.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::io::Write;
    /// use boxoffice::Actor;
    ///
    /// let mut file = std::fs::File::create("statement.csv")?;
    /// for part in office.ledger().statement_csv(Actor::User(ann), ann)? {
    ///     file.write_all(part?.as_bytes())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Ledger::balance`]; `journal.unavailable` in the middle if the views' file can't be read any
    /// more.
    pub fn statement_csv(
        &self,
        actor: Actor,
        seller: UserId,
    ) -> Result<impl Iterator<Item = Result<String, Error>> + Send + use<>, Error> {
        self.readable(actor, seller)?;
        let ledger = self.clone();
        let header = || statement::lines([BalanceEntry::COLUMNS.map(str::to_owned)].into_iter());
        let query = LedgerQuery::new().limit(PageLimit::MAX.get());
        let pages = Pages::new(query.cursor, move |cursor| {
            let page = ledger.entries(actor, seller, &query.clone().after(cursor))?;
            Ok((vec![page.items], page.next.map(Some)))
        });
        let parts = pages.map(|page| statement::lines(page?.iter().map(BalanceEntry::row)));
        Ok(std::iter::once_with(header).chain(parts))
    }

    /// Returns the platform's accounts, one entry for each currency in the order of the codes. For operators and the
    /// system.
    ///
    /// ```
    /// # fn example(office: boxoffice::BoxOffice) -> Result<(), boxoffice::Error> {
    /// use boxoffice::Actor;
    ///
    /// for balance in office.ledger().platform(Actor::System)? {
    ///     assert_eq!(balance.difference().minor(), 0);
    ///     println!("earned {}, owed to sellers {}", balance.fees, balance.sellers);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `auth.operator_required` for other actors.
    pub fn platform(&self, actor: Actor) -> Result<Vec<PlatformBalance>, Error> {
        let views = self.office.0.operators_views(actor)?;
        let accounts = views.accounts();
        let mut currencies: Vec<_> = accounts.iter().map(|((_, currency), _)| currency).collect();
        currencies.sort_unstable_by_key(|currency| currency.code());
        currencies.dedup();
        let platform = |currency| {
            let sum = |minor| SignedMoney::from_minor(minor, currency);
            let own = accounts.iter().filter(|((_, other), _)| *other == currency);
            let sellers = own.filter(|((account, _), _)| matches!(account, Account::Seller(_)));
            PlatformBalance {
                processor: sum(accounts.of(Account::Processor, currency).balance),
                disputed: sum(accounts.of(Account::Disputed, currency).balance),
                sellers: sum(-sellers.map(|(_, totals)| totals.balance).sum::<i128>()),
                fees: sum(-accounts.of(Account::Fees, currency).balance),
                late: sum(-accounts.of(Account::Late, currency).balance),
            }
        };
        Ok(currencies.into_iter().map(platform).collect())
    }

    /// Records a payout to a seller, of all or part of what they are owed. For operators and the system. It moves no
    /// money: the bank does, before or after.
    ///
    /// ```
    /// # async fn example(office: boxoffice::BoxOffice, ann: boxoffice::UserId) -> Result<(), boxoffice::Error> {
    /// use boxoffice::{Actor, NewPayout};
    ///
    /// let payout = NewPayout::new("120.50", "SEPA 2027-02").currency("EUR");
    /// let payout = office.ledger().record_payout(Actor::System, ann, payout).await?;
    /// println!("{} to {}", payout.amount, payout.seller_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `validation`; `auth.operator_required`, `auth.user_not_found`, `payout.exceeds_balance`, `command.key_reused`.
    pub async fn record_payout(&self, actor: Actor, seller: UserId, payout: NewPayout) -> Result<Payout, Error> {
        let inner = &self.office.0;
        let name = Named::by(self.key.as_ref(), &scope(actor), "ledger.record_payout", &(seller, &payout));
        let command = payout.check(inner.default_currency()).map(|(amount, reference)| {
            let payout_id = PayoutId::from(inner.ids.next());
            RecordPayout { payout_id, seller_id: seller, amount, reference }
        });
        inner.submit_checked(command, actor, name).await
    }

    /// Returns the views if the actor may read the seller's account.
    fn readable(&self, actor: Actor, seller: UserId) -> Result<&Views, Error> {
        let views = self.office.0.views()?;
        if actor != Actor::User(seller) && !views.is_operator(actor) {
            return Err(Code::AuthOperatorRequired.into());
        }
        if views.user(seller).is_none() {
            return Err(Code::AuthUserNotFound.into());
        }
        Ok(views)
    }
}
