//! Who somebody is: passwords, the tokens of sessions, the throttle on guesses, and the places that it spares.

mod hs256;
mod known;
mod password;
mod throttle;
mod token;

pub(crate) use self::known::{KnownPlaces, Places};
pub(crate) use self::password::{Line, Passwords};
pub(crate) use self::throttle::{Origin, Throttle};
pub use self::token::{KeyRing, Session};
pub(crate) use self::token::{Tokens, begin};
