//! Single errands: one command each, or a few that belong together.

use super::super::Town;
use crate::command::Command;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::engine::Reply;
use crate::error::Error;
use crate::event::{Actor, Resolution};
use crate::office::Named;
use crate::types::{Email, IdempotencyKey, OrderId, SessionId, TicketId, Timestamp, UserId};
use crate::{BoxOffice, NewPayout, NewShow, NewTicket, TicketUpdate};

/// One thing to do; done again, it is the same command, under the same key if it has one.
#[derive(Debug, Clone)]
pub(in crate::testing::simulation) enum Errand {
    /// Sign up with the email of this number.
    SignUp { email: u64 },
    /// List tickets at a price in cents.
    List { seller: UserId, count: u64, cents: u64, euros: bool, starts_at: Option<Timestamp>, key: Option<u64> },
    /// Change a price, perhaps of a version.
    Edit { seller: UserId, ticket: TicketId, cents: u64, version: Option<u64> },
    /// Take a ticket off sale.
    Withdraw { seller: UserId, ticket: TicketId },
    /// Lock tickets.
    Order { buyer: UserId, tickets: Vec<TicketId>, key: Option<u64> },
    /// End an order.
    Cancel { buyer: UserId, order: OrderId },
    /// Pay an order.
    Pay { buyer: UserId, order: OrderId, key: Option<u64> },
    /// Give the money back, or as many cents of it.
    Refund { actor: Actor, order: OrderId, resell: bool, part: Option<u64>, key: Option<u64> },
    /// Note what became of money that was nobody's.
    Resolve { actor: Actor, order: OrderId, kept: bool },
    /// Record that a seller was paid.
    PayOut { actor: Actor, seller: UserId, cents: u64, euros: bool, key: Option<u64> },
    /// Give or take the operator role.
    Promote { user: UserId, operator: bool },
    /// Change the email to that of this number.
    Move { user: UserId, email: u64 },
    /// Change the password, which ends all sessions; perhaps in a session that has ended by that already.
    NewPassword { user: UserId, number: u64, ended: bool },
    /// End a session.
    SignOut { user: UserId, session: u64, expires_at: Timestamp },
    /// Delete somebody's data.
    Erase { user: UserId },
}

impl Errand {
    /// Runs the errand, and tells the town what came of it.
    pub(in crate::testing::simulation) async fn run(self, office: BoxOffice, town: Town) {
        // Every answer is examined by the auditor; here only what people remember matters.
        let _ = match self {
            Self::SignUp { email } => sign_up(&office, &town, email).await,
            Self::List { seller, count, cents, euros, starts_at, key } => {
                let ticket = listing(cents, euros, starts_at);
                let door = office.tickets();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                let tickets = vec![ticket; usize::try_from(count).unwrap_or(1)];
                let listed = door.create_many(seller, tickets).await;
                listed.map(|tickets| tickets.iter().for_each(|ticket| town.note_ticket(ticket.id)))
            }
            Self::Edit { seller, ticket, cents, version } => {
                let mut update = TicketUpdate::new("edited", decimal(cents));
                update.expected_version = version;
                office.tickets().update(seller, ticket, update).await.map(drop)
            }
            Self::Withdraw { seller, ticket } => office.tickets().withdraw(seller, ticket, None).await,
            Self::Order { buyer, tickets, key } => {
                let door = office.orders();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                door.create(buyer, &tickets).await.map(|order| town.note_order(buyer, order.id))
            }
            Self::Cancel { buyer, order } => office.orders().cancel(buyer, order).await,
            Self::Pay { buyer, order, key } => {
                let door = office.payments();
                let door = if let Some(key) = named(key) { door.idempotency_key(key) } else { door };
                door.pay(buyer, order, "tok_visa").await.map(drop)
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
            other => other.run_for_people(&office).await.map(drop),
        };
    }

    /// What concerns people themselves is asked of the engine directly: passwords are nobody's business here, and hashing them
    /// takes threads and time.
    async fn run_for_people(self, office: &BoxOffice) -> Result<Reply, Error> {
        let (command, actor) = match self {
            Self::Promote { user, operator } => {
                (Command::SetOperator(SetOperator { user_id: user, operator }), Actor::System)
            }
            Self::Move { user, email } => {
                let email = address(email)?;
                let key = office.inner().email_key(&email)?;
                let email = Some(NewEmail { key, email });
                let update = UpdateUser { user_id: user, epoch: epoch(office, user)?, email, password_hash: None };
                (Command::UpdateUser(update), Actor::User(user))
            }
            Self::NewPassword { user, number, ended } => {
                let epoch = epoch(office, user)?.saturating_sub(u64::from(ended));
                let password_hash = Some(format!("$argon2id$none{number}"));
                let update = UpdateUser { user_id: user, epoch, email: None, password_hash };
                (Command::UpdateUser(update), Actor::User(user))
            }
            Self::SignOut { user, session, expires_at } => {
                let session_id = SessionId::from_bytes(u128::from(session).to_be_bytes());
                let revoke = RevokeSession { user_id: user, session_id, expires_at };
                (Command::RevokeSession(revoke), Actor::User(user))
            }
            Self::Erase { user } => (Command::EraseUser(EraseUser { user_id: user }), Actor::User(user)),
            _ => return Err(crate::Code::Internal.into()),
        };
        office.inner().submit_any(command, actor, Named::Fresh).await
    }
}

/// What the user's sessions are signed with; by the time of the decision it may be another.
fn epoch(office: &BoxOffice, user: UserId) -> Result<u64, Error> {
    Ok(office.inner().views()?.user(user).ok_or(crate::Code::AuthRequired)?.epoch)
}

async fn sign_up(office: &BoxOffice, town: &Town, email: u64) -> Result<(), Error> {
    let email = address(email)?;
    let email_key = office.inner().email_key(&email)?;
    let user_id = UserId::from(office.inner().fresh_id());
    let credentials = Credentials { email, password_hash: "$argon2id$none".to_owned() };
    let command = CreateUser { user_id, email_key, credentials };
    let user = office.inner().submit(command, Actor::System, Named::Fresh).await?;
    town.note_person(user.id);
    Ok(())
}

fn listing(cents: u64, euros: bool, starts_at: Option<Timestamp>) -> NewTicket {
    let ticket = NewTicket::new("row 3 seat 12", decimal(cents)).currency(if euros { "EUR" } else { "USD" });
    match starts_at {
        Some(at) => ticket.show(NewShow::new("Hamlet", at.to_string())),
        None => ticket,
    }
}

fn decimal(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn named(key: Option<u64>) -> Option<IdempotencyKey> {
    key.and_then(|key| format!("errand-{key}").parse().ok())
}

fn address(number: u64) -> Result<Email, Error> {
    let text = format!("person{number}@example.com");
    text.parse().map_err(|reason| Error::invalid("email", reason))
}
