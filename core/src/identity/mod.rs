//! Identity: passwords, session tokens, and the throttle on password guesses.

mod hs256;
mod password;
mod throttle;
mod token;

pub(crate) use self::password::Passwords;
pub(crate) use self::throttle::Throttle;
pub use self::token::{KeyRing, Session};
pub(crate) use self::token::{Tokens, begin};
