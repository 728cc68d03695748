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
    pub async fn metrics(&self) -> napi::Result<Metrics> {
        Ok(self.0.office().metrics().shown())
    }

    #[napi]
    pub fn is_ready(&self) -> bool {
        self.0.office().is_ready().shown()
    }

    #[napi]
    pub async fn check_ready(&self) -> napi::Result<()> {
        let office = self.0.office().clone();
        aside(move || office.check_ready()).await.map(|it| it.shown())
    }

    #[napi]
    pub async fn now(&self) -> napi::Result<Date> {
        Ok(self.0.office().now().shown())
    }

    #[napi]
    pub async fn compact(&self) -> napi::Result<bool> {
        let office = self.0.office().clone();
        aside(move || office.compact()).await.map(|it| it.shown())
    }

    #[napi]
    pub async fn close(&self) -> napi::Result<()> {
        let call = async { self.0.office().close().await };
        call.await.map(|it| it.shown()).map_err(rejection)
    }
}
