//! Those who come with the simulation: sellers, buyers, rivals who want the same, and operators.

use std::time::Duration;

use super::{Act, Actor, Errand, Stage};
use crate::event;

/// They list tickets, edit and withdraw them, and give money back.
#[derive(Debug)]
pub(in crate::testing::simulation) struct Sellers;

/// They order, pay, cancel, and forget about it.
#[derive(Debug)]
pub(in crate::testing::simulation) struct Buyers;

/// They want what others want, touch what is not theirs, and ask again for what was asked before.
#[derive(Debug)]
pub(in crate::testing::simulation) struct Rivals;

/// They look after people, and give money back.
#[derive(Debug)]
pub(in crate::testing::simulation) struct Operators;

/// How many people a town has before newcomers get rare.
const POPULATION: usize = 16;

impl Actor for Sellers {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let seller = stage.town.person(stage.dice)?;
        let errand = match stage.dice.below(100) {
            0..45 => {
                let starts_in = stage.dice.up_to(Duration::from_hours(6));
                let starts_at = stage.dice.per_mille(200).then(|| stage.office.now().plus(starts_in));
                // Now and then a whole house, which is more than one row of the journal.
                let house = stage.dice.per_mille(10);
                Errand::List {
                    seller,
                    count: if house { 200 + stage.dice.below(600) } else { 1 + stage.dice.below(6) },
                    cents: 1 + stage.dice.below(20_000),
                    euros: stage.dice.per_mille(150),
                    starts_at,
                    key: key(stage),
                }
            }
            45..65 => {
                let ticket = stage.town.ticket(stage.dice)?;
                let seen = stage.office.tickets().get(ticket).ok()?;
                let version = stage.dice.per_mille(300).then_some(seen.version);
                Errand::Edit { seller: seen.seller_id, ticket, cents: 1 + stage.dice.below(20_000), version }
            }
            65..80 => {
                let ticket = stage.town.ticket(stage.dice)?;
                let seller = stage.office.tickets().get(ticket).ok()?.seller_id;
                Errand::Withdraw { seller, ticket }
            }
            _ => {
                let (buyer, order) = stage.town.order(stage.dice)?;
                let seller = stage.office.orders().get(buyer, order).ok()?.tickets.first()?.seller_id;
                let resell = stage.dice.per_mille(500);
                let part = part(stage);
                Errand::Refund { actor: event::Actor::User(seller), order, resell, part, key: key(stage) }
            }
        };
        stage.town.note_errand(errand.clone());
        Some(stage.run(errand))
    }
}

impl Actor for Buyers {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let errand = match stage.dice.below(100) {
            0..50 => {
                let buyer = stage.town.person(stage.dice)?;
                let mut tickets = Vec::new();
                for _ in 0..=stage.dice.below(3) {
                    let ticket = stage.town.ticket(stage.dice)?;
                    if !tickets.contains(&ticket) {
                        tickets.push(ticket);
                    }
                }
                Errand::Order { buyer, tickets, key: key(stage) }
            }
            50..90 => {
                let (buyer, order) = stage.town.order(stage.dice)?;
                Errand::Pay { buyer, order, key: key(stage) }
            }
            _ => {
                let (buyer, order) = stage.town.order(stage.dice)?;
                Errand::Cancel { buyer, order }
            }
        };
        stage.town.note_errand(errand.clone());
        Some(stage.run(errand))
    }
}

impl Actor for Rivals {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        let again = stage.town.errand(stage.dice)?;
        let errand = if stage.dice.per_mille(600) {
            again
        } else {
            let rival = stage.town.person(stage.dice)?;
            match again {
                Errand::Order { tickets, .. } => Errand::Order { buyer: rival, tickets, key: None },
                Errand::Cancel { order, .. } => Errand::Cancel { buyer: rival, order },
                Errand::Pay { order, .. } => Errand::Pay { buyer: rival, order, key: None },
                Errand::Edit { ticket, cents, .. } => Errand::Edit { seller: rival, ticket, cents, version: None },
                Errand::Withdraw { ticket, .. } => Errand::Withdraw { seller: rival, ticket },
                Errand::Refund { order, resell, part, .. } => {
                    Errand::Refund { actor: event::Actor::User(rival), order, resell, part, key: None }
                }
                other => other,
            }
        };
        Some(stage.run(errand))
    }
}

impl Actor for Operators {
    fn act(&mut self, stage: &mut Stage<'_>) -> Option<Act> {
        if stage.town.population() < POPULATION || stage.dice.per_mille(50) {
            // Now and then with an email that somebody has already.
            let email = if stage.dice.per_mille(150) { stage.dice.below(8) } else { stage.town.fresh() };
            let errand = Errand::SignUp { email };
            stage.town.note_errand(errand.clone());
            return Some(stage.run(errand));
        }
        let user = stage.town.person(stage.dice)?;
        let errand = match stage.dice.below(100) {
            0..25 => Errand::Promote { user, operator: stage.dice.per_mille(600) },
            25..34 => Errand::Move { user, email: stage.dice.below(30) },
            34..40 => Errand::NewPassword { user, number: stage.dice.below(1_000), ended: stage.dice.per_mille(200) },
            40..60 => {
                let expires_at = stage.office.now().plus(stage.dice.up_to(Duration::from_hours(30)));
                Errand::SignOut { user, session: stage.dice.below(50), expires_at }
            }
            60..67 => Errand::Erase { user },
            67..75 => {
                let charges = stage.office.payments().escalated(event::Actor::System).ok()?;
                let order = stage.dice.pick(&charges)?.order_id;
                if stage.dice.per_mille(500) {
                    let (resell, part) = (false, None);
                    Errand::Refund { actor: event::Actor::System, order, resell, part, key: key(stage) }
                } else {
                    Errand::Resolve { actor: event::Actor::User(user), order, kept: stage.dice.per_mille(300) }
                }
            }
            75..85 => {
                let seller = stage.town.person(stage.dice)?;
                let system = stage.dice.per_mille(700);
                let actor = if system { event::Actor::System } else { event::Actor::User(user) };
                let (cents, euros) = (1 + stage.dice.below(3_000), stage.dice.per_mille(300));
                let errand = Errand::PayOut { actor, seller, cents, euros, key: key(stage) };
                stage.town.note_errand(errand.clone());
                errand
            }
            _ => {
                let (_, order) = stage.town.order(stage.dice)?;
                let system = stage.dice.per_mille(300);
                let actor = if system { event::Actor::System } else { event::Actor::User(user) };
                let (resell, part) = (stage.dice.per_mille(500), part(stage));
                Errand::Refund { actor, order, resell, part, key: key(stage) }
            }
        };
        Some(stage.run(errand))
    }
}

/// How many cents are to go back, if it is not all.
fn part(stage: &mut Stage<'_>) -> Option<u64> {
    stage.dice.per_mille(400).then(|| 1 + stage.dice.below(10_000))
}

/// A name for the errand, often.
fn key(stage: &mut Stage<'_>) -> Option<u64> {
    stage.dice.per_mille(500).then(|| stage.town.fresh())
}
