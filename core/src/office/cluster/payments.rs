//! The card processor, between this host and the others: questions of a host without its keys, and answers of one that has them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};

use tokio::runtime::Handle;

use super::Member;
use crate::gateway::GatewayError;
use crate::gateway::remote::wire::{self, Answer};
use crate::gateway::remote::{Carried, Carrying, Courier, RemoteGateway, not_asked};
use crate::gateway::worker::{Permit, Worker};
use crate::journal::jetstream::nats::{Asking, Cashier, Driver, InForce, Inquiry, NoAnswer};
use crate::types::{ChargeId, ClientSecret};

impl Member {
    /// Returns the gateway of a host without the card processor's keys.
    pub(in crate::office) fn remote(&self) -> Option<RemoteGateway> {
        (!self.has_keys()).then(|| RemoteGateway::new(Arc::new(Way(Arc::clone(self.driver())))))
    }

    /// Lets other hosts ask the card processor by this worker, if it has the keys, and tells them whom its tasks wait for.
    pub(in crate::office) fn pay_by(&self, worker: &Arc<Worker>, runtime: &Handle) {
        let processor = worker.gateway_name().filter(|_| self.has_keys());
        let processor = processor.map(|name| name.to_string());
        let till = Till { worker: Arc::downgrade(worker), processor, runtime: runtime.clone() };
        self.driver().pay_by(Arc::new(till));
    }
}

/// The way of this host's questions to the others.
#[derive(Debug)]
struct Way(Arc<Driver>);

impl Courier for Way {
    fn processor(&self) -> Option<Arc<str>> {
        self.0.processor()
    }

    fn unreachable(&self, processor: &str) -> Option<String> {
        self.0.unreachable(processor)
    }

    fn ask(&self, carried: Carried) -> Carrying<'_> {
        let Carried { processor, epoch, question, within } = carried;
        let inquiry = Inquiry { processor, epoch, question, within };
        Box::pin(async move {
            self.0.inquire(inquiry).await.map_err(|error| match error {
                NoAnswer::NotAsked(why) => not_asked(&why),
                NoAnswer::Unknown(why) => GatewayError(why),
            })
        })
    }
}

/// This host's worker, as the others need it. It keeps nothing alive.
struct Till {
    worker: Weak<Worker>,
    /// Card processor whose keys this host has.
    processor: Option<String>,
    /// Runtime of the gateway's calls.
    runtime: Handle,
}

impl Cashier for Till {
    fn processor(&self) -> Option<String> {
        self.processor.clone()
    }

    fn versions(&self) -> &'static [u8] {
        wire::VERSIONS
    }

    fn ask(&self, question: Vec<u8>, writes: bool, is_in_force: InForce) -> Asking {
        let worker = self.worker.upgrade().filter(|_| self.processor.is_some());
        let asking = worker.map(|worker| {
            self.runtime.spawn(async move {
                let permit = Permit { writes, is_in_force: &*is_in_force };
                worker.ask_for_another(&question, &permit).await
            })
        });
        Box::pin(async move {
            match asking?.await {
                Ok(answer) => answer,
                // The box office is closed meanwhile. The card processor may have been asked.
                Err(error) => wire::encode_answer(&Answer::Failed(error.to_string())).ok(),
            }
        })
    }

    fn actions(&self) -> Vec<(ChargeId, ClientSecret)> {
        self.worker.upgrade().map(|worker| worker.own_actions()).unwrap_or_default()
    }

    fn heard(&self, actions: Vec<(ChargeId, ClientSecret)>) {
        if let Some(worker) = self.worker.upgrade() {
            worker.hear_actions(actions);
        }
    }

    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let worker = self.worker.upgrade();
        Box::pin(async move {
            match worker {
                Some(worker) => worker.actions_changed().await,
                None => std::future::pending().await,
            }
        })
    }
}
