//! Attempts: forms that list or lock tickets carry a random key, so that sent twice they do it once.

use boxoffice::{IdempotencyKey, Tickets};

use crate::extract::random_hex;
use crate::web::site::Form;

/// Returns a key for one attempt, as the hidden field `attempt` of its form.
pub(super) fn new() -> String {
    // Without randomness the key is empty, and the second of two submissions is an attempt of its own.
    random_hex::<12>().unwrap_or_default()
}

/// The attempt that a submitted form belongs to.
pub(super) struct Attempt(Option<IdempotencyKey>);

impl Attempt {
    /// Reads the attempt of a form. What else the form says is part of its name: corrected and sent again, it is another.
    pub(super) fn of(form: &Form) -> Self {
        let attempt = form.filled("attempt").filter(|attempt| attempt.len() <= 64);
        let key = attempt.and_then(|attempt| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(attempt.as_bytes());
            for (name, value) in form.fields() {
                for text in [name, value] {
                    hasher.update(&(text.len() as u64).to_be_bytes()).update(text.as_bytes());
                }
            }
            format!("page-{}", &hasher.finalize().to_hex()[..32]).parse().ok()
        });
        Self(key)
    }

    /// Names the next command after the attempt.
    pub(super) fn name(self, tickets: Tickets) -> Tickets {
        self.0.into_iter().fold(tickets, Tickets::idempotency_key)
    }
}
