//! How the rules' refusals, and failures of journal and views, become public errors: each has one code.

use crate::domain::{Rejection, auth, expiration, ledger, order, payment, ticket};
use crate::error::{Code, Error};
use crate::journal::JournalError;

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        let code = code(rejection);
        match rejection.ticket() {
            Some(ticket) => Self::with_message(code, format!("{} (ticket {ticket})", code.message())),
            None => code.into(),
        }
    }
}

fn code(rejection: Rejection) -> Code {
    match rejection {
        Rejection::Auth(rejection) => auth_code(rejection),
        Rejection::Ticket(rejection) => ticket_code(rejection),
        Rejection::Order(rejection) => order_code(rejection),
        Rejection::Expiration(rejection) => expiration_code(rejection),
        Rejection::Payment(rejection) => payment_code(rejection),
        Rejection::Ledger(rejection) => ledger_code(rejection),
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

fn order_code(rejection: order::Rejection) -> Code {
    match rejection {
        order::Rejection::NotFound => Code::OrderNotFound,
        order::Rejection::NotYours => Code::OrderNotYours,
        order::Rejection::TicketNotFound(_) => Code::TicketNotFound,
        order::Rejection::OwnTicket(_) => Code::OrderOwnTicket,
        order::Rejection::TicketLocked(_) => Code::TicketLocked,
        order::Rejection::TicketSold(_) => Code::TicketSold,
        order::Rejection::TicketWithdrawn(_) => Code::TicketWithdrawn,
        order::Rejection::ShowStarted(_) => Code::TicketShowStarted,
        order::Rejection::MixedCurrencies => Code::OrderMixedCurrencies,
        order::Rejection::TotalTooLarge => Code::OrderTotalTooLarge,
        order::Rejection::TooManyOpen => Code::OrderTooManyOpen,
        order::Rejection::Expired => Code::OrderExpired,
        order::Rejection::Cancelled => Code::OrderCancelled,
        order::Rejection::AlreadyPaid => Code::OrderAlreadyPaid,
        order::Rejection::PaymentPending => Code::OrderPaymentPending,
        order::Rejection::NoBuyer => Code::AuthRequired,
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
        payment::Rejection::Order(rejection) => order_code(rejection),
        payment::Rejection::NotFound => Code::PaymentNotFound,
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
