//! Reads from the file: all active entities at opening; single entities and listings of terminal ones later.

use std::sync::Arc;

use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, ReadableTableMetadata};
use rustc_hash::FxHashSet;
use serde::de::DeserializeOwned;

use super::GoOn;
use super::row::{self, TicketRow};
use super::tables::{self, Index, Lengths, Passing, Rows};
use crate::domain::auth::RevokedSessions;
use crate::domain::cluster::{Host, Hosts};
use crate::domain::ledger::{Account, Accounts, LedgerEntry, Totals};
use crate::domain::ticket::{SeatKey, Show};
use crate::domain::webhook::{Webhook, Webhooks};
use crate::domain::{Order, Ticket, User};
use crate::journal::Head;
use crate::types::{Currency, OrderId, SessionId, TicketId, Timestamp};
use crate::views::active::{Active, ActiveLedger, ActiveOrders, ActiveTickets, Dirty};
use crate::views::error::ViewsError;
use crate::views::key::{Key, Walk};
use crate::views::text_index::TextId;

type Table = ReadOnlyTable<&'static [u8; 16], &'static [u8]>;

/// Reads the active entities. A second thread reads half of them, because a million orders would delay every start.
pub(super) fn load(transaction: &ReadTransaction, covers: Head, lengths: Lengths) -> Result<Active, ViewsError> {
    std::thread::scope(|scope| {
        let tickets = scope.spawn(|| tickets(transaction, lengths.tickets));
        let orders = |order: Order| (*order.id.as_bytes(), order);
        let orders = ActiveOrders::of(&all(transaction, tables::ACTIVE_ORDERS, lengths.orders, orders)?);
        let users = all(transaction, tables::USERS, lengths.users, |user: User| (*user.id.as_bytes(), user))?;
        let watched = passing(transaction, tables::WATCHED, lengths.watched)?;
        let until = |key: Key| (Timestamp::from_millis(key.value), OrderId::from_bytes(key.id()));
        Ok(Active {
            covers,
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            orders,
            revoked: revoked(transaction, lengths.revoked)?,
            watched: watched.into_iter().map(until).collect(),
            ledger: ActiveLedger::of(accounts(transaction, lengths)?),
            hosts: hosts(transaction, lengths.hosts)?,
            webhooks: webhooks(transaction, lengths.webhooks)?,
            dirty: Dirty::default(),
            tickets: tickets.join().unwrap_or_else(|_| Err(ViewsError::damaged("reading it made redb panic")))?,
        })
    })
}

fn tickets(transaction: &ReadTransaction, expected: u64) -> Result<ActiveTickets, ViewsError> {
    let mut shows = FxHashSet::default();
    let tickets = all(transaction, tables::ACTIVE_TICKETS, expected, |row: TicketRow| {
        let mut ticket = Ticket::from(row);
        share_show(&mut ticket, &mut shows);
        (*ticket.id.as_bytes(), ticket)
    })?;
    Ok(ActiveTickets::of(tickets))
}

/// Shares the show between tickets: thousands of tickets are for one show, which is then in memory once.
fn share_show(ticket: &mut Ticket, shows: &mut FxHashSet<Arc<Show>>) {
    if let Some(show) = &mut ticket.show {
        match shows.get(show) {
            Some(same) => *show = Arc::clone(same),
            None => drop(shows.insert(Arc::clone(show))),
        }
    }
}

fn all<R: DeserializeOwned, T>(
    transaction: &ReadTransaction,
    rows: Rows,
    expected: u64,
    mut make: impl FnMut(R) -> ([u8; 16], T),
) -> Result<Vec<Arc<T>>, ViewsError> {
    let table = transaction.open_table(rows)?;
    let mut entities = Vec::new();
    for entry in table.iter()? {
        let (id, row) = entry?;
        let (own_id, entity) = make(row::decode(row.value())?);
        if own_id != *id.value() {
            return Err(ViewsError::damaged("a row is under another id"));
        }
        entities.push(Arc::new(entity));
    }
    if entities.len() as u64 == expected { Ok(entities) } else { Err(ViewsError::damaged("rows are missing")) }
}

fn revoked(transaction: &ReadTransaction, expected: u64) -> Result<RevokedSessions, ViewsError> {
    let mut sessions = RevokedSessions::default();
    for key in passing(transaction, tables::REVOKED, expected)? {
        sessions.insert(SessionId::from_bytes(key.id()), Timestamp::from_millis(key.value));
    }
    Ok(sessions)
}

fn hosts(transaction: &ReadTransaction, expected: u64) -> Result<Hosts, ViewsError> {
    let mut hosts = Hosts::default();
    for host in all(transaction, tables::HOSTS, expected, |host: Host| (*host.id.as_bytes(), host))? {
        hosts.insert(host);
    }
    Ok(hosts)
}

fn webhooks(transaction: &ReadTransaction, expected: u64) -> Result<Webhooks, ViewsError> {
    let mut webhooks = Webhooks::default();
    for webhook in all(transaction, tables::WEBHOOKS, expected, |webhook: Webhook| (*webhook.id.as_bytes(), webhook))? {
        webhooks.insert(webhook);
    }
    Ok(webhooks)
}

/// Reads the totals of the accounts, and verifies the number of entries in the file.
fn accounts(transaction: &ReadTransaction, lengths: Lengths) -> Result<Accounts, ViewsError> {
    let mut totals = Vec::new();
    for entry in transaction.open_table(tables::ACCOUNTS)?.iter()? {
        let (place, row) = entry?;
        let (account, currency, sums): (Account, Currency, Totals) = row::decode(row.value())?;
        if tables::account_place(account, currency) != place.value() {
            return Err(ViewsError::damaged("an account is under another name"));
        }
        totals.push(((account, currency), sums));
    }
    let entries = transaction.open_table(tables::ENTRIES)?;
    let last = entries.last()?.map_or(0, |(number, _)| number.value());
    if totals.len() as u64 != lengths.accounts || entries.len()? != lengths.entries || last != lengths.entries {
        return Err(ViewsError::damaged("rows are missing"));
    }
    Ok(Accounts::restore(totals, lengths.entries))
}

/// Returns at most `most` of the account's entries with numbers below `before`, newest first.
pub(super) fn entries(
    transaction: &ReadTransaction,
    account: Account,
    before: u64,
    most: usize,
) -> Result<Vec<Arc<LedgerEntry>>, ViewsError> {
    let rows = transaction.open_table(tables::ENTRIES)?;
    let places = transaction.open_table(tables::ENTRIES_BY_ACCOUNT)?;
    let (low, high) = (tables::entry_place(account, 0), tables::entry_place(account, before));
    let mut found = Vec::new();
    for place in places.range(low.as_slice()..high.as_slice())?.rev().take(most) {
        let (place, ()) = {
            let (place, unit) = place?;
            (place, unit.value())
        };
        let number = place.value().last_chunk().ok_or(ViewsError::damaged("an account's entry has no number"))?;
        let row = rows.get(u64::from_be_bytes(*number))?.ok_or(ViewsError::damaged("an entry is missing"))?;
        let entry: LedgerEntry = row::decode(row.value())?;
        if entry.number != u64::from_be_bytes(*number) {
            return Err(ViewsError::damaged("a row is under another number"));
        }
        found.push(Arc::new(entry));
    }
    Ok(found)
}

/// Reads a table of entries that expire.
fn passing(transaction: &ReadTransaction, rows: Passing, expected: u64) -> Result<Vec<Key>, ViewsError> {
    let mut keys = Vec::new();
    for entry in transaction.open_table(rows)?.iter()? {
        let key = Key::from_bytes(entry?.0.value());
        keys.push(key.ok_or(ViewsError::damaged("something that passes has no key"))?);
    }
    if keys.len() as u64 == expected { Ok(keys) } else { Err(ViewsError::damaged("rows are missing")) }
}

/// Returns the ticket, wherever it is in the file.
pub(super) fn ticket(transaction: &ReadTransaction, id: &[u8; 16]) -> Result<Option<Ticket>, ViewsError> {
    let terminal = terminal_ticket(&transaction.open_table(tables::TERMINAL_TICKETS)?, id)?;
    if terminal.is_some() {
        return Ok(terminal);
    }
    Ok(one::<TicketRow>(&transaction.open_table(tables::ACTIVE_TICKETS)?, id)?.map(Ticket::from))
}

/// Returns the terminal ticket.
pub(super) fn terminal_ticket(table: &Table, id: &[u8; 16]) -> Result<Option<Ticket>, ViewsError> {
    let ticket = one::<TicketRow>(table, id)?.map(Ticket::from);
    check(ticket, |ticket| ticket.id.as_bytes() == id)
}

/// Returns the order, wherever it is in the file.
pub(super) fn order(transaction: &ReadTransaction, id: &[u8; 16]) -> Result<Option<Order>, ViewsError> {
    let Some(owned) = transaction.open_table(tables::ORDER_PLACES)?.get(id)? else {
        return one(&transaction.open_table(tables::ACTIVE_ORDERS)?, id);
    };
    let place = [&owned.value()[..], id].concat();
    let row = transaction.open_table(tables::TERMINAL_ORDERS)?.get(place.as_slice())?;
    let row = row.ok_or(ViewsError::damaged("an order is not where it should be"))?;
    let order = row::decode_marked(row.value())?;
    check(Some(order), |order: &Order| tables::order_place(order).0.as_slice() == place)
}

fn check<T>(entity: Option<T>, is_right: impl Fn(&T) -> bool) -> Result<Option<T>, ViewsError> {
    if entity.as_ref().is_none_or(is_right) {
        Ok(entity)
    } else {
        Err(ViewsError::damaged("a row is under another id"))
    }
}

fn one<T: DeserializeOwned>(table: &Table, id: &[u8; 16]) -> Result<Option<T>, ViewsError> {
    table.get(id)?.map(|row| row::decode(row.value())).transpose()
}

/// Returns the tickets that are listed as sold for any of these seats.
pub(super) fn seat_holders(transaction: &ReadTransaction, seats: &[SeatKey]) -> Result<Vec<TicketId>, ViewsError> {
    let table = transaction.open_table(tables::SEATS)?;
    let mut holders = Vec::new();
    for seat in seats {
        let (low, high) = (tables::seat_place(*seat, &[0; 16]), tables::seat_place(*seat, &[0xff; 16]));
        for entry in table.range::<&[u8; tables::SEAT_PLACE_LEN]>(&low..=&high)? {
            let (place, ()) = {
                let (place, unit) = entry?;
                (place, unit.value())
            };
            let id = place.value().last_chunk().ok_or(ViewsError::damaged("a seat has no ticket"))?;
            holders.push(TicketId::from_bytes(*id));
        }
    }
    Ok(holders)
}

/// Returns the texts that have a word with this prefix; `None` if there are more than `most`.
pub(super) fn texts(transaction: &ReadTransaction, word: &str, most: usize) -> Result<Option<Vec<TextId>>, ViewsError> {
    let table = transaction.open_table(tables::WORDS)?;
    let mut found = FxHashSet::default();
    // No text contains this byte, so all words with the prefix sort before it.
    let end = [word.as_bytes(), &[0xff]].concat();
    for entry in table.range(word.as_bytes()..end.as_slice())? {
        let (place, _) = entry?;
        let text = place.value().last_chunk().ok_or(ViewsError::damaged("a word leads nowhere"))?;
        found.insert(*text);
        if found.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(found.into_iter().collect()))
}

/// Passes the entries of an index and their marks to `visit` in the order of the walk until it breaks.
pub(super) fn scan(
    transaction: &ReadTransaction,
    index: Index,
    owner: Option<&[u8; 16]>,
    walk: &Walk,
    visit: &mut dyn FnMut(Key, &[u8]) -> GoOn,
) -> Result<(), ViewsError> {
    let table = transaction.open_table(index)?;
    for (low, high) in walk.spans() {
        let (low, high) = (tables::place(owner, low), tables::place(owner, high));
        let mut entries = table.range(low.as_slice()..=high.as_slice())?;
        while let Some(entry) = if walk.is_descending() { entries.next_back() } else { entries.next() } {
            let (place, mark) = entry?;
            let key = tables::key_in(owner, place.value()).ok_or(ViewsError::damaged("an index entry has no key"))?;
            if visit(key, mark.value())?.is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}
