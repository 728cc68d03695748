//! Directories that earlier versions wrote. Each folder of `upgrade` is a directory as its version wrote it. It must
//! open, be clean, and return the recorded answers. The folders are never changed.
//!
//! `BLESS=1 cargo test -p boxoffice --test it upgrade` writes the folder of the current format if it is missing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use boxoffice::testing::{ManualClock, SeededIds, archive};
use boxoffice::{
    Actor, BoxOffice, Code, NewShow, NewTicket, OrderQuery, SignIn, SignUp, TicketQuery, TicketStatusFilter,
    TicketUpdate, UserUpdate,
};
use serde_json::{Value, json};

use crate::support::{HOLD, PASSWORD, key, refused, start};

/// Folder of the format that this version writes.
const PRESENT: &str = "format-3";

/// Files that are kept besides `FORMAT`, if the directory has them.
const FILES: [&str; 4] = ["journal.redb", "archive.redb", "vault.keys", "erased-users"];

const PEOPLE: [&str; 3] = ["ann@example.com", "bob@example.com", "Cat@Example.com"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/upgrade")
}

fn open(dir: &Path) -> BoxOffice {
    let clock = ManualClock::at(start().plus(Duration::from_hours(1)));
    BoxOffice::builder().hold(HOLD).clock(Arc::new(clock)).open(dir).unwrap()
}

/// Executes some of every kind of command.
fn live(dir: &Path) {
    let clock = Arc::new(ManualClock::at(start()));
    let builder = BoxOffice::builder().hold(HOLD).clock(clock.clone()).ids(Arc::new(SeededIds::new(1)));
    let office = builder.open(dir).unwrap().blocking();
    let people: Vec<_> =
        PEOPLE.iter().map(|email| office.auth().sign_up(SignUp::new(*email, PASSWORD)).unwrap()).collect();
    let [ann, bob, cat] = [0, 1, 2].map(|at| people[at].user.id);
    let show = NewShow::new("Hamlet", "2027-05-01T19:30:00Z").category("play").venue("Théâtre du Globe");
    let list = |title: &str, price: &str, currency: &str| {
        let ticket = NewTicket::new(title, price).currency(currency).show(show.clone()).seat(format!("Row 3, {title}"));
        office.tickets().create(ann, ticket).unwrap().id
    };
    let tickets: Vec<_> = (0..8).map(|at| list(&format!("Place {at}"), "19.99", "USD")).collect();
    list("Ein Platz", "2000", "JPY");
    let buy = |buyer, ticket: usize| office.orders().create(buyer, &[tickets[ticket]]).unwrap().id;
    office.tickets().withdraw(ann, tickets[0], None).unwrap();
    office.payments().pay(bob, buy(bob, 1), "tok_visa").unwrap();
    let refunded = buy(bob, 2);
    office.payments().pay(bob, refunded, "tok_visa").unwrap();
    office.payments().refund(Actor::User(ann), refunded, true).unwrap();
    office.orders().cancel(cat, buy(cat, 3)).unwrap();
    assert_eq!(refused(office.payments().pay(cat, buy(cat, 4), "tok_chargeDeclined")), Code::PaymentDeclined);
    buy(bob, 5);
    clock.advance(HOLD);
    let update = UserUpdate::new(PASSWORD).email("bob@example.org");
    office.auth().update_user(&people[1].session, update).unwrap();
    let gone = office.auth().sign_up(SignUp::new("gone@example.com", PASSWORD)).unwrap();
    office.auth().erase_user(&gone.session, PASSWORD).unwrap();
    office.auth().sign_out(&people[2].session).unwrap();
    office.auth().set_operator("ann@example.com", true).unwrap();
    office.tickets().idempotency_key(key("kept")).create(ann, NewTicket::new("Named", "1")).unwrap();
    office.tickets().update(ann, tickets[6], TicketUpdate::new("A better place", "24.99")).unwrap();
    office.orders().create(cat, &[tickets[6], tickets[7]]).unwrap();
    clock.set(start().plus(Duration::from_hours(1)));
    list("The last", "5", "USD");
    office.close().unwrap();
}

/// Describes everything in a box office.
fn said(office: &BoxOffice) -> Value {
    let query = TicketQuery::new().status(TicketStatusFilter::All).limit(100);
    let tickets = office.tickets().list(&query).unwrap();
    let ticket = |ticket: &boxoffice::Ticket| {
        json!([
            ticket.title.as_str(),
            ticket.price.to_string(),
            ticket.status.as_str(),
            ticket.version,
            ticket.show.as_ref().map(|show| show.name.as_str())
        ])
    };
    let mut people = BTreeMap::new();
    for email in ["ann@example.com", "bob@example.org", "cat@example.com"] {
        let user = office.blocking().auth().sign_in(SignIn::new(email, PASSWORD)).unwrap().user;
        let all = OrderQuery::new().limit(100);
        let orders = office.orders().list(user.id, &all).unwrap();
        let order = |order: &boxoffice::Order| {
            let charge = order.charge.as_ref().map(|charge| charge.status.as_str());
            json!([order.status.as_str(), order.total.to_string(), order.tickets.len(), charge])
        };
        let orders: Vec<_> = orders.items.iter().map(|found| order(found)).collect();
        people.insert(email, json!({ "email": user.email, "operator": user.operator, "orders": orders }));
    }
    let report = office.journal().verify(&mut |_, _| {}).unwrap();
    assert_eq!(report.problems, []);
    let tickets: Vec<_> = tickets.items.iter().map(|found| ticket(found)).collect();
    json!({ "tickets": tickets, "people": people, "records": report.records, "head": report.head.to_string(),
        "byEvent": report.by_event })
}

/// Encodes a file as lines of 32 bytes each and omits lines of zeros: most of a small database is empty.
fn to_text(bytes: &[u8]) -> String {
    let mut text = format!("length {}\n", bytes.len());
    for (at, line) in bytes.chunks(32).enumerate().filter(|(_, line)| line.iter().any(|byte| *byte != 0)) {
        write!(text, "{:x} ", at * 32).unwrap();
        for byte in line {
            write!(text, "{byte:02x}").unwrap();
        }
        text.push('\n');
    }
    text
}

fn from_text(text: &str) -> Vec<u8> {
    let (length, lines) = text.split_once('\n').unwrap();
    let mut bytes = vec![0; length.strip_prefix("length ").unwrap().parse().unwrap()];
    for line in lines.lines() {
        let (at, digits) = line.split_once(' ').unwrap();
        let at = usize::from_str_radix(at, 16).unwrap();
        for (place, pair) in digits.as_bytes().chunks(2).enumerate() {
            bytes[at + place] = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
    }
    bytes
}

/// Restores a kept directory to a place where it can be opened.
fn restore(name: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let kept = folder().join(name);
    fs::copy(kept.join("FORMAT"), dir.path().join("FORMAT")).unwrap();
    for file in FILES {
        let hex = kept.join(format!("{file}.hex"));
        if hex.exists() {
            fs::write(dir.path().join(file), from_text(&fs::read_to_string(hex).unwrap())).unwrap();
        }
    }
    dir
}

fn bless(name: &str) {
    let dir = tempfile::tempdir().unwrap();
    live(dir.path());
    archive(dir.path(), 6).unwrap();
    // By now the archived records are gone from the journal's own file.
    let office = open(dir.path()).blocking();
    let seller = office.auth().sign_in(SignIn::new("ann@example.com", PASSWORD)).unwrap().user.id;
    office.tickets().create(seller, NewTicket::new("After the archive", "1")).unwrap();
    office.close().unwrap();
    let kept = folder().join(name);
    fs::create_dir_all(&kept).unwrap();
    fs::copy(dir.path().join("FORMAT"), kept.join("FORMAT")).unwrap();
    for file in FILES {
        fs::write(kept.join(format!("{file}.hex")), to_text(&fs::read(dir.path().join(file)).unwrap())).unwrap();
    }
    let office = open(dir.path());
    fs::write(kept.join("said.json"), format!("{:#}\n", said(&office))).unwrap();
}

#[test]
fn every_directory_that_was_ever_written_opens_and_says_the_same() {
    if std::env::var_os("BLESS").is_some() && !folder().join(PRESENT).exists() {
        bless(PRESENT);
    }
    let mut names: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert!(names.contains(&PRESENT.into()), "{names:?}");
    for name in names {
        let name = name.into_string().unwrap();
        let dir = restore(&name);
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(folder().join(&name).join("said.json")).unwrap()).unwrap();
        let office = open(dir.path());
        assert_eq!(said(&office), expected, "{name}");
        // The directory accepts new commands, and answers to old keys are kept.
        let seller = office.blocking().auth().sign_in(SignIn::new("ann@example.com", PASSWORD)).unwrap().user.id;
        let head = office.journal().head().unwrap();
        let again = office.blocking().tickets().idempotency_key(key("kept"));
        again.create(seller, NewTicket::new("Named", "1")).unwrap();
        assert_eq!(office.journal().head().unwrap(), head, "{name}: nothing is done twice");
        office.blocking().tickets().create(seller, NewTicket::new("New", "1")).unwrap();
        office.blocking().close().unwrap();
        let recover = BoxOffice::recover(dir.path(), &mut |_| std::ops::ControlFlow::Continue(())).unwrap();
        assert_eq!((recover.records, recover.damage), (head + 1, None), "{name}");
    }
}

#[test]
fn what_a_newer_version_wrote_is_refused_and_not_touched() {
    let dir = restore(PRESENT);
    fs::write(dir.path().join("FORMAT"), "boxoffice 4\n").unwrap();
    let files = || {
        let entries = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect::<BTreeMap<_, _>>()
    };
    let before = files();
    assert_eq!(refused(BoxOffice::open(dir.path())), Code::JournalNewerFormat);
    assert!(before == files(), "nothing is written, nothing is added");
}

#[test]
fn files_survive_being_text() {
    let bytes: Vec<u8> = (0..200_u8).chain([0; 100]).chain([7; 5]).collect();
    assert_eq!(from_text(&to_text(&bytes)), bytes);
}
