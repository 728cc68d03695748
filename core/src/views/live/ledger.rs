//! The ledger in memory: what the accounts come to, and the entries that the checkpoint file does not have yet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::domain::ledger::{Account, Accounts, LedgerEntry};

/// The accounts, and the last entries.
#[derive(Debug, Default)]
pub(in crate::views) struct LiveLedger {
    pub(in crate::views) accounts: Accounts,
    recent: BTreeMap<u64, Arc<LedgerEntry>>,
    /// The numbers of the recent entries by the accounts that they are about.
    by_account: BTreeSet<(Account, u64)>,
}

impl LiveLedger {
    /// A ledger whose entries are all in the checkpoint file.
    pub(in crate::views) fn of(accounts: Accounts) -> Self {
        Self { accounts, ..Self::default() }
    }

    /// Takes an entry in.
    pub(super) fn post(&mut self, entry: &Arc<LedgerEntry>) {
        self.accounts.post(entry);
        self.by_account.extend(entry.postings.iter().map(|posting| (posting.account, entry.number)));
        self.recent.insert(entry.number, Arc::clone(entry));
    }

    /// The entries about the account with numbers below `before`, the newest first.
    pub(in crate::views) fn entries(&self, account: Account, before: u64) -> impl Iterator<Item = &Arc<LedgerEntry>> {
        let numbers = self.by_account.range((account, 0)..(account, before)).rev();
        numbers.filter_map(|(_, number)| self.recent.get(number))
    }

    /// Forgets entries that the checkpoint file has.
    pub(in crate::views) fn evict(&mut self, written: &[Arc<LedgerEntry>]) {
        for entry in written {
            self.recent.remove(&entry.number);
            for posting in &entry.postings {
                self.by_account.remove(&(posting.account, entry.number));
            }
        }
    }
}
