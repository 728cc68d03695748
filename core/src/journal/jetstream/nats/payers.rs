//! Which hosts have the card processor's keys, and which charges wait for their buyers.
//!
//! A host that has the keys says so, with the name of the card processor and the versions of questions that it reads. The host
//! that writes says which charges wait for their buyers to act, so that each host can show its own buyers theirs. Nothing of it
//! is a fact: what is not said for a while is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_nats::Subscriber;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::super::member::Moment;
use super::paying::Cashier;
use super::reader::next_of;
use super::seal::Purpose;
use super::shared::{Shared, lock};
use crate::types::{ChargeId, ClientSecret, HostId};

/// Interval in which it is said.
const SAY_EVERY: Duration = Duration::from_millis(500);

/// Pause after something that is said at once, so that what comes together is said together.
const TOGETHER: Duration = Duration::from_millis(20);

/// Time for which what was heard counts, in milliseconds.
const KNOWN_FOR: Moment = 3_000;

/// Maximum number of charges in one message.
const ACTIONS_MAX: usize = 1_000;

/// What hosts say to all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Talk {
    /// A host has the card processor's keys.
    Offer(Offer),
    /// Charges that wait for their buyers, with the secrets that their pages need.
    Actions {
        /// Host that says it, because it writes.
        from: HostId,
        /// Its epoch.
        epoch: u64,
        actions: Vec<(ChargeId, String)>,
    },
}

/// What a host with the card processor's keys says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) from: HostId,
    /// Name of the card processor.
    pub(super) processor: String,
    /// Versions of questions that it reads.
    pub(super) versions: Vec<u8>,
    /// `true` if it may be asked now.
    pub(super) is_ready: bool,
}

#[derive(Debug)]
struct Known {
    offer: Offer,
    at: Moment,
    /// When a question to it had no answer.
    doubted_at: Option<Moment>,
}

/// The hosts that have the card processor's keys, as far as they are heard.
#[derive(Debug, Default)]
pub(super) struct Payers {
    hosts: Mutex<BTreeMap<HostId, Known>>,
    /// Card processor of the host that was heard last.
    processor: Mutex<Option<Arc<str>>>,
    /// Number of questions so far, so that each host has its turn.
    asked: AtomicUsize,
}

impl Payers {
    /// Takes note of what a host says.
    pub(super) fn heard(&self, now: Moment, offer: Offer) {
        let mut processor = lock(&self.processor);
        if processor.as_deref() != Some(offer.processor.as_str()) {
            *processor = Some(offer.processor.as_str().into());
        }
        drop(processor);
        let mut hosts = lock(&self.hosts);
        hosts.retain(|_, known| now.saturating_sub(known.at) <= KNOWN_FOR);
        let doubted_at = hosts.get(&offer.from).and_then(|known| known.doubted_at);
        hosts.insert(offer.from, Known { offer, at: now, doubted_at });
    }

    /// Takes note that a host has not answered.
    pub(super) fn doubt(&self, now: Moment, host: HostId) {
        if let Some(known) = lock(&self.hosts).get_mut(&host) {
            known.doubted_at = Some(now);
        }
    }

    /// Returns the name of the card processor; `None` if no host that has its keys was ever heard.
    pub(super) fn processor(&self) -> Option<Arc<str>> {
        lock(&self.processor).clone()
    }

    /// Returns `true` if a host is still heard.
    pub(super) fn is_heard(&self, now: Moment, host: HostId) -> bool {
        lock(&self.hosts).get(&host).is_some_and(|known| now.saturating_sub(known.at) <= KNOWN_FOR)
    }

    /// Returns the host that is to be asked next, with a question of this version: one that has answered so far rather than
    /// one that has not, and none of those that were `tried`.
    pub(super) fn next(&self, now: Moment, processor: &str, version: u8, tried: &BTreeSet<HostId>) -> Option<HostId> {
        let hosts = lock(&self.hosts);
        let able = hosts.iter().filter(|(host, known)| {
            let Known { offer, at, .. } = known;
            let is_heard = now.saturating_sub(*at) <= KNOWN_FOR;
            let may_ask = offer.is_ready && offer.processor == processor && offer.versions.contains(&version);
            is_heard && may_ask && !tried.contains(*host)
        });
        let is_trusted = |known: &Known| known.doubted_at.is_none_or(|at| now.saturating_sub(at) > KNOWN_FOR);
        let (trusted, doubted): (Vec<_>, Vec<_>) = able.partition(|(_, known)| is_trusted(known));
        let best = if trusted.is_empty() { doubted } else { trusted };
        let turn = self.asked.fetch_add(1, Ordering::Relaxed).checked_rem(best.len())?;
        best.get(turn).map(|(host, _)| **host)
    }

    /// Returns why no host can be asked; `None` if one can.
    pub(super) fn unreachable(&self, now: Moment, processor: &str) -> Option<String> {
        let hosts = lock(&self.hosts);
        let heard: Vec<_> = hosts.values().filter(|known| now.saturating_sub(known.at) <= KNOWN_FOR).collect();
        let of_it: Vec<_> = heard.iter().filter(|known| known.offer.processor == processor).collect();
        if of_it.iter().any(|known| known.offer.is_ready) {
            None
        } else if !of_it.is_empty() {
            Some(format!("no host with the keys of {processor} is ready: charges wait"))
        } else if heard.is_empty() {
            Some("no host with the card processor's keys is heard: charges wait".into())
        } else {
            Some(format!("the hosts that are heard have other keys than those of {processor}: its charges wait"))
        }
    }
}

/// What this host does about payments, once it is known.
#[derive(Clone, Default)]
pub(super) struct Cashiers(Arc<OnceLock<Arc<dyn Cashier>>>);

impl Cashiers {
    pub(super) fn set(&self, cashier: Arc<dyn Cashier>) {
        // At most one is ever set.
        let _ = self.0.set(cashier);
    }

    pub(super) fn get(&self) -> Option<&Arc<dyn Cashier>> {
        self.0.get()
    }
}

impl std::fmt::Debug for Cashiers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cashiers").field("is_set", &self.get().is_some()).finish()
    }
}

/// Says what this host has to say about payments, until the process ends.
pub(super) async fn say(shared: Arc<Shared>) {
    loop {
        let cashier = shared.cashiers.get();
        if let Some(cashier) = cashier {
            say_once(&shared, cashier.as_ref());
        }
        let changed = async {
            match cashier {
                Some(cashier) => cashier.changed().await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = sleep(SAY_EVERY) => {}
            () = changed => sleep(TOGETHER).await,
        }
    }
}

fn say_once(shared: &Shared, cashier: &dyn Cashier) {
    if let Some(processor) = cashier.processor() {
        let (from, versions, is_ready) = (shared.host, cashier.versions().to_vec(), shared.unready().is_none());
        say_to_all(shared, &Talk::Offer(Offer { from, processor, versions, is_ready }));
    }
    let turn = shared.turn.borrow().clone();
    if !turn.is_mine {
        return;
    }
    let actions: Vec<_> = cashier.actions().into_iter().map(|(id, secret)| (id, secret.expose().to_owned())).collect();
    for actions in actions.chunks(ACTIONS_MAX) {
        let (from, epoch, actions) = (shared.host, turn.epoch, actions.to_vec());
        say_to_all(shared, &Talk::Actions { from, epoch, actions });
    }
}

fn say_to_all(shared: &Shared, talk: &Talk) {
    // It can't fail: it is ids, numbers and texts.
    let text = rmp_serde::to_vec_named(talk).unwrap_or_default();
    shared.send_sealed(Purpose::Pay, (shared.now)(), shared.subjects.pay(), &text);
}

/// Takes what other hosts say about payments, until the process ends.
pub(super) async fn hear(shared: Arc<Shared>, mut subscription: Subscriber) {
    while let Some(message) = next_of(&mut subscription).await {
        let Some(text) = shared.open(Purpose::Pay, &message.payload) else { continue };
        match rmp_serde::from_slice(&text) {
            Ok(Talk::Offer(offer)) if offer.from != shared.host => shared.payers.heard((shared.now)().moment, offer),
            Ok(Talk::Actions { from, epoch, actions }) if from != shared.host => hear_actions(&shared, epoch, actions),
            // It is this host's own.
            Ok(Talk::Offer(_) | Talk::Actions { .. }) => {}
            Err(error) => tracing::debug!(%error, "what a host says about payments can't be read"),
        }
    }
}

fn hear_actions(shared: &Shared, epoch: u64, actions: Vec<(ChargeId, String)>) {
    let is_over = epoch < lock(&shared.member).position().epoch;
    if let Some(cashier) = shared.cashiers.get().filter(|_| !is_over) {
        let secret = |(id, text): (ChargeId, String)| Some((id, text.parse::<ClientSecret>().ok()?));
        cashier.heard(actions.into_iter().filter_map(secret).collect());
    }
}

#[cfg(test)]
mod tests;
