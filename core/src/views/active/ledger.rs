//! The ledger in memory: the totals of accounts, and the entries that are not yet in the checkpoint file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::ledger::{Account, Accounts, LedgerEntry};

/// The accounts and their latest entries.
#[derive(Debug, Default)]
pub(in crate::views) struct ActiveLedger {
    pub(in crate::views) accounts: Accounts,
    recent: BTreeMap<u64, Arc<LedgerEntry>>,
    /// Numbers of the recent entries by account.
    by_account: BTreeSet<(Account, u64)>,
}

impl ActiveLedger {
    /// Creates a ledger whose entries are all in the checkpoint file.
    pub(in crate::views) fn of(accounts: Accounts) -> Self {
        Self { accounts, ..Self::default() }
    }

    /// Adds an entry.
    pub(super) fn post(&mut self, entry: &Arc<LedgerEntry>) {
        self.accounts.post(entry);
        self.by_account.extend(entry.postings.iter().map(|posting| (posting.account, entry.number)));
        self.recent.insert(entry.number, Arc::clone(entry));
    }

    /// Iterates over the account's entries with numbers below `before`, newest first.
    pub(in crate::views) fn entries(&self, account: Account, before: u64) -> impl Iterator<Item = &Arc<LedgerEntry>> {
        let numbers = self.by_account.range((account, 0)..(account, before)).rev();
        numbers.filter_map(|(_, number)| self.recent.get(number))
    }

    /// Evicts entries that the checkpoint file has.
    pub(in crate::views) fn evict(&mut self, written: &[Arc<LedgerEntry>]) {
        for entry in written {
            self.recent.remove(&entry.number);
            for posting in &entry.postings {
                self.by_account.remove(&(posting.account, entry.number));
            }
        }
    }
}
