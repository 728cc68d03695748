//! Terminal tickets and orders that a check of the whole journal has to remember.
//!
//! Two kinds of events may still be about them: money that goes back, and, in a forged journal, a second creation.
//! Their number grows with the journal, so only the newest are kept in memory. The others go to a temporary file
//! without a name, in the directory that `TMPDIR` names, which is deleted with the check. The file has no personal
//! data.

use std::sync::Arc;

use redb::backends::FileBackend;
use redb::{Database, ReadableTable, TableDefinition, WriteTransaction};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::ledger::Split;
use crate::domain::order::OrderStatus;
use crate::domain::payment::{Charge, ChargeStatus, Dispute, Refund};
use crate::domain::ticket::TicketStatus;
use crate::domain::{Order, State, Ticket};
use crate::event::{OrderedTicket, StreamKey};
use crate::journal::JournalError;
use crate::types::{ChargeId, Money, OrderId, TicketId, Timestamp, UserId};

/// Maximum number of entities kept in memory.
const IN_MEMORY_MAX: usize = if cfg!(test) { 3 } else { 200_000 };

/// Size of redb's cache of the file, in bytes.
const CACHE_BYTES: usize = 64 << 20;

const TICKETS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("tickets");
const ORDERS: TableDefinition<'_, &[u8; 16], &[u8]> = TableDefinition::new("orders");

/// Terminal tickets and orders.
#[derive(Default)]
pub(super) struct Book {
    tickets: FxHashMap<TicketId, Arc<Ticket>>,
    orders: FxHashMap<OrderId, Arc<Order>>,
    file: Option<Spilled>,
}

/// Entities that are in the file.
struct Spilled {
    /// Transaction that is never committed, because the file is not read after this check.
    transaction: WriteTransaction,
    _database: Database,
    /// Largest ids in the file. Newer ids sort later, so the file is rarely read for a new id.
    last_ticket: [u8; 16],
    last_order: [u8; 16],
}

/// Parts of a terminal ticket that the rules need.
type TicketRow = (UserId, Money, TicketStatus, Option<OrderId>, u64);

/// Parts of a terminal order that the rules need.
type OrderRow = (UserId, Money, OrderStatus, u64, Option<ChargeRow>, Vec<(TicketId, UserId, Money)>);

/// Parts of a charge that the rules need.
type ChargeRow = (ChargeId, ChargeStatus, bool, Vec<Refund>, Vec<Dispute>, Split);

impl Book {
    /// Takes the entities out of the state that are terminal.
    pub(super) fn take(&mut self, state: &mut State, keys: &[StreamKey]) -> Result<(), JournalError> {
        for key in keys {
            match *key {
                StreamKey::Ticket(id) => {
                    self.tickets.extend(state.take_terminal_ticket(id).map(|ticket| (id, ticket)));
                }
                StreamKey::Order(id) => self.orders.extend(state.take_terminal_order(id).map(|order| (id, order))),
                StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {}
            }
        }
        if self.tickets.len() + self.orders.len() > IN_MEMORY_MAX { self.spill() } else { Ok(()) }
    }

    /// Returns entities from here to the state.
    pub(super) fn give_back(&mut self, state: &mut State, keys: &[StreamKey]) -> Result<(), JournalError> {
        for key in keys.iter().filter(|key| !state.contains(**key)).copied().collect::<Vec<_>>() {
            match key {
                StreamKey::Ticket(id) => {
                    let ticket = match self.tickets.remove(&id) {
                        Some(ticket) => Some(ticket),
                        None => self.read(TICKETS, id.as_bytes())?.map(|row| Arc::new(ticket(id, row))),
                    };
                    if let Some(ticket) = ticket {
                        state.restore_ticket(ticket);
                    }
                }
                StreamKey::Order(id) => {
                    let order = match self.orders.remove(&id) {
                        Some(order) => Some(order),
                        None => self.read(ORDERS, id.as_bytes())?.map(|row| Arc::new(order(id, row))),
                    };
                    if let Some(order) = order {
                        state.restore_order(order);
                    }
                }
                StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => {}
            }
        }
        Ok(())
    }

    /// Returns `true` if there is a terminal entity with this key.
    pub(super) fn knows(&self, key: StreamKey) -> Result<bool, JournalError> {
        let older = |last: fn(&Spilled) -> &[u8; 16], id| self.file.as_ref().is_some_and(|file| id <= last(file));
        match key {
            StreamKey::Ticket(id) => Ok(self.tickets.contains_key(&id)
                || older(|file| &file.last_ticket, id.as_bytes())
                    && self.read::<TicketRow>(TICKETS, id.as_bytes())?.is_some()),
            StreamKey::Order(id) => Ok(self.orders.contains_key(&id)
                || older(|file| &file.last_order, id.as_bytes())
                    && self.read::<OrderRow>(ORDERS, id.as_bytes())?.is_some()),
            StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => Ok(false),
        }
    }

    fn read<T: DeserializeOwned>(
        &self,
        table: TableDefinition<'static, &'static [u8; 16], &'static [u8]>,
        id: &[u8; 16],
    ) -> Result<Option<T>, JournalError> {
        let Some(file) = &self.file else { return Ok(None) };
        let table = file.transaction.open_table(table)?;
        let row = table.get(id)?;
        row.map(|row| rmp_serde::from_slice(row.value()).map_err(storage)).transpose()
    }

    fn spill(&mut self) -> Result<(), JournalError> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => Spilled::new()?,
        };
        let mut tickets: Vec<_> = self.tickets.drain().collect();
        tickets.sort_unstable_by_key(|(id, _)| *id);
        if let Some((last, _)) = tickets.last() {
            file.last_ticket = file.last_ticket.max(*last.as_bytes());
        }
        let ticket = |ticket: &Ticket| -> TicketRow {
            (ticket.seller_id, ticket.price, ticket.status, ticket.holder, ticket.version)
        };
        let rows = tickets.iter().map(|(id, it)| (id.as_bytes(), ticket(it)));
        write(&file.transaction, TICKETS, rows)?;
        let mut orders: Vec<_> = self.orders.drain().collect();
        orders.sort_unstable_by_key(|(id, _)| *id);
        if let Some((last, _)) = orders.last() {
            file.last_order = file.last_order.max(*last.as_bytes());
        }
        let order = |order: &Order| -> OrderRow {
            let charge = order.charge.as_ref().map(|charge| -> ChargeRow {
                let (refunds, disputes) = (charge.refunds.clone(), charge.disputes.clone());
                (charge.id, charge.status, charge.late, refunds, disputes, charge.split.clone())
            });
            let tickets = order.tickets.iter().map(|ticket| (ticket.id, ticket.seller_id, ticket.price)).collect();
            (order.buyer_id, order.total, order.status, order.version, charge, tickets)
        };
        let rows = orders.iter().map(|(id, it)| (id.as_bytes(), order(it)));
        write(&file.transaction, ORDERS, rows)?;
        self.file = Some(file);
        Ok(())
    }
}

impl Spilled {
    fn new() -> Result<Self, JournalError> {
        let file = tempfile::tempfile().map_err(storage)?;
        let database = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(FileBackend::new(file)?)?;
        let transaction = database.begin_write()?;
        Ok(Self { transaction, _database: database, last_ticket: [0; 16], last_order: [0; 16] })
    }
}

fn write<'r>(
    transaction: &WriteTransaction,
    table: TableDefinition<'static, &'static [u8; 16], &'static [u8]>,
    rows: impl Iterator<Item = (&'r [u8; 16], impl Serialize)>,
) -> Result<(), JournalError> {
    let mut table = transaction.open_table(table)?;
    for (id, row) in rows {
        table.insert(id, rmp_serde::to_vec(&row).map_err(storage)?.as_slice())?;
    }
    Ok(())
}

/// Returns the ticket with the parts that the rules need. Its title is only in the journal.
fn ticket(id: TicketId, (seller_id, price, status, holder, version): TicketRow) -> Ticket {
    let (created_at, updated_at) = (Timestamp::default(), Timestamp::default());
    let title = crate::types::Title::unnamed();
    Ticket { id, seller_id, title, price, show: None, seat: None, status, holder, version, created_at, updated_at }
}

/// Returns the ticket of an order with the parts that the rules need.
fn ordered((id, seller_id, price): (TicketId, UserId, Money)) -> OrderedTicket {
    OrderedTicket { id, seller_id, title: crate::types::Title::unnamed(), price, version: 0 }
}

/// Returns the order with the parts that the rules need.
fn order(id: OrderId, (buyer_id, total, status, version, charge, tickets): OrderRow) -> Order {
    let (created_at, updated_at) = (Timestamp::default(), Timestamp::default());
    let charge = charge.map(|(charge_id, status, late, refunds, disputes, split)| Charge {
        id: charge_id,
        order_id: id,
        amount: total,
        status,
        gateway: "".into(),
        reference: None,
        failure: None,
        late,
        refunds,
        disputes,
        transferred_to: None,
        split,
        created_at,
        updated_at,
    });
    Order {
        id,
        buyer_id,
        status,
        cancel_reason: None,
        total,
        expires_at: Timestamp::default(),
        tickets: tickets.into_iter().map(ordered).collect(),
        charge,
        version,
        created_at,
        updated_at,
    }
}

fn storage(error: impl std::error::Error + Send + Sync + 'static) -> JournalError {
    JournalError::Storage(Box::new(error))
}
