//! How the rules' refusals, and failures of journal and views, become public errors: each has one code.

use crate::domain::{Rejection, auth, expiration, ledger, order, payment, ticket};
use crate::error::{Code, Error};
use crate::journal::JournalError;
use crate::types::TicketId;

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Auth(rejection) => auth_code(rejection).into(),
            Rejection::Ticket(rejection) => ticket_code(rejection).into(),
            Rejection::Order(rejection) | Rejection::Payment(payment::Rejection::Order(rejection)) => {
                order_error(rejection)
            }
            Rejection::Expiration(rejection) => expiration_code(rejection).into(),
            Rejection::Payment(rejection) => payment_code(rejection).into(),
            Rejection::Ledger(rejection) => ledger_code(rejection).into(),
        }
    }
}

fn auth_code(rejection: auth::Rejection) -> Code {
    match rejection {
        auth::Rejection::UserNotFound => Code::AuthUserNotFound,
        auth::Rejection::EmailTaken => Code::AuthEmailTaken,
        auth::Rejection::SessionEnded => Code::AuthRequired,
        auth::Rejection::StillTrading => Code::AuthStillTrading,
    }
}

fn ledger_code(rejection: ledger::Rejection) -> Code {
    match rejection {
        ledger::Rejection::OperatorRequired => Code::AuthOperatorRequired,
        ledger::Rejection::SellerNotFound => Code::AuthUserNotFound,
        ledger::Rejection::ExceedsBalance => Code::PayoutExceedsBalance,
    }
}

fn ticket_code(rejection: ticket::Rejection) -> Code {
    match rejection {
        ticket::Rejection::NotFound => Code::TicketNotFound,
        ticket::Rejection::NotYours => Code::TicketNotYours,
        ticket::Rejection::Locked => Code::TicketLocked,
        ticket::Rejection::Sold => Code::TicketSold,
        ticket::Rejection::Withdrawn => Code::TicketWithdrawn,
        ticket::Rejection::VersionMismatch => Code::TicketVersionMismatch,
        ticket::Rejection::NoSeller => Code::AuthRequired,
    }
}

fn order_error(rejection: order::Rejection) -> Error {
    match rejection {
        order::Rejection::NotFound => Code::OrderNotFound.into(),
        order::Rejection::NotYours => Code::OrderNotYours.into(),
        order::Rejection::TicketNotFound(id) => about(Code::TicketNotFound, id),
        order::Rejection::OwnTicket(id) => about(Code::OrderOwnTicket, id),
        order::Rejection::TicketLocked(id) => about(Code::TicketLocked, id),
        order::Rejection::TicketSold(id) => about(Code::TicketSold, id),
        order::Rejection::TicketWithdrawn(id) => about(Code::TicketWithdrawn, id),
        order::Rejection::ShowStarted(id) => about(Code::TicketShowStarted, id),
        order::Rejection::MixedCurrencies => Code::OrderMixedCurrencies.into(),
        order::Rejection::TotalTooLarge => Code::OrderTotalTooLarge.into(),
        order::Rejection::TooManyOpen => Code::OrderTooManyOpen.into(),
        order::Rejection::Expired => Code::OrderExpired.into(),
        order::Rejection::Cancelled => Code::OrderCancelled.into(),
        order::Rejection::AlreadyPaid => Code::OrderAlreadyPaid.into(),
        order::Rejection::PaymentPending => Code::OrderPaymentPending.into(),
        order::Rejection::NoBuyer => Code::AuthRequired.into(),
    }
}

fn expiration_code(rejection: expiration::Rejection) -> Code {
    match rejection {
        expiration::Rejection::NotFound => Code::OrderNotFound,
        expiration::Rejection::NotDue => Code::Internal,
    }
}

fn payment_code(rejection: payment::Rejection) -> Code {
    match rejection {
        payment::Rejection::NotFound | payment::Rejection::Order(_) => Code::PaymentNotFound,
        payment::Rejection::RefundNotYours => Code::OrderNotYours,
        payment::Rejection::NotRefundable => Code::PaymentNotRefundable,
        payment::Rejection::AlreadyRefunded => Code::PaymentAlreadyRefunded,
        payment::Rejection::RefundTooLarge => Code::PaymentRefundTooLarge,
        payment::Rejection::RefundCurrency => Code::PaymentRefundCurrency,
        payment::Rejection::ReturnNeedsFullRefund => Code::PaymentReturnNeedsFullRefund,
        payment::Rejection::OperatorRequired => Code::AuthOperatorRequired,
        payment::Rejection::NotEscalated => Code::PaymentNotEscalated,
    }
}

/// Says which of an order's tickets is in the way.
fn about(code: Code, ticket: TicketId) -> Error {
    Error::with_message(code, format!("{} (ticket {ticket})", code.message()))
}

impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        let code = match error {
            JournalError::InUse => Code::JournalInUse,
            JournalError::NewerFormat { .. } => Code::JournalNewerFormat,
            JournalError::Damaged { .. } => {
                return Self::with_message(Code::JournalDamaged, error.to_string()).with_source(error);
            }
            JournalError::Closed => Code::EngineClosed,
            JournalError::Storage(_) => Code::JournalUnavailable,
        };
        Self::from(code).with_source(error)
    }
}
