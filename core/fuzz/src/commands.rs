//! Fuzzes sequences of commands by four people, and compares the results with a model that is small enough to be
//! verified by reading.

use std::collections::HashMap;
use std::time::Duration;

use boxoffice::{Actor, Error, NewTicket, OrderId, TicketId, TicketUpdate, UserId};

use crate::shop::SHOP;

/// Maximum number of commands of an input.
const COMMANDS_MAX: usize = 40;

/// Number of tickets and orders to choose from.
const PLACES: usize = 4;

const HOLD: Duration = Duration::from_mins(15);

/// State of a ticket in the model.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ticket {
    Available,
    Locked(usize),
    Sold,
    Withdrawn,
}

/// State of an order in the model.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Open,
    Complete,
    Refunded,
    Ended,
}

#[derive(Default)]
struct Model {
    tickets: Vec<(TicketId, UserId, Ticket)>,
    orders: Vec<(OrderId, UserId, Vec<usize>, Order)>,
}

/// Runs the commands of an input. Each has two bytes: its kind, then its actor and its object.
pub(crate) fn run(data: &[u8]) {
    let mut model = Model::default();
    for command in data.chunks_exact(2).take(COMMANDS_MAX) {
        let by = SHOP.people[usize::from(command[1]) % SHOP.people.len()].user.id;
        model.step(command[0] % 8, by, usize::from(command[1] >> 2) % PLACES, usize::from(command[1] >> 4) % PLACES);
        model.compare();
    }
    // The next input must start without holds.
    model.time_passes();
    model.compare();
}

impl Model {
    fn step(&mut self, what: u8, by: UserId, place: usize, other: usize) {
        match what {
            0 => self.list(by),
            1 => self.withdraw(by, place),
            2 => self.edit(by, place),
            3 => self.order(by, &[place]),
            4 if place != other => self.order(by, &[place, other]),
            5 => self.cancel(by, place),
            6 => self.pay(by, place, if other == 0 { "tok_chargeDeclined" } else { "tok_visa" }),
            7 if other == 0 => self.time_passes(),
            7 => self.refund(by, place, other == 1),
            _ => {}
        }
    }

    fn list(&mut self, by: UserId) {
        let ticket = SHOP.office.blocking().tickets().create(by, NewTicket::new("Hamlet", "19.99")).unwrap();
        self.tickets.push((ticket.id, by, Ticket::Available));
    }

    /// Returns the index of one of the latest tickets.
    fn ticket(&self, place: usize) -> Option<usize> {
        self.tickets.len().checked_sub(place + 1)
    }

    fn last_order(&self, place: usize) -> Option<usize> {
        self.orders.len().checked_sub(place + 1)
    }

    fn withdraw(&mut self, by: UserId, place: usize) {
        let Some(at) = self.ticket(place) else { return };
        let (id, seller, state) = self.tickets[at];
        let done = SHOP.office.blocking().tickets().withdraw(by, id, None);
        if allowed(&done, by == seller && state == Ticket::Available, "withdraw") {
            self.tickets[at].2 = Ticket::Withdrawn;
        }
    }

    fn edit(&mut self, by: UserId, place: usize) {
        let Some(at) = self.ticket(place) else { return };
        let (id, seller, state) = self.tickets[at];
        let update = TicketUpdate::new("Macbeth", "5");
        let done = SHOP.office.blocking().tickets().update(by, id, update);
        allowed(&done, by == seller && state == Ticket::Available, "edit");
    }

    fn order(&mut self, by: UserId, places: &[usize]) {
        let Some(chosen) = places.iter().map(|place| self.ticket(*place)).collect::<Option<Vec<_>>>() else { return };
        let ids: Vec<_> = chosen.iter().map(|at| self.tickets[*at].0).collect();
        let free = chosen.iter().all(|at| self.tickets[*at].2 == Ticket::Available && self.tickets[*at].1 != by);
        let open = self.orders.iter().filter(|(_, buyer, _, state)| *buyer == by && *state == Order::Open).count();
        let done = SHOP.office.blocking().orders().create(by, &ids);
        if allowed(&done, free && open < 10, "order") {
            for at in &chosen {
                self.tickets[*at].2 = Ticket::Locked(self.orders.len());
            }
            self.orders.push((done.unwrap().id, by, chosen, Order::Open));
        }
    }

    fn cancel(&mut self, by: UserId, place: usize) {
        let Some(at) = self.last_order(place) else { return };
        let (id, buyer, _, state) = self.orders[at].clone();
        let done = SHOP.office.blocking().orders().cancel(by, id);
        if allowed(&done, by == buyer && state == Order::Open, "cancel") {
            self.end(at, Order::Ended, Ticket::Available);
        }
    }

    fn pay(&mut self, by: UserId, place: usize, card: &str) {
        let Some(at) = self.last_order(place) else { return };
        let (id, buyer, _, state) = self.orders[at].clone();
        let good = card == "tok_visa";
        let possible = by == buyer && state == Order::Open;
        let done = SHOP.office.blocking().payments().pay(by, id, card);
        if allowed(&done, possible && good, "pay") {
            self.end(at, Order::Complete, Ticket::Sold);
        } else if possible {
            self.end(at, Order::Ended, Ticket::Available);
        }
    }

    fn refund(&mut self, by: UserId, place: usize, resell: bool) {
        let Some(at) = self.last_order(place) else { return };
        let (id, _, tickets, state) = self.orders[at].clone();
        let sells_all = tickets.iter().all(|ticket| self.tickets[*ticket].1 == by);
        let done = SHOP.office.blocking().payments().refund(Actor::User(by), id, resell);
        if allowed(&done, sells_all && state == Order::Complete, "refund") {
            self.end(at, Order::Refunded, if resell { Ticket::Available } else { Ticket::Sold });
        }
    }

    fn time_passes(&mut self) {
        SHOP.clock.advance(HOLD);
        for at in 0..self.orders.len() {
            if self.orders[at].3 == Order::Open {
                self.end(at, Order::Ended, Ticket::Available);
            }
        }
        // Due orders expire before the next command is answered.
        self.list(SHOP.people[0].user.id);
    }

    fn end(&mut self, order: usize, state: Order, tickets: Ticket) {
        self.orders[order].3 = state;
        for ticket in self.orders[order].2.clone() {
            self.tickets[ticket].2 = tickets;
        }
    }

    /// Checks that the box office agrees with the model in everything.
    fn compare(&self) {
        let mut holders: HashMap<usize, usize> = HashMap::new();
        for (at, (id, _, state)) in self.tickets.iter().enumerate() {
            let expected = match state {
                Ticket::Available => "available",
                Ticket::Locked(order) => {
                    holders.insert(at, *order);
                    "locked"
                }
                Ticket::Sold => "sold",
                Ticket::Withdrawn => "withdrawn",
            };
            assert_eq!(SHOP.office.tickets().get(*id).unwrap().status.as_str(), expected, "ticket {at}");
        }
        for (at, (id, buyer, tickets, state)) in self.orders.iter().enumerate() {
            let found = SHOP.office.orders().get(*buyer, *id).unwrap();
            let status = found.status.as_str();
            let agrees = match state {
                Order::Open => status == "created" && tickets.iter().all(|ticket| holders.get(ticket) == Some(&at)),
                Order::Complete | Order::Refunded => status == "complete",
                Order::Ended => status == "cancelled" || status == "expired",
            };
            assert!(agrees, "order {at} is {status}, and the model says {state:?}");
        }
    }
}

/// Returns `may`, after checking that the command succeeded if and only if it was allowed.
fn allowed<T>(done: &Result<T, Error>, may: bool, what: &str) -> bool {
    if let Err(error) = done {
        assert!(error.status_code() < 500, "{what}: {error}");
    }
    assert_eq!(done.is_ok(), may, "{what}: {:?}", done.as_ref().err());
    may
}
