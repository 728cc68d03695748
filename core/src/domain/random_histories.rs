//! Checks all invariants of the state after every step of random histories.
//!
//! Three states are compared: a full one that keeps everything; a lean one that keeps only active entities and loads
//! others when a command needs them, as the engine does; and from time to time one that is restored from the entities
//! alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::expiration::ExpireOrder;
use super::ledger::{Account, FeePolicy, RecordPayout};
use super::order::{OrderStatus, TicketIds};
use super::payment::{
    ChargeOutcome, ChargeStatus, CloseDispute, LateMoneyPolicy, OpenDispute, RecordRefund, RefundOutcome, Resolution,
    ResolveEscalation, SettleCharge, SettleRefund, StartRefund,
};
use super::testing::*;
use super::ticket::{Listing, TicketStatus};
use super::webhook::WebhookProgress;
use super::{Context, Decision, Fact, Limits, Order, Rejection, State, Ticket, User, decide};
use crate::command::Command;
use crate::domain::order::{Agreed, CreateOrder};
use crate::event::{Actor, DomainEvent, Hash, StreamKey};
use crate::types::{Change, ChargeId, OrderId, PayoutId, SeatLabel, SessionId, Timestamp, UserId};

const SEEDS: u64 = 48;
const STEPS: usize = 600;
const LIMITS: Limits = Limits {
    hold: Duration::from_millis(100),
    open_orders_max: 2,
    order_tickets_max: 3,
    listing_tickets_max: 3,
    late_money: LateMoneyPolicy::RETAKE_FIRST,
    fees: FEES,
};

/// Fee with a share that leaves fractions of a minor unit.
const FEES: FeePolicy = match FeePolicy::basis_points(1_234) {
    Ok(fees) => fees,
    Err(_) => panic!("it is less than the whole"),
};

/// Generator of numbers from a seed: xorshift64*.
pub(in crate::domain) struct Random(pub(in crate::domain) u64);

impl Random {
    pub(in crate::domain) fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }

    /// Returns one of the last few numbers of `1..=made`, or sometimes a number that does not exist.
    fn recent(&mut self, made: u64) -> u64 {
        (made + 1).saturating_sub(self.below(10)).max(1)
    }
}

struct Walk {
    random: Random,
    now: u64,
    /// State that keeps everything.
    full: State,
    /// State that keeps only active entities.
    lean: State,
    /// Number of users made. Users, tickets and orders are numbered from 1.
    users: u64,
    tickets: u64,
    orders: u64,
    sessions: Vec<(SessionId, Timestamp)>,
    /// Names of the events and refusals that occurred.
    occurred: BTreeSet<String>,
    /// Number of entities that the decisions have read.
    looks: usize,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let (full, lean) = (State::default(), State::default());
        let (sessions, occurred) = (Vec::new(), BTreeSet::new());
        Self { random, now: 1, full, lean, users: 0, tickets: 0, orders: 0, sessions, occurred, looks: 0 }
    }

    fn step(&mut self) {
        self.now += self.random.below(4);
        let (actor, command) = self.command();
        let email_owner = (self.random.below(8) == 0).then(|| self.some_user());
        let policy = if self.random.below(4) == 0 { "escalate" } else { "retake,return" };
        let limits = Limits { late_money: policy.parse().unwrap(), ..LIMITS };
        let hosts_changing = self.random.below(8) == 0;
        let context = Context { now: ms(self.now), actor, email_owner, hosts_changing, limits };
        let loaded = self.load(&command, actor);
        let named = command.reads(actor, &self.lean);
        drop(self.full.looked_at());
        let decided = decide(&self.full, &command, &context);
        let looked_at = self.full.looked_at();
        assert!(looked_at.iter().all(|key| named.contains(key)), "{looked_at:?} of {named:?} for {command:?}");
        self.looks += looked_at.len();
        assert_eq!(plain(&decided), plain(&decide(&self.lean, &command, &context)), "of {command:?}");
        match decided {
            Ok(decision) => self.apply(&decision),
            Err(rejection) => self.refused(rejection),
        }
        for key in loaded {
            self.lean.drop_terminal(key);
        }
        self.audit();
    }

    /// Loads the entities that decide the command into memory, as the engine does: the order first, because it names
    /// its tickets.
    fn load(&mut self, command: &Command, actor: Actor) -> Vec<StreamKey> {
        let mut keys: Vec<_> = command.reads(actor, &self.full).into_iter().collect();
        keys.retain(|key| !self.lean.contains(*key));
        for key in &keys {
            match *key {
                StreamKey::Ticket(id) => self.full.ticket(id).cloned().map(|ticket| self.lean.restore_ticket(ticket)),
                StreamKey::Order(id) => self.full.order(id).cloned().map(|order| self.lean.restore_order(order)),
                StreamKey::User(_) | StreamKey::Email(_) | StreamKey::Host(_) | StreamKey::Webhook(_) => None,
            };
        }
        keys
    }

    fn apply(&mut self, decision: &Decision) {
        self.occurred.extend(decision.events.is_empty().then(|| "nothing".to_owned()));
        for event in &decision.events {
            let version = self.full.version(event.stream()) + 1;
            let fact = |version| Fact { at: ms(self.now), version };
            for wrong in [version - 1, version + 1] {
                assert!(self.lean.clone().apply(event, fact(wrong)).is_err(), "{event:?} as version {wrong}");
            }
            self.full.apply(event, fact(version)).unwrap_or_else(|error| panic!("{event:?} was decided, but {error}"));
            self.lean.apply(event, fact(version)).unwrap_or_else(|error| panic!("{event:?} differs, loaded: {error}"));
            assert!(self.full.clone().apply(event, fact(version)).is_err(), "{event:?} is applied twice");
            self.occurred.insert(event.name().to_owned());
            match event {
                DomainEvent::UserCreated(_) => self.users += 1,
                DomainEvent::TicketCreated(_) => self.tickets += 1,
                DomainEvent::OrderCreated(_) => self.orders += 1,
                DomainEvent::SessionRevoked(event) => self.sessions.push((event.session_id, event.expires_at)),
                _ => {}
            }
        }
        let changed = decision.events.iter().flat_map(DomainEvent::changes);
        changed.for_each(|key| self.lean.drop_terminal(key));
    }

    fn refused(&mut self, rejection: Rejection) {
        let text = format!("{rejection:?}");
        // Shortens `Order(TicketLocked(TicketId(…)))` to the part before the id.
        let (kind, _) = text.split_once("Id(").unwrap_or((&text, ""));
        self.occurred.insert(kind.to_owned());
    }

    fn some_user(&mut self) -> UserId {
        user(self.random.recent(self.users))
    }

    /// Returns usually the actor who is allowed, else another.
    fn actor(&mut self, right: Option<UserId>) -> Actor {
        match (self.random.below(10), right) {
            (0, _) => Actor::System,
            (1, _) | (_, None) => Actor::User(self.some_user()),
            (_, Some(right)) => Actor::User(right),
        }
    }

    fn command(&mut self) -> (Actor, Command) {
        match self.random.below(35) {
            34 => self.webhook_command(),
            33 => self.host_command(),
            32 => self.payout_command(),
            0..=2 => self.user_command(),
            3..=9 => self.ticket_command(),
            10..=15 => (self.actor(None), self.order_command()),
            _ => self.command_about_an_order(),
        }
    }

    fn user_command(&mut self) -> (Actor, Command) {
        let number = self.random.recent(self.users);
        let epoch = self.full.user(user(number)).map_or(1, |user| user.epoch);
        let command = match self.random.below(12) {
            0..=4 => sign_up(self.users + 1),
            5 => erase(number),
            6 => set_operator(number, self.random.below(3) != 0),
            7 => update_user(number, epoch, Some(number), None),
            8 => update_user(number, self.random.below(3), None, Some("new")),
            9 => update_user(number, epoch, None, None),
            _ => revoke(number, 1 + self.random.below(50), self.now + self.random.below(9)),
        };
        (self.actor(Some(user(number))), command)
    }

    fn ticket_command(&mut self) -> (Actor, Command) {
        let number = self.random.recent(self.tickets);
        let seller = self.full.ticket(ticket(number)).map(|ticket| ticket.seller_id);
        let version = (self.random.below(3) == 0).then(|| 1 + self.random.below(4));
        match self.random.below(8) {
            0..=3 => {
                let number = self.tickets + 1;
                let seat = (self.random.below(4) == 0).then(|| self.seat());
                let show = match seat {
                    // Soon, and the same for several.
                    Some(_) => Some(show((self.now / 60 + 1) * 60)),
                    None => (self.random.below(3) == 0).then(|| show(self.now + self.random.below(30))),
                };
                let currency = if self.random.below(12) == 0 { "EUR" } else { "USD" };
                let price = money(1 + self.random.below(900), currency);
                (self.actor(None), list_as(number, Listing { price, show, seat, ..listing(number) }))
            }
            4 if self.random.below(2) == 0 => {
                let show = if self.random.below(8) == 0 { Change::Clear } else { Change::Keep };
                let seat = self.seat();
                (self.actor(seller), move_to(number, show, Change::Set(seat.as_str())))
            }
            4..=6 => (self.actor(seller), edit(number, 1 + self.random.below(900), None, version)),
            _ => (self.actor(seller), withdraw(number, version)),
        }
    }

    fn seat(&mut self) -> SeatLabel {
        format!("Seat {}", self.random.below(4)).parse().unwrap()
    }

    fn payout_command(&mut self) -> (Actor, Command) {
        let payout_id = PayoutId::from_bytes([9; 16]);
        let number = self.random.recent(self.tickets);
        let sold = self.full.ticket(ticket(number)).filter(|_| self.random.below(4) > 0).map(|ticket| ticket.seller_id);
        let seller_id = sold.unwrap_or_else(|| self.some_user());
        let (amount, reference) = (money(1 + self.random.below(300), "USD"), "SEPA 1".parse().unwrap());
        (self.actor(None), Command::RecordPayout(RecordPayout { payout_id, seller_id, amount, reference }))
    }

    fn host_command(&mut self) -> (Actor, Command) {
        let number = 1 + self.random.below(4);
        let name = ["a", "b", "c", "d"][usize::try_from(self.random.below(4)).unwrap()];
        let command = match self.random.below(3) {
            0 => leave(number),
            _ => join(number, name, self.random.below(3) == 0),
        };
        let actor = if self.random.below(4) == 0 { self.actor(None) } else { Actor::System };
        (actor, command)
    }

    fn webhook_command(&mut self) -> (Actor, Command) {
        let number = 1 + self.random.below(5);
        let version = self.full.webhook(webhook(number)).filter(|it| !it.removed).map_or(0, |it| it.version);
        // Whoever decides by an older version changes nothing.
        let version = if self.random.below(4) == 0 { version + 1 } else { version };
        let command = match self.random.below(8) {
            0..=2 => save(number, version, "sealed", (self.random.below(4) > 0).then_some(self.now)),
            3..=4 => advance(number, version, WebhookProgress::new(self.now, Hash::ZERO)),
            5 => disable(number, (self.random.below(2) == 0).then_some(version), "gone"),
            6 => resume(number),
            _ => remove(number),
        };
        let actor = if self.random.below(4) == 0 { self.actor(None) } else { Actor::System };
        (actor, command)
    }

    fn order_command(&mut self) -> Command {
        let len = 1 + self.random.below(3);
        let numbers: BTreeSet<u64> = (0..len).map(|_| self.random.recent(self.tickets)).collect();
        let ticket_ids: TicketIds = numbers.into_iter().map(ticket).collect();
        let agreed = (self.random.below(12) == 0).then(|| Agreed::Total(money(1, "USD")));
        Command::CreateOrder(CreateOrder { order_id: order_id(self.orders + 1), ticket_ids, agreed })
    }

    fn command_about_an_order(&mut self) -> (Actor, Command) {
        let number = self.random.recent(self.orders);
        let order = self.full.order(order_id(number));
        let (buyer, seller) = (order.map(|order| order.buyer_id), order.map(|order| order.tickets[0].seller_id));
        match self.random.below(12) {
            0 => (self.actor(buyer), cancel(number)),
            1 => (Actor::System, expire(number)),
            2 => {
                let due = self.full.deadlines().due(ms(self.now), 1);
                (Actor::System, due.first().map_or(expire(number), |id| expire_by_id(*id)))
            }
            3..=5 => (self.actor(buyer), pay(number)),
            6..=8 => (Actor::System, self.settle_command(number)),
            9 => {
                let waits = |order: &&Arc<Order>| {
                    order.charge.as_ref().is_some_and(|charge| charge.status == ChargeStatus::Escalated)
                };
                let waiting = self.all_orders().find(waits).map(|order| order.id);
                match waiting.or((self.random.below(3) == 0).then_some(order_id(number))) {
                    Some(order_id) if self.random.below(2) == 0 => {
                        let (resolution, note) = (Resolution::Kept, "seen to".into());
                        let resolve = ResolveEscalation { order_id, resolution, note };
                        let actor = if self.random.below(2) == 0 { Actor::System } else { self.actor(None) };
                        (actor, Command::ResolveEscalation(resolve))
                    }
                    _ => (self.actor(seller), self.start_refund(number)),
                }
            }
            10 => (Actor::System, self.refund_command(number)),
            _ => (Actor::System, self.bank_command(number)),
        }
    }

    fn start_refund(&mut self, number: u64) -> Command {
        let (order_id, refund_id) = (order_id(number), refund_id(self.random.below(1_000_000)));
        let currency = if self.random.below(8) == 0 { "EUR" } else { "USD" };
        let part = money(1 + self.random.below(900), currency);
        let amount = (self.random.below(3) == 0).then_some(part);
        let return_to_sale = self.random.below(2) == 0;
        Command::StartRefund(StartRefund { order_id, refund_id, amount, return_to_sale })
    }

    /// Returns a command with a gateway's answer to the order's charge.
    fn settle_command(&mut self, number: u64) -> Command {
        let is_voiding = |number: &u64| {
            let charge = self.full.order(order_id(*number)).and_then(|order| order.charge.as_ref());
            charge.is_some_and(|charge| charge.status == ChargeStatus::Voiding)
        };
        let voiding = (1..=self.orders).find(is_voiding);
        let number = voiding.filter(|_| self.random.below(4) == 0).unwrap_or(number);
        let (charge_id, new_order_id) = (self.charge_of(number), order_id(self.orders + 1));
        let outcome = match self.random.below(9) {
            0..=3 => ChargeOutcome::Charged { reference: Some("ref".into()) },
            4..=5 => ChargeOutcome::Authorized { reference: None },
            _ => ChargeOutcome::NotCharged { reason: "declined".into() },
        };
        Command::SettleCharge(SettleCharge { order_id: order_id(number), charge_id, outcome, new_order_id })
    }

    /// Returns a command with a gateway's answer to one of its refunds.
    fn refund_command(&mut self, number: u64) -> Command {
        let charge = self.full.order(order_id(number)).and_then(|order| order.charge.as_ref());
        let refunds: Vec<_> =
            charge.map(|charge| charge.refunds.iter().map(|refund| refund.id).collect()).unwrap_or_default();
        let at = usize::try_from(self.random.below(refunds.len().max(1) as u64)).unwrap();
        let refund_id = refunds.get(at).copied().unwrap_or(refund_id(number));
        let outcome = match self.random.below(3) {
            0 => RefundOutcome::Refused { reason: "closed".into() },
            _ => RefundOutcome::Refunded { reference: Some("back".into()) },
        };
        let (charge_id, new_order_id) = (self.charge_of(number), order_id(self.orders + 1));
        Command::SettleRefund(SettleRefund { order_id: order_id(number), charge_id, refund_id, outcome, new_order_id })
    }

    /// Returns a command about an event at the gateway or the buyer's bank.
    fn bank_command(&mut self, number: u64) -> Command {
        let (order_id, charge_id, amount) =
            (order_id(number), self.charge_of(number), money(1 + self.random.below(400), "USD"));
        let name = self.random.below(3);
        match self.random.below(3) {
            0 => {
                let (refund_id, reference) = (refund_id(name), format!("re_{name}").into());
                Command::RecordRefund(RecordRefund { order_id, charge_id, refund_id, reference, amount })
            }
            1 => {
                let (reference, reason) = (format!("dp_{name}").into(), "fraudulent".into());
                Command::OpenDispute(OpenDispute { order_id, charge_id, reference, amount, reason })
            }
            _ => {
                let (reference, won) = (format!("dp_{name}").into(), self.random.below(2) == 0);
                Command::CloseDispute(CloseDispute { order_id, charge_id, reference, won })
            }
        }
    }

    fn charge_of(&self, number: u64) -> ChargeId {
        let charge = self.full.order(order_id(number)).and_then(|order| order.charge.as_ref());
        charge.map_or(charge_id(number), |charge| charge.id)
    }

    fn all_users(&self) -> impl Iterator<Item = &Arc<User>> {
        (1..=self.users).filter_map(|number| self.full.user(user(number)))
    }

    fn all_tickets(&self) -> impl Iterator<Item = &Arc<Ticket>> {
        (1..=self.tickets).filter_map(|number| self.full.ticket(ticket(number)))
    }

    fn all_orders(&self) -> impl Iterator<Item = &Arc<Order>> {
        (1..=self.orders).filter_map(|number| self.full.order(order_id(number)))
    }

    /// Returns a state with these entities, as after a restart.
    fn restored(&self, only_active: bool) -> State {
        let mut state = State::default();
        // The newest comes first, because the order must not matter.
        let orders: Vec<_> = self.all_orders().filter(|order| !only_active || !order.is_terminal()).collect();
        orders.into_iter().rev().for_each(|order| state.restore_order(Arc::clone(order)));
        let tickets = self.all_tickets().filter(|ticket| !only_active || ticket.status.is_active());
        tickets.for_each(|ticket| state.restore_ticket(Arc::clone(ticket)));
        self.all_users().for_each(|user| state.restore_user(Arc::clone(user)));
        let lasting = self.sessions.iter().filter(|(id, _)| self.full.is_revoked(*id));
        lasting.for_each(|(id, expires_at)| state.restore_revoked(*id, *expires_at));
        self.full.hosts().iter().for_each(|host| state.restore_host(Arc::clone(host)));
        self.full.webhooks().iter().for_each(|webhook| state.restore_webhook(Arc::clone(webhook)));
        state.restore_accounts(self.full.ledger().accounts().clone());
        state
    }

    fn audit(&self) {
        self.all_tickets().for_each(|ticket| self.audit_ticket(ticket));
        self.all_orders().for_each(|order| self.audit_order(order));
        self.audit_counts(&self.full);
        self.audit_counts(&self.lean);
        self.audit_accounts();
        self.audit_hosts();
        self.audit_webhooks();
    }

    /// Checks that a webhook is disabled with a reason and a time or with neither, and that what is removed keeps no secret.
    fn audit_webhooks(&self) {
        assert!(self.full.webhooks().iter().eq(self.lean.webhooks().iter()));
        for webhook in self.full.webhooks().iter() {
            assert_eq!(webhook.disabled_reason.is_some(), webhook.disabled_at.is_some(), "{webhook:?}");
            assert_eq!(webhook.removed, webhook.sealed.is_empty(), "{webhook:?}");
        }
    }

    /// Checks that hosts have names of their own, and that one votes unless none ever did.
    fn audit_hosts(&self) {
        let (full, lean) = (self.full.hosts(), self.lean.hosts());
        assert!(full.iter().eq(lean.iter()) && full.voters() == lean.voters());
        let names: Vec<_> = full.iter().filter(|host| !host.left).map(|host| &host.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{full:?}");
        assert!(full.voters().iter().eq(full.iter().filter(|host| host.votes()).map(|host| &host.id)));
        assert!(!self.occurred.contains("Cluster(LastVoter)") || !full.voters().is_empty(), "{full:?}");
    }

    /// Checks that the accounts sum to zero, and the sellers' accounts to the rest of complete orders less payouts.
    fn audit_accounts(&self) {
        let accounts = self.full.ledger().accounts();
        assert_eq!(accounts, self.lean.ledger().accounts());
        let mut sums = BTreeMap::new();
        for ((account, currency), totals) in accounts.iter() {
            *sums.entry(currency.code()).or_insert(0) += totals.balance;
            if let Account::Seller(_) = account {
                assert_eq!(-totals.balance, totals.sold - totals.refunded - totals.fees - totals.paid_out, "{account}");
                assert!(totals.refunded <= totals.sold && 0 <= totals.fees, "{account}: {totals:?}");
            }
            assert!(!matches!(account, Account::Late) || totals.balance <= 0, "{totals:?}");
        }
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
        let paid = self.all_orders().filter(|order| order.status == OrderStatus::Complete);
        let sold: i128 = paid.map(|order| i128::from(order.total.minor())).sum();
        let told = accounts.iter().map(|(_, totals)| totals.sold).sum::<i128>();
        assert_eq!(sold, told);
    }

    fn audit_ticket(&self, ticket: &Ticket) {
        let claimed = matches!(ticket.status, TicketStatus::Locked | TicketStatus::Sold);
        assert_eq!(ticket.holder.is_some(), claimed, "{ticket:?}");
        let seller = self.full.user(ticket.seller_id).unwrap();
        assert!(!(seller.erased && ticket.status.is_active()), "{ticket:?} {seller:?}");
        assert_eq!(self.lean.ticket(ticket.id).is_some(), ticket.status.is_active(), "{ticket:?}");
        let Some(holder) = ticket.holder else { return };
        let order = self.full.order(holder).unwrap();
        assert!(order.tickets.iter().any(|held| held.id == ticket.id), "{ticket:?} {order:?}");
        let (open, complete) = (order.status.is_open(), order.status == OrderStatus::Complete);
        assert_eq!((ticket.status == TicketStatus::Locked, ticket.status == TicketStatus::Sold), (open, complete));
    }

    fn audit_order(&self, order: &Order) {
        assert_eq!(self.lean.order(order.id).is_some(), !order.is_terminal(), "{order:?}");
        let charge = order.charge.as_ref();
        let status = charge.map(|charge| charge.status);
        let follows = match order.status {
            OrderStatus::Created | OrderStatus::Expired => status.is_none(),
            OrderStatus::AwaitingPayment => matches!(status, Some(ChargeStatus::Pending | ChargeStatus::Authorized)),
            OrderStatus::Complete => {
                matches!(status, Some(ChargeStatus::Succeeded | ChargeStatus::Refunding | ChargeStatus::Refunded))
            }
            OrderStatus::Cancelled => !matches!(
                status,
                Some(ChargeStatus::Pending | ChargeStatus::Authorized | ChargeStatus::Succeeded | ChargeStatus::Late)
            ),
        };
        assert!(follows, "{order:?}");
        assert_eq!(order.cancel_reason.is_some(), order.status == OrderStatus::Cancelled, "{order:?}");
        assert!(charge.is_none_or(|charge| charge.amount == order.total), "{order:?}");
        let sum = order.tickets.iter().map(|ticket| ticket.price.minor()).sum::<u64>();
        assert_eq!(sum, order.total.minor(), "{order:?}");
        assert!(order.tickets.iter().all(|ticket| ticket.seller_id != order.buyer_id), "{order:?}");
        if order.status.is_open() {
            let holds = |ticket| self.full.ticket(ticket).is_some_and(|ticket| ticket.holder == Some(order.id));
            assert!(order.tickets.iter().all(|ticket| holds(ticket.id)), "{order:?}");
        }
    }

    fn audit_counts(&self, state: &State) {
        let open: Vec<_> = self.all_orders().filter(|order| order.status.is_open()).collect();
        assert_eq!(state.open_orders(), open.len());
        for user in self.all_users() {
            let open_here = open.iter().filter(|order| order.buyer_id == user.id).count();
            assert_eq!(state.open_orders_of(user.id) as usize, open_here, "{user:?}");
            assert!(open_here <= LIMITS.open_orders_max as usize, "{user:?}");
            let sells = self.all_tickets().any(|ticket| ticket.seller_id == user.id && ticket.status.is_active());
            assert_eq!(state.is_trading(user.id), sells || open_here > 0, "{user:?}");
        }
        let waiting = open.iter().filter(|order| order.status == OrderStatus::Created);
        let deadlines: BTreeSet<_> = waiting.map(|order| (order.expires_at, order.id)).collect();
        let watched = state.deadlines().due(Timestamp::from_millis(u64::MAX), usize::MAX);
        assert_eq!(watched, deadlines.iter().map(|(_, id)| *id).collect::<Vec<_>>());
        assert_eq!(state.deadlines().next(), deadlines.first().map(|(at, _)| *at));
    }
}

fn expire_by_id(order_id: OrderId) -> Command {
    Command::ExpireOrder(ExpireOrder { order_id })
}

/// Converts a decision to a form that can be compared.
fn plain(decided: &Result<Decision, Rejection>) -> Result<(&[DomainEvent], String), Rejection> {
    let decision = decided.as_ref().map_err(|rejection| *rejection)?;
    Ok((decision.events.as_slice(), format!("{:?}", decision.vault)))
}

#[test]
fn all_invariants_hold_in_random_histories() {
    let mut seen = BTreeSet::new();
    for seed in 1..=SEEDS {
        println!("seed {seed}");
        let mut walk = Walk::new(seed);
        for step in 0..STEPS {
            walk.step();
            if step % 37 == 0 {
                // The history continues with restored states, which must make no difference.
                (walk.lean, walk.full) = (walk.restored(true), walk.restored(false));
                walk.audit();
            }
            if step % 11 == 0 {
                walk.full.forget_sessions_until(ms(walk.now));
                walk.lean.forget_sessions_until(ms(walk.now));
            }
        }
        // Every entity that was read was named by its command.
        assert!(walk.looks > STEPS, "{}", walk.looks);
        seen.extend(walk.occurred);
    }
    check_covers_everything(&seen);
}

/// Checks that the histories reach every event and refusal.
fn check_covers_everything(seen: &BTreeSet<String>) {
    let events = "UserCreated UserUpdated UserErased SessionRevoked TicketCreated TicketUpdated TicketWithdrawn \
        OrderCreated OrderCancelled OrderExpired PaymentStarted ChargeCreated ChargeFailed RefundStarted ChargeRefunded \
        ChargeAuthorized RefundFailed LateMoneyReceived ChargeTransferred ChargeEscalated EscalationResolved \
        VoidStarted ChargeVoided ChargeDisputed DisputeClosed PayoutRecorded HostJoined HostLeft WebhookSaved \
        WebhookAdvanced WebhookDisabled WebhookResumed WebhookRemoved";
    let refusals = "Auth(UserNotFound) Auth(EmailTaken) Auth(SessionEnded) Auth(StillTrading) Ticket(NotFound) \
        Ticket(NotYours) Ticket(Locked) Ticket(Sold) Ticket(Withdrawn) Ticket(VersionMismatch) Ticket(NoSeller) Ticket(SeatTaken(0)) \
        Order(NotFound) Order(NotYours) Order(TicketNotFound(Ticket Order(OwnTicket(Ticket Order(TicketLocked(Ticket \
        Order(TicketSold(Ticket Order(TicketWithdrawn(Ticket Order(ShowStarted(Ticket Order(MixedCurrencies) \
        Order(TooManyOpen) Order(PriceChanged) Order(Expired) Order(Cancelled) Order(AlreadyPaid) Order(PaymentPending) Order(NoBuyer) \
        Expiration(NotFound) Expiration(NotDue) Payment(Order(NotFound)) Payment(Order(NotYours)) \
        Payment(Order(Expired)) Payment(NotFound) Payment(RefundNotYours) Payment(NotRefundable) \
        Payment(AlreadyRefunded) Payment(RefundTooLarge) Payment(RefundCurrency) Payment(ReturnNeedsFullRefund) \
        Payment(OperatorRequired) Payment(NotEscalated) Ledger(OperatorRequired) Ledger(SellerNotFound) \
        Ledger(ExceedsBalance) Cluster(OperatorRequired) Cluster(HostNotFound) Cluster(NameTaken) Cluster(ChangePending) \
        Cluster(LastVoter) Webhook(OperatorRequired) Webhook(NotFound) Webhook(LimitReached)";
    let all = events.split_whitespace().chain(refusals.split_whitespace()).chain(["nothing"]);
    let missing: Vec<_> = all.filter(|name| !seen.contains(*name)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?}, but {seen:?}");
}
