//! The check at a door, without a network.

use crate::code::{SignedCode, Ticket, Timing};
use crate::error::{KeyFault, ListFault};
use crate::keys::PublicKeys;
use crate::refusal::Refusal;
use crate::revocation::RevocationList;

/// How far a door's clock is trusted. The default trusts it to the millisecond.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DoorClock {
    /// What has to be added to the door's clock to get the box office's, in milliseconds.
    pub offset_ms: i32,
    /// By how much a ticket admits before its time begins and after it ends, in milliseconds.
    pub slack_ms: u32,
}

impl DoorClock {
    /// Returns the box office's time at a time of the door's clock, both in milliseconds since 1970.
    pub fn corrected_ms(self, clock_ms: u64) -> u64 {
        clock_ms.saturating_add_signed(self.offset_ms.into())
    }
}

/// A door of one show: its public keys, the last list of dead tickets, and how far its clock is off.
///
/// Whether a ticket is inside already is not known here: the scans of this door, and of the others as far as they have
/// come, tell it. See [`Admissions`](crate::Admissions).
#[derive(Debug, Clone)]
pub struct Verifier {
    keys: PublicKeys,
    list: Option<RevocationList>,
    clock: DoorClock,
}

impl Verifier {
    /// Creates a door with these keys, without a list of dead tickets.
    pub fn new(keys: PublicKeys) -> Self {
        Self { keys, list: None, clock: DoorClock::default() }
    }

    /// Sets how far the door's clock is trusted.
    pub const fn set_clock(&mut self, clock: DoorClock) {
        self.clock = clock;
    }

    /// Replaces the keys. The list of dead tickets stays, whoever has signed it: what is dead stays dead.
    ///
    /// # Errors
    /// `key.show_wrong` if the keys are those of another show.
    pub fn set_keys(&mut self, keys: PublicKeys) -> Result<(), KeyFault> {
        if keys.show() != self.keys.show() {
            return Err(KeyFault::ShowWrong(keys.show()));
        }
        self.keys = keys;
        Ok(())
    }

    /// Replaces the list of dead tickets by a later one. The same list once more changes nothing.
    ///
    /// # Errors
    /// - Those of [`RevocationList::open`].
    /// - `list.outdated` if the door has a later list.
    /// - `list.contradictory` if the door has another list with the same number.
    pub fn set_list(&mut self, bytes: &[u8]) -> Result<(), ListFault> {
        let list = RevocationList::open(bytes, &self.keys)?;
        if let Some(held) = &self.list {
            if list.number() < held.number() {
                return Err(ListFault::Outdated { held: held.number(), given: list.number() });
            }
            if list.number() == held.number() && list != *held {
                return Err(ListFault::Contradictory(held.number()));
            }
        }
        self.list = Some(list);
        Ok(())
    }

    /// Returns the keys.
    pub const fn keys(&self) -> &PublicKeys {
        &self.keys
    }

    /// Returns the list of dead tickets.
    pub const fn list(&self) -> Option<&RevocationList> {
        self.list.as_ref()
    }

    /// Checks a code at a time of the door's clock, in milliseconds since 1970, and returns the ticket that it admits.
    ///
    /// # Errors
    /// Refuses in the order of [`Refusal`]: first whether the code is genuine, then whether it is dead, then the time. A
    /// ticket that was refunded and comes too early is told to be dead.
    pub fn check(&self, text: &str, clock_ms: u64) -> Result<Ticket, Refusal> {
        let code = SignedCode::parse(text)?;
        let key = self.keys.verify(&code)?;
        let ticket = code.claims();
        if self.list.as_ref().is_some_and(|list| list.is_dead(ticket.id)) {
            return Err(Refusal::Dead(ticket));
        }
        let (at_ms, slack_ms) = (self.clock.corrected_ms(clock_ms), self.clock.slack_ms);
        match (ticket.window.timing(at_ms, slack_ms), key.window().timing(at_ms, slack_ms)) {
            (Timing::TooEarly, _) => Err(Refusal::TooEarly(ticket)),
            (Timing::TooLate, _) => Err(Refusal::TooLate(ticket)),
            (Timing::Within, Timing::Within) => Ok(ticket),
            (Timing::Within, Timing::TooEarly | Timing::TooLate) => Err(Refusal::KeyNotValid(key.id())),
        }
    }
}
