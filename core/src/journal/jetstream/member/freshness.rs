//! Whether a host knows what is new.
//!
//! A message tells by its time, which its writer wrote before sending it: whoever has the message has all that was stored
//! before that time. When it was read tells nothing, for it may have been under way for long.

use super::super::message::Message;
use super::{Member, Moment, Now, Role};

/// How new a host's copy is known to be.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    /// The copy has everything that was stored before this moment, if the clocks are right.
    complete_to: Option<Moment>,
    /// A number that the writer had reached, and when this host heard of it, if it has not followed there yet.
    behind: Option<(u64, Moment)>,
}

impl Member {
    /// A message was followed. `begun_at` is when this host first sent it, if it did.
    pub(super) fn has_news(&mut self, now: Now, message: &Message, begun_at: Option<Moment>) {
        let age = now.wall.since(message.header.at).as_millis();
        let written_at = now.moment.saturating_sub(u64::try_from(age).unwrap_or(Moment::MAX));
        let complete_to = begun_at.unwrap_or(written_at);
        self.freshness.complete_to = self.freshness.complete_to.max(Some(complete_to));
        if self.freshness.behind.is_some_and(|(n, _)| self.position.n >= n) {
            self.freshness.behind = None;
        }
    }

    /// The writer has said that it has reached this number.
    pub(super) fn writer_has(&mut self, now: Now, n: u64) {
        if n > self.position.n && self.freshness.behind.is_none() {
            self.freshness.behind = Some((n, now.moment));
        }
    }

    /// Returns `true` if a message that the writer has should have been read by now.
    pub(super) fn is_behind(&self, now: Now) -> bool {
        self.freshness.behind.is_some_and(|(_, since)| now.moment.saturating_sub(since) >= self.times.read_again)
    }

    /// Returns why this host does not know what is new; `None` while it does. A host that can't tell what is fresh from what
    /// is stale must not answer as if it could.
    pub(crate) fn stale(&self, now: Now) -> Option<&'static str> {
        let age = |since: Moment| now.moment.saturating_sub(since);
        match self.role {
            Role::Alarm { .. } => Some("the stream or this copy is not what it must be"),
            Role::Blank => Some("this host is still catching up"),
            Role::Leave { .. } => Some("this host is stopping"),
            _ if self.unready.is_some() => self.unready,
            _ if self.freshness.complete_to.is_none_or(|at| age(at) > self.times.fresh) => {
                Some("the stream has no news")
            }
            _ if self.freshness.behind.is_some_and(|(_, since)| age(since) > self.times.fresh) => {
                Some("this host is behind")
            }
            _ if !self.is_writer() && self.skew_to_writer() > self.times.skew => {
                Some("the clocks of this host and of the writer differ")
            }
            _ if self.misses_second_host(now) => Some("no other voter says that it has what this host writes"),
            _ => None,
        }
    }
}
