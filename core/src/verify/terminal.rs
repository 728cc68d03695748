//! What a check of the whole journal has to remember of tickets and orders in which nothing is under way any more.
//!
//! Two things may still be said of them: that money goes back, and, in a forged journal, that they are created once more. There are
//! as many as the journal is long, so only the last ones are kept in memory; the others go to a temporary file without a name, in
//! the directory that `TMPDIR` names, which is gone with the check. It has no personal data.

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

/// How many are kept in memory.
const IN_MEMORY_MAX: usize = if cfg!(test) { 3 } else { 200_000 };

/// How much of the file redb keeps in memory.
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

/// Those that are in the file.
struct Spilled {
    /// Never committed: nobody will read it after this check.
    transaction: WriteTransaction,
    _database: Database,
    /// The largest ids in it. Ids made later sort later, so that hardly ever has the file to be asked about a new one.
    last_ticket: [u8; 16],
    last_order: [u8; 16],
}

/// What the rules ask of a terminal ticket.
type TicketRow = (UserId, Money, TicketStatus, Option<OrderId>, u64);

/// What the rules ask of a terminal order.
type OrderRow = (UserId, Money, OrderStatus, u64, Option<ChargeRow>, Vec<(TicketId, UserId, Money)>);

/// What the rules ask of its charge.
type ChargeRow = (ChargeId, ChargeStatus, bool, Vec<Refund>, Vec<Dispute>, Split);

impl Book {
    /// Takes over what is terminal of these.
    pub(super) fn take(&mut self, state: &mut State, keys: &[StreamKey]) -> Result<(), JournalError> {
        for key in keys {
            match *key {
                StreamKey::Ticket(id) => {
                    self.tickets.extend(state.take_terminal_ticket(id).map(|ticket| (id, ticket)));
                }
                StreamKey::Order(id) => self.orders.extend(state.take_terminal_order(id).map(|order| (id, order))),
                StreamKey::User(_) | StreamKey::Email(_) => {}
            }
        }
        if self.tickets.len() + self.orders.len() > IN_MEMORY_MAX { self.spill() } else { Ok(()) }
    }

    /// Puts these back into the state, as far as they are here.
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
                StreamKey::User(_) | StreamKey::Email(_) => {}
            }
        }
        Ok(())
    }

    /// Whether something of this name has terminal.
    pub(super) fn knows(&self, key: StreamKey) -> Result<bool, JournalError> {
        let older = |last: fn(&Spilled) -> &[u8; 16], id| self.file.as_ref().is_some_and(|file| id <= last(file));
        match key {
            StreamKey::Ticket(id) => Ok(self.tickets.contains_key(&id)
                || older(|file| &file.last_ticket, id.as_bytes())
                    && self.read::<TicketRow>(TICKETS, id.as_bytes())?.is_some()),
            StreamKey::Order(id) => Ok(self.orders.contains_key(&id)
                || older(|file| &file.last_order, id.as_bytes())
                    && self.read::<OrderRow>(ORDERS, id.as_bytes())?.is_some()),
            StreamKey::User(_) | StreamKey::Email(_) => Ok(false),
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

/// The ticket as far as the rules ask: what it is called is told by the journal.
fn ticket(id: TicketId, (seller_id, price, status, holder, version): TicketRow) -> Ticket {
    let (created_at, updated_at) = (Timestamp::default(), Timestamp::default());
    let title = crate::types::Title::unnamed();
    Ticket { id, seller_id, title, price, show: None, seat: None, status, holder, version, created_at, updated_at }
}

/// The ticket of an order as far as the rules ask.
fn ordered((id, seller_id, price): (TicketId, UserId, Money)) -> OrderedTicket {
    OrderedTicket { id, seller_id, title: crate::types::Title::unnamed(), price, version: 0 }
}

/// The order as far as the rules ask.
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
