//! Generates long histories quickly: a journal of millions of orders, for benchmarks of a box office of that size.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::SeededIds;
use super::script::{Fate, Random, Script};
use crate::command::Command;
use crate::domain::auth::{CreateUser, Credentials};
use crate::domain::order::{CancelOrder, CreateOrder};
use crate::domain::payment::{ChargeOutcome, RefundOutcome, SettleCharge, SettleRefund, StartPayment, StartRefund};
use crate::domain::ticket::CreateTickets;
use crate::domain::{Context, Fact, Limits, Order, State, decide, expiration::ExpireOrder};
use crate::error::{Code, Error};
use crate::event::Actor;
use crate::ids::IdSource;
use crate::journal::{Journal, Proposal, RedbJournal, StreamVersions};
use crate::types::{ChargeId, CommandId, OrderId, RefundId, TicketId, Timestamp, UserId};

/// Number of proposals in one append. In so large a batch the fsync costs little.
const BATCH_LEN: usize = 16_384;

/// Number of tickets listed at once: the places of one show.
const LOT_LEN: usize = 500;

/// Duration for which an order holds its tickets.
const HOLD: Duration = Duration::from_mins(15);

/// Number of orders between a sale and its refund.
const REFUND_AFTER: u64 = 5_000;

/// Parameters of a history to be written: the number of orders, and the number of entities that are active at its end.
///
/// Every record is decided by the rules themselves, so the box office could have written this journal. Only the
/// callers, the queue and the views are left out, and the batches are large. Equal histories give equal journals,
/// except for the key of the email hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    /// Number of orders. Six in ten are paid; the others are cancelled, declined or expire. One in a hundred is
    /// refunded.
    pub orders: u64,
    /// Number of tickets on sale or locked at the end, to within one show.
    pub active_tickets: usize,
    /// Number of orders that are open at the end.
    pub holds: usize,
    /// Number of buyers.
    pub buyers: usize,
    /// Number of sellers.
    pub sellers: usize,
}

impl History {
    /// Creates a history of `orders` orders with 100,000 active tickets, 20,000 open orders, and 5,000 buyers.
    pub const fn new(orders: u64) -> Self {
        Self { orders, active_tickets: 100_000, holds: 20_000, buyers: 5_000, sellers: 50 }
    }

    /// Returns the ids of the buyers.
    pub fn buyer_ids(&self) -> Vec<UserId> {
        self.user_ids().split_off(self.sellers)
    }

    /// Returns the ids of the sellers.
    pub fn seller_ids(&self) -> Vec<UserId> {
        let mut ids = self.user_ids();
        ids.truncate(self.sellers);
        ids
    }

    fn user_ids(&self) -> Vec<UserId> {
        let ids = SeededIds::new(0);
        (0..self.sellers + self.buyers).map(|_| UserId::from(ids.next())).collect()
    }

    /// Writes the journal of the history to a new directory, without a checkpoint. Calls `progress` with the number of
    /// orders made and the total. Returns the time of the last record.
    ///
    /// # Errors
    /// `journal.unavailable` if the storage fails.
    pub fn write(&self, dir: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Timestamp, Error> {
        let journal = RedbJournal::open(dir)?;
        std::thread::scope(|scope| {
            let (batches, queue) = flume::bounded::<Vec<Proposal>>(2);
            let journal = &journal;
            let writer = scope.spawn(move || {
                queue.iter().try_for_each(|batch| {
                    journal.append(batch)?;
                    // A box office that has run for so long has archived records, too.
                    journal.archive().map(drop)
                })
            });
            let written = Author::new(*self, journal, batches).write(progress);
            // If the writer stopped early, its error is the cause.
            writer.join().map_err(|_| Error::from(Code::Internal))??;
            written
        })
    }
}

/// An open order and its planned end.
struct Hold {
    order: OrderId,
    fate: Fate,
}

/// Decides one command after another.
struct Author<'j> {
    history: History,
    journal: &'j RedbJournal,
    batches: flume::Sender<Vec<Proposal>>,
    batch: Vec<Proposal>,
    state: State,
    ids: SeededIds,
    random: Random,
    script: Script,
    now: Timestamp,
    /// Time between two orders, in milliseconds, chosen so that the planned number of orders is open.
    step_ms: u64,
    buyers: Vec<UserId>,
    sellers: Vec<UserId>,
    available: Vec<TicketId>,
    open: VecDeque<Hold>,
    /// Orders that are left to expire.
    left: VecDeque<OrderId>,
    /// Sales that will be refunded, each with the number of orders made by then.
    regretted: VecDeque<(u64, Arc<Order>)>,
}

impl fmt::Debug for Author<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Author").field("history", &self.history).finish_non_exhaustive()
    }
}

impl<'j> Author<'j> {
    fn new(history: History, journal: &'j RedbJournal, batches: flume::Sender<Vec<Proposal>>) -> Self {
        // Slightly less than the hold, so that orders can still be paid.
        let step_ms = u64::try_from(HOLD.as_millis()).unwrap_or(u64::MAX) * 49 / 50 / history.holds.max(1) as u64;
        Self {
            history,
            journal,
            batches,
            batch: Vec::with_capacity(BATCH_LEN),
            state: State::default(),
            ids: SeededIds::new(0),
            random: Random::new(1),
            script: Script::default(),
            // Far enough in the future that no real clock passes it: holds end by the clock of the process that opens
            // the journal.
            now: Timestamp::from_millis(4_102_444_800_000),
            step_ms: step_ms.max(1),
            buyers: history.buyer_ids(),
            sellers: history.seller_ids(),
            available: Vec::new(),
            open: VecDeque::new(),
            left: VecDeque::new(),
            regretted: VecDeque::new(),
        }
    }

    fn write(mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<Timestamp, Error> {
        self.sign_up()?;
        for made in 0..self.history.orders {
            if made.is_multiple_of(10_000) {
                progress(made, self.history.orders);
            }
            self.now = Timestamp::from_millis(self.now.as_millis() + self.step_ms);
            self.expire_due()?;
            if self.open.len() + self.left.len() >= self.history.holds
                && let Some(hold) = self.open.pop_front()
            {
                self.end(&hold, made)?;
            }
            while self.regretted.front().is_some_and(|(after, _)| *after <= made) {
                self.refund()?;
            }
            let held = self.state.open_orders();
            if self.available.len() + held < self.history.active_tickets || self.available.len() < 2 {
                self.list()?;
            }
            self.order()?;
        }
        self.flush()?;
        progress(self.history.orders, self.history.orders);
        Ok(self.now)
    }

    fn sign_up(&mut self) -> Result<(), Error> {
        for (number, id) in self.history.user_ids().into_iter().enumerate() {
            // Consumes the id from the sequence, so that no later id equals it.
            let _ = self.ids.next();
            let email: crate::types::Email =
                format!("user{number}@example.com").parse().map_err(|_| Error::from(Code::Internal))?;
            let email_key = self.journal.email_key(&email);
            let credentials = Credentials { email, password_hash: "nobody signs in".into() };
            self.decide(&Command::CreateUser(CreateUser { user_id: id, email_key, credentials }), Actor::System)?;
        }
        Ok(())
    }

    fn list(&mut self) -> Result<(), Error> {
        let seller = self.random.pick(&self.sellers);
        let listings: Vec<_> = self
            .script
            .lot(&mut self.random, LOT_LEN)?
            .into_iter()
            .map(|listing| (TicketId::from(self.ids.next()), listing))
            .collect();
        self.available.extend(listings.iter().map(|(id, _)| *id));
        self.decide(&Command::CreateTickets(CreateTickets::new(listings)), Actor::User(seller))
    }

    fn order(&mut self) -> Result<(), Error> {
        let mut ticket_ids = smallvec::smallvec![self.take_ticket()];
        if self.random.below(10) == 0 {
            let second = self.take_ticket();
            let currency = |id| self.state.ticket(id).map(|ticket| ticket.price.currency());
            if currency(second) == currency(ticket_ids[0]) {
                ticket_ids.push(second);
            } else {
                self.available.push(second);
            }
        }
        let buyer = self.random.pick(&self.buyers);
        let order_id = OrderId::from(self.ids.next());
        let fate = Fate::of(self.random.below(100));
        self.open.push_back(Hold { order: order_id, fate });
        self.decide(&Command::CreateOrder(CreateOrder { order_id, ticket_ids, agreed: None }), Actor::User(buyer))
    }

    fn take_ticket(&mut self) -> TicketId {
        let at = self.random.below(self.available.len() as u64);
        self.available.swap_remove(usize::try_from(at).unwrap_or(0))
    }

    fn end(&mut self, hold: &Hold, made: u64) -> Result<(), Error> {
        let Some(order) = self.state.order(hold.order).cloned() else { return Ok(()) };
        let (order_id, buyer) = (order.id, Actor::User(order.buyer_id));
        match hold.fate {
            Fate::Expired => {
                self.left.push_back(order_id);
                return Ok(());
            }
            Fate::Cancelled => {
                self.decide(&Command::CancelOrder(CancelOrder { order_id }), buyer)?;
            }
            Fate::Paid | Fate::Declined | Fate::Refunded => {
                let charge_id = ChargeId::from(self.ids.next());
                let start = StartPayment { order_id, charge_id, gateway: "sandbox".into() };
                self.decide(&Command::StartPayment(start), buyer)?;
                let outcome = if hold.fate == Fate::Declined {
                    ChargeOutcome::NotCharged { reason: "Your card was declined".into() }
                } else {
                    ChargeOutcome::Charged { reference: Some(format!("sandbox_{charge_id}").into()) }
                };
                let new_order_id = OrderId::from(self.ids.next());
                let settle = SettleCharge { order_id, charge_id, outcome, new_order_id };
                self.decide(&Command::SettleCharge(settle), Actor::System)?;
            }
        }
        self.ended(&order, hold.fate, made);
        Ok(())
    }

    /// Puts freed tickets back on sale, and drops terminal entities.
    fn ended(&mut self, order: &Order, fate: Fate, made: u64) {
        match self.state.order(order.id) {
            Some(sold) if fate == Fate::Refunded => {
                self.regretted.push_back((made + REFUND_AFTER, Arc::clone(sold)));
                return;
            }
            _ if fate == Fate::Paid => {}
            _ => self.available.extend(order.tickets.iter().map(|ticket| ticket.id)),
        }
        self.forget(order);
    }

    fn forget(&mut self, order: &Order) {
        use crate::event::StreamKey;
        self.state.drop_terminal(StreamKey::Order(order.id));
        for ticket in order.tickets.iter() {
            self.state.drop_terminal(StreamKey::Ticket(ticket.id));
        }
    }

    fn refund(&mut self) -> Result<(), Error> {
        let Some((_, order)) = self.regretted.pop_front() else { return Ok(()) };
        let Some(charge) = &order.charge else { return Ok(()) };
        let (order_id, charge_id, return_to_sale) = (order.id, charge.id, self.random.below(2) == 0);
        let seller = Actor::User(order.tickets[0].seller_id);
        // An order with tickets of two sellers can only be refunded by an operator, whom this history does not have.
        if order.tickets.iter().all(|ticket| ticket.seller_id == order.tickets[0].seller_id) {
            let refund_id = RefundId::from(self.ids.next());
            let start = StartRefund { order_id, refund_id, amount: None, return_to_sale };
            self.decide(&Command::StartRefund(start), seller)?;
            let outcome = RefundOutcome::Refunded { reference: Some(format!("sandbox_{refund_id}").into()) };
            let new_order_id = OrderId::from(self.ids.next());
            let settle = SettleRefund { order_id, charge_id, refund_id, outcome, new_order_id };
            self.decide(&Command::SettleRefund(settle), Actor::System)?;
            if return_to_sale {
                self.available.extend(order.tickets.iter().map(|ticket| ticket.id));
            }
        }
        self.forget(&order);
        Ok(())
    }

    fn expire_due(&mut self) -> Result<(), Error> {
        while let Some(order_id) = self.left.front().copied() {
            let order = self.state.order(order_id).cloned();
            let Some(order) = order.filter(|order| order.is_overdue(self.now)) else { break };
            self.left.pop_front();
            self.decide(&Command::ExpireOrder(ExpireOrder { order_id }), Actor::System)?;
            self.ended(&order, Fate::Expired, 0);
        }
        Ok(())
    }

    /// Decides a command as the engine does, and adds its events to the batch.
    fn decide(&mut self, command: &Command, actor: Actor) -> Result<(), Error> {
        let limits = Limits::new().hold(HOLD).open_orders_max(u32::MAX);
        let context = Context { now: self.now, actor, email_owner: None, hosts_changing: false, limits };
        let decision = decide(&self.state, command, &context)?;
        let mut events = smallvec::SmallVec::with_capacity(decision.events.len());
        for event in decision.events {
            let version = self.state.version(event.stream()) + 1;
            self.state
                .apply(&event, Fact { at: self.now, version })
                .map_err(|error| Error::from(Code::Internal).with_source(error))?;
            // Ledger entries are not needed here.
            drop(self.state.take_entries());
            events.push((event, version));
        }
        self.batch.push(Proposal {
            command_id: CommandId::from(self.ids.next()),
            actor,
            at: self.now,
            reads: StreamVersions::new(),
            events,
            vault: decision.vault,
            result: None,
        });
        if self.batch.len() >= BATCH_LEN { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH_LEN));
        self.batches.send(batch).map_err(|_| Error::from(Code::JournalUnavailable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BoxOffice;
    use crate::testing::ManualClock;

    #[test]
    fn what_is_written_is_a_journal_that_the_box_office_could_have_written() {
        let dir = tempfile::tempdir().unwrap();
        let history = History { orders: 20_000, active_tickets: 1_500, holds: 300, buyers: 20, sellers: 3 };
        let end = history.write(dir.path(), &mut |_, _| {}).unwrap();
        let office = BoxOffice::builder().clock(Arc::new(ManualClock::at(end))).open(dir.path()).unwrap().blocking();
        let report = office.journal().verify(&mut |_, _| {}).unwrap();
        assert!(report.is_clean(), "{:?}", report.problems);
        assert_eq!((report.orders, report.users), (20_000, 23));
        assert_eq!(report.by_event.len(), 10, "{:?}", report.by_event);
        let metrics = office.metrics();
        assert!((295..=320).contains(&metrics.open_orders), "{metrics:?}");
        let active = metrics.tickets_available + metrics.tickets_locked;
        assert!((1_400..=2_100).contains(&active), "{metrics:?}");
        office.close().unwrap();
    }

    #[test]
    fn a_history_is_the_same_every_time() {
        let history = History { orders: 2_000, active_tickets: 600, holds: 50, buyers: 5, sellers: 2 };
        let last = || {
            let dir = tempfile::tempdir().unwrap();
            history.write(dir.path(), &mut |_, _| {}).unwrap();
            let journal = RedbJournal::open(dir.path()).unwrap();
            let mut record = journal.read(journal.head().unwrap().seq, 1).unwrap().remove(0);
            // Email keys use a random key of each journal, and every hash covers them.
            record.hash = crate::event::Hash::ZERO;
            record
        };
        assert_eq!(last(), last());
    }
}
