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
    pub fn create(
        &self,
        env: Env,
        slot: u32,
        seller_id: Option<String>,
        ticket: NewTicket,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket = ticket.given()?;
            this.named(idempotency_key)?.create(seller_id, ticket).await
        })
    }

    #[napi]
    pub fn create_many(
        &self,
        env: Env,
        slot: u32,
        seller_id: Option<String>,
        tickets: Vec<NewTicket>,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let tickets = tickets.into_iter().map(NewTicket::given).collect::<Result<Vec<_>, _>>()?;
            this.named(idempotency_key)?.create_many(seller_id, tickets).await
        });
    }

    #[napi]
    pub fn check_many(&self, env: Env, slot: u32, seller_id: Option<String>, tickets: Vec<NewTicket>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let seller_id = user("sellerId", seller_id)?;
            let tickets = tickets.into_iter().map(NewTicket::given).collect::<Result<Vec<_>, _>>()?;
            this.0.office().tickets().check_many(seller_id, tickets).await
        });
    }

    #[napi]
    pub fn update(
        &self,
        env: Env,
        slot: u32,
        seller_id: Option<String>,
        ticket_id: String,
        update: TicketUpdate,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket_id = id("ticketId", &ticket_id)?;
            let update = update.given()?;
            this.named(idempotency_key)?.update(seller_id, ticket_id, update).await
        });
    }

    #[napi]
    pub fn reschedule(
        &self,
        env: Env,
        slot: u32,
        seller_id: Option<String>,
        show: NewShow,
        starts_at: When,
        options: Option<CommandOptions>,
    ) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let show = show.given()?;
            let starts_at = written(starts_at);
            this.named(idempotency_key)?.reschedule(seller_id, show, &starts_at).await
        });
    }

    #[napi]
    pub fn withdraw(
        &self,
        env: Env,
        slot: u32,
        seller_id: Option<String>,
        ticket_id: String,
        options: Option<WithdrawOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let WithdrawOptions { expected_version, idempotency_key } = options.unwrap_or_default();
            let seller_id = user("sellerId", seller_id)?;
            let ticket_id = id("ticketId", &ticket_id)?;
            let expected_version = expected_version.map(|it| natural("expectedVersion", it)).transpose()?;
            this.named(idempotency_key)?.withdraw(seller_id, ticket_id, expected_version).await
        })
    }

    #[napi]
    pub fn get(&self, env: Env, slot: u32, ticket_id: String) -> napi::Result<Option<Ticket>> {
        let quick = || {
            let ticket_id = id("ticketId", &ticket_id)?;
            self.0.office().tickets().get_in_memory(ticket_id)
        };
        if let Some(outcome) = quick().transpose() {
            return outcome.map(|it| Some(it.shown())).map_err(rejection);
        }
        // The rest is on the disk, for which the event loop must not wait.
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let ticket_id = id("ticketId", &ticket_id)?;
                this.0.office().tickets().get(ticket_id)
            })
        });
        Ok(None)
    }

    #[napi]
    pub fn list(&self, env: Env, slot: u32, query: Option<TicketQuery>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let query = query.unwrap_or_default().given()?;
                this.0.office().tickets().list(&query)
            })
        });
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
