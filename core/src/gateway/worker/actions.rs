//! Charges that wait for their buyers to act, with the secrets that their pages need.
//!
//! In a cluster, the host that writes learns of them, and tells the others, so that each can show its own buyers theirs. What
//! it tells no more is forgotten.

use std::collections::HashMap;
#[cfg(feature = "cluster")]
use std::time::Duration;

use tokio::sync::watch;
#[cfg(feature = "cluster")]
use tokio::time::Instant;

use crate::types::{ChargeId, ClientSecret};

/// Time for which a host keeps what another one has told, which tells it again several times meanwhile.
#[cfg(feature = "cluster")]
const HEARD_FOR: Duration = Duration::from_secs(3);

/// Charges that wait for their buyers to act.
#[derive(Debug, Default)]
pub(super) struct Actions(watch::Sender<HashMap<ChargeId, Action>>);

#[derive(Debug)]
struct Action {
    secret: ClientSecret,
    /// When another host has told of it; `None` if this host's own task waits for it.
    #[cfg(feature = "cluster")]
    heard_at: Option<Instant>,
}

impl Action {
    fn own(secret: ClientSecret) -> Self {
        Self {
            secret,
            #[cfg(feature = "cluster")]
            heard_at: None,
        }
    }
}

impl Actions {
    /// Returns the secret of a charge that waits for its buyer.
    pub(super) fn secret(&self, id: ChargeId) -> Option<ClientSecret> {
        self.0.borrow().get(&id).map(|action| action.secret.clone())
    }

    /// Waits until the charge waits for its buyer.
    pub(super) async fn required(&self, id: ChargeId) {
        // Fails only if the sender is dropped, and this worker holds it.
        let _ = self.0.subscribe().wait_for(|actions| actions.contains_key(&id)).await;
    }

    /// Publishes the secret with which the buyer can act.
    pub(super) fn offer(&self, id: ChargeId, secret: &ClientSecret) {
        self.0.send_if_modified(|actions| {
            let before = actions.insert(id, Action::own(secret.clone()));
            before.is_none_or(|before| before.secret != *secret)
        });
    }

    /// Forgets a charge whose task has ended.
    pub(super) fn end(&self, id: ChargeId) {
        self.0.send_if_modified(|actions| actions.remove(&id).is_some());
    }
}

#[cfg(feature = "cluster")]
impl Actions {
    /// Returns those that this host's own tasks wait for.
    pub(super) fn own(&self) -> Vec<(ChargeId, ClientSecret)> {
        let actions = self.0.borrow();
        let own = actions.iter().filter(|(_, action)| action.heard_at.is_none());
        own.map(|(id, action)| (*id, action.secret.clone())).collect()
    }

    /// Takes note of those that another host has told of, and forgets those that it has not told of for a while.
    pub(super) fn hear(&self, told: Vec<(ChargeId, ClientSecret)>) {
        let now = Instant::now();
        self.0.send_if_modified(|actions| {
            let count = actions.len();
            actions.retain(|_, action| action.heard_at.is_none_or(|at| now.duration_since(at) < HEARD_FOR));
            let mut is_new = actions.len() != count;
            for (id, secret) in told {
                // What this host's own task waits for it knows better.
                if actions.get(&id).is_none_or(|known| known.heard_at.is_some()) {
                    let before = actions.insert(id, Action { secret: secret.clone(), heard_at: Some(now) });
                    is_new |= before.is_none_or(|before| before.secret != secret);
                }
            }
            is_new
        });
    }

    /// Waits until one is added, or ends.
    pub(super) async fn changed(&self) {
        // Fails only if the sender is dropped, and this worker holds it.
        let _ = self.0.subscribe().changed().await;
    }
}

#[cfg(all(test, feature = "cluster"))]
mod tests {
    use super::*;

    const ANN: ChargeId = ChargeId::from_bytes([1; 16]);
    const BOB: ChargeId = ChargeId::from_bytes([2; 16]);

    fn secret(text: &str) -> ClientSecret {
        text.parse().expect("a secret")
    }

    #[tokio::test(start_paused = true)]
    async fn what_another_host_tells_is_known_while_it_tells_it() {
        let actions = Actions::default();
        actions.offer(ANN, &secret("ours"));
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            actions.hear(vec![(ANN, secret("theirs")), (BOB, secret("theirs"))]);
        }
        assert_eq!(actions.secret(ANN), Some(secret("ours")), "the own task knows better");
        assert_eq!(actions.secret(BOB), Some(secret("theirs")));
        assert_eq!(actions.own(), [(ANN, secret("ours"))]);
        tokio::time::sleep(HEARD_FOR).await;
        actions.hear(Vec::new());
        assert_eq!((actions.secret(BOB), actions.own().len()), (None, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_is_woken_by_what_another_host_tells() {
        let actions = Actions::default();
        let hearing = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            actions.hear(vec![(BOB, secret("theirs"))]);
        };
        tokio::join!(actions.required(BOB), actions.changed(), hearing);
        actions.offer(BOB, &secret("ours"));
        assert_eq!(actions.own().len(), 1, "it is this host's now");
    }
}
