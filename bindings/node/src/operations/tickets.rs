//! What is for sale.

use std::sync::Arc;

use boxoffice::Error;
use napi::Env;
use napi::bindgen_prelude::PromiseRaw;
use napi_derive::napi;

use crate::convert::{id, key, natural};
use crate::errors::rejection;
use crate::office::Shared;
use crate::operations::{known, reading};
use crate::values::{CommandOptions, NewTicket, Ticket, TicketPage, TicketQuery, TicketUpdate, WithdrawOptions};

/// What is for sale.
///
/// Commands take an `idempotencyKey`: the same user giving the same command under the same key within 24 hours gets the first answer
/// again, and nothing is done twice; another command under the key rejects with `IdempotencyMismatchError`.
#[napi]
#[derive(Debug)]
pub struct Tickets(pub(crate) Arc<Shared>);

impl Tickets {
    /// The tickets of the front door, their next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Tickets, Error> {
        let tickets = self.0.office().tickets();
        Ok(match key(name)? {
            Some(key) => tickets.idempotency_key(key),
            None => tickets,
        })
    }
}

fn name(options: Option<CommandOptions>) -> Option<String> {
    options.and_then(|options| options.idempotency_key)
}

#[napi]
impl Tickets {
    /// Lists a ticket.
    ///
    /// Rejects with `ValidationError`; `UnauthenticatedError` if there is no such user.
    #[napi]
    pub async fn create(
        &self,
        seller_id: String,
        ticket: NewTicket,
        options: Option<CommandOptions>,
    ) -> napi::Result<Ticket> {
        let create = async { self.named(name(options))?.create(id("sellerId", &seller_id)?, ticket.into()).await };
        create.await.map(|ticket| ticket.as_ref().into()).map_err(rejection)
    }

    /// Lists up to 10,000 tickets, all or none.
    ///
    /// Rejects with `ValidationError`, with fields such as `tickets[2].price`; `UnauthenticatedError` if there is no such user.
    #[napi]
    pub async fn create_many(
        &self,
        seller_id: String,
        tickets: Vec<NewTicket>,
        options: Option<CommandOptions>,
    ) -> napi::Result<Vec<Ticket>> {
        let create = async {
            let tickets = tickets.into_iter().map(boxoffice::NewTicket::from).collect();
            self.named(name(options))?.create_many(id("sellerId", &seller_id)?, tickets).await
        };
        let made = create.await.map_err(rejection)?;
        Ok(made.iter().map(|ticket| ticket.as_ref().into()).collect())
    }

    /// Changes a ticket's title, price and, if given, show. Only its seller can, and only while it is available.
    ///
    /// Rejects with `ValidationError`, `NotFoundError`, `ForbiddenError`; `ConflictError` if it is locked, sold or withdrawn;
    /// `PreconditionFailedError` if it has another version.
    #[napi]
    pub async fn update(
        &self,
        seller_id: String,
        ticket_id: String,
        update: TicketUpdate,
        options: Option<CommandOptions>,
    ) -> napi::Result<Ticket> {
        let update = async {
            let (seller, ticket) = (id("sellerId", &seller_id)?, id("ticketId", &ticket_id)?);
            self.named(name(options))?.update(seller, ticket, update.checked()?).await
        };
        update.await.map(|ticket| ticket.as_ref().into()).map_err(rejection)
    }

    /// Takes a ticket off sale. Only its seller can, and only while it is available.
    ///
    /// Rejects as `update`.
    #[napi]
    pub async fn withdraw(
        &self,
        seller_id: String,
        ticket_id: String,
        options: Option<WithdrawOptions>,
    ) -> napi::Result<()> {
        let WithdrawOptions { expected_version, idempotency_key } = options.unwrap_or_default();
        let withdraw = async {
            let (seller, ticket) = (id("sellerId", &seller_id)?, id("ticketId", &ticket_id)?);
            let version = expected_version.map(|version| natural("expectedVersion", version)).transpose()?;
            self.named(idempotency_key)?.withdraw(seller, ticket, version).await
        };
        withdraw.await.map_err(rejection)
    }

    /// The ticket, as of the last durable batch.
    ///
    /// Rejects with `NotFoundError`.
    #[napi]
    pub fn get<'env>(&self, env: &'env Env, ticket_id: String) -> napi::Result<PromiseRaw<'env, Ticket>> {
        let ticket = id("ticketId", &ticket_id);
        let in_memory = ticket.and_then(|id| self.0.office().tickets().get_in_memory(id));
        if let Some(outcome) = in_memory.transpose() {
            return known(env, outcome.map(|ticket| ticket.as_ref().into()));
        }
        // What was sold long ago is on the disk, for which the event loop must not wait.
        let shared = Arc::clone(&self.0);
        env.spawn_future(async move {
            let get = || shared.office().tickets().get(id("ticketId", &ticket_id)?);
            reading(get).map(|ticket| ticket.as_ref().into()).map_err(rejection)
        })
    }

    /// A page of tickets: those on sale unless a status is asked for.
    ///
    /// Rejects with `ValidationError`, with a fault for each field that is wrong.
    #[napi]
    pub async fn list(&self, query: Option<TicketQuery>) -> napi::Result<TicketPage> {
        let query = query.unwrap_or_default();
        reading(|| self.0.office().tickets().list(&query.checked()?)).map(TicketPage::from).map_err(rejection)
    }
}
