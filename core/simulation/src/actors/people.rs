//! Built-in actors: sellers, buyers, rivals who want the same tickets, and operators.

use std::time::Duration;

use boxoffice::Actor as By;

use super::{Act, Actor, Operation, Stage};

/// Sellers, who list, edit and withdraw tickets, and give money back.
#[derive(Debug)]
pub(crate) struct Sellers;

/// Buyers, who order, pay, cancel, and abandon orders.
#[derive(Debug)]
pub(crate) struct Buyers;

/// Rivals, who want the tickets of others, try forbidden actions, and repeat earlier operations.
#[derive(Debug)]
pub(crate) struct Rivals;

/// Operators, who manage users, and give money back.
#[derive(Debug)]
pub(crate) struct Operators;

/// Number of people from which on new ones become rare.
const POPULATION: usize = 16;

impl Actor for Sellers {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let seller = stage.world.person(stage.rng)?;
        let operation = match stage.rng.below(100) {
            0..45 => {
                let starts_in = stage.rng.up_to(Duration::from_hours(6));
                let starts_at = stage.rng.per_mille(200).then(|| stage.office.now().plus(starts_in));
                // Sometimes lists a whole house, which is more than one row of the journal.
                let house = stage.rng.per_mille(10);
                Operation::List {
                    seller,
                    count: if house { 200 + stage.rng.below(600) } else { 1 + stage.rng.below(6) },
                    cents: 1 + stage.rng.below(20_000),
                    euros: stage.rng.per_mille(150),
                    starts_at,
                    key: key(stage),
                }
            }
            45..50 => {
                let ticket = stage.world.ticket(stage.rng)?;
                let seen = stage.office.tickets().get(ticket).ok()?;
                let from = seen.show.as_ref()?.starts_at;
                let to = stage.office.now().plus(stage.rng.up_to(Duration::from_hours(6)));
                Operation::Reschedule { seller: seen.seller_id, from, to }
            }
            50..65 => {
                let ticket = stage.world.ticket(stage.rng)?;
                let seen = stage.office.tickets().get(ticket).ok()?;
                let version = stage.rng.per_mille(300).then_some(seen.version);
                Operation::Edit { seller: seen.seller_id, ticket, cents: 1 + stage.rng.below(20_000), version }
            }
            65..80 => {
                let ticket = stage.world.ticket(stage.rng)?;
                let seller = stage.office.tickets().get(ticket).ok()?.seller_id;
                Operation::Withdraw { seller, ticket }
            }
            _ => {
                let (buyer, order) = stage.world.order(stage.rng)?;
                let seller = stage.office.orders().get(buyer, order).ok()?.tickets.first()?.seller_id;
                let resell = stage.rng.per_mille(500);
                let part = part(stage);
                Operation::Refund { actor: By::User(seller), order, resell, part, key: key(stage) }
            }
        };
        stage.world.note_operation(operation.clone());
        Some(stage.run(operation))
    }
}

impl Actor for Buyers {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let operation = match stage.rng.below(100) {
            0..50 => {
                let buyer = stage.world.person(stage.rng)?;
                let mut tickets = Vec::new();
                for _ in 0..=stage.rng.below(3) {
                    let ticket = stage.world.ticket(stage.rng)?;
                    if !tickets.contains(&ticket) {
                        tickets.push(ticket);
                    }
                }
                Operation::Order { buyer, tickets, key: key(stage) }
            }
            50..90 => {
                let (buyer, order) = stage.world.order(stage.rng)?;
                Operation::Pay { buyer, order, card: stage.card(), key: key(stage) }
            }
            _ => {
                let (buyer, order) = stage.world.order(stage.rng)?;
                Operation::Cancel { buyer, order }
            }
        };
        stage.world.note_operation(operation.clone());
        Some(stage.run(operation))
    }
}

impl Actor for Rivals {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let again = stage.world.operation(stage.rng)?;
        let operation = if stage.rng.per_mille(600) {
            again
        } else {
            let rival = stage.world.person(stage.rng)?;
            match again {
                Operation::Order { tickets, .. } => Operation::Order { buyer: rival, tickets, key: None },
                Operation::Cancel { order, .. } => Operation::Cancel { buyer: rival, order },
                Operation::Pay { order, card, .. } => Operation::Pay { buyer: rival, order, card, key: None },
                Operation::Edit { ticket, cents, .. } => {
                    Operation::Edit { seller: rival, ticket, cents, version: None }
                }
                Operation::Withdraw { ticket, .. } => Operation::Withdraw { seller: rival, ticket },
                Operation::Refund { order, resell, part, .. } => {
                    Operation::Refund { actor: By::User(rival), order, resell, part, key: None }
                }
                other => other,
            }
        };
        Some(stage.run(operation))
    }
}

impl Actor for Operators {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        if stage.world.population() < POPULATION || stage.rng.per_mille(50) {
            // Sometimes uses an email that belongs to another user.
            let email = if stage.rng.per_mille(150) { stage.rng.below(8) } else { stage.world.fresh() };
            let operation = Operation::SignUp { email };
            stage.world.note_operation(operation.clone());
            return Some(stage.run(operation));
        }
        let user = stage.world.person(stage.rng)?;
        let operation = match stage.rng.below(100) {
            0..25 => Operation::Promote { user, operator: stage.rng.per_mille(600) },
            25..34 => Operation::Move { user, email: stage.rng.below(30) },
            34..40 => Operation::NewPassword { user, number: stage.rng.below(1_000), ended: stage.rng.per_mille(200) },
            40..60 => {
                let expires_at = stage.office.now().plus(stage.rng.up_to(Duration::from_hours(30)));
                Operation::SignOut { user, session: stage.rng.below(50), expires_at }
            }
            60..67 => Operation::Erase { user },
            67..75 => {
                let charges = stage.office.payments().escalated(By::System).ok()?;
                let order = stage.rng.pick(&charges)?.order_id;
                if stage.rng.per_mille(500) {
                    let (resell, part) = (false, None);
                    Operation::Refund { actor: By::System, order, resell, part, key: key(stage) }
                } else {
                    Operation::Resolve { actor: By::User(user), order, kept: stage.rng.per_mille(300) }
                }
            }
            75..85 => {
                let seller = stage.world.person(stage.rng)?;
                let system = stage.rng.per_mille(700);
                let actor = if system { By::System } else { By::User(user) };
                let (cents, euros) = (1 + stage.rng.below(3_000), stage.rng.per_mille(300));
                let operation = Operation::PayOut { actor, seller, cents, euros, key: key(stage) };
                stage.world.note_operation(operation.clone());
                operation
            }
            _ => {
                let (_, order) = stage.world.order(stage.rng)?;
                let system = stage.rng.per_mille(300);
                let actor = if system { By::System } else { By::User(user) };
                let (resell, part) = (stage.rng.per_mille(500), part(stage));
                Operation::Refund { actor, order, resell, part, key: key(stage) }
            }
        };
        Some(stage.run(operation))
    }
}

/// Returns the number of cents to give back, or `None` for all.
fn part(stage: &mut Stage<'_>) -> Option<u64> {
    stage.rng.per_mille(400).then(|| 1 + stage.rng.below(10_000))
}

/// Returns an idempotency key for the operation, in half of the cases.
fn key(stage: &mut Stage<'_>) -> Option<u64> {
    stage.rng.per_mille(500).then(|| stage.world.fresh())
}
