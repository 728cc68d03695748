// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The operations of `office`.

use crate::generated::prelude::*;

#[napi]
impl Office {
    #[napi(getter)]
    pub fn auth(&self) -> Auth {
        Auth(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn tickets(&self) -> Tickets {
        Tickets(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn orders(&self) -> Orders {
        Orders(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn payments(&self) -> Payments {
        Payments(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn ledger(&self) -> Ledger {
        Ledger(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn journal(&self) -> Journal {
        Journal(Arc::clone(&self.0))
    }

    #[napi(getter)]
    pub fn cluster(&self) -> Option<Cluster> {
        self.0.office().cluster().map(|_| Cluster(Arc::clone(&self.0)))
    }

    #[napi]
    pub fn metrics(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { Ok::<_, Error>(this.0.office().metrics()) });
    }

    #[napi]
    pub fn is_ready(&self) -> bool {
        self.0.office().is_ready().shown()
    }

    #[napi]
    pub fn check_ready(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { aside(move || this.0.office().check_ready()).await });
    }

    #[napi]
    pub fn now(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { Ok::<_, Error>(this.0.office().now()) });
    }

    #[napi]
    pub fn compact(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { aside(move || this.0.office().compact()).await });
    }

    #[napi]
    pub fn close(&self, env: Env, slot: u32) {
        let this = Self(Arc::clone(&self.0));
        self.0.completions.spawn(env, slot, async move { this.0.office().close().await });
    }
}
