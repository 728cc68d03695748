//! Password hashing. It is slow on purpose, so it runs off the hot path and with limited concurrency.

use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::{Code, Error};
use crate::types::Password;

/// Maximum number of callers that wait for a hash in a line. Two cores compute that many in about fifteen seconds; further
/// callers are refused and should come back later.
const WAITING_MAX: usize = 1024;

/// Line in which a caller waits for a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Of everybody.
    Anybody,
    /// Of those who are signed in, or sign in from a known place: however many guess elsewhere, nobody is before them.
    Owners,
}

/// Hashes and checks passwords with Argon2id, at most as many at once as there are slots: one for each core, and one for the
/// line of owners.
///
/// The parameters are the defaults of the `argon2` crate, which are OWASP's: 19 MiB, 2 passes, 1 lane.
#[derive(Debug)]
pub(crate) struct Passwords {
    anybody: Queue,
    owners: Queue,
    /// Hash of a password that no user has. Checking against it takes as long as checking against a user's hash.
    nobody: String,
}

impl Passwords {
    pub(crate) fn new(slots: usize) -> Self {
        let nobody = Argon2::default().hash_password(b"nobody").map(|hash| hash.to_string());
        Self { anybody: Queue::new(slots), owners: Queue::new(1), nobody: nobody.unwrap_or_default() }
    }

    /// Returns the password's hash in PHC form, with a fresh salt.
    pub(crate) async fn hash(
        &self,
        line: Line,
        runtime: &tokio::runtime::Handle,
        password: Password,
    ) -> Result<String, Error> {
        self.slowly(line, runtime, move || {
            Argon2::default().hash_password(password.expose().as_bytes()).map(|h| h.to_string())
        })
        .await?
        .map_err(|error| Error::with_message(Code::Internal, error.to_string()))
    }

    /// Returns `true` if the password has this hash. Without a hash it takes the same time and returns `false`.
    ///
    /// What is typed is tried as new passwords are prepared, and as it is: hashes from before that are of the raw text. How often
    /// is tried follows from what is typed alone, and tells nothing about the account.
    pub(crate) async fn check(
        &self,
        line: Line,
        runtime: &tokio::runtime::Handle,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let matches = self
            .slowly(line, runtime, move || {
                let verify = |typed: &str| {
                    PasswordHash::new(&hash)
                        .is_ok_and(|hash| Argon2::default().verify_password(typed.as_bytes(), &hash).is_ok())
                };
                let prepared = Password::prepared(&password);
                // Both are tried in any case.
                verify(&prepared) | (*prepared != *password && verify(&password))
            })
            .await?;
        Ok(matches && known)
    }

    async fn slowly<T: Send + 'static>(
        &self,
        line: Line,
        runtime: &tokio::runtime::Handle,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let queue = match line {
            Line::Anybody => &self.anybody,
            Line::Owners => &self.owners,
        };
        let _waiting = Waiting::enter(&queue.waiting)?;
        let _slot = queue.slots.acquire().await.map_err(|_| Error::from(Code::EngineClosed))?;
        runtime.spawn_blocking(work).await.map_err(|_| Code::EngineClosed.into())
    }
}

/// Callers of one line, and those whose turn it is.
#[derive(Debug)]
struct Queue {
    slots: Semaphore,
    waiting: AtomicUsize,
}

impl Queue {
    fn new(slots: usize) -> Self {
        Self { slots: Semaphore::new(slots), waiting: AtomicUsize::new(0) }
    }
}

/// Registration of a caller that waits for a hash.
struct Waiting<'p>(&'p AtomicUsize);

impl<'p> Waiting<'p> {
    fn enter(count: &'p AtomicUsize) -> Result<Self, Error> {
        let waiting = Self(count);
        if count.fetch_add(1, Ordering::AcqRel) < WAITING_MAX {
            return Ok(waiting);
        }
        Err(Error::from(Code::EngineOverloaded).with_retry_after(std::time::Duration::from_secs(5)))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_are_argon2id_with_owasps_parameters_and_salted() {
        let passwords = Passwords::new(1);
        let runtime = tokio::runtime::Handle::current();
        let password: Password = "correct horse".parse().unwrap();
        let one = passwords.hash(Line::Anybody, &runtime, password.clone()).await.unwrap();
        let two = passwords.hash(Line::Anybody, &runtime, password).await.unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(passwords.check(Line::Anybody, &runtime, "correct horse".into(), Some(one.clone())).await.unwrap());
        assert!(!passwords.check(Line::Anybody, &runtime, "battery staple".into(), Some(one)).await.unwrap());
        assert!(!passwords.check(Line::Anybody, &runtime, "nobody".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn passwords_are_the_same_on_every_keyboard_and_old_hashes_still_are_right() {
        let passwords = Passwords::new(1);
        let runtime = tokio::runtime::Handle::current();
        let (composed, apart) = ("caf\u{e9} au lait", "cafe\u{301}\u{a0}au lait");
        let hash = passwords.hash(Line::Anybody, &runtime, apart.parse().unwrap()).await.unwrap();
        for typed in [composed, apart] {
            assert!(
                passwords.check(Line::Anybody, &runtime, typed.into(), Some(hash.clone())).await.unwrap(),
                "{typed}"
            );
        }
        // As it was hashed before passwords were prepared.
        let old = Argon2::default().hash_password(apart.as_bytes()).unwrap().to_string();
        assert!(passwords.check(Line::Anybody, &runtime, apart.into(), Some(old.clone())).await.unwrap());
        assert!(!passwords.check(Line::Anybody, &runtime, composed.into(), Some(old)).await.unwrap());
        // No new password can have a tab; old ones may.
        let tab = Argon2::default().hash_password(b"correct\thorse").unwrap().to_string();
        assert!(passwords.check(Line::Anybody, &runtime, "correct\thorse".into(), Some(tab)).await.unwrap());
        assert!(!passwords.check(Line::Anybody, &runtime, apart.into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_is_before_an_owner() {
        let passwords = Passwords::new(1);
        let runtime = tokio::runtime::Handle::current();
        let hash = passwords.hash(Line::Owners, &runtime, "correct horse".parse().unwrap()).await.unwrap();
        // Strangers have taken their slot, and every place to wait.
        let slot = passwords.anybody.slots.acquire().await.unwrap();
        let waiting: Vec<_> = (0..WAITING_MAX).map(|_| Waiting::enter(&passwords.anybody.waiting).unwrap()).collect();
        let refused = passwords.check(Line::Anybody, &runtime, "correct horse".into(), Some(hash.clone())).await;
        assert_eq!(refused.unwrap_err().code(), Code::EngineOverloaded);
        assert!(passwords.check(Line::Owners, &runtime, "correct horse".into(), Some(hash)).await.unwrap());
        drop((slot, waiting));
    }
}
