//! Questions to the card processor on their way to a host that has its keys, and their answers.
//!
//! The host that writes asks within its epoch. The asked host refuses a question of an epoch that is over by what it has read,
//! and any question if it can't know that: if it is not ready, or the question was long under way. What is refused was not
//! asked, and the next host is. If no answer comes, it is unknown whether the question was asked: whoever asked finds out, under
//! the same id.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Request, RequestErrorKind, Subscriber};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::super::position::Position;
use super::config::Finding;
use super::driver::{CHARGE_WITHIN, Driver};
use super::reader::next_of;
use super::seal::{Purpose, SEAL_BYTES_MAX};
use super::shared::{Shared, lock};
use crate::types::{ChargeId, ClientSecret, HostId, Timestamp};

/// Maximum age of a question, in milliseconds, by the clocks of both hosts: those of hosts that are ready differ by a second.
const AGE_MAX: u64 = 5_000;

/// Pause after no host has asked, and before it is looked again whether an asked host is still there.
const PAUSE: Duration = Duration::from_millis(250);

/// What a host does about payments.
pub(crate) trait Cashier: Send + Sync {
    /// Returns the name of the card processor whose keys this host has; `None` if it has none.
    fn processor(&self) -> Option<String>;

    /// Returns the versions of questions that it reads.
    fn versions(&self) -> &'static [u8];

    /// Asks the card processor for another host; returns the answer, or `None` if it was not asked. `writes` tells whether the
    /// other host asks as the one that writes; `is_in_force`, right before the call, whether it still may ask. It is called on
    /// a runtime.
    fn ask(&self, question: Vec<u8>, writes: bool, is_in_force: InForce) -> Asking;

    /// Returns the charges that this host's own tasks wait for their buyers with.
    fn actions(&self) -> Vec<(ChargeId, ClientSecret)>;

    /// Takes note of those of the host that writes.
    fn heard(&self, actions: Vec<(ChargeId, ClientSecret)>);

    /// Waits until they change.
    fn changed(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Tells whether a question may still be asked.
pub(crate) type InForce = Box<dyn Fn() -> bool + Send + Sync>;

/// Future that [`Cashier::ask`] returns.
pub(crate) type Asking = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>>;

/// A question to the card processor.
#[derive(Debug)]
pub(crate) struct Inquiry {
    /// Name of the card processor.
    pub(crate) processor: Arc<str>,
    /// Epoch in which this host writes; `None` for a question that moves no money.
    pub(crate) epoch: Option<u64>,
    /// The question. Its first byte is the version of its form.
    pub(crate) question: Vec<u8>,
    /// Time after which nobody waits for the answer.
    pub(crate) within: Duration,
}

/// A question as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Ask {
    /// Host that asks.
    from: HostId,
    processor: String,
    epoch: Option<u64>,
    /// When it was sent, by the asking host's clock.
    at: Timestamp,
    #[serde(with = "serde_bytes")]
    question: Vec<u8>,
}

/// The answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Told {
    /// The card processor was asked.
    Answer(#[serde(with = "serde_bytes")] Vec<u8>),
    /// It was not.
    Refused(String),
}

/// Reason why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// The card processor was not asked.
    NotAsked(String),
    /// It may have been asked.
    Unknown(String),
}

impl Driver {
    /// Sets what this host does about payments.
    pub(crate) fn pay_by(&self, cashier: Arc<dyn Cashier>) {
        self.shared.cashiers.set(cashier);
    }

    /// Returns the name of the card processor that other hosts have the keys of; `None` if none was heard so far.
    pub(crate) fn processor(&self) -> Option<Arc<str>> {
        self.shared.payers.processor()
    }

    /// Returns why no other host can ask a card processor now; `None` if one can.
    pub(crate) fn unreachable(&self, processor: &str) -> Option<String> {
        self.shared.payers.unreachable((self.shared.now)().moment, processor)
    }

    /// Asks a card processor by way of another host; returns the answer. It may be awaited on any executor.
    ///
    /// # Errors
    /// The reason why there is no answer.
    pub(crate) async fn inquire(&self, inquiry: Inquiry) -> Result<Vec<u8>, NoAnswer> {
        let (mut told, answer) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            let asked = tokio::select! {
                asked = ask(&shared, &inquiry) => asked,
                // Nobody is asked any more for one who no longer waits.
                () = told.closed() => return,
            };
            let _ = told.send(asked);
        });
        answer.await.unwrap_or_else(|_| Err(NoAnswer::Unknown("this host stops".into())))
    }

    /// Returns what is wrong if this host has no keys and nobody else can ask the card processor.
    pub(super) fn nobody_pays(&self) -> Option<Finding> {
        let without_keys = self.shared.cashiers.get().filter(|cashier| cashier.processor().is_none());
        without_keys?;
        let processor = self.shared.payers.processor().unwrap_or_default();
        self.unreachable(&processor).map(Finding::warning)
    }
}

/// Asks each of the hosts with the keys, until one has asked the card processor.
async fn ask(shared: &Shared, inquiry: &Inquiry) -> Result<Vec<u8>, NoAnswer> {
    let until = Instant::now() + inquiry.within;
    let version = inquiry.question.first().copied().unwrap_or_default();
    let (mut tried, mut why) = (BTreeSet::new(), None);
    let next = |tried: &BTreeSet<HostId>| {
        let now = (shared.now)();
        shared.payers.next(now.moment, &inquiry.processor, version, tried)
    };
    while let Some(host) = next(&tried) {
        let may_charge = |epoch| lock(&shared.member).may_charge((shared.now)(), epoch, CHARGE_WITHIN);
        if inquiry.epoch.is_some_and(|epoch| !may_charge(epoch)) {
            return Err(NoAnswer::NotAsked("this host may not ask now".into()));
        }
        tried.insert(host);
        match ask_host(shared, host, inquiry, until).await {
            Ok(answer) => return Ok(answer),
            Err(NoAnswer::NotAsked(refusal)) => {
                tracing::debug!(%host, refusal, "a host does not ask the card processor");
                why = Some(refusal);
            }
            Err(NoAnswer::Unknown(unknown)) => {
                shared.payers.doubt((shared.now)().moment, host);
                return Err(NoAnswer::Unknown(format!("host {host}: {unknown}")));
            }
        }
    }
    // All have refused, or none understands the question. What is in the way may pass, and asking at once gains nothing.
    sleep(PAUSE).await;
    let unreachable = || shared.payers.unreachable((shared.now)().moment, &inquiry.processor);
    let why = why.or_else(unreachable);
    Err(NoAnswer::NotAsked(why.unwrap_or_else(|| "no host with the keys understands the question".into())))
}

async fn ask_host(shared: &Shared, host: HostId, inquiry: &Inquiry, until: Instant) -> Result<Vec<u8>, NoAnswer> {
    let client = &shared.connection.client;
    if client.connection_state() != State::Connected {
        // The client would keep it until it is connected again.
        return Err(NoAnswer::NotAsked("the connection to the servers is down".into()));
    }
    let now = (shared.now)();
    let Inquiry { processor, epoch, question, .. } = inquiry;
    let (from, processor) = (shared.host, processor.to_string());
    let ask = Ask { from, processor, epoch: *epoch, at: now.wall, question: question.clone() };
    let not_asked = |error: &dyn std::fmt::Display| NoAnswer::NotAsked(error.to_string());
    let text = rmp_serde::to_vec_named(&ask).map_err(|error| not_asked(&error))?;
    let sealed = shared.sealer.seal(Purpose::Pay, now.wall, &text).map_err(|error| not_asked(&error))?;
    let within = until.saturating_duration_since(Instant::now());
    let request = Request::new().payload(Bytes::from(sealed)).timeout(Some(within));
    let asked = client.send_request(shared.subjects.to(Purpose::Pay, host), request);
    let answer = tokio::select! {
        answer = asked => answer,
        () = is_gone(shared, host) => return Err(NoAnswer::Unknown("it is gone".into())),
    };
    let answer = answer.map_err(|error| match error.kind() {
        RequestErrorKind::NoResponders | RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            not_asked(&error)
        }
        RequestErrorKind::TimedOut | RequestErrorKind::Other => NoAnswer::Unknown(error.to_string()),
    })?;
    let unreadable = || NoAnswer::Unknown("its answer can't be read".into());
    let text = shared.open(Purpose::Pay, &answer.payload).ok_or_else(unreadable)?;
    match rmp_serde::from_slice(&text) {
        Ok(Told::Answer(answer)) => Ok(answer),
        Ok(Told::Refused(why)) => Err(NoAnswer::NotAsked(why)),
        Err(_) => Err(unreadable()),
    }
}

/// Waits until a host is no longer heard.
async fn is_gone(shared: &Shared, host: HostId) {
    while shared.payers.is_heard((shared.now)().moment, host) {
        sleep(PAUSE).await;
    }
}

/// Asks the card processor for other hosts, until the process ends.
pub(super) async fn serve(shared: Arc<Shared>, mut subscription: Subscriber) {
    while let Some(message) = next_of(&mut subscription).await {
        let Some(reply_to) = message.reply else { continue };
        let Some(text) = shared.open(Purpose::Pay, &message.payload) else { continue };
        let Ok(ask) = rmp_serde::from_slice::<Ask>(&text) else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let told = answer(&shared, ask).await;
            // It can't fail: it is bytes or a text.
            let text = rmp_serde::to_vec_named(&told).unwrap_or_default();
            if text.len() + SEAL_BYTES_MAX > shared.connection.client.max_payload() {
                tracing::error!(bytes = text.len(), "an answer of the card processor is too large for the servers");
            }
            match shared.sealer.seal(Purpose::Pay, (shared.now)().wall, &text) {
                // Who does not get it finds out under the same id.
                Ok(sealed) => drop(shared.connection.client.publish(reply_to, Bytes::from(sealed)).await),
                Err(error) => tracing::error!(%error, "nothing can be sealed"),
            }
        });
    }
}

async fn answer(shared: &Arc<Shared>, ask: Ask) -> Told {
    let Some(cashier) = shared.cashiers.get() else { return Told::Refused("this host has just begun".into()) };
    if let Some(why) = refusal(shared, &ask) {
        return Told::Refused(why);
    }
    let (writes, question) = (ask.epoch.is_some(), ask.question.clone());
    let its_own = Arc::clone(shared);
    let is_in_force = Box::new(move || refusal(&its_own, &ask).is_none());
    match cashier.ask(question, writes, is_in_force).await {
        Some(answer) => Told::Answer(answer),
        None => Told::Refused("this host has not asked the card processor".into()),
    }
}

/// Returns why this host doesn't ask a question now; `None` if it does.
fn refusal(shared: &Shared, ask: &Ask) -> Option<String> {
    let own = shared.cashiers.get().and_then(|cashier| cashier.processor());
    let (position, now) = (lock(&shared.member).position(), (shared.now)().wall);
    judge(ask, own.as_deref(), &position, now).or_else(|| ask.epoch.and_then(|_| shared.unready()))
}

/// Judges a question by what this host has read. `own` is the card processor whose keys it has.
fn judge(ask: &Ask, own: Option<&str>, position: &Position, now: Timestamp) -> Option<String> {
    if own != Some(ask.processor.as_str()) {
        return Some(format!("this host has no keys of {}", ask.processor));
    }
    if ask.at.as_millis().abs_diff(now.as_millis()) > AGE_MAX {
        return Some("the question was long under way, or the clocks differ".into());
    }
    let epoch = ask.epoch?;
    if epoch < position.epoch {
        return Some(format!("epoch {epoch} is over: this host has read the claim of epoch {}", position.epoch));
    }
    let is_another = epoch == position.epoch && ask.from != position.writer;
    is_another.then(|| format!("host {} does not write in epoch {epoch}", ask.from))
}

#[cfg(test)]
mod tests;
