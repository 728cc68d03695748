//! The tables of `views.redb`.

use redb::{ReadTransaction, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};
use smallvec::SmallVec;

use super::row;
use crate::domain::Order;
use crate::domain::ledger::Account;
use crate::domain::order::OrderStatus;
use crate::domain::ticket::TicketStatus;
use crate::journal::Head;
use crate::types::{Currency, Timestamp, UserId};
use crate::views::error::ViewsError;
use crate::views::index::{TicketKey, order_key};
use crate::views::key::{KEY_LEN, Key};
use crate::views::words::TextId;

/// The version of everything in this folder that is about the form of the file. It goes up with every change of that form, the
/// serde forms of `User`, `Ticket`, `Order` and `LedgerEntry` included; files of another version are made anew.
const LAYOUT: u32 = 6;

/// Entities by id.
pub(super) type Rows = TableDefinition<'static, &'static [u8; 16], &'static [u8]>;
/// What is to be forgotten at a time, by that time.
pub(super) type Passing = TableDefinition<'static, &'static [u8; KEY_LEN], ()>;
/// Keys of listings, see [`place`], with what can be told of an entry without reading it.
pub(super) type Index = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: TableDefinition<'static, (), &'static [u8]> = TableDefinition::new("meta");
pub(super) const USERS: Rows = TableDefinition::new("users");
/// Available and locked tickets.
pub(super) const LIVE_TICKETS: Rows = TableDefinition::new("live_tickets");
/// Sold and withdrawn tickets; the index tables are about these.
pub(super) const SETTLED_TICKETS: Rows = TableDefinition::new("settled_tickets");
pub(super) const TICKETS_BY_SELLER: Index = TableDefinition::new("tickets_by_seller");
/// The tickets of each text; see [`crate::views::words`].
pub(super) const TICKETS_BY_TEXT: Index = TableDefinition::new("tickets_by_text");
/// Words in lower case, a zero byte, and the text that has the word. A text that no ticket has any more does no harm.
pub(super) const WORDS: TableDefinition<'static, &'static [u8], ()> = TableDefinition::new("words");
pub(super) const LIVE_ORDERS: Rows = TableDefinition::new("live_orders");
/// Orders in which nothing is under way, by the places of [`order_place`] and each behind its mark: a buyer's orders lie beside
/// one another, so that a page of them is a few reads however long the history is.
pub(super) const SETTLED_ORDERS: Index = TableDefinition::new("settled_orders");
/// Where among the settled ones an order is: whose it is and when it was made, the beginning of its place.
pub(super) const ORDER_PLACES: TableDefinition<'static, &'static [u8; 16], &'static [u8; OWNED_LEN]> =
    TableDefinition::new("order_places");
/// The order of each charge, of settled orders and of some that were settled once.
pub(super) const CHARGES: TableDefinition<'static, &'static [u8; 16], &'static [u8; 16]> =
    TableDefinition::new("charges");
/// Revoked sessions by the time at which they may be forgotten.
pub(super) const REVOKED: Passing = TableDefinition::new("revoked");

/// Orders whose charge was given up though money may still come, by the time at which that may be forgotten.
pub(super) const WATCHED: Passing = TableDefinition::new("watched");

/// The entries of the ledger by their numbers.
pub(super) const ENTRIES: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("entries");
/// Accounts with the numbers of their entries; see [`entry_place`].
pub(super) const ENTRIES_BY_ACCOUNT: TableDefinition<'static, &'static [u8], ()> =
    TableDefinition::new("entries_by_account");
/// What accounts come to in each of their currencies.
pub(super) const ACCOUNTS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("accounts");

/// The index of settled tickets in this order.
pub(super) const fn tickets_by(key: TicketKey) -> Index {
    match key {
        TicketKey::CreatedAt => TableDefinition::new("tickets_by_created_at"),
        TicketKey::Price => TableDefinition::new("tickets_by_price"),
        TicketKey::StartsAt => TableDefinition::new("tickets_by_starts_at"),
    }
}

/// The bytes under which an index has an entry: in themselves, because millions of them are sorted.
pub(super) type Place = SmallVec<[u8; 40]>;

/// The place of an entry.
pub(super) fn place(owner: Option<&[u8; 16]>, key: Key) -> Place {
    let mut place = Place::new();
    place.extend_from_slice(owner.map_or(&[], |owner| owner));
    place.extend_from_slice(&key.to_bytes());
    place
}

/// How many bytes of an order's place come before its id.
pub(super) const OWNED_LEN: usize = 24;

/// Where a settled order is among its buyer's, and what [`ORDER_PLACES`] has of that.
pub(super) fn order_place(order: &Order) -> (Place, [u8; OWNED_LEN]) {
    let place = place(Some(order.buyer_id.as_bytes()), order_key(order));
    let mut owned = [0; OWNED_LEN];
    owned.copy_from_slice(&place[..OWNED_LEN]);
    (place, owned)
}

/// The key in the bytes of [`place`].
pub(super) fn key_in(owner: Option<&[u8; 16]>, place: &[u8]) -> Option<Key> {
    Key::from_bytes(place.get(owner.map_or(0, |owner| owner.len())..)?)
}

/// The bytes that name an account: the kind, then the seller.
fn account_bytes(account: Account) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[0] = match account {
        Account::Processor => 0,
        Account::Fees => 1,
        Account::Late => 2,
        Account::Seller(id) => {
            bytes[1..].copy_from_slice(id.as_bytes());
            3
        }
        Account::Disputed => 4,
    };
    bytes
}

/// Where an account's entry of this number is.
pub(super) fn entry_place(account: Account, number: u64) -> [u8; 25] {
    let mut place = [0; 25];
    place[..17].copy_from_slice(&account_bytes(account));
    place[17..].copy_from_slice(&number.to_be_bytes());
    place
}

/// Where the totals of an account in a currency are.
pub(super) fn account_place(account: Account, currency: Currency) -> [u8; 20] {
    let mut place = [0; 20];
    place[..17].copy_from_slice(&account_bytes(account));
    place[17..].copy_from_slice(currency.code().as_bytes());
    place
}

/// What an index tells of a ticket: its status and its seller.
pub(super) fn ticket_mark(status: TicketStatus, seller: UserId) -> [u8; 17] {
    let mut mark = [0; 17];
    mark[0] = match status {
        TicketStatus::Available => 0,
        TicketStatus::Locked => 1,
        TicketStatus::Sold => 2,
        TicketStatus::Withdrawn => 3,
    };
    mark[1..].copy_from_slice(seller.as_bytes());
    mark
}

/// What an index tells of an order: its status.
pub(super) const fn order_mark(status: OrderStatus) -> u8 {
    match status {
        OrderStatus::Created => 0,
        OrderStatus::AwaitingPayment => 1,
        OrderStatus::Complete => 2,
        OrderStatus::Cancelled => 3,
        OrderStatus::Expired => 4,
    }
}

/// How many rows the tables have that are read at opening: redb would not notice if some of them were gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) users: u64,
    pub(super) tickets: u64,
    pub(super) orders: u64,
    pub(super) revoked: u64,
    pub(super) watched: u64,
    pub(super) accounts: u64,
    pub(super) entries: u64,
}

/// Makes all tables, empty.
pub(super) fn create(transaction: &WriteTransaction) -> Result<(), ViewsError> {
    for rows in [USERS, LIVE_TICKETS, SETTLED_TICKETS, LIVE_ORDERS] {
        transaction.open_table(rows)?;
    }
    for index in TicketKey::ALL.map(tickets_by).into_iter().chain([TICKETS_BY_SELLER, TICKETS_BY_TEXT, SETTLED_ORDERS])
    {
        transaction.open_table(index)?;
    }
    transaction.open_table(ORDER_PLACES)?;
    transaction.open_table(CHARGES)?;
    transaction.open_table(REVOKED)?;
    transaction.open_table(WATCHED)?;
    transaction.open_table(WORDS)?;
    transaction.open_table(ENTRIES)?;
    transaction.open_table(ENTRIES_BY_ACCOUNT)?;
    transaction.open_table(ACCOUNTS)?;
    Ok(())
}

/// Notes what the tables cover now.
pub(super) fn write_meta(transaction: &WriteTransaction, covers: Head) -> Result<(), ViewsError> {
    let lengths = (
        transaction.open_table(USERS)?.len()?,
        transaction.open_table(LIVE_TICKETS)?.len()?,
        transaction.open_table(LIVE_ORDERS)?.len()?,
        transaction.open_table(REVOKED)?.len()?,
        transaction.open_table(WATCHED)?.len()?,
        transaction.open_table(ACCOUNTS)?.len()?,
        transaction.open_table(ENTRIES)?.len()?,
    );
    let mut meta = Vec::new();
    row::encode(&(LAYOUT, covers.seq, covers.hash, covers.at, lengths), &mut meta)?;
    transaction.open_table(META)?.insert((), meta.as_slice())?;
    Ok(())
}

/// What the tables cover, and their lengths.
pub(super) fn read_meta(transaction: &ReadTransaction) -> Result<(Head, Lengths), ViewsError> {
    let table = transaction.open_table(META)?;
    let meta = table.get(())?.ok_or(ViewsError::damaged("it does not tell what it covers"))?;
    let (layout, seq, hash, at, lengths): (u32, u64, _, Timestamp, _) = row::decode(meta.value())?;
    if layout != LAYOUT {
        return Err(ViewsError::damaged("it has another layout"));
    }
    let (users, tickets, orders, revoked, watched, accounts, entries) = lengths;
    let lengths = Lengths { users, tickets, orders, revoked, watched, accounts, entries };
    Ok((Head { seq, hash, at }, lengths))
}

/// Inserts the entries, or removes them where there is no mark, in the order of their places.
pub(super) fn change(
    table: &mut Table<'_, &'static [u8], &'static [u8]>,
    mut changes: Changes,
) -> Result<(), ViewsError> {
    // Stable, so that what was put in last for one place stands.
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    for (place, mark) in changes {
        match mark {
            Some(mark) => table.insert(place.as_slice(), mark.as_slice())?,
            None => table.remove(place.as_slice())?,
        };
    }
    Ok(())
}

/// The place of a word that a text has.
pub(super) fn word_place(word: &str, text: &TextId) -> Vec<u8> {
    [word.as_bytes(), &[0], text].concat()
}

/// Places with the marks that they are to have, or `None` for entries that go.
pub(super) type Changes = Vec<(Place, Option<SmallVec<[u8; 17]>>)>;
