//! What one host writes, another reads; whatever else it gets, it refuses.

use std::sync::Arc;

use super::*;
use crate::domain::auth::{CreateUser, Credentials, EraseUser, NewEmail, RevokeSession, SetOperator, UpdateUser};
use crate::domain::cluster::{JoinHost, LeaveHost};
use crate::domain::expiration::ExpireOrder;
use crate::domain::ledger::RecordPayout;
use crate::domain::order::{Agreed, CancelOrder, CreateOrder};
use crate::domain::payment::{
    ChargeOutcome, CloseDispute, OpenDispute, RecordRefund, RefundOutcome, Resolution, ResolveEscalation, SettleCharge,
    SettleRefund, StartPayment, StartRefund,
};
use crate::domain::ticket::{CreateTickets, Listing, RescheduleTickets, Show, UpdateTicket, WithdrawTicket};
use crate::domain::webhook::{
    AdvanceWebhook, DisableWebhook, RemoveWebhook, ResumeWebhook, SaveWebhook, WebhookProgress,
};
use crate::event::{EmailKey, Hash};
use crate::types::{
    Change, ChargeId, HostId, Money, OrderId, PayoutId, RefundId, SessionId, TicketId, UserId, WebhookId,
};

const USER: UserId = UserId::from_bytes([1; 16]);
const TICKET: TicketId = TicketId::from_bytes([2; 16]);
const ORDER: OrderId = OrderId::from_bytes([3; 16]);
const CHARGE: ChargeId = ChargeId::from_bytes([4; 16]);
const REFUND: RefundId = RefundId::from_bytes([5; 16]);
const NEW_ORDER: OrderId = OrderId::from_bytes([6; 16]);
const HOST: HostId = HostId::from_bytes([7; 16]);
const WEBHOOK: WebhookId = WebhookId::from_bytes([13; 16]);
const ID: CommandId = CommandId::from_bytes([8; 16]);
const AT: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Lists the commands of which there are samples. The generated match makes the compiler require each command.
macro_rules! sampled {
    ($($name:ident: $sample:expr,)*) => {
        /// Returns a sample of each command, with its name.
        fn samples() -> Vec<(&'static str, Command)> {
            vec![$((stringify!($name), Command::$name($sample)),)*]
        }

        /// Returns the name under which a command is in the list.
        fn sampled(command: &Command) -> &'static str {
            match command {
                $(Command::$name(_) => stringify!($name),)*
            }
        }
    };
}

sampled! {
    CreateUser: CreateUser { user_id: USER, email_key: key(), credentials: credentials() },
    UpdateUser: UpdateUser { user_id: USER, epoch: 3, email: Some(new_email()), password_hash: Some("hash".into()) },
    SetOperator: SetOperator { user_id: USER, operator: true },
    EraseUser: EraseUser { user_id: USER },
    RevokeSession: RevokeSession { user_id: USER, session_id: SessionId::from_bytes([9; 16]), expires_at: AT },
    CreateTickets: listings(),
    UpdateTicket: update(Change::Set(show()), Change::Clear),
    RescheduleTickets: RescheduleTickets { ticket_ids: vec![TICKET], show: show(), starts_at: AT },
    WithdrawTicket: WithdrawTicket { ticket_id: TICKET, expected_version: Some(2) },
    CreateOrder: CreateOrder {
        order_id: ORDER,
        ticket_ids: [TICKET].into_iter().collect(),
        agreed: Some(Agreed::Prices(vec![price()])),
    },
    CancelOrder: CancelOrder { order_id: ORDER },
    ExpireOrder: ExpireOrder { order_id: ORDER },
    StartPayment: StartPayment { order_id: ORDER, charge_id: CHARGE, gateway: "sandbox".into() },
    SettleCharge: SettleCharge { order_id: ORDER, charge_id: CHARGE, outcome: charged(), new_order_id: NEW_ORDER },
    StartRefund: StartRefund { order_id: ORDER, refund_id: REFUND, amount: Some(price()), return_to_sale: true },
    SettleRefund: settle_refund(),
    RecordRefund: record_refund(),
    OpenDispute: open_dispute(),
    CloseDispute: CloseDispute { order_id: ORDER, charge_id: CHARGE, reference: "dp_1".into(), won: true },
    ResolveEscalation: ResolveEscalation { order_id: ORDER, resolution: Resolution::Kept, note: "ours".into() },
    RecordPayout: record_payout(),
    JoinHost: JoinHost { host_id: HOST, name: "boxoffice-0".parse().unwrap(), voter: true },
    LeaveHost: LeaveHost { host_id: HOST },
    SaveWebhook: save_webhook(),
    AdvanceWebhook: AdvanceWebhook { webhook_id: WEBHOOK, expected_version: 2, progress: progress().into() },
    DisableWebhook: DisableWebhook { webhook_id: WEBHOOK, expected_version: Some(3), reason: "gone".into() },
    ResumeWebhook: ResumeWebhook { webhook_id: WEBHOOK },
    RemoveWebhook: RemoveWebhook { webhook_id: WEBHOOK },
}

fn key() -> EmailKey {
    EmailKey::from_bytes([10; 16])
}

fn credentials() -> Credentials {
    Credentials { email: "Ann@example.com".parse().unwrap(), password_hash: "$argon2id$…".into() }
}

fn new_email() -> NewEmail {
    NewEmail { key: key(), email: "ann@bücher.example".parse().unwrap() }
}

fn price() -> Money {
    Money::parse("19.99", "USD".parse().unwrap()).unwrap()
}

fn show() -> Arc<Show> {
    let (name, venue) = ("Hamlet".parse().unwrap(), Some("Globe".parse().unwrap()));
    Arc::new(Show { name, category: None, venue, starts_at: AT })
}

fn listings() -> CreateTickets {
    let title = "Hamlet, stalls".parse().unwrap();
    let listing = Listing { title, price: price(), show: Some(show()), seat: Some("Row 3".parse().unwrap()) };
    let bare = Listing { show: None, seat: None, ..listing.clone() };
    CreateTickets::new(vec![(TICKET, listing), (TicketId::from_bytes([11; 16]), bare)])
}

fn update(show: Change<Arc<Show>>, seat: Change<&str>) -> UpdateTicket {
    let seat = seat.map(|seat| seat.parse().unwrap());
    let (ticket_id, title) = (TICKET, "Hamlet, circle".parse().unwrap());
    UpdateTicket { ticket_id, title, price: price(), show, seat, expected_version: None }
}

fn charged() -> ChargeOutcome {
    ChargeOutcome::Charged { reference: Some("ch_1".into()) }
}

fn settle_refund() -> SettleRefund {
    let outcome = RefundOutcome::Refused { reason: "closed".into() };
    SettleRefund { order_id: ORDER, charge_id: CHARGE, refund_id: REFUND, outcome, new_order_id: NEW_ORDER }
}

fn record_refund() -> RecordRefund {
    let (refund_id, reference) = (REFUND, "re_1".into());
    RecordRefund { order_id: ORDER, charge_id: CHARGE, refund_id, reference, amount: price() }
}

fn open_dispute() -> OpenDispute {
    let (reference, reason) = ("dp_1".into(), "fraudulent".into());
    OpenDispute { order_id: ORDER, charge_id: CHARGE, reference, amount: price(), reason }
}

fn record_payout() -> RecordPayout {
    let (payout_id, reference) = (PayoutId::from_bytes([12; 16]), "SEPA 1".parse().unwrap());
    RecordPayout { payout_id, seller_id: USER, amount: price(), reference }
}

fn progress() -> WebhookProgress {
    WebhookProgress::new(17, Hash::from_bytes([14; 32])).failed(2, Some(AT)).common(Some(9)).reset(true)
}

fn save_webhook() -> SaveWebhook {
    let (event_types, sealed) = (vec!["OrderCreated".into()], "AQIDBA".into());
    SaveWebhook { webhook_id: WEBHOOK, expected_version: 1, event_types, sealed, progress: Some(progress().into()) }
}

fn request(command: Command) -> Request {
    Request::new(command, ID, Actor::User(USER))
}

/// Returns what a command is, in a form that tells everything: the `Debug` of personal data doesn't.
fn content(command: &Command) -> Vec<u8> {
    rmp_serde::to_vec_named(command).unwrap()
}

#[test]
fn every_command_comes_back_as_it_was_sent() {
    for (name, command) in samples() {
        assert_eq!((sampled(&command), command.name()), (name, name));
        let sent = named(request(command));
        let got = decode(&encode(&sent).unwrap()).unwrap();
        assert_eq!((got.id, got.actor, got.fingerprint, got.is_brief), (ID, Actor::User(USER), sent.fingerprint, true));
        assert_eq!(content(&got.command), content(&sent.command), "{name}");
        assert_eq!(format!("{:?}", got.command), format!("{:?}", sent.command), "{name}");
    }
}

#[test]
fn personal_data_comes_back_as_it_was_sent() {
    let created = samples().swap_remove(0).1;
    let Command::CreateUser(got) = decode(&encode(&request(created)).unwrap()).unwrap().command else { panic!() };
    let CreateUser { email_key, credentials: Credentials { email, password_hash }, .. } = got;
    assert_eq!((email_key, email.as_str(), &*password_hash), (key(), "Ann@example.com", "$argon2id$…"));
}

#[test]
fn the_three_kinds_of_an_edit_are_told_apart() {
    let edits: [(Change<Arc<Show>>, Change<&str>); 3] =
        [(Change::Keep, Change::Set("Row 4")), (Change::Clear, Change::Keep), (Change::Set(show()), Change::Clear)];
    for (show, seat) in edits {
        let sent = update(show.clone(), seat.clone());
        let bytes = encode(&request(Command::UpdateTicket(sent))).unwrap();
        let Command::UpdateTicket(got) = decode(&bytes).unwrap().command else { panic!() };
        assert_eq!((got.show, got.seat.map(|seat| seat.to_string())), (show, seat.map(str::to_owned)));
    }
}

#[test]
fn seats_are_known_after_the_way() {
    let Command::CreateTickets(got) = decode(&encode(&request(listings().into())).unwrap()).unwrap().command else {
        panic!()
    };
    let doubled = CreateTickets::new(vec![(TICKET, got_listing()), (TICKET, got_listing())]);
    let Command::CreateTickets(doubled) = decode(&encode(&request(doubled.into())).unwrap()).unwrap().command else {
        panic!()
    };
    assert_eq!((got.first_double(), doubled.first_double()), (None, Some((1, 0))));
}

fn got_listing() -> Listing {
    Listing { title: "Hamlet".parse().unwrap(), price: price(), show: Some(show()), seat: Some("1".parse().unwrap()) }
}

#[test]
fn the_card_goes_along() {
    let pay = StartPayment { order_id: ORDER, charge_id: CHARGE, gateway: "sandbox".into() };
    let sent = Request { card: Some("tok_visa".parse().unwrap()), ..request(pay.into()) };
    let got = decode(&encode(&sent).unwrap()).unwrap();
    assert_eq!(got.card.unwrap().expose(), "tok_visa");
    let bad = WireRequest {
        id: ID,
        actor: Actor::System,
        fingerprint: ByteArray::new([0; 16]),
        is_brief: true,
        card: Some("not a token".into()),
        command: Cow::Owned(Command::CancelOrder(CancelOrder { order_id: ORDER })),
    };
    assert!(matches!(decode(&write(&WireGiven::Decision(bad)).unwrap()), Err(WireError::Malformed(_))));
}

#[test]
fn a_command_has_a_fingerprint_on_every_host_and_keeps_its_callers() {
    let cancel = || request(Command::CancelOrder(CancelOrder { order_id: ORDER }));
    let (one, other) = (named(cancel()), named(cancel()));
    assert!(one.fingerprint.is_some() && one.is_brief);
    assert_eq!(one.fingerprint, other.fingerprint);
    assert_eq!(decode(&encode(&cancel()).unwrap()).unwrap().fingerprint, one.fingerprint);
    let another = named(request(Command::CancelOrder(CancelOrder { order_id: NEW_ORDER })));
    assert_ne!(one.fingerprint, another.fingerprint);

    let by_caller = Request { fingerprint: Some([7; 16]), ..cancel() };
    let got = decode(&encode(&named(by_caller)).unwrap()).unwrap();
    assert_eq!((got.fingerprint, got.is_brief), (Some([7; 16]), false));
    let again = named(named(cancel()));
    assert_eq!((again.fingerprint, again.is_brief), (one.fingerprint, true));
}

#[test]
fn a_result_without_a_key_is_kept_for_ten_minutes() {
    let brief = result_at(&named(request(Command::CancelOrder(CancelOrder { order_id: ORDER }))), AT);
    assert_eq!(brief.as_millis() + RESULT_KEPT_MS, AT.as_millis() + 10 * 60 * 1000);
    let by_caller =
        Request { fingerprint: Some([7; 16]), ..request(Command::CancelOrder(CancelOrder { order_id: ORDER })) };
    assert_eq!(result_at(&by_caller, AT), AT);
    let start = Timestamp::from_millis(5);
    assert_eq!(result_at(&named(request(Command::CancelOrder(CancelOrder { order_id: ORDER }))), start).as_millis(), 0);
}

#[test]
fn another_form_says_so() {
    for version in [0, 2, 255] {
        let mut bytes = encode(&request(samples().swap_remove(1).1)).unwrap();
        bytes[0] = version;
        assert_eq!(decode(&bytes).unwrap_err(), WireError::Version(version));
        assert_eq!(decode_answer(&bytes).unwrap_err().code(), Code::JournalUnavailable);
    }
    let error = Error::from(WireError::Version(2));
    assert_eq!(error.code(), Code::JournalUnavailable);
}

#[test]
fn hostile_bytes_are_refused() {
    assert!(decode(&[]).is_err() && decode_answer(&[]).is_err());
    for (name, command) in samples() {
        let bytes = encode(&request(command)).unwrap();
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err(), "{name}: {len} bytes");
        }
        assert!(decode(&[&bytes[..], &[0xc0]].concat()).is_err(), "{name}");
        // Whatever a flipped bit makes of it, nothing panics.
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                let _ = decode(&other);
            }
        }
    }
    // A map, a list, a text and bytes that claim to be longer than memory.
    for claim in [[0xdf, 0xff, 0xff, 0xff, 0xff], [0xdd, 0xff, 0xff, 0xff, 0xff], [0xdb, 0xff, 0xff, 0xff, 0xff]] {
        assert!(decode(&[&[VERSION], &claim[..]].concat()).is_err());
        assert!(decode_answer(&[&[VERSION], &claim[..]].concat()).is_err());
    }
    let nested = [vec![VERSION], vec![0x91; 100_000]].concat();
    assert!(decode(&nested).is_err());
}

#[test]
fn a_field_that_is_not_known_is_refused() {
    let mut bytes = encode(&request(Command::CancelOrder(CancelOrder { order_id: ORDER }))).unwrap();
    // A map of six fields becomes one of seven, behind the version and the name of the kind.
    let at = 1 + 1 + 1 + "decision".len();
    assert_eq!(bytes[at], 0x86);
    bytes[at] = 0x87;
    bytes.extend_from_slice(&[0xa4, b'm', b'o', b'r', b'e', 1]);
    assert!(matches!(decode(&bytes), Err(WireError::Malformed(_))));
}

#[test]
fn answers_come_back_as_they_were_sent() {
    let busy = Error::from(Code::EngineOverloaded).with_retry_after(Duration::from_secs(1));
    for sent in [Ok(Reply::Tickets(Vec::new())), Err(Error::from(Code::TicketSold)), Err(busy)] {
        match (decode_answer(&encode_answer(&sent).unwrap()), sent) {
            (Ok(got), Ok(sent)) => assert_eq!(sent, got),
            (Err(got), Err(sent)) => {
                assert_eq!((sent.code(), sent.retry_after()), (got.code(), got.retry_after()));
                assert_eq!(sent.serialize_errors(), got.serialize_errors());
            }
            (got, sent) => panic!("{sent:?} became {got:?}"),
        }
    }
    let bytes = encode_answer(&Ok(Reply::Tickets(Vec::new()))).unwrap();
    for len in 0..bytes.len() {
        assert!(decode_answer(&bytes[..len]).is_err(), "{len} bytes");
    }
}

#[test]
fn the_question_for_a_first_answer_comes_back_as_it_was_sent() {
    let refusal = Error::with_message(Code::PaymentNotRefundable, "The payment was made by another");
    let refusal = refusal.with_retry_after(Duration::from_secs(3));
    let sent = Repetition { id: ID, fingerprint: [7; 16], refusal, is_delivered: false };
    let bytes = encode_repetition(&sent).unwrap();
    let Given::FirstAnswer(got) = decode_given(&bytes).unwrap() else { panic!("it is another one") };
    assert_eq!((got.id, got.fingerprint, got.refusal.code()), (ID, [7; 16], Code::PaymentNotRefundable));
    assert_eq!(got.refusal.serialize_errors(), sent.refusal.serialize_errors());
    assert_eq!(got.refusal.retry_after(), Some(Duration::from_secs(3)));
    assert!(matches!(decode(&bytes), Err(WireError::Malformed(_))));
    for len in 0..bytes.len() {
        assert!(decode_given(&bytes[..len]).is_err(), "{len} bytes");
    }
    // An answer that refuses nothing is no refusal.
    let (fingerprint, refusal) = (ByteArray::new([7; 16]), wire_answer(&Ok(Reply::Tickets(Vec::new()))).unwrap());
    let bad = WireGiven::FirstAnswer(WireRepetition { id: ID, fingerprint, refusal });
    assert!(matches!(decode_given(&write(&bad).unwrap()), Err(WireError::Malformed(_))));
}
