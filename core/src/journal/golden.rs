//! Golden fixtures: the stored and the published form of every released event must remain readable forever.
//!
//! `core/tests/it/golden/` has two files for each event: `<Event>.v1.json` is the published form of a record with the
//! event, and `<Event>.v1.hex` is the stored payload. A form with new fields is `v2`. Fixtures are never edited. To add
//! an event, list it in `released!`, add a sample, and run `BLESS=1 cargo test -p boxoffice golden`, which writes
//! missing files only.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use smallvec::smallvec;

use super::codec::{self, RowWriter};
use crate::domain::ticket::Show;
use crate::domain::webhook::WebhookProgress;
use crate::event::*;
use crate::types::{
    ChargeId, CommandId, Currency, HostId, Money, OrderId, PayoutId, RefundId, SeatLabel, SessionId, TicketId,
    Timestamp, UserId, WebhookId,
};

/// Lists the events with fixtures. The generated match makes the compiler require each event.
macro_rules! released {
    ($($name:ident),* $(,)?) => {
        const RELEASED: &[&str] = &[$(stringify!($name)),*];

        fn released(event: &DomainEvent) -> &'static str {
            match event {
                $(DomainEvent::$name(_) => stringify!($name),)*
            }
        }
    };
}

released!(
    UserCreated,
    UserUpdated,
    UserErased,
    SessionRevoked,
    TicketCreated,
    TicketUpdated,
    TicketWithdrawn,
    OrderCreated,
    OrderCancelled,
    OrderExpired,
    PaymentStarted,
    ChargeCreated,
    ChargeFailed,
    RefundStarted,
    ChargeRefunded,
    ChargeAuthorized,
    RefundFailed,
    LateMoneyReceived,
    ChargeTransferred,
    ChargeEscalated,
    EscalationResolved,
    VoidStarted,
    ChargeVoided,
    ChargeDisputed,
    DisputeClosed,
    PayoutRecorded,
    HostJoined,
    HostLeft,
    WebhookSaved,
    WebhookAdvanced,
    WebhookDisabled,
    WebhookResumed,
    WebhookRemoved,
);

const BUYER: UserId = UserId::from_bytes(id(1));
const SELLER: UserId = UserId::from_bytes(id(2));
const TICKET: TicketId = TicketId::from_bytes(id(3));
const ORDER: OrderId = OrderId::from_bytes(id(4));
const CHARGE: ChargeId = ChargeId::from_bytes(id(5));
const SESSION: SessionId = SessionId::from_bytes(id(6));
const PAYOUT: PayoutId = PayoutId::from_bytes(id(7));
const REFUND: RefundId = RefundId::from_bytes(id(8));
const HOST: HostId = HostId::from_bytes(id(9));
const WEBHOOK: WebhookId = WebhookId::from_bytes(id(10));

const fn id(last: u8) -> [u8; 16] {
    [0x01, 0x9b, 0x7c, 0x5e, 0x4d, 0x00, 0x70, 0x00, 0x80, 0, 0, 0, 0, 0, 0, last]
}

fn price() -> Money {
    Money::parse("19.99", Currency::USD).unwrap()
}

fn show() -> Arc<Show> {
    Arc::new(Show {
        name: "Hamlet".parse().unwrap(),
        category: Some("play".parse().unwrap()),
        venue: Some("Théâtre du Globe".parse().unwrap()),
        starts_at: "2027-05-01T19:30:00Z".parse().unwrap(),
    })
}

/// Returns one record for each event, in the order of the list. Each has the hash of a journal's first record.
pub(crate) fn samples() -> Vec<Record> {
    let of_sales = [people(), tickets_and_orders(), payments(), late_money(), payouts()];
    let events = of_sales.into_iter().chain([hosts(), webhooks()]).flatten();
    (1..).zip(events).map(|(seq, event)| record(seq, event)).collect()
}

/// Returns every record with a fixture, and the version of its form.
fn forms() -> Vec<(u32, Record)> {
    let later = later_forms().into_iter().map(|(form, event)| (form, record(1, event)));
    samples().into_iter().map(|record| (1, record)).chain(later).collect()
}

fn record(seq: u64, event: DomainEvent) -> Record {
    let actor = if seq.is_multiple_of(2) { Actor::System } else { Actor::User(BUYER) };
    let mut record = Record {
        seq,
        at: Timestamp::from_millis(1_767_225_600_000 + seq),
        actor,
        command_id: CommandId::from_bytes(id(100)),
        version: 300 + seq,
        event,
        hash: Hash::ZERO,
    };
    RowWriter::default().push(Hash::ZERO, &mut record).unwrap();
    record
}

fn people() -> Vec<DomainEvent> {
    vec![
        DomainEvent::UserCreated(UserCreated { user_id: BUYER }),
        DomainEvent::UserUpdated(UserUpdated {
            user_id: BUYER,
            email_changed: true,
            password_changed: false,
            operator: true,
            epoch: 2,
        }),
        DomainEvent::UserErased(UserErased { user_id: BUYER }),
        DomainEvent::SessionRevoked(SessionRevoked {
            user_id: BUYER,
            session_id: SESSION,
            expires_at: "2027-01-08T00:00:00Z".parse().unwrap(),
        }),
    ]
}

fn tickets_and_orders() -> Vec<DomainEvent> {
    let ordered = OrderedTicket {
        id: TICKET,
        seller_id: SELLER,
        title: "Hamlet, stalls".parse().unwrap(),
        price: price(),
        version: 2,
    };
    vec![
        DomainEvent::TicketCreated(TicketCreated {
            ticket_id: TICKET,
            seller_id: SELLER,
            title: "Hamlet, stalls".parse().unwrap(),
            price: price(),
            show: Some(show()),
            seat: Some("Row 3, seat 12".parse().unwrap()),
        }),
        ticket_updated(None),
        DomainEvent::TicketWithdrawn(TicketWithdrawn { ticket_id: TICKET }),
        DomainEvent::OrderCreated(OrderCreated {
            order_id: ORDER,
            buyer_id: BUYER,
            tickets: Arc::new([ordered]),
            total: price(),
            expires_at: "2026-01-01T00:15:00Z".parse().unwrap(),
        }),
        DomainEvent::OrderCancelled(OrderCancelled {
            order_id: ORDER,
            reason: CancelReason::PaymentFailed,
            tickets: smallvec![TicketVersion { id: TICKET, version: 3 }],
        }),
        DomainEvent::OrderExpired(OrderExpired {
            order_id: ORDER,
            tickets: smallvec![TicketVersion { id: TICKET, version: 3 }],
        }),
    ]
}

#[expect(clippy::option_option, reason = "the published form tells nothing from nothing new")]
fn ticket_updated(seat: Option<Option<SeatLabel>>) -> DomainEvent {
    DomainEvent::TicketUpdated(TicketUpdated {
        ticket_id: TICKET,
        title: "Hamlet, circle".parse().unwrap(),
        price: Money::parse("2000", "JPY".parse().unwrap()).unwrap(),
        show: Some(show()),
        seat,
    })
}

fn payments() -> Vec<DomainEvent> {
    vec![
        DomainEvent::PaymentStarted(PaymentStarted {
            charge_id: CHARGE,
            order_id: ORDER,
            amount: price(),
            gateway: "sandbox".into(),
        }),
        DomainEvent::ChargeCreated(ChargeCreated {
            charge_id: CHARGE,
            order_id: ORDER,
            amount: price(),
            reference: Some("ch_1".into()),
            tickets: smallvec![TicketVersion { id: TICKET, version: 3 }],
            fees: Vec::new(),
        }),
        DomainEvent::ChargeFailed(ChargeFailed {
            charge_id: CHARGE,
            order_id: ORDER,
            reason: "The card was declined".into(),
        }),
        DomainEvent::RefundStarted(RefundStarted {
            refund_id: None,
            charge_id: CHARGE,
            order_id: ORDER,
            amount: price(),
            reason: RefundReason::Requested,
            return_to_sale: true,
        }),
        DomainEvent::ChargeRefunded(ChargeRefunded {
            refund_id: None,
            charge_id: CHARGE,
            order_id: ORDER,
            amount: price(),
            reference: None,
            tickets: smallvec![TicketVersion { id: TICKET, version: 4 }],
        }),
    ]
}

fn late_money() -> Vec<DomainEvent> {
    let (charge_id, order_id, amount, reference) = (CHARGE, ORDER, price(), Some(Arc::from("ch_1")));
    vec![
        DomainEvent::ChargeAuthorized(ChargeAuthorized { charge_id, order_id, reference: reference.clone() }),
        DomainEvent::RefundFailed(RefundFailed {
            refund_id: REFUND,
            charge_id,
            order_id,
            amount,
            reason: "The account is closed".into(),
        }),
        DomainEvent::LateMoneyReceived(LateMoneyReceived { charge_id, order_id, amount, reference: reference.clone() }),
        DomainEvent::ChargeTransferred(ChargeTransferred { charge_id, order_id, to: OrderId::from_bytes(id(7)) }),
        DomainEvent::ChargeEscalated(ChargeEscalated {
            charge_id,
            order_id,
            amount,
            reason: "The account is closed".into(),
        }),
        DomainEvent::EscalationResolved(EscalationResolved {
            charge_id,
            order_id,
            amount,
            resolution: Resolution::ReturnedElsewhere,
            note: "By bank transfer".into(),
        }),
        DomainEvent::VoidStarted(VoidStarted { charge_id, order_id, reference }),
        DomainEvent::ChargeVoided(ChargeVoided { charge_id, order_id }),
        DomainEvent::ChargeDisputed(ChargeDisputed {
            charge_id,
            order_id,
            reference: "dp_1".into(),
            amount,
            reason: "fraudulent".into(),
        }),
        DomainEvent::DisputeClosed(DisputeClosed { charge_id, order_id, reference: "dp_1".into(), amount, won: true }),
    ]
}

fn payouts() -> Vec<DomainEvent> {
    vec![DomainEvent::PayoutRecorded(PayoutRecorded {
        payout_id: PAYOUT,
        seller_id: SELLER,
        amount: price(),
        reference: "SEPA 2026-01".parse().unwrap(),
    })]
}

fn hosts() -> Vec<DomainEvent> {
    vec![
        DomainEvent::HostJoined(HostJoined { host_id: HOST, name: "boxoffice-0".parse().unwrap(), voter: true }),
        DomainEvent::HostLeft(HostLeft { host_id: HOST }),
    ]
}

fn webhooks() -> Vec<DomainEvent> {
    let webhook_id = WEBHOOK;
    let begun = WebhookProgress::new(17, Hash::from_bytes([7; 32]));
    let progress = begun.failed(2, Some("2027-05-01T19:30:00Z".parse().unwrap())).common(Some(9)).reset(true);
    let (event_types, sealed) = (vec!["OrderCreated".into(), "ChargeCreated".into()], "AQIDBA".into());
    vec![
        DomainEvent::WebhookSaved(WebhookSaved { webhook_id, event_types, sealed, progress: Some(begun) }),
        DomainEvent::WebhookAdvanced(WebhookAdvanced { webhook_id, progress }),
        DomainEvent::WebhookDisabled(WebhookDisabled { webhook_id, reason: "the receiver answered 410 Gone".into() }),
        DomainEvent::WebhookResumed(WebhookResumed { webhook_id }),
        DomainEvent::WebhookRemoved(WebhookRemoved { webhook_id }),
    ]
}

/// Returns later forms of released events, with the version of the form.
fn later_forms() -> Vec<(u32, DomainEvent)> {
    let (refund_id, charge_id, order_id) = (Some(REFUND), CHARGE, ORDER);
    vec![
        (
            2,
            DomainEvent::ChargeCreated(ChargeCreated {
                charge_id,
                order_id,
                amount: price(),
                reference: Some("ch_1".into()),
                tickets: smallvec![TicketVersion { id: TICKET, version: 3 }],
                fees: vec![80],
            }),
        ),
        (
            2,
            DomainEvent::RefundStarted(RefundStarted {
                refund_id,
                charge_id,
                order_id,
                amount: price(),
                reason: RefundReason::Late,
                return_to_sale: false,
            }),
        ),
        (
            2,
            DomainEvent::ChargeRefunded(ChargeRefunded {
                refund_id,
                charge_id,
                order_id,
                amount: price(),
                reference: Some("re_1".into()),
                tickets: smallvec![TicketVersion { id: TICKET, version: 4 }],
            }),
        ),
        (2, ticket_updated(Some(Some("Row 3, seat 13".parse().unwrap())))),
        (3, ticket_updated(Some(None))),
    ]
}

fn path(name: &str, form: u32, kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/golden").join(format!("{name}.v{form}.{kind}"))
}

/// Reads the fixture. `BLESS=1` writes it from `today` if it does not exist.
fn fixture(name: &str, form: u32, kind: &str, today: &str) -> String {
    let path = path(name, form, kind);
    if !path.exists() && std::env::var_os("BLESS").is_some_and(|bless| bless == "1") {
        fs::File::create_new(&path).unwrap().write_all(today.as_bytes()).unwrap();
    }
    fs::read_to_string(&path)
        .unwrap_or_else(|err| panic!("{}: {err}; write it with BLESS=1 if the event is new", path.display()))
}

fn payload(record: &Record) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(&mut bytes, &Record { hash: Hash::ZERO, ..record.clone() }).unwrap();
    bytes
}

fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text + "\n"
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits = text.trim_end();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_event_has_a_sample() {
    assert_eq!(samples().iter().map(|record| released(&record.event)).collect::<Vec<_>>(), RELEASED);
    assert!(samples().iter().all(|record| record.event.name() == released(&record.event)));
}

#[test]
fn the_stored_form_is_the_released_one() {
    for (form, record) in forms() {
        let name = record.event.name();
        let today = to_hex(&payload(&record));
        let stored = fixture(name, form, "hex", &today);
        let decoded: Record = rmp_serde::from_slice(&from_hex(&stored)).unwrap();
        assert_eq!(Record { hash: record.hash, ..decoded }, record, "{name}");
        assert_eq!(stored, today, "{name}");
    }
}

#[test]
fn the_published_form_is_the_released_one() {
    for (form, record) in forms() {
        let name = record.event.name();
        let today = serde_json::to_string_pretty(&record).unwrap() + "\n";
        let published = fixture(name, form, "json", &today);
        assert_eq!(serde_json::from_str::<Record>(&published).unwrap(), record, "{name}");
        assert_eq!(published, today, "{name}");
    }
}

#[test]
fn the_form_of_a_row_is_the_released_one() {
    for (_, mut record) in forms() {
        let payload = payload(&record);
        let mut row = vec![1];
        row.extend_from_slice(&u32::try_from(payload.len()).unwrap().to_le_bytes());
        row.extend_from_slice(blake3::hash(&[[0; 32].as_slice(), &payload].concat()).as_bytes());
        row.extend_from_slice(&payload);
        let mut writer = RowWriter::default();
        writer.push(Hash::ZERO, &mut record).unwrap();
        assert_eq!(writer.rows().collect::<Vec<_>>(), [(record.seq, row.as_slice())]);
        let frame = codec::frames(record.seq, &row).unwrap().next().unwrap().unwrap();
        assert_eq!(frame.decode().unwrap(), record);
    }
}
