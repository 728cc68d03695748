// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Types that JavaScript receives as strings.

use crate::generated::prelude::*;

shown_as_text!(
    boxoffice::Category,
    boxoffice::ChargeId,
    boxoffice::HostId,
    boxoffice::HostName,
    boxoffice::OrderId,
    boxoffice::PayoutId,
    boxoffice::PayoutReference,
    boxoffice::RefundId,
    boxoffice::SeatLabel,
    boxoffice::SessionId,
    boxoffice::ShowName,
    boxoffice::TicketId,
    boxoffice::Title,
    boxoffice::UserId,
    boxoffice::Venue
);
shown_as_secret!(boxoffice::ClientSecret);
shown_as_name!(
    boxoffice::Acknowledgement,
    boxoffice::BalanceEntryKind,
    boxoffice::CancelReason,
    boxoffice::ChargeStatus,
    boxoffice::DisputeStatus,
    boxoffice::HostState,
    boxoffice::LateMoneyStep,
    boxoffice::OrderStatus,
    boxoffice::RefundReason,
    boxoffice::RefundStatus,
    boxoffice::Resolution,
    boxoffice::TicketSort,
    boxoffice::TicketStatus,
    boxoffice::TicketStatusFilter
);
