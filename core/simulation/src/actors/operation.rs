//! Single operations: one command each, or a few that belong together.

use boxoffice::simulation::{change_email, change_password, erase, revoke_session, set_operator, sign_up};
use boxoffice::{
    Actor, BoxOffice, Error, IdempotencyKey, NewPayout, NewShow, NewTicket, OrderId, Resolution, SessionId, TicketId,
    TicketUpdate, Timestamp, UserId,
};

use crate::World;

/// One operation. A repetition gives an equal command, with its idempotency key if it has one.
#[derive(Debug, Clone)]
pub(crate) enum Operation {
    /// Signs up with the email of this number.
    SignUp { email: u64 },
    /// Lists tickets at a price in cents.
    List { seller: UserId, count: u64, cents: u64, euros: bool, starts_at: Option<Timestamp>, key: Option<u64> },
    /// Changes a price, optionally of an expected version.
    Edit { seller: UserId, ticket: TicketId, cents: u64, version: Option<u64> },
    /// Move the unsold tickets of a show to another time.
    Reschedule { seller: UserId, from: Timestamp, to: Timestamp },
    /// Takes a ticket off sale.
    Withdraw { seller: UserId, ticket: TicketId },
    /// Locks tickets.
    Order { buyer: UserId, tickets: Vec<TicketId>, key: Option<u64> },
    /// Cancels an order.
    Cancel { buyer: UserId, order: OrderId },
    /// Pays an order.
    Pay { buyer: UserId, order: OrderId, card: String, key: Option<u64> },
    /// Gives the money back, or `part` cents of it.
    Refund { actor: Actor, order: OrderId, resell: bool, part: Option<u64>, key: Option<u64> },
    /// Records the resolution of late money.
    Resolve { actor: Actor, order: OrderId, kept: bool },
    /// Records a payout to a seller.
    PayOut { actor: Actor, seller: UserId, cents: u64, euros: bool, key: Option<u64> },
    /// Grants or revokes the operator role.
    Promote { user: UserId, operator: bool },
    /// Changes the email to that of this number.
    Move { user: UserId, email: u64 },
    /// Changes the password, which ends all sessions; optionally in a session that has already ended by that.
    NewPassword { user: UserId, number: u64, ended: bool },
    /// Ends a session.
    SignOut { user: UserId, session: u64, expires_at: Timestamp },
    /// Deletes a user's personal data.
    Erase { user: UserId },
}

impl Operation {
    /// Returns `true` if a repetition gets the first answer.
    pub(crate) const fn is_repeatable(&self) -> bool {
        match self {
            Self::List { key, .. }
            | Self::Order { key, .. }
            | Self::Pay { key, .. }
            | Self::Refund { key, .. }
            | Self::PayOut { key, .. } => key.is_some(),
            _ => false,
        }
    }

    /// Runs the operation, and adds new entities to the world. The auditor checks every answer; beside it, only the
    /// entities that people remember matter.
    pub(crate) async fn run(self, office: BoxOffice, world: World) -> Result<(), Error> {
        match self {
            Self::SignUp { email } => sign_up(&office, &address(email)).await.map(|user| world.note_person(user)),
            Self::List { seller, count, cents, euros, starts_at, key } => {
                let door = office.tickets();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                let tickets = listings(count, cents, euros, starts_at);
                let listed = door.create_many(seller, tickets).await;
                listed.map(|tickets| tickets.iter().for_each(|ticket| world.note_ticket(ticket.id)))
            }
            Self::Edit { seller, ticket, cents, version } => {
                let mut update = TicketUpdate::new("edited", decimal(cents));
                update.expected_version = version;
                if cents.is_multiple_of(5) {
                    update = update.seat(seat(cents));
                }
                office.tickets().update(seller, ticket, update).await.map(drop)
            }
            Self::Reschedule { seller, from, to } => {
                let show = NewShow::new("Hamlet", from.to_string());
                office.tickets().reschedule(seller, show, &to.to_string()).await.map(drop)
            }
            Self::Withdraw { seller, ticket } => office.tickets().withdraw(seller, ticket, None).await,
            Self::Order { buyer, tickets, key } => {
                let door = office.orders();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                door.create(buyer, &tickets).await.map(|order| world.note_order(buyer, order.id))
            }
            Self::Cancel { buyer, order } => office.orders().cancel(buyer, order).await,
            Self::Pay { buyer, order, card, key } => {
                let door = office.payments();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                door.pay(buyer, order, &card).await.map(drop)
            }
            Self::Refund { actor, order, resell, part, key } => {
                let door = office.payments();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                let charge = match part {
                    Some(cents) => door.refund_part(actor, order, &decimal(cents)).await,
                    None => door.refund(actor, order, resell).await,
                };
                charge.map(drop)
            }
            Self::Resolve { actor, order, kept } => {
                let resolution = if kept { Resolution::Kept } else { Resolution::ReturnedElsewhere };
                office.payments().resolve(actor, order, resolution, "by bank transfer").await.map(drop)
            }
            Self::PayOut { actor, seller, cents, euros, key } => {
                let door = office.ledger();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                let payout = NewPayout::new(decimal(cents), "transfer").currency(if euros { "EUR" } else { "USD" });
                door.record_payout(actor, seller, payout).await.map(drop)
            }
            // Commands about users are given to the engine directly, because the simulation needs no passwords.
            Self::Promote { user, operator } => set_operator(&office, user, operator).await,
            Self::Move { user, email } => change_email(&office, user, &address(email)).await,
            Self::NewPassword { user, number, ended } => {
                change_password(&office, user, format!("$argon2id$none{number}"), ended).await
            }
            Self::SignOut { user, session, expires_at } => {
                let session_id = SessionId::from_bytes(u128::from(session).to_be_bytes());
                revoke_session(&office, user, session_id, expires_at).await
            }
            Self::Erase { user } => erase(&office, user).await,
        }
    }
}

/// How far the starts of shows lie apart that have seats, so that several people sell tickets for one.
const SHOWS_EVERY_MS: u64 = 2 * 60 * 60 * 1000;

/// Tickets without a seat, or a few neighbouring seats of a show, some of which others may have listed.
fn listings(count: u64, cents: u64, euros: bool, starts_at: Option<Timestamp>) -> Vec<NewTicket> {
    let ticket = NewTicket::new("row 3 seat 12", decimal(cents)).currency(if euros { "EUR" } else { "USD" });
    let plain = || usize::try_from(count).unwrap_or(1);
    match starts_at {
        None => vec![ticket; plain()],
        Some(at) if count < 10 && !cents.is_multiple_of(3) => {
            let next = (at.as_millis() / SHOWS_EVERY_MS + 1) * SHOWS_EVERY_MS;
            let ticket = ticket.show(NewShow::new("Hamlet", Timestamp::from_millis(next).to_string()));
            (0..count).map(|at| ticket.clone().seat(seat(cents + at))).collect()
        }
        Some(at) => vec![ticket.show(NewShow::new("Hamlet", at.to_string())); plain()],
    }
}

/// One of a few seats.
fn seat(number: u64) -> String {
    format!("seat {}", number % 12)
}

fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Returns the idempotency key. Its text is part of the journal of every seed, because command ids are derived from it.
fn named(key: Option<u64>) -> Option<IdempotencyKey> {
    key.and_then(|key| format!("errand-{key}").parse().ok())
}

fn address(number: u64) -> String {
    format!("person{number}@example.com")
}
