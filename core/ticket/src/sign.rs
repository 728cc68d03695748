//! Signing of codes and lists.

use alloc::vec::Vec;

use crate::code::{ShowId, SignedCode, Ticket, Timing};
use crate::error::SignFault;
use crate::keys::KeyRing;
use crate::revocation::{LIST_LEN_MAX, RevocationList};

impl KeyRing {
    /// Signs the code of a ticket by the current key. The same ticket and key give the same code.
    ///
    /// # Errors
    /// - `sign.show_wrong` if the ticket is for another show than the keys.
    /// - `sign.beyond_key` if the ticket admits at a time when the key is not valid: doors would refuse it then.
    pub fn sign(&self, ticket: &Ticket) -> Result<SignedCode, SignFault> {
        self.check(ticket.show)?;
        let key = self.current();
        if !key.window.covers(ticket.window) {
            return Err(SignFault::BeyondKey(key.id));
        }
        Ok(SignedCode::sign(key.id, ticket, |message| key.sign(message)))
    }

    /// Signs a list of dead tickets by the current key, and returns the bytes for doors.
    ///
    /// # Errors
    /// - `sign.show_wrong` if the list is for another show than the keys.
    /// - `sign.beyond_key` if the key is not valid when the list is made.
    /// - `sign.list_too_long` if the bytes are more than [`LIST_LEN_MAX`].
    pub fn sign_list(&self, list: &RevocationList) -> Result<Vec<u8>, SignFault> {
        self.check(list.show())?;
        let key = self.current();
        if key.window.timing(u64::from(list.made_at()) * 1000, 0) != Timing::Within {
            return Err(SignFault::BeyondKey(key.id));
        }
        let bytes = list.encode(key.id, |message| key.sign(message));
        if bytes.len() > LIST_LEN_MAX { Err(SignFault::ListTooLong) } else { Ok(bytes) }
    }

    fn check(&self, show: ShowId) -> Result<(), SignFault> {
        if show == self.show() { Ok(()) } else { Err(SignFault::ShowWrong(self.show())) }
    }
}
