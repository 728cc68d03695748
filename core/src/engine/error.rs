//! Converts the rules' refusals, and failures of journal and views, to public errors. Each has one code.

use crate::domain::Rejection;
use crate::error::{Code, Error, FieldError};
use crate::journal::JournalError;

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let code = code(rejection);
        if let Some(row) = rejection.row() {
            let field = Some(format!("tickets[{row}].seat").into());
            return Self::with_faults(code, vec![FieldError::new(code.message(), field)]);
        }
        match rejection.ticket() {
            Some(ticket) => Self::with_message(code, format!("{} (ticket {ticket})", code.message())),
            None => code.into(),
        }
    }
}

fn code(rejection: Rejection) -> Code {
    match rejection {
        Rejection::Auth(rejection) => rejection.into(),
        Rejection::Ticket(rejection) => rejection.into(),
        Rejection::Order(rejection) => rejection.into(),
        Rejection::Expiration(rejection) => rejection.into(),
        Rejection::Payment(rejection) => rejection.into(),
        Rejection::Ledger(rejection) => rejection.into(),
        Rejection::Cluster(rejection) => rejection.into(),
        Rejection::Webhook(rejection) => rejection.into(),
    }
}

impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        let code = match error {
            JournalError::InUse => Code::JournalInUse,
            JournalError::NewerFormat { .. } | JournalError::UnknownEvent { .. } => Code::JournalNewerFormat,
            JournalError::Damaged { .. } => {
                return Self::with_message(Code::JournalDamaged, error.to_string()).with_source(error);
            }
            JournalError::Closed => Code::EngineClosed,
            JournalError::Storage(_) | JournalError::Deposed | JournalError::Unresolved => Code::JournalUnavailable,
            JournalError::TooLarge => Code::CommandTooLarge,
        };
        Self::from(code).with_source(error)
    }
}
