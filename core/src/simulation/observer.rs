//! Hears of every command and its answer: what a caller knows, and nothing more.

use std::fmt;
use std::sync::Arc;

use crate::command::Command;
use crate::domain::{Reply, Ticket};
use crate::engine::{Request, Tap};
use crate::error::Error;
use crate::event::{Actor, EmailKey, StreamKey};
use crate::types::CommandId;

/// Hears of every command and its answer.
pub trait Observer: fmt::Debug + Send + Sync {
    /// Hears of a command that is given.
    fn asked(&self, command: Asked);

    /// Hears of an answer that the command's caller has got.
    fn answered(&self, id: CommandId, answer: Answer);
}

/// A command, as far as it is its caller's business.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The id; the caller's own if the command is to be recognised when it comes again.
    pub id: CommandId,
    /// The name.
    pub name: &'static str,
    /// Who gives it.
    pub actor: Actor,
    /// What the command is about, if it is to be recognised when it comes again.
    pub fingerprint: Option<[u8; 16]>,
    /// The email that it is about, if any.
    pub email: Option<EmailKey>,
}

/// An answer: what it says of each entity, or the code of a refusal.
pub type Answer = Result<Vec<Receipt>, &'static str>;

/// What an answer says of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The entity.
    pub entity: StreamKey,
    /// Its version.
    pub version: u64,
    /// Its status at that version; `there` for a user.
    pub status: &'static str,
}

/// Passes on what the engine tells.
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
        // It has no version; what it did is in the balances.
        Reply::Payout(_) => Vec::new(),
    }
}
