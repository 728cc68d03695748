//! Names of commands, by which a repetition gets the first answer.

use super::Inner;
use crate::domain::Decide;
use crate::engine;
use crate::error::Error;
use crate::event::Actor;
use crate::types::{CommandId, IdempotencyKey};

/// Identity of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    /// The command gets a fresh id. A repetition is another command.
    Fresh,
    /// The caller gave the command a key. A repetition gets the first answer.
    Keyed {
        /// Id derived from the actor and the caller's key.
        id: CommandId,
        /// Fingerprint of the command's content.
        fingerprint: [u8; 16],
    },
}

impl Named {
    /// Returns the identity that a caller's key gives to a command of `scope`, usually the actor's id. `content` is the
    /// command's content.
    pub(crate) fn by(
        key: Option<&IdempotencyKey>,
        scope: &[u8],
        operation: &str,
        content: &impl serde::Serialize,
    ) -> Self {
        let Some(key) = key else { return Self::Fresh };
        let mut name = blake3::Hasher::new();
        name.update(b"boxoffice command 1\0").update(&(scope.len() as u64).to_be_bytes()).update(scope);
        name.update(key.expose().as_bytes());
        let mut fingerprint = blake3::Hasher::new();
        fingerprint.update(operation.as_bytes()).update(b"\0");
        // Serializing to memory doesn't fail for the types given here; a shorter fingerprint is still a fingerprint.
        fingerprint.update(&serde_json::to_vec(content).unwrap_or_default());
        Self::Keyed { id: CommandId::from_bytes(half(&name)), fingerprint: half(&fingerprint) }
    }
}

impl Inner {
    /// Submits a command that was checked before it came here. What was refused may have been accepted once, by other rules: a
    /// repetition gets the first answer whatever the rules are now.
    pub(super) async fn submit_checked<C: Decide>(
        &self,
        checked: Result<C, Error>,
        actor: Actor,
        id: Named,
    ) -> Result<C::Answer, Error> {
        match checked {
            Ok(command) => self.submit(command, actor, id).await,
            Err(refusal) => self.first_answer::<C>(id, refusal).await,
        }
    }

    /// Returns the first answer to a command that is refused before it is decided, if it is a repetition; otherwise the refusal.
    pub(super) async fn first_answer<C: Decide>(&self, id: Named, refusal: Error) -> Result<C::Answer, Error> {
        match id {
            Named::Fresh => Err(refusal),
            Named::Keyed { id, fingerprint } => {
                engine::typed::<C>(self.handle.first_answer(id, fingerprint, refusal).await?)
            }
        }
    }
}

/// Returns the scope of an actor's keys.
pub(super) fn scope(actor: Actor) -> [u8; 16] {
    actor.user().map_or([0; 16], |id| *id.as_bytes())
}

/// Returns the first half of a hash. 128 bits distinguish any two inputs.
fn half(hasher: &blake3::Hasher) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    half
}
