//! Verifies a journal from its first record to its last.

mod terminal;

use std::collections::BTreeMap;

use self::terminal::Book;
use crate::domain::ledger::{Account, EntryKind, Posting};
use crate::domain::{Circumstances, Fact, State};
use crate::error::Error;
use crate::event::{Hash, Record, StreamKey};
use crate::journal::{Head, Journal, JournalError};
use crate::types::{CommandId, OrderId, Timestamp, UserId};

/// Number of records between two reports of progress.
const PROGRESS_EVERY: u64 = 10_000;

/// Result of verifying a journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifyReport {
    /// Number of records that are valid.
    pub records: u64,
    /// Hash of the last valid record, which is a fingerprint of all records up to it.
    pub head: Hash,
    /// Number of users created.
    pub users: u64,
    /// Number of tickets listed.
    pub tickets: u64,
    /// Number of orders created.
    pub orders: u64,
    /// Number of charges that took money.
    pub charges: u64,
    /// Number of records of each event.
    pub by_event: BTreeMap<&'static str, u64>,
    /// Problems, in the order of the journal. The check ends at the first record that does not follow from those before
    /// it.
    pub problems: Vec<Problem>,
}

/// A problem of a journal.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Problem {
    /// Number of the record, or of the one that should be there.
    pub seq: u64,
    /// Description of the problem.
    pub what: String,
}

impl VerifyReport {
    /// Returns `true` if there are no problems.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    fn count(&self, event: &str) -> u64 {
        self.by_event.get(event).copied().unwrap_or(0)
    }
}

pub(crate) fn verify(
    journal: &dyn Journal,
    is_closed: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<VerifyReport, Error> {
    let total = journal.head()?.seq;
    let mut check = Check::default();
    let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
    let replayed = journal.replay(start, &mut |record| {
        if record.seq.is_multiple_of(PROGRESS_EVERY) {
            progress(record.seq, total);
            // The check of a long journal takes hours, which closing the box office must not wait for.
            if is_closed() {
                return Err(JournalError::Closed);
            }
        }
        check.record(&record)
    });
    match replayed {
        Ok(_) => {
            check.vault(journal)?;
            let seq = check.report.records;
            journal.check_beside(&mut |what| check.report.problems.push(Problem { seq, what }))?;
        }
        Err(JournalError::Damaged { seq, what }) => check.report.problems.push(Problem { seq, what }),
        Err(error) => return Err(error.into()),
    }
    progress(total, total);
    let mut report = check.report;
    report.users = report.count("UserCreated");
    report.tickets = report.count("TicketCreated");
    report.orders = report.count("OrderCreated");
    report.charges = report.count("ChargeCreated");
    Ok(report)
}

struct Check {
    report: VerifyReport,
    /// State of the active entities.
    state: State,
    /// Terminal entities.
    terminal: Book,
    last_at: Timestamp,
    users: Vec<UserId>,
    /// Last order that late money was to pay, with the command that decided so.
    transfer: Option<(OrderId, CommandId)>,
    /// Sum of all accounts of each currency.
    money: BTreeMap<&'static str, i128>,
}

impl Default for Check {
    fn default() -> Self {
        let report = VerifyReport {
            records: 0,
            head: Hash::ZERO,
            users: 0,
            tickets: 0,
            orders: 0,
            charges: 0,
            by_event: BTreeMap::new(),
            problems: Vec::new(),
        };
        Self {
            report,
            state: State::default(),
            terminal: Book::default(),
            last_at: Timestamp::default(),
            users: Vec::new(),
            transfer: None,
            money: BTreeMap::new(),
        }
    }
}

impl Check {
    fn record(&mut self, record: &Record) -> Result<(), JournalError> {
        let wrong = |what: String| JournalError::Damaged { seq: record.seq, what };
        if record.at < self.last_at {
            return Err(wrong("its time is before that of the record before it".into()));
        }
        let keys = record.event.changes();
        if record.event.may_revive() {
            self.terminal.give_back(&mut self.state, &keys)?;
        }
        let stream = record.event.stream();
        let creates = record.version == 1;
        if creates && self.terminal.knows(stream)? {
            return Err(wrong("something was created that exists already".into()));
        }
        let by_this_command = self.transfer.filter(|(_, command)| *command == record.command_id);
        let late_money_pays = by_this_command.map(|(order, _)| order);
        let circumstances = Circumstances { at: record.at, actor: record.actor, late_money_pays };
        record.event.demands(&self.state, &circumstances).map_err(|error| wrong(error.to_string()))?;
        let fact = Fact { at: record.at, version: record.version };
        self.state.apply(&record.event, fact).map_err(|error| wrong(error.to_string()))?;
        self.ledger().map_err(|what| wrong(what.into()))?;
        if let StreamKey::Order(id) = stream
            && let Some(to) = self.state.order(id).and_then(|order| order.charge.as_ref()?.transferred_to)
        {
            self.transfer = Some((to, record.command_id));
        }
        if record.event.may_settle() {
            self.terminal.take(&mut self.state, &keys)?;
        }
        if let StreamKey::User(id) = stream
            && creates
        {
            self.users.push(id);
        }
        self.last_at = record.at;
        self.report.records += 1;
        self.report.head = record.hash;
        *self.report.by_event.entry(record.event.name()).or_insert(0) += 1;
        Ok(())
    }

    /// Checks that the accounts of each currency sum to zero after every new entry, and that no payout exceeds the
    /// amount that its seller was owed.
    fn ledger(&mut self) -> Result<(), &'static str> {
        for entry in self.state.take_entries() {
            let sum = self.money.entry(entry.currency.code()).or_default();
            *sum += entry.postings.iter().map(|posting| i128::from(posting.amount)).sum::<i128>();
            if *sum != 0 {
                return Err("the accounts of a currency do not come to zero");
            }
            let owed = |seller| self.state.ledger().owed(seller, entry.currency);
            let has_too_much = |posting: &Posting| matches!(posting.account, Account::Seller(id) if owed(id) < 0);
            if entry.kind == EntryKind::Payout && entry.postings.iter().any(has_too_much) {
                return Err("a seller was paid more than they were owed");
            }
        }
        Ok(())
    }

    /// Checks that users have personal data exactly until they are erased.
    fn vault(&mut self, journal: &dyn Journal) -> Result<(), Error> {
        // They are erased, whether or not their trade lets that be recorded yet.
        let listed = journal.erased_elsewhere();
        for id in &self.users {
            let erased = self.state.user(*id).is_none_or(|user| user.erased);
            let has_row = match journal.vault_row(*id) {
                Ok(row) => row.is_some(),
                // The check of the vault tells it.
                Err(JournalError::Damaged { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            // The user may have been erased since; then the missing row is right.
            let may_be_gone = erased || listed.binary_search(id).is_ok();
            let missing = !may_be_gone && !has_row && journal.head()?.seq == self.report.records;
            let left = erased && has_row;
            if missing || left {
                let what =
                    if left { "an erased user's personal data is still there" } else { "a user has no personal data" };
                self.report.problems.push(Problem { seq: self.report.records, what: format!("{what}: {id}") });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::RedbJournal;
    use crate::testing::History;

    #[test]
    fn nothing_settled_is_created_once_more() {
        let dir = tempfile::tempdir().unwrap();
        let history = History { orders: 400, active_tickets: 100, holds: 20, buyers: 5, sellers: 2 };
        history.write(dir.path(), &mut |_, _| {}).unwrap();
        let journal = RedbJournal::open(dir.path()).unwrap();
        let mut whole = Check::default();
        let mut created = Vec::new();
        let start = Head { seq: 0, hash: Hash::ZERO, at: Timestamp::default() };
        let visit = &mut |record: Record| {
            whole.record(&record)?;
            let is_new = record.version == 1 && !matches!(record.event.stream(), StreamKey::User(_));
            created.extend(is_new.then_some(record));
            Ok(())
        };
        journal.replay(start, visit).unwrap();
        created.retain(|record| whole.terminal.knows(record.event.stream()).unwrap());
        assert!(created.len() > 400, "{}", created.len());
        for record in created {
            let again = Record { at: whole.last_at, ..record };
            let refused = whole.record(&again);
            assert!(
                matches!(&refused, Err(JournalError::Damaged { what, .. }) if what.contains("exists already")),
                "{refused:?}"
            );
        }
    }
}
