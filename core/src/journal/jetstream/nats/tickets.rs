//! Appends that are under way: whoever waits for one is told its outcome.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::super::member::Resolution;

/// Appends by their tickets.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    state: Mutex<State>,
    resolved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    last: u64,
    /// The outcome of each append that nobody has fetched; `None` while it is under way.
    outcomes: HashMap<u64, Option<Resolution>>,
    /// `true` once nothing is appended any more.
    is_ended: bool,
}

impl Tickets {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a ticket, and `true` unless nothing is appended any more: then it is lost.
    pub(super) fn open(&self) -> (u64, bool) {
        let mut state = self.lock();
        state.last += 1;
        let ticket = state.last;
        let outcome = state.is_ended.then_some(Resolution::Lost);
        state.outcomes.insert(ticket, outcome);
        (ticket, outcome.is_none())
    }

    /// Sets the outcome of an append, unless it has one.
    pub(super) fn resolve(&self, ticket: u64, outcome: Resolution) {
        if let Some(open @ None) = self.lock().outcomes.get_mut(&ticket) {
            *open = Some(outcome);
            self.resolved.notify_all();
        }
    }

    /// Returns the outcome once it is known. It is told once.
    #[cfg(any(test, feature = "simulation"))]
    pub(super) fn poll(&self, ticket: u64) -> Option<Resolution> {
        let mut state = self.lock();
        let outcome = (*state.outcomes.get(&ticket)?)?;
        state.outcomes.remove(&ticket);
        Some(outcome)
    }

    /// Waits for the outcome. It is told once; who asks again is told that it is unknown.
    pub(super) fn wait(&self, ticket: u64) -> Resolution {
        let state = self.lock();
        let is_open = |state: &mut State| matches!(state.outcomes.get(&ticket), Some(None));
        let mut state = self.resolved.wait_while(state, is_open).unwrap_or_else(PoisonError::into_inner);
        state.outcomes.remove(&ticket).flatten().unwrap_or(Resolution::Unknown)
    }

    /// Ends all appends. The outcome of those that are under way stays unknown here: they may be in the stream, and none of them is
    /// in this host's copy. Those that begin later are not sent.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.is_ended = true;
        for outcome in state.outcomes.values_mut() {
            outcome.get_or_insert(Resolution::Unknown);
        }
        self.resolved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_is_told_once() {
        let tickets = Tickets::default();
        let ((one, _), (two, _)) = (tickets.open(), tickets.open());
        assert_eq!(tickets.poll(one), None);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| tickets.wait(one));
            tickets.resolve(two, Resolution::TooLarge);
            tickets.resolve(one, Resolution::Lost);
            assert_eq!(waiting.join().unwrap(), Resolution::Lost);
        });
        tickets.resolve(two, Resolution::Lost);
        assert_eq!(tickets.poll(two), Some(Resolution::TooLarge));
        assert_eq!(tickets.poll(two), None);
        assert_eq!(tickets.wait(two), Resolution::Unknown);
    }

    #[test]
    fn after_the_end_nobody_waits() {
        let tickets = Tickets::default();
        let (before, is_open) = tickets.open();
        assert!(is_open);
        tickets.end();
        let (after, is_open) = tickets.open();
        assert!(!is_open);
        // What was sent may be stored; what comes later is not sent.
        tickets.resolve(before, Resolution::Lost);
        assert_eq!((tickets.wait(before), tickets.wait(after)), (Resolution::Unknown, Resolution::Lost));
    }
}
