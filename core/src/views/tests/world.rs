//! A random history of everything that the views show.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::auth::User;
use crate::domain::cluster::Host;
use crate::domain::order::{Order, OrderStatus, OrderedTicket};
use crate::domain::payment::{Charge, ChargeStatus};
use crate::domain::ticket::{Show, Ticket, TicketStatus};
use crate::domain::webhook::{Webhook, WebhookProgress};
use crate::event::Hash;
use crate::journal::Head;
use crate::types::{ChargeId, Currency, HostId, Money, OrderId, SessionId, TicketId, Timestamp, UserId, WebhookId};
use crate::views::{Entity, Views};

pub(super) const USERS: u64 = 6;
const WORDS: [&str; 6] = ["Hamlet", "Globe Night", "Été Indien", "Rock 'n' Roll", "Final", "Opera"];

/// Deterministic random numbers from a seed.
#[derive(Debug, Clone)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) % end
    }

    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(usize::try_from(self.below(all.len() as u64)).unwrap()) }
    }
}

/// The current entities, and those that have changed since the last publication.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) random: Random,
    pub(super) tickets: BTreeMap<TicketId, Arc<Ticket>>,
    pub(super) orders: BTreeMap<OrderId, Arc<Order>>,
    pub(super) users: BTreeMap<UserId, Arc<User>>,
    pub(super) revoked: Vec<(SessionId, Timestamp)>,
    pub(super) hosts: BTreeMap<HostId, Arc<Host>>,
    pub(super) webhooks: BTreeMap<WebhookId, Arc<Webhook>>,
    pub(super) head: Head,
    /// `true` if refunded tickets stay sold.
    pub(super) without_returns: bool,
    unpublished: Vec<Entity>,
    made: u64,
}

pub(super) fn user_id(number: u64) -> UserId {
    UserId::from_bytes(u128::from(number + 1).to_be_bytes())
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut world = Self {
            random: Random(seed),
            tickets: BTreeMap::new(),
            orders: BTreeMap::new(),
            users: BTreeMap::new(),
            revoked: Vec::new(),
            hosts: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            head: Head { seq: 0, hash: Hash::ZERO, at: Timestamp::from_millis(1_000_000) },
            without_returns: false,
            unpublished: Vec::new(),
            made: 0,
        };
        for number in 0..USERS {
            world.put_user(number, 1);
        }
        world
    }

    /// Executes some random steps and publishes them as one batch.
    pub(super) fn batch(&mut self, views: &Views, steps: usize) {
        for _ in 0..steps {
            self.step();
        }
        self.publish(views);
    }

    pub(super) fn publish(&mut self, views: &Views) {
        self.head.seq += 1;
        self.head.hash = Hash::from_bytes([u8::try_from(self.head.seq % 251).unwrap(); 32]);
        self.head.at = Timestamp::from_millis(self.head.at.as_millis() + self.random.below(3));
        let now = self.head.at;
        self.revoked.retain(|(_, expires_at)| *expires_at > now);
        views.publish(std::mem::take(&mut self.unpublished), self.head);
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0..=2 => drop(self.list()),
            3..=7 => self.order(),
            8 => self.cancel(OrderStatus::Cancelled),
            9 => self.cancel(OrderStatus::Expired),
            10..=11 => self.pay(),
            12..=14 => self.settle(),
            15..=16 => self.edit_or_withdraw(),
            _ => self.refund_or_revoke(),
        }
    }

    fn id(&mut self) -> [u8; 16] {
        self.made += 1;
        // The high half is random, so that ids don't follow the time of creation.
        (u128::from(self.random.below(1 << 20)) << 64 | u128::from(self.made)).to_be_bytes()
    }

    fn put_user(&mut self, number: u64, version: u64) {
        let id = user_id(number);
        let (created_at, updated_at) = (Timestamp::from_millis(5), self.head.at);
        let user = User { id, version, epoch: version, operator: false, erased: false, created_at, updated_at };
        self.users.insert(id, Arc::new(user.clone()));
        self.unpublished.push(Entity::User(Arc::new(user)));
    }

    /// Adds a host of the cluster, or changes one.
    fn put_host(&mut self) {
        let id = HostId::from_bytes([u8::try_from(self.random.below(4)).unwrap(); 16]);
        let version = self.hosts.get(&id).map_or(1, |host| host.version + 1);
        let (name, voter, left) = (format!("host-{version}"), self.random.below(2) == 0, self.random.below(3) == 0);
        let (joined_at, updated_at) = (Timestamp::from_millis(5), self.head.at);
        let host = Host { id, name: name.parse().unwrap(), voter, left, version, joined_at, updated_at };
        self.hosts.insert(id, Arc::new(host.clone()));
        self.unpublished.push(Entity::Host(Arc::new(host)));
    }

    /// Adds a webhook that the hosts share, or changes one.
    fn put_webhook(&mut self) {
        let id = WebhookId::from_bytes([u8::try_from(self.random.below(4)).unwrap(); 16]);
        let version = self.webhooks.get(&id).map_or(1, |webhook| webhook.version + 1);
        let disabled_reason: Option<Arc<str>> = (self.random.below(3) == 0).then(|| "gone".into());
        let webhook = Arc::new(Webhook {
            id,
            event_types: (0..self.random.below(3)).map(|number| format!("Event{number}").into()).collect(),
            sealed: format!("sealed {version}").into(),
            progress: WebhookProgress::new(self.random.below(100), self.head.hash).reset(version.is_multiple_of(2)),
            disabled_at: disabled_reason.as_ref().map(|_| self.head.at),
            disabled_reason,
            resumed_version: 0,
            removed: self.random.below(3) == 0,
            version,
            created_at: Timestamp::from_millis(5),
            updated_at: self.head.at,
        });
        self.webhooks.insert(id, Arc::clone(&webhook));
        self.unpublished.push(Entity::Webhook(webhook));
    }

    pub(super) fn put_ticket(&mut self, ticket: Ticket) {
        let ticket = Arc::new(ticket);
        self.tickets.insert(ticket.id, Arc::clone(&ticket));
        self.unpublished.push(Entity::Ticket(ticket));
    }

    pub(super) fn put_order(&mut self, order: Order) {
        let order = Arc::new(order);
        self.orders.insert(order.id, Arc::clone(&order));
        self.unpublished.push(Entity::Order(order));
    }

    fn price(&mut self) -> Money {
        let (code, factor) = *self.random.pick(&[("USD", 100), ("EUR", 100), ("JPY", 1), ("KWD", 1000)]).unwrap();
        Money::from_minor((1 + self.random.below(5)) * factor, code.parse::<Currency>().unwrap()).unwrap()
    }

    fn show(&mut self) -> Option<Arc<Show>> {
        let category = match self.random.below(4) {
            0 => return None,
            1 => None,
            2 => Some("concert".parse().unwrap()),
            _ => Some("play".parse().unwrap()),
        };
        let name = self.random.pick(&WORDS).unwrap().parse().unwrap();
        let venue =
            self.random.pick(&[None, Some("Globe"), Some("Arena 12")]).unwrap().map(|venue| venue.parse().unwrap());
        let starts_at = Timestamp::from_millis(2_000_000 + self.random.below(4));
        Some(Arc::new(Show { name, category, venue, starts_at }))
    }

    pub(super) fn list(&mut self) -> TicketId {
        let id = TicketId::from_bytes(self.id());
        let seller_id = user_id(self.random.below(USERS));
        let (price, show) = (self.price(), self.show());
        let title = self.random.pick(&WORDS).unwrap().parse().unwrap();
        let seat = (self.random.below(2) == 0).then(|| format!("Row {}", self.random.below(3)).parse().unwrap());
        self.put_ticket(Ticket {
            id,
            seller_id,
            title,
            price,
            show,
            seat,
            status: TicketStatus::Available,
            holder: None,
            version: 1,
            created_at: self.head.at,
            updated_at: self.head.at,
        });
        id
    }

    fn ticket_in(&mut self, status: TicketStatus) -> Option<Ticket> {
        let all: Vec<_> = self.tickets.values().filter(|ticket| ticket.status == status).cloned().collect();
        self.random.pick(&all).map(|ticket| Ticket::clone(ticket))
    }

    fn order_where(&mut self, is: impl Fn(&Order) -> bool) -> Option<Order> {
        let all: Vec<_> = self.orders.values().filter(|order| is(order)).cloned().collect();
        self.random.pick(&all).map(|order| Order::clone(order))
    }

    pub(super) fn move_ticket(&mut self, id: TicketId, status: TicketStatus, holder: Option<OrderId>) {
        let mut ticket = Ticket::clone(&self.tickets[&id]);
        (ticket.status, ticket.holder) = (status, holder);
        ticket.version += 1;
        ticket.updated_at = self.head.at;
        self.put_ticket(ticket);
    }

    pub(super) fn order(&mut self) {
        let Some(ticket) = self.ticket_in(TicketStatus::Available) else { return };
        let id = OrderId::from_bytes(self.id());
        let ordered = OrderedTicket {
            id: ticket.id,
            seller_id: ticket.seller_id,
            title: ticket.title.clone(),
            price: ticket.price,
            version: ticket.version + 1,
        };
        self.move_ticket(ticket.id, TicketStatus::Locked, Some(id));
        let buyer_id = user_id(self.random.below(USERS));
        let expires_at = Timestamp::from_millis(9_000_000 + self.random.below(1_000));
        self.put_order(Order {
            id,
            buyer_id,
            status: OrderStatus::Created,
            cancel_reason: None,
            total: ticket.price,
            expires_at,
            tickets: Arc::new([ordered]),
            charge: None,
            version: 1,
            created_at: self.head.at,
            updated_at: self.head.at,
        });
    }

    fn change(&mut self, mut order: Order, change: impl FnOnce(&mut Order)) {
        order.version += 1;
        order.updated_at = self.head.at;
        change(&mut order);
        self.put_order(order);
    }

    fn cancel(&mut self, status: OrderStatus) {
        if let Some(order) = self.order_where(|order| order.status == OrderStatus::Created) {
            self.move_ticket(order.tickets[0].id, TicketStatus::Available, None);
            self.change(order, |order| order.status = status);
        }
    }

    fn pay(&mut self) {
        let Some(order) = self.order_where(|order| order.status == OrderStatus::Created) else { return };
        let charge = Charge {
            id: ChargeId::from_bytes(self.id()),
            order_id: order.id,
            amount: order.total,
            status: ChargeStatus::Pending,
            gateway: "sandbox".into(),
            reference: None,
            failure: None,
            late: false,
            refunds: Vec::new(),
            disputes: Vec::new(),
            transferred_to: None,
            split: crate::domain::ledger::Split::default(),
            created_at: self.head.at,
            updated_at: self.head.at,
        };
        self.change(order, |order| {
            order.status = OrderStatus::AwaitingPayment;
            order.charge = Some(charge);
        });
    }

    pub(super) fn settle(&mut self) {
        if let Some(order) = self.order_where(|order| order.status == OrderStatus::AwaitingPayment) {
            let declined = self.random.below(4) == 0;
            let (status, holder, end, outcome) = if declined {
                (TicketStatus::Available, None, OrderStatus::Cancelled, ChargeStatus::Failed)
            } else {
                (TicketStatus::Sold, Some(order.id), OrderStatus::Complete, ChargeStatus::Succeeded)
            };
            self.move_ticket(order.tickets[0].id, status, holder);
            self.change(order, |order| {
                order.status = end;
                order.charge.as_mut().unwrap().status = outcome;
            });
        }
    }

    fn edit_or_withdraw(&mut self) {
        let Some(mut ticket) = self.ticket_in(TicketStatus::Available) else { return };
        if self.random.below(6) == 0 {
            return self.move_ticket(ticket.id, TicketStatus::Withdrawn, None);
        }
        (ticket.price, ticket.show) = (self.price(), self.show());
        ticket.version += 1;
        self.put_ticket(ticket);
    }

    pub(super) fn refund_or_revoke(&mut self) {
        let is = |status| move |order: &Order| order.charge.as_ref().is_some_and(|charge| charge.status == status);
        if self.random.below(4) == 0 {
            let session = SessionId::from_bytes(self.id());
            let expires_at = Timestamp::from_millis(self.head.at.as_millis() + 1 + self.random.below(40));
            self.revoked.push((session, expires_at));
            self.unpublished.push(Entity::Revoked(session, expires_at));
            let number = self.random.below(USERS);
            let version = self.users[&user_id(number)].version + 1;
            self.put_user(number, version);
            self.put_host();
            self.put_webhook();
        } else if let Some(order) = self.order_where(is(ChargeStatus::Refunding)) {
            let returns = !self.without_returns && self.random.below(2) == 0;
            if returns {
                self.move_ticket(order.tickets[0].id, TicketStatus::Available, None);
            }
            self.change(order, |order| order.charge.as_mut().unwrap().status = ChargeStatus::Refunded);
        } else if let Some(order) = self.order_where(is(ChargeStatus::Succeeded)) {
            self.change(order, |order| order.charge.as_mut().unwrap().status = ChargeStatus::Refunding);
        }
    }
}
