//! Stored form of answers, for repeated commands.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::{Answer, Decide, Reply};
use crate::error::{Code, Error, FieldError};

/// A reply or refusal in its stored form.
#[derive(Serialize, Deserialize)]
enum Stored<'a> {
    Reply(Cow<'a, Reply>),
    Refusal { code: Cow<'a, str>, faults: Vec<StoredFault> },
}

#[derive(Serialize, Deserialize)]
struct StoredFault {
    message: String,
    field: Option<String>,
}

/// Encodes an answer in its stored form.
pub(super) fn encode(answer: &Result<Reply, Error>) -> Result<Vec<u8>, Error> {
    let stored = match answer {
        Ok(reply) => Stored::Reply(Cow::Borrowed(reply)),
        Err(error) => Stored::Refusal {
            code: error.code().as_str().into(),
            faults: error.own_faults().iter().map(StoredFault::from).collect(),
        },
    };
    rmp_serde::to_vec_named(&stored).map_err(|error| Error::from(Code::Internal).with_source(error))
}

/// Decodes a stored answer.
pub(super) fn decode(bytes: &[u8]) -> Result<Reply, Error> {
    match rmp_serde::from_slice(bytes) {
        Ok(Stored::Reply(reply)) => Ok(reply.into_owned()),
        Ok(Stored::Refusal { code, faults }) => {
            let known = Code::ALL.iter().find(|known| known.as_str() == code);
            let code = known.copied().unwrap_or(Code::Internal);
            Err(Error::with_faults(code, faults.into_iter().map(FieldError::from).collect()))
        }
        Err(error) => Err(Error::from(Code::JournalDamaged).with_source(error)),
    }
}

/// Returns the answer of a command of type `C`.
///
/// # Errors
/// `journal.damaged` if the reply belongs to another type of command. A command decided now gets its own reply. A
/// repeated command gets the reply stored under its id and fingerprint, and only damage puts a reply of another type
/// there.
pub(crate) fn typed<C: Decide>(reply: Reply) -> Result<C::Answer, Error> {
    let damaged =
        || Error::with_message(Code::JournalDamaged, "The answer that is kept for the command is another command's");
    C::Answer::of(reply).ok_or_else(damaged)
}

impl From<&FieldError> for StoredFault {
    fn from(fault: &FieldError) -> Self {
        Self { message: fault.message.to_string(), field: fault.field.as_ref().map(ToString::to_string) }
    }
}

impl From<StoredFault> for FieldError {
    fn from(fault: StoredFault) -> Self {
        Self { message: fault.message.into(), field: fault.field.map(Into::into) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::User;
    use crate::domain::auth::EraseUser;
    use crate::domain::order::CancelOrder;
    use crate::types::{Timestamp, UserId};

    fn user() -> Reply {
        let (id, at) = (UserId::from_bytes([1; 16]), Timestamp::from_millis(1));
        let user = User { id, version: 1, epoch: 1, operator: false, erased: false, created_at: at, updated_at: at };
        Reply::User(Arc::new(user))
    }

    #[test]
    fn replies_and_refusals_come_back_as_they_were() {
        let reply = user();
        assert_eq!(decode(&encode(&Ok(reply.clone())).unwrap()).unwrap(), reply);

        for refusal in [Error::from(Code::TicketSold), Error::invalid("price", "must be greater than 0")] {
            let back = decode(&encode(&Err(refusal.clone())).unwrap()).unwrap_err();
            assert_eq!((back.code(), back.serialize_errors()), (refusal.code(), refusal.serialize_errors()));
        }
    }

    #[test]
    fn a_commands_answer_is_of_its_own_kind() {
        assert_eq!(Reply::from(typed::<EraseUser>(user()).unwrap()), user());
        assert_eq!(typed::<CancelOrder>(user()).unwrap_err().code(), Code::JournalDamaged);
    }
}
