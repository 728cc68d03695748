//! Totals of accounts, and their entries.

use std::sync::Arc;

use super::Views;
use super::cursor::{Cursor, Page};
use super::error::ViewsError;
use super::key::Key;
use super::query::LedgerQuery;
use crate::domain::ledger::{Account, Accounts, LedgerEntry, Totals};
use crate::types::Currency;

impl Views {
    /// Returns the account's totals in each currency, ordered by currency code.
    pub(crate) fn totals(&self, account: Account) -> Vec<(Currency, Totals)> {
        self.active().ledger.accounts.all_of(account)
    }

    /// Returns all accounts at one moment.
    pub(crate) fn accounts(&self) -> Accounts {
        self.active().ledger.accounts.clone()
    }

    /// Returns a page of the account's entries, newest first.
    ///
    /// # Errors
    /// An error if the file can't be read.
    pub(crate) fn entries(&self, account: Account, query: &LedgerQuery) -> Result<Page<Arc<LedgerEntry>>, ViewsError> {
        let limit = query.limit.get();
        let before = query.cursor.map_or(u64::MAX, |cursor| cursor.key.value);
        // One extra entry shows that there is a next page.
        let mut items: Vec<_> = self.active().ledger.entries(account, before).take(limit + 1).map(Arc::clone).collect();
        if items.len() <= limit {
            // Entries that have left memory meanwhile are in the file; entries in both are taken from memory.
            let before = items.last().map_or(before, |last| last.number);
            items.extend(self.0.store.entries(account, before, limit + 1 - items.len())?);
        }
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items
            .last()
            .filter(|_| more)
            .map(|last| Cursor { tag: LedgerQuery::TAG, key: Key::new(last.number, &[0; 16]) });
        Ok(Page { items, next })
    }
}
