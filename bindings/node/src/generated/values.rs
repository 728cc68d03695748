// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Results.

use crate::generated::prelude::*;

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Balance {
    pub owed: SignedMoney,
    pub sold: SignedMoney,
    pub refunded: SignedMoney,
    pub fees: SignedMoney,
    pub paid_out: SignedMoney,
}

impl Shown for boxoffice::Balance {
    type Js = Balance;
    fn shown(&self) -> Balance {
        Balance {
            owed: self.owed.shown(),
            sold: self.sold.shown(),
            refunded: self.refunded.shown(),
            fees: self.fees.shown(),
            paid_out: self.paid_out.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct BalanceEntry {
    pub number: i64,
    pub at: Date,
    pub kind: &'static str,
    pub order_id: Option<String>,
    pub payout_id: Option<String>,
    pub reference: Option<String>,
    pub amount: SignedMoney,
    pub fee: SignedMoney,
    pub gross: SignedMoney,
}

impl Shown for boxoffice::BalanceEntry {
    type Js = BalanceEntry;
    fn shown(&self) -> BalanceEntry {
        BalanceEntry {
            number: self.number.shown(),
            at: self.at.shown(),
            kind: self.kind.shown(),
            order_id: self.order_id.shown(),
            payout_id: self.payout_id.shown(),
            reference: self.reference.shown(),
            amount: self.amount.shown(),
            fee: self.fee.shown(),
            gross: self.gross().shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Charge {
    pub id: String,
    pub order_id: String,
    pub amount: Money,
    pub status: &'static str,
    pub gateway: String,
    pub reference: Option<String>,
    pub failure: Option<String>,
    pub late: bool,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub transferred_to: Option<String>,
    pub created_at: Date,
    pub updated_at: Date,
    pub is_misconfigured: bool,
    pub refunded: Option<Money>,
}

impl Shown for boxoffice::Charge {
    type Js = Charge;
    fn shown(&self) -> Charge {
        Charge {
            id: self.id.shown(),
            order_id: self.order_id.shown(),
            amount: self.amount.shown(),
            status: self.status.shown(),
            gateway: self.gateway.shown(),
            reference: self.reference.shown(),
            failure: self.failure.shown(),
            late: self.late.shown(),
            refunds: self.refunds.shown(),
            disputes: self.disputes.shown(),
            transferred_to: self.transferred_to.shown(),
            created_at: self.created_at.shown(),
            updated_at: self.updated_at.shown(),
            is_misconfigured: self.is_misconfigured().shown(),
            refunded: self.refunded().shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct ClusterHost {
    pub id: String,
    pub name: Option<String>,
    pub voter: bool,
    pub writes: bool,
    pub message: Option<i64>,
    pub heard_ago_ms: Option<i64>,
    pub clock_ahead_ms: i64,
}

impl Shown for boxoffice::ClusterHost {
    type Js = ClusterHost;
    fn shown(&self) -> ClusterHost {
        ClusterHost {
            id: self.id.shown(),
            name: self.name.shown(),
            voter: self.voter.shown(),
            writes: self.writes.shown(),
            message: self.message.shown(),
            heard_ago_ms: self.heard_ago.shown(),
            clock_ahead_ms: self.clock_ahead_ms.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct ClusterStatus {
    pub host: String,
    pub state: &'static str,
    pub writer: String,
    pub epoch: i64,
    pub message: i64,
    pub applied: i64,
    pub stream: String,
    pub hosts: Vec<ClusterHost>,
    pub unready: Option<String>,
    pub findings: Vec<String>,
}

impl Shown for boxoffice::ClusterStatus {
    type Js = ClusterStatus;
    fn shown(&self) -> ClusterStatus {
        ClusterStatus {
            host: self.host.shown(),
            state: self.state.shown(),
            writer: self.writer.shown(),
            epoch: self.epoch.shown(),
            message: self.message.shown(),
            applied: self.applied.shown(),
            stream: self.stream.shown(),
            hosts: self.hosts.shown(),
            unready: self.unready.shown(),
            findings: self.findings.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Dispute {
    pub reference: String,
    pub amount: Money,
    pub reason: String,
    pub status: &'static str,
}

impl Shown for boxoffice::Dispute {
    type Js = Dispute;
    fn shown(&self) -> Dispute {
        Dispute {
            reference: self.reference.shown(),
            amount: self.amount.shown(),
            reason: self.reason.shown(),
            status: self.status.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Host {
    pub id: String,
    pub name: String,
    pub voter: bool,
    pub left: bool,
    pub version: i64,
    pub joined_at: Date,
    pub updated_at: Date,
    pub votes: bool,
}

impl Shown for boxoffice::Host {
    type Js = Host;
    fn shown(&self) -> Host {
        Host {
            id: self.id.shown(),
            name: self.name.shown(),
            voter: self.voter.shown(),
            left: self.left.shown(),
            version: self.version.shown(),
            joined_at: self.joined_at.shown(),
            updated_at: self.updated_at.shown(),
            votes: self.votes().shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct JournalHistory {
    pub id: String,
    pub common: Option<i64>,
}

impl Shown for boxoffice::JournalHistory {
    type Js = JournalHistory;
    fn shown(&self) -> JournalHistory {
        JournalHistory { id: self.id.shown(), common: self.common.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct LastError {
    pub at: Date,
    pub message: String,
}

impl Shown for boxoffice::LastError {
    type Js = LastError;
    fn shown(&self) -> LastError {
        LastError { at: self.at.shown(), message: self.message.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Metrics {
    pub queue_len: i64,
    pub queue_capacity: i64,
    pub open_orders: i64,
    pub expiry_lag_ms: i64,
    pub head_seq: i64,
    pub users: i64,
    pub tickets_available: i64,
    pub tickets_locked: i64,
    pub checkpoint_lag: i64,
    pub pending_payments: i64,
    pub last_error: Option<LastError>,
}

impl Shown for boxoffice::Metrics {
    type Js = Metrics;
    fn shown(&self) -> Metrics {
        Metrics {
            queue_len: self.queue_len.shown(),
            queue_capacity: self.queue_capacity.shown(),
            open_orders: self.open_orders.shown(),
            expiry_lag_ms: self.expiry_lag.shown(),
            head_seq: self.head_seq.shown(),
            users: self.users.shown(),
            tickets_available: self.tickets_available.shown(),
            tickets_locked: self.tickets_locked.shown(),
            checkpoint_lag: self.checkpoint_lag.shown(),
            pending_payments: self.pending_payments.shown(),
            last_error: self.last_error.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Order {
    pub id: String,
    pub buyer_id: String,
    pub status: &'static str,
    pub cancel_reason: Option<&'static str>,
    pub total: Money,
    pub expires_at: Date,
    pub tickets: Vec<OrderedTicket>,
    pub charge: Option<Charge>,
    pub version: i64,
    pub created_at: Date,
    pub updated_at: Date,
}

impl Shown for boxoffice::Order {
    type Js = Order;
    fn shown(&self) -> Order {
        Order {
            id: self.id.shown(),
            buyer_id: self.buyer_id.shown(),
            status: self.status.shown(),
            cancel_reason: self.cancel_reason.shown(),
            total: self.total.shown(),
            expires_at: self.expires_at.shown(),
            tickets: self.tickets.shown(),
            charge: self.charge.shown(),
            version: self.version.shown(),
            created_at: self.created_at.shown(),
            updated_at: self.updated_at.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct OrderedTicket {
    pub id: String,
    pub seller_id: String,
    pub title: String,
    pub price: Money,
    pub version: i64,
}

impl Shown for boxoffice::OrderedTicket {
    type Js = OrderedTicket;
    fn shown(&self) -> OrderedTicket {
        OrderedTicket {
            id: self.id.shown(),
            seller_id: self.seller_id.shown(),
            title: self.title.shown(),
            price: self.price.shown(),
            version: self.version.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Payout {
    pub id: String,
    pub seller_id: String,
    pub amount: Money,
    pub reference: String,
    pub recorded_at: Date,
}

impl Shown for boxoffice::Payout {
    type Js = Payout;
    fn shown(&self) -> Payout {
        Payout {
            id: self.id.shown(),
            seller_id: self.seller_id.shown(),
            amount: self.amount.shown(),
            reference: self.reference.shown(),
            recorded_at: self.recorded_at.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct PlatformBalance {
    pub processor: SignedMoney,
    pub disputed: SignedMoney,
    pub sellers: SignedMoney,
    pub fees: SignedMoney,
    pub late: SignedMoney,
    pub difference: SignedMoney,
}

impl Shown for boxoffice::PlatformBalance {
    type Js = PlatformBalance;
    fn shown(&self) -> PlatformBalance {
        PlatformBalance {
            processor: self.processor.shown(),
            disputed: self.disputed.shown(),
            sellers: self.sellers.shown(),
            fees: self.fees.shown(),
            late: self.late.shown(),
            difference: self.difference().shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Problem {
    pub seq: i64,
    pub what: String,
}

impl Shown for boxoffice::Problem {
    type Js = Problem;
    fn shown(&self) -> Problem {
        Problem { seq: self.seq.shown(), what: self.what.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Recovery {
    pub records: i64,
    pub searched: i64,
    pub damage: Option<Problem>,
}

impl Shown for boxoffice::Recovery {
    type Js = Recovery;
    fn shown(&self) -> Recovery {
        Recovery { records: self.records.shown(), searched: self.searched.shown(), damage: self.damage.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Refund {
    pub id: String,
    pub amount: Money,
    pub status: &'static str,
    pub reason: &'static str,
    pub reference: Option<String>,
    pub return_to_sale: bool,
}

impl Shown for boxoffice::Refund {
    type Js = Refund;
    fn shown(&self) -> Refund {
        Refund {
            id: self.id.shown(),
            amount: self.amount.shown(),
            status: self.status.shown(),
            reason: self.reason.shown(),
            reference: self.reference.shown(),
            return_to_sale: self.return_to_sale.shown(),
        }
    }
}

/// It is handed in again as it is.
#[napi]
#[derive(Debug)]
pub struct Session(pub(crate) boxoffice::Session);

#[napi]
impl Session {
    #[napi(getter)]
    pub fn user_id(&self) -> String {
        self.0.user_id.shown()
    }

    #[napi(getter)]
    pub fn session_id(&self) -> String {
        self.0.session_id.shown()
    }

    #[napi(getter)]
    pub fn expires_at(&self) -> Date {
        self.0.expires_at.shown()
    }

    #[napi(getter)]
    pub fn operator(&self) -> bool {
        self.0.operator.shown()
    }
}

impl Shown for boxoffice::Session {
    type Js = Session;
    fn shown(&self) -> Session {
        Session(self.clone())
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Show {
    pub name: String,
    pub category: Option<String>,
    pub venue: Option<String>,
    pub starts_at: Date,
}

impl Shown for boxoffice::Show {
    type Js = Show;
    fn shown(&self) -> Show {
        Show {
            name: self.name.shown(),
            category: self.category.shown(),
            venue: self.venue.shown(),
            starts_at: self.starts_at.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct SignedIn {
    pub user: User,
    pub token: String,
    pub session: Session,
}

impl Shown for boxoffice::SignedIn {
    type Js = SignedIn;
    fn shown(&self) -> SignedIn {
        SignedIn { user: self.user.shown(), token: self.token.shown(), session: self.session.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct Ticket {
    pub id: String,
    pub seller_id: String,
    pub title: String,
    pub price: Money,
    pub show: Option<Show>,
    pub seat: Option<String>,
    pub status: &'static str,
    pub version: i64,
    pub created_at: Date,
    pub updated_at: Date,
}

impl Shown for boxoffice::Ticket {
    type Js = Ticket;
    fn shown(&self) -> Ticket {
        Ticket {
            id: self.id.shown(),
            seller_id: self.seller_id.shown(),
            title: self.title.shown(),
            price: self.price.shown(),
            show: self.show.shown(),
            seat: self.seat.shown(),
            status: self.status.shown(),
            version: self.version.shown(),
            created_at: self.created_at.shown(),
            updated_at: self.updated_at.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct User {
    pub id: String,
    pub email: String,
    pub operator: bool,
    pub created_at: Date,
    pub version: i64,
}

impl Shown for boxoffice::UserProfile {
    type Js = User;
    fn shown(&self) -> User {
        User {
            id: self.id.shown(),
            email: self.email.shown(),
            operator: self.operator.shown(),
            created_at: self.created_at.shown(),
            version: self.version.shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct VerifyReport {
    pub records: i64,
    pub head: String,
    pub users: i64,
    pub tickets: i64,
    pub orders: i64,
    pub charges: i64,
    pub by_event: HashMap<String, i64>,
    pub problems: Vec<Problem>,
    pub is_clean: bool,
}

impl Shown for boxoffice::VerifyReport {
    type Js = VerifyReport;
    fn shown(&self) -> VerifyReport {
        VerifyReport {
            records: self.records.shown(),
            head: self.head.shown(),
            users: self.users.shown(),
            tickets: self.tickets.shown(),
            orders: self.orders.shown(),
            charges: self.charges.shown(),
            by_event: self.by_event.shown(),
            problems: self.problems.shown(),
            is_clean: self.is_clean().shown(),
        }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct BalanceEntryPage {
    pub items: Vec<BalanceEntry>,
    pub next: Option<String>,
}

impl Shown for boxoffice::Page<boxoffice::BalanceEntry> {
    type Js = BalanceEntryPage;
    fn shown(&self) -> BalanceEntryPage {
        BalanceEntryPage { items: self.items.shown(), next: self.next.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct OrderPage {
    pub items: Vec<Order>,
    pub next: Option<String>,
}

impl Shown for boxoffice::Page<Arc<boxoffice::Order>> {
    type Js = OrderPage;
    fn shown(&self) -> OrderPage {
        OrderPage { items: self.items.shown(), next: self.next.shown() }
    }
}

#[napi(object, object_from_js = false)]
#[derive(Debug)]
pub struct TicketPage {
    pub items: Vec<Ticket>,
    pub next: Option<String>,
}

impl Shown for boxoffice::Page<Arc<boxoffice::Ticket>> {
    type Js = TicketPage;
    fn shown(&self) -> TicketPage {
        TicketPage { items: self.items.shown(), next: self.next.shown() }
    }
}
