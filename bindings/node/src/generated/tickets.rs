// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `tickets`.

use crate::generated::prelude::*;

/// Native part of the package's `Tickets`.
#[napi]
#[derive(Debug)]
pub struct Tickets(pub(crate) Arc<Shared>);

impl Tickets {
    /// The façade's, its next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Tickets, Error> {
        let tickets = self.0.office().tickets();
        Ok(match key(name)? {
            Some(key) => tickets.idempotency_key(key),
            None => tickets,
        })
    }
}

#[napi]
impl Tickets {
    #[napi]
    pub async fn create(
        &self,
        seller_id: Option<String>,
        ticket: NewTicket,
        options: Option<CommandOptions>,
    ) -> napi::Result<Ticket> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket = ticket.given()?;
            self.named(idempotency_key)?.create(seller_id, ticket).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn create_many(
        &self,
        seller_id: Option<String>,
        tickets: Vec<NewTicket>,
        options: Option<CommandOptions>,
    ) -> napi::Result<Vec<Ticket>> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let tickets = tickets.into_iter().map(NewTicket::given).collect::<Result<Vec<_>, _>>()?;
            self.named(idempotency_key)?.create_many(seller_id, tickets).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn check_many(&self, seller_id: Option<String>, tickets: Vec<NewTicket>) -> napi::Result<()> {
        let call = async {
            let seller_id = user("sellerId", seller_id)?;
            let tickets = tickets.into_iter().map(NewTicket::given).collect::<Result<Vec<_>, _>>()?;
            self.0.office().tickets().check_many(seller_id, tickets).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn update(
        &self,
        seller_id: Option<String>,
        ticket_id: String,
        update: TicketUpdate,
        options: Option<CommandOptions>,
    ) -> napi::Result<Ticket> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket_id = id("ticketId", &ticket_id)?;
            let update = update.given()?;
            self.named(idempotency_key)?.update(seller_id, ticket_id, update).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn reschedule(
        &self,
        seller_id: Option<String>,
        show: NewShow,
        starts_at: When,
        options: Option<CommandOptions>,
    ) -> napi::Result<Vec<Ticket>> {
        let call = async {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let show = show.given()?;
            let starts_at = written(starts_at);
            self.named(idempotency_key)?.reschedule(seller_id, show, &starts_at).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub async fn withdraw(
        &self,
        seller_id: Option<String>,
        ticket_id: String,
        options: Option<WithdrawOptions>,
    ) -> napi::Result<()> {
        let call = async {
            let WithdrawOptions { expected_version, idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket_id = id("ticketId", &ticket_id)?;
            let expected_version = expected_version.map(|it| natural("expectedVersion", it)).transpose()?;
            self.named(idempotency_key)?.withdraw(seller_id, ticket_id, expected_version).await
        };
        call.await.map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub fn get<'env>(&self, env: &'env Env, ticket_id: String) -> napi::Result<PromiseRaw<'env, Ticket>> {
        let quick = || {
            let ticket_id = id("ticketId", &ticket_id)?;
            self.0.office().tickets().get_in_memory(ticket_id)
        };
        if let Some(outcome) = quick().transpose() {
            return known(env, outcome.map(|it| it.shown()));
        }
        // The rest is on the disk, for which the event loop must not wait.
        let shared = Arc::clone(&self.0);
        env.spawn_future(async move {
            let call = || {
                let ticket_id = id("ticketId", &ticket_id)?;
                shared.office().tickets().get(ticket_id)
            };
            reading(call).map(|it| it.shown()).map_err(rejection)
        })
    }

    #[napi]
    pub async fn list(&self, query: Option<TicketQuery>) -> napi::Result<TicketPage> {
        let call = || {
            let query = query.unwrap_or_default().given()?;
            self.0.office().tickets().list(&query)
        };
        reading(call).map(|it| it.shown()).map_err(rejection)
    }

    #[napi]
    pub fn iter(&self, query: Option<TicketQuery>) -> napi::Result<TicketParts> {
        let call = || {
            let query = query.unwrap_or_default().given()?;
            let most = query.limit.get();
            Ok(Parts::new(self.0.office().blocking().tickets().iter(query), most))
        };
        call().map(TicketParts).map_err(rejection)
    }
}
