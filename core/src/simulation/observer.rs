//! Observer of every command and its answer: the knowledge of a caller, and nothing more.

use std::fmt;
use std::sync::Arc;

use crate::command::Command;
use crate::domain::{Reply, Ticket};
use crate::engine::{Request, Tap};
use crate::error::Error;
use crate::event::{Actor, EmailKey, StreamKey};
use crate::types::CommandId;

/// Observer of every command and its answer.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Called when a command is given.
    fn asked(&self, command: Asked);

    /// Called when the command's caller has received an answer.
    fn answered(&self, id: CommandId, answer: Answer);
}

/// Parts of a command that its caller knows.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Id. It is derived from the caller's key if the command can be repeated.
    pub id: CommandId,
    /// Name of the command.
    pub name: &'static str,
    /// Actor who gives it.
    pub actor: Actor,
    /// Fingerprint of the content, if the command can be repeated.
    pub fingerprint: Option<[u8; 16]>,
    /// Email that the command is about, if any.
    pub email: Option<EmailKey>,
}

/// Answer: one receipt for each entity, or the code of a refusal.
pub type Answer = Result<Vec<Receipt>, &'static str>;

/// State of an entity in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Entity of the receipt.
    pub entity: StreamKey,
    /// Version of the entity.
    pub version: u64,
    /// Status of the entity at that version; `there` for a user.
    pub status: &'static str,
}

/// Forwards the engine's notifications to the observer.
#[derive(Debug)]
pub(super) struct Ear(pub(super) Arc<dyn Observer>);

impl Tap for Ear {
    fn asked(&self, request: &Request) {
        let email = match &request.command {
            Command::CreateUser(command) => Some(command.email_key),
            Command::UpdateUser(command) => command.email.as_ref().map(|email| email.key),
            _ => None,
        };
        let Request { id, actor, fingerprint, .. } = *request;
        self.0.asked(Asked { id, name: request.command.name(), actor, fingerprint, email });
    }

    fn answered(&self, id: CommandId, answer: &Result<Reply, Error>) {
        self.0.answered(id, answer.as_ref().map(receipts).map_err(|error| error.code().as_str()));
    }
}

fn receipts(reply: &Reply) -> Vec<Receipt> {
    let ticket = |ticket: &Arc<Ticket>| Receipt {
        entity: StreamKey::Ticket(ticket.id),
        version: ticket.version,
        status: ticket.status.as_str(),
    };
    match reply {
        Reply::User(user) => vec![Receipt { entity: StreamKey::User(user.id), version: user.version, status: "there" }],
        Reply::Tickets(tickets) => tickets.iter().map(ticket).collect(),
        Reply::Ticket(one) => vec![ticket(one)],
        Reply::Order(order) => {
            let (version, status) = (order.version, order.status.as_str());
            vec![Receipt { entity: StreamKey::Order(order.id), version, status }]
        }
        Reply::Host(host) => {
            let status = if host.left { "left" } else { "there" };
            vec![Receipt { entity: StreamKey::Host(host.id), version: host.version, status }]
        }
        Reply::Webhook(webhook) => {
            let status = if webhook.removed { "removed" } else { "there" };
            vec![Receipt { entity: StreamKey::Webhook(webhook.id), version: webhook.version, status }]
        }
        // A payout has no version; its effect is in the balances.
        Reply::Payout(_) => Vec::new(),
    }
}
