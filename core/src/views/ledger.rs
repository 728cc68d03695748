//! What accounts come to, and their entries.

use std::sync::Arc;

use super::Views;
use super::cursor::{Cursor, Page};
use super::error::ViewsError;
use super::key::Key;
use super::query::LedgerQuery;
use crate::domain::ledger::{Account, Accounts, LedgerEntry, Totals};
use crate::types::Currency;

impl Views {
    /// What the account comes to, currency by currency in the order of their codes.
    pub(crate) fn totals(&self, account: Account) -> Vec<(Currency, Totals)> {
        self.live().ledger.accounts.all_of(account)
    }

    /// All accounts, at one moment.
    pub(crate) fn accounts(&self) -> Accounts {
        self.live().ledger.accounts.clone()
    }

    /// A page of the account's entries, the newest first.
    ///
    /// # Errors
    /// If the file can't be read.
    pub(crate) fn entries(&self, account: Account, query: &LedgerQuery) -> Result<Page<Arc<LedgerEntry>>, ViewsError> {
        let limit = query.limit.get();
        let before = query.cursor.map_or(u64::MAX, |cursor| cursor.key.value);
        // One more tells whether there is a next page.
        let mut items: Vec<_> = self.live().ledger.entries(account, before).take(limit + 1).map(Arc::clone).collect();
        if items.len() <= limit {
            // What left memory meanwhile is in the file, and what is in both is taken from memory.
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
