//! The tables of `views.redb`.

use redb::{ReadTransaction, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};
use smallvec::SmallVec;

use super::row;
use crate::domain::Order;
use crate::domain::ledger::Account;
use crate::domain::order::OrderStatus;
use crate::domain::ticket::{SeatKey, TicketStatus};
use crate::journal::Head;
use crate::types::unicode::{self, Fingerprint};
use crate::types::{Currency, Timestamp, UserId};
use crate::views::error::ViewsError;
use crate::views::index::{TicketKey, order_key};
use crate::views::key::{KEY_LEN, Key};
use crate::views::text_index::TextId;

/// Version of the file's layout. It increases with every change of the code in this folder that affects the file,
/// including the serde forms of `User`, `Ticket`, `Order`, `LedgerEntry`, `Host` and `Webhook`, and of the forms of texts in
/// `types/fold.rs`.
/// Files of another version are rebuilt.
const LAYOUT: u32 = 9;

/// Entities by id.
pub(super) type Rows = TableDefinition<'static, &'static [u8; 16], &'static [u8]>;
/// Entries that expire, by time.
pub(super) type Passing = TableDefinition<'static, &'static [u8; KEY_LEN], ()>;
/// Keys of listings, see [`place`], with a mark that describes the entry without reading it.
pub(super) type Index = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: TableDefinition<'static, (), &'static [u8]> = TableDefinition::new("meta");
pub(super) const USERS: Rows = TableDefinition::new("users");
/// Available and locked tickets.
pub(super) const ACTIVE_TICKETS: Rows = TableDefinition::new("active_tickets");
/// Sold and withdrawn tickets. The index tables refer to these.
pub(super) const TERMINAL_TICKETS: Rows = TableDefinition::new("settled_tickets");
pub(super) const TICKETS_BY_SELLER: Index = TableDefinition::new("tickets_by_seller");
/// Tickets of each text; see [`crate::views::text_index`].
pub(super) const TICKETS_BY_TEXT: Index = TableDefinition::new("tickets_by_text");
/// Words in their searchable form, a zero byte, and the text that contains the word. A text without tickets does no harm.
pub(super) const WORDS: TableDefinition<'static, &'static [u8], ()> = TableDefinition::new("words");
/// Sold tickets by [`seat_place`], until their shows start.
pub(super) const SEATS: TableDefinition<'static, &'static [u8; SEAT_PLACE_LEN], ()> = TableDefinition::new("seats");
pub(super) const ACTIVE_ORDERS: Rows = TableDefinition::new("live_orders");
/// Terminal orders by [`order_place`], each after its mark. A buyer's orders are adjacent, so that a page of them needs
/// few reads however long the history is.
pub(super) const TERMINAL_ORDERS: Index = TableDefinition::new("settled_orders");
/// Prefix of the place of each terminal order: its buyer and its time of creation.
pub(super) const ORDER_PLACES: TableDefinition<'static, &'static [u8; 16], &'static [u8; OWNED_LEN]> =
    TableDefinition::new("order_places");
/// Order of each charge, for terminal orders and some that were terminal once.
pub(super) const CHARGES: TableDefinition<'static, &'static [u8; 16], &'static [u8; 16]> =
    TableDefinition::new("charges");
/// Revoked sessions by the time at which they may be forgotten.
pub(super) const REVOKED: Passing = TableDefinition::new("revoked");

/// Orders whose charge was given up although money may still arrive, by the time at which they may be forgotten.
pub(super) const WATCHED: Passing = TableDefinition::new("watched");

/// Entries of the ledger by number.
pub(super) const ENTRIES: TableDefinition<'static, u64, &'static [u8]> = TableDefinition::new("entries");
/// Accounts with the numbers of their entries; see [`entry_place`].
pub(super) const ENTRIES_BY_ACCOUNT: TableDefinition<'static, &'static [u8], ()> =
    TableDefinition::new("entries_by_account");
/// Totals of each account in each currency.
pub(super) const ACCOUNTS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("accounts");

/// Hosts of the cluster.
pub(super) const HOSTS: Rows = TableDefinition::new("hosts");
/// Webhooks that the hosts share.
pub(super) const WEBHOOKS: Rows = TableDefinition::new("webhooks");

/// Returns the index of terminal tickets in this order.
pub(super) const fn tickets_by(key: TicketKey) -> Index {
    match key {
        TicketKey::CreatedAt => TableDefinition::new("tickets_by_created_at"),
        TicketKey::Price => TableDefinition::new("tickets_by_price"),
        TicketKey::StartsAt => TableDefinition::new("tickets_by_starts_at"),
    }
}

/// Key bytes of an index entry. They are stored inline, because millions of them are sorted.
pub(super) type Place = SmallVec<[u8; 40]>;

/// Encodes the place of an entry.
pub(super) fn place(owner: Option<&[u8; 16]>, key: Key) -> Place {
    let mut place = Place::new();
    place.extend_from_slice(owner.map_or(&[], |owner| owner));
    place.extend_from_slice(&key.to_bytes());
    place
}

/// Length of the part of an order's place that precedes its id, in bytes.
pub(super) const OWNED_LEN: usize = 24;

/// Returns the place of a terminal order among its buyer's, and the part of it that [`ORDER_PLACES`] stores.
pub(super) fn order_place(order: &Order) -> (Place, [u8; OWNED_LEN]) {
    let place = place(Some(order.buyer_id.as_bytes()), order_key(order));
    let mut owned = [0; OWNED_LEN];
    owned.copy_from_slice(&place[..OWNED_LEN]);
    (place, owned)
}

/// Decodes the key from the bytes of [`place`].
pub(super) fn key_in(owner: Option<&[u8; 16]>, place: &[u8]) -> Option<Key> {
    Key::from_bytes(place.get(owner.map_or(0, |owner| owner.len())..)?)
}

/// Length of [`seat_place`].
pub(super) const SEAT_PLACE_LEN: usize = SeatKey::LEN + 16;

/// Encodes the place of a ticket under its seat; the seats of earlier shows sort first.
pub(super) fn seat_place(seat: SeatKey, ticket: &[u8; 16]) -> [u8; SEAT_PLACE_LEN] {
    let mut place = [0; SEAT_PLACE_LEN];
    place[..SeatKey::LEN].copy_from_slice(&seat.to_bytes());
    place[SeatKey::LEN..].copy_from_slice(ticket);
    place
}

/// Encodes an account: the kind, then the seller.
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

/// Encodes the place of an account's entry with this number.
pub(super) fn entry_place(account: Account, number: u64) -> [u8; 25] {
    let mut place = [0; 25];
    place[..17].copy_from_slice(&account_bytes(account));
    place[17..].copy_from_slice(&number.to_be_bytes());
    place
}

/// Encodes the place of an account's totals in a currency.
pub(super) fn account_place(account: Account, currency: Currency) -> [u8; 20] {
    let mut place = [0; 20];
    place[..17].copy_from_slice(&account_bytes(account));
    place[17..].copy_from_slice(currency.code().as_bytes());
    place
}

/// Encodes the index mark of a ticket: its status and its seller.
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

/// Encodes the index mark of an order: its status.
pub(super) const fn order_mark(status: OrderStatus) -> u8 {
    match status {
        OrderStatus::Created => 0,
        OrderStatus::AwaitingPayment => 1,
        OrderStatus::Complete => 2,
        OrderStatus::Cancelled => 3,
        OrderStatus::Expired => 4,
    }
}

/// Lengths of the tables that are read at opening. redb would not notice the loss of some rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) users: u64,
    pub(super) tickets: u64,
    pub(super) orders: u64,
    pub(super) revoked: u64,
    pub(super) watched: u64,
    pub(super) accounts: u64,
    pub(super) entries: u64,
    pub(super) hosts: u64,
    pub(super) webhooks: u64,
}

/// Creates all tables, empty.
pub(super) fn create(transaction: &WriteTransaction) -> Result<(), ViewsError> {
    for rows in [USERS, ACTIVE_TICKETS, TERMINAL_TICKETS, ACTIVE_ORDERS, HOSTS, WEBHOOKS] {
        transaction.open_table(rows)?;
    }
    for index in TicketKey::ALL.map(tickets_by).into_iter().chain([TICKETS_BY_SELLER, TICKETS_BY_TEXT, TERMINAL_ORDERS])
    {
        transaction.open_table(index)?;
    }
    transaction.open_table(ORDER_PLACES)?;
    transaction.open_table(CHARGES)?;
    transaction.open_table(SEATS)?;
    transaction.open_table(REVOKED)?;
    transaction.open_table(WATCHED)?;
    transaction.open_table(WORDS)?;
    transaction.open_table(ENTRIES)?;
    transaction.open_table(ENTRIES_BY_ACCOUNT)?;
    transaction.open_table(ACCOUNTS)?;
    Ok(())
}

/// Records the position that the tables now cover.
pub(super) fn write_meta(transaction: &WriteTransaction, covers: Head) -> Result<(), ViewsError> {
    write_meta_under(transaction, covers, unicode::fingerprint())
}

fn write_meta_under(transaction: &WriteTransaction, covers: Head, forms: Fingerprint) -> Result<(), ViewsError> {
    let lengths = (
        transaction.open_table(USERS)?.len()?,
        transaction.open_table(ACTIVE_TICKETS)?.len()?,
        transaction.open_table(ACTIVE_ORDERS)?.len()?,
        transaction.open_table(REVOKED)?.len()?,
        transaction.open_table(WATCHED)?.len()?,
        transaction.open_table(ACCOUNTS)?.len()?,
        transaction.open_table(ENTRIES)?.len()?,
        transaction.open_table(HOSTS)?.len()?,
        transaction.open_table(WEBHOOKS)?.len()?,
    );
    let mut meta = Vec::new();
    row::encode(&(LAYOUT, covers.seq, covers.hash, covers.at, lengths, forms), &mut meta)?;
    transaction.open_table(META)?.insert((), meta.as_slice())?;
    Ok(())
}

/// Reads the position that the tables cover, and their lengths. Seats and words of a file that was written under other tables of
/// Unicode would not be found: it is rebuilt like one of another layout.
pub(super) fn read_meta(transaction: &ReadTransaction) -> Result<(Head, Lengths), ViewsError> {
    let table = transaction.open_table(META)?;
    let meta = table.get(())?.ok_or(ViewsError::damaged("it does not tell what it covers"))?;
    let (layout, seq, hash, at, lengths, forms): (u32, u64, _, Timestamp, _, Fingerprint) = row::decode(meta.value())?;
    if layout != LAYOUT {
        return Err(ViewsError::damaged("it has another layout"));
    }
    if forms != unicode::fingerprint() {
        return Err(ViewsError::damaged("it was written under other tables of Unicode"));
    }
    let (users, tickets, orders, revoked, watched, accounts, entries, hosts, webhooks) = lengths;
    let lengths = Lengths { users, tickets, orders, revoked, watched, accounts, entries, hosts, webhooks };
    Ok((Head { seq, hash, at }, lengths))
}

/// Inserts entries with a mark and removes those without, in the order of their places.
pub(super) fn change(
    table: &mut Table<'_, &'static [u8], &'static [u8]>,
    mut changes: Changes,
) -> Result<(), ViewsError> {
    // The sort is stable, so the last change of a place wins.
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    for (place, mark) in changes {
        match mark {
            Some(mark) => table.insert(place.as_slice(), mark.as_slice())?,
            None => table.remove(place.as_slice())?,
        };
    }
    Ok(())
}

/// Encodes the place of a word in a text.
pub(super) fn word_place(word: &str, text: &TextId) -> Vec<u8> {
    [word.as_bytes(), &[0], text].concat()
}

/// Places with their new marks, or `None` for removed entries.
pub(super) type Changes = Vec<(Place, Option<SmallVec<[u8; 17]>>)>;

#[cfg(test)]
mod tests {
    use redb::Database;

    use super::*;
    use crate::event::Hash;
    use crate::views::Views;
    use crate::views::active::NOTHING;

    #[test]
    fn a_file_that_was_written_under_other_tables_of_unicode_is_not_used() {
        let covers = Head { seq: 7, hash: Hash::ZERO, at: Timestamp::from_millis(1) };
        let mut other = unicode::fingerprint();
        other[3] ^= 1;
        for (written_under, expected) in [(unicode::fingerprint(), covers), (other, NOTHING)] {
            let dir = tempfile::tempdir().unwrap();
            let database = Database::create(dir.path().join("views.redb")).unwrap();
            let transaction = database.begin_write().unwrap();
            create(&transaction).unwrap();
            write_meta_under(&transaction, covers, written_under).unwrap();
            transaction.commit().unwrap();
            drop(database);
            assert_eq!(Views::open(Some(dir.path()), &|_| true).unwrap().covers(), expected);
        }
    }
}
