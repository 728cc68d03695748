//! Writes the changes, table by table and in key order.

use std::sync::Arc;

use redb::{Durability, ReadableTable, Table, WriteTransaction};
use rustc_hash::FxHashMap;
use serde::Serialize;
use smallvec::SmallVec;

use super::row::{self, TicketRow};
use super::tables::{self, Changes, Place};
use crate::domain::Ticket;
use crate::domain::ticket::{TicketStatus, seat_of};
use crate::journal::Head;
use crate::types::Timestamp;
use crate::views::active::Dirty;
use crate::views::error::ViewsError;
use crate::views::index::{TicketKey, own_charge};
use crate::views::key::{KEY_LEN, Key};
use crate::views::text_index::{self, TextId};

/// Writes the changes and the position that they cover.
pub(super) fn write(database: &redb::Database, changes: &Dirty, covers: Head) -> Result<(), ViewsError> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    // Otherwise the first opening after a crash would read the whole file.
    transaction.set_quick_repair(true);
    if covers.seq == 0 {
        tables::create(&transaction)?;
    }
    write_users(&transaction, changes)?;
    write_tickets(&transaction, changes, covers.at)?;
    write_orders(&transaction, changes)?;
    write_ledger(&transaction, changes)?;
    write_hosts(&transaction, changes)?;
    write_webhooks(&transaction, changes)?;
    let revoked = changes.revoked.iter().map(|(id, until)| Key::new(until.as_millis(), id.as_bytes()));
    write_passing(transaction.open_table(tables::REVOKED)?, revoked, covers.at)?;
    let watched = changes.watched.iter().map(|(until, id)| Key::new(until.as_millis(), id.as_bytes()));
    write_passing(transaction.open_table(tables::WATCHED)?, watched, covers.at)?;
    tables::write_meta(&transaction, covers)?;
    transaction.commit()?;
    Ok(())
}

fn write_users(transaction: &WriteTransaction, changes: &Dirty) -> Result<(), ViewsError> {
    let mut rows = Writer::new(transaction.open_table(tables::USERS)?);
    by_id(&changes.users).into_iter().try_for_each(|user| rows.insert(user.id.as_bytes(), &**user).map(drop))
}

/// Returns the entities ordered by id. The ids are copied for sorting: reading each entity repeatedly would miss the
/// processor's cache every time.
fn by_id<I: Copy + Ord, T>(changed: &FxHashMap<I, Arc<T>>) -> Vec<&Arc<T>> {
    let mut changed: Vec<_> = changed.iter().map(|(id, entity)| (*id, entity)).collect();
    changed.sort_unstable_by_key(|(id, _)| *id);
    changed.into_iter().map(|(_, entity)| entity).collect()
}

fn write_tickets(transaction: &WriteTransaction, changes: &Dirty, now: Timestamp) -> Result<(), ViewsError> {
    let tickets = by_id(&changes.tickets);
    let mut active = Writer::new(transaction.open_table(tables::ACTIVE_TICKETS)?);
    for ticket in &tickets {
        if ticket.status.is_active() {
            active.insert(ticket.id.as_bytes(), &TicketRow::from(&***ticket))?;
        } else {
            active.remove(ticket.id.as_bytes())?;
        }
    }
    let mut terminal = Writer::new(transaction.open_table(tables::TERMINAL_TICKETS)?);
    let mut moves = Vec::new();
    for ticket in tickets.into_iter().filter(|ticket| !ticket.status.is_active()) {
        // The ticket was terminal before, became active and is terminal again, perhaps at another price.
        let old = terminal.insert(ticket.id.as_bytes(), &TicketRow::from(&**ticket))?;
        let old = old.map(|old| row::decode::<TicketRow>(&old)).transpose()?.map(Ticket::from);
        moves.push((old, Arc::clone(ticket)));
    }
    for key in TicketKey::ALL {
        let mut table = transaction.open_table(tables::tickets_by(key))?;
        tables::change(&mut table, index_changes(&moves, |ticket| tables::place(None, key.of(ticket))))?;
    }
    let by_seller = |ticket: &Ticket| tables::place(Some(ticket.seller_id.as_bytes()), TicketKey::CreatedAt.of(ticket));
    tables::change(&mut transaction.open_table(tables::TICKETS_BY_SELLER)?, index_changes(&moves, by_seller))?;
    write_seats(transaction, &moves, now)?;
    write_words(transaction, &moves)
}

/// Writes which seats are sold, and removes those of shows that have started, which nobody asks for any more.
fn write_seats(
    transaction: &WriteTransaction,
    moves: &[(Option<Ticket>, Arc<Ticket>)],
    now: Timestamp,
) -> Result<(), ViewsError> {
    let mut table = transaction.open_table(tables::SEATS)?;
    let place = |ticket: &Ticket| seat_of(ticket).map(|seat| tables::seat_place(seat, ticket.id.as_bytes()));
    let old = moves.iter().filter_map(|(old, _)| place(old.as_ref()?));
    for place in old {
        table.remove(&place)?;
    }
    let is_sold = |ticket: &&Arc<Ticket>| ticket.status == TicketStatus::Sold && ticket.starts_at() > Some(now);
    let mut sold: Vec<_> = moves.iter().map(|(_, new)| new).filter(is_sold).filter_map(|new| place(new)).collect();
    sold.sort_unstable();
    for place in sold {
        table.insert(&place, ())?;
    }
    let now = now.as_millis().to_be_bytes();
    while table.first()?.is_some_and(|(first, _)| first.value()[..8] <= now[..]) {
        table.pop_first()?;
    }
    Ok(())
}

/// Writes the word index: one entry for each text of a ticket, and one for each word of a text.
fn write_words(transaction: &WriteTransaction, moves: &[(Option<Ticket>, Arc<Ticket>)]) -> Result<(), ViewsError> {
    let place = |text: &TextId, ticket: &Ticket| tables::place(Some(text), TicketKey::CreatedAt.of(ticket));
    let mut changes = Changes::with_capacity(2 * moves.len());
    let mut texts = FxHashMap::default();
    for (old, new) in moves {
        changes.extend(
            old.iter().flat_map(|old| text_index::texts(old).into_iter().map(|text| (place(&text, old), None))),
        );
        let mark: SmallVec<_> = tables::ticket_mark(new.status, new.seller_id).into_iter().collect();
        for (number, text) in text_index::texts(new).into_iter().enumerate() {
            changes.push((place(&text, new), Some(mark.clone())));
            texts.entry(text).or_insert((new, number));
        }
    }
    tables::change(&mut transaction.open_table(tables::TICKETS_BY_TEXT)?, changes)?;
    let words = texts.iter().flat_map(|(text, (ticket, number))| {
        text_index::words_of(ticket, *number).into_iter().map(move |word| tables::word_place(&word, text))
    });
    let mut words: Vec<_> = words.collect();
    words.sort_unstable();
    let mut table = transaction.open_table(tables::WORDS)?;
    for word in words {
        table.insert(word.as_slice(), ())?;
    }
    Ok(())
}

/// Returns the removals of old entries and the insertions of new ones.
fn index_changes(moves: &[(Option<Ticket>, Arc<Ticket>)], place: impl Fn(&Ticket) -> Place) -> Changes {
    let mut changes = Changes::with_capacity(moves.len());
    for (old, new) in moves {
        changes.extend(old.iter().map(|old| (place(old), None)));
        changes.push((place(new), Some(tables::ticket_mark(new.status, new.seller_id).into_iter().collect())));
    }
    changes
}

fn write_orders(transaction: &WriteTransaction, changes: &Dirty) -> Result<(), ViewsError> {
    let orders = by_id(&changes.orders);
    let mut active = Writer::new(transaction.open_table(tables::ACTIVE_ORDERS)?);
    for order in &orders {
        if order.is_terminal() {
            active.remove(order.id.as_bytes())?;
        } else {
            active.insert(order.id.as_bytes(), &***order)?;
        }
    }
    let mut by_charge = transaction.open_table(tables::CHARGES)?;
    let mut places = transaction.open_table(tables::ORDER_PLACES)?;
    let mut terminal = Vec::with_capacity(orders.len());
    for order in orders.into_iter().filter(|order| order.is_terminal()) {
        if let Some(charge) = own_charge(order) {
            by_charge.insert(charge.id.as_bytes(), order.id.as_bytes())?;
        }
        let (place, owned) = tables::order_place(order);
        places.insert(order.id.as_bytes(), &owned)?;
        terminal.push((place, order));
    }
    terminal.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut table = transaction.open_table(tables::TERMINAL_ORDERS)?;
    let mut row = Vec::new();
    for (place, order) in terminal {
        row::encode_marked(tables::order_mark(order.status), &**order, &mut row)?;
        table.insert(place.as_slice(), row.as_slice())?;
    }
    Ok(())
}

/// Appends the entries and writes the account totals after the last of them.
fn write_ledger(transaction: &WriteTransaction, changes: &Dirty) -> Result<(), ViewsError> {
    let mut row = Vec::new();
    let mut entries = transaction.open_table(tables::ENTRIES)?;
    let mut places = Vec::with_capacity(3 * changes.entries.len());
    for entry in &changes.entries {
        row::encode(&**entry, &mut row)?;
        entries.insert(entry.number, row.as_slice())?;
        places.extend(entry.postings.iter().map(|posting| tables::entry_place(posting.account, entry.number)));
    }
    places.sort_unstable();
    let mut by_account = transaction.open_table(tables::ENTRIES_BY_ACCOUNT)?;
    for place in places {
        by_account.insert(place.as_slice(), ())?;
    }
    let mut accounts = transaction.open_table(tables::ACCOUNTS)?;
    for ((account, currency), totals) in &changes.accounts {
        row::encode(&(account, currency, totals), &mut row)?;
        accounts.insert(tables::account_place(*account, *currency).as_slice(), row.as_slice())?;
    }
    Ok(())
}

fn write_hosts(transaction: &WriteTransaction, changes: &Dirty) -> Result<(), ViewsError> {
    let mut rows = Writer::new(transaction.open_table(tables::HOSTS)?);
    by_id(&changes.hosts).into_iter().try_for_each(|host| rows.insert(host.id.as_bytes(), &**host).map(drop))
}

fn write_webhooks(transaction: &WriteTransaction, changes: &Dirty) -> Result<(), ViewsError> {
    let mut rows = Writer::new(transaction.open_table(tables::WEBHOOKS)?);
    by_id(&changes.webhooks)
        .into_iter()
        .try_for_each(|webhook| rows.insert(webhook.id.as_bytes(), &**webhook).map(drop))
}

/// Inserts entries that expire, and removes expired ones.
fn write_passing(
    mut table: Table<'_, &'static [u8; KEY_LEN], ()>,
    entries: impl Iterator<Item = Key>,
    now: Timestamp,
) -> Result<(), ViewsError> {
    for key in entries {
        table.insert(&key.to_bytes(), ())?;
    }
    let ended = Key::high(now.as_millis()).to_bytes();
    while table.first()?.is_some_and(|(first, _)| *first.value() <= ended) {
        table.pop_first()?;
    }
    Ok(())
}

/// A table of entities with a buffer for encoding its rows.
struct Writer<'a> {
    table: Table<'a, &'static [u8; 16], &'static [u8]>,
    row: Vec<u8>,
}

impl<'a> Writer<'a> {
    fn new(table: Table<'a, &'static [u8; 16], &'static [u8]>) -> Self {
        Self { table, row: Vec::new() }
    }

    /// Inserts a row and returns the previous one.
    fn insert(&mut self, id: &[u8; 16], entity: &impl Serialize) -> Result<Option<Vec<u8>>, ViewsError> {
        row::encode(entity, &mut self.row)?;
        Ok(self.table.insert(id, self.row.as_slice())?.map(|old| old.value().to_vec()))
    }

    fn remove(&mut self, id: &[u8; 16]) -> Result<(), ViewsError> {
        self.table.remove(id)?;
        Ok(())
    }
}
