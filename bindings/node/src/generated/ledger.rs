// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `ledger`.

use crate::generated::prelude::*;

/// Native part of the package's `Ledger`.
#[napi]
#[derive(Debug)]
pub struct Ledger(pub(crate) Arc<Shared>);

impl Ledger {
    /// The façade's, its next command named if there is a name.
    fn named(&self, name: Option<String>) -> Result<boxoffice::Ledger, Error> {
        let ledger = self.0.office().ledger();
        Ok(match key(name)? {
            Some(key) => ledger.idempotency_key(key),
            None => ledger,
        })
    }
}

#[napi]
impl Ledger {
    #[napi]
    pub fn balance(&self, env: Env, slot: u32, actor_id: Acting, seller_id: String) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            let seller_id = id("sellerId", &seller_id)?;
            this.0.office().ledger().balance(actor_id, seller_id)
        });
    }

    #[napi]
    pub fn entries(&self, env: Env, slot: u32, actor_id: Acting, seller_id: String, query: Option<LedgerQuery>) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            reading(|| {
                let actor_id = actor_id.actor("actorId")?;
                let seller_id = id("sellerId", &seller_id)?;
                let query = query.unwrap_or_default().given()?;
                this.0.office().ledger().entries(actor_id, seller_id, &query)
            })
        });
    }

    #[napi]
    pub fn iter(
        &self,
        actor_id: Acting,
        seller_id: String,
        query: Option<LedgerQuery>,
    ) -> napi::Result<BalanceEntryParts> {
        let call = || {
            let actor_id = actor_id.actor("actorId")?;
            let seller_id = id("sellerId", &seller_id)?;
            let query = query.unwrap_or_default().given()?;
            let most = query.limit.get();
            Ok(Parts::new(self.0.office().blocking().ledger().iter(actor_id, seller_id, query), most))
        };
        call().map(BalanceEntryParts).map_err(rejection)
    }

    #[napi]
    pub fn statement_csv(&self, actor_id: Acting, seller_id: String) -> napi::Result<TextParts> {
        let call = || {
            let actor_id = actor_id.actor("actorId")?;
            let seller_id = id("sellerId", &seller_id)?;
            Ok(Parts::new(self.0.office().blocking().ledger().statement_csv(actor_id, seller_id)?, 1))
        };
        call().map(TextParts).map_err(rejection)
    }

    #[napi]
    pub fn platform(&self, env: Env, slot: u32, actor_id: Acting) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move {
            let actor_id = actor_id.actor("actorId")?;
            this.0.office().ledger().platform(actor_id)
        });
    }

    #[napi]
    pub fn record_payout(
        &self,
        env: Env,
        slot: u32,
        actor_id: Acting,
        seller_id: String,
        payout: NewPayout,
        options: Option<CommandOptions>,
    ) -> napi::Result<()> {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.poll(env, slot, async move {
            let CommandOptions { idempotency_key } = options.unwrap_or_default();
            let actor_id = actor_id.actor("actorId")?;
            let seller_id = id("sellerId", &seller_id)?;
            let payout = payout.given()?;
            this.named(idempotency_key)?.record_payout(actor_id, seller_id, payout).await
        })
    }
}
