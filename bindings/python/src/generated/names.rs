// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! The closed sets by their names in `boxoffice._types`.

use crate::convert::Named;

impl Named for boxoffice::Acknowledgement {
    const NAME: &'static str = "Acknowledgement";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::BalanceEntryKind {
    const NAME: &'static str = "BalanceEntryKind";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::CancelReason {
    const NAME: &'static str = "CancelReason";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::ChargeStatus {
    const NAME: &'static str = "ChargeStatus";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::DisputeStatus {
    const NAME: &'static str = "DisputeStatus";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::HostState {
    const NAME: &'static str = "HostState";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::OrderStatus {
    const NAME: &'static str = "OrderStatus";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::RefundReason {
    const NAME: &'static str = "RefundReason";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::RefundStatus {
    const NAME: &'static str = "RefundStatus";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::Resolution {
    const NAME: &'static str = "Resolution";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::TicketSort {
    const NAME: &'static str = "TicketSort";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::TicketStatus {
    const NAME: &'static str = "TicketStatus";
    fn text(self) -> &'static str {
        self.as_str()
    }
}

impl Named for boxoffice::TicketStatusFilter {
    const NAME: &'static str = "TicketStatusFilter";
    fn text(self) -> &'static str {
        self.as_str()
    }
}
