//! The alternative that people would write: five tables in SQLite, written by one thread without a queue.

use std::path::Path;

use boxoffice::Record;
use boxoffice_examples::measure::{Stopwatch, shuffled};
use rusqlite::{CachedStatement, Connection, Transaction, params};

use crate::Failure;
use crate::engine::BUYERS;

const SCHEMA: &str = "
    CREATE TABLE event (seq INTEGER PRIMARY KEY, payload BLOB NOT NULL);
    CREATE TABLE ticket (
        id BLOB PRIMARY KEY, seller BLOB NOT NULL, title TEXT NOT NULL, seat TEXT NOT NULL, price INTEGER NOT NULL,
        currency TEXT NOT NULL, status INTEGER NOT NULL, holder BLOB, version INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE orders (
        id BLOB PRIMARY KEY, buyer BLOB NOT NULL, status INTEGER NOT NULL, ticket BLOB NOT NULL, total INTEGER NOT NULL,
        currency TEXT NOT NULL, expires_at INTEGER NOT NULL, version INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE deadline (at INTEGER NOT NULL, order_id BLOB NOT NULL, PRIMARY KEY (at, order_id)) WITHOUT ROWID;
    CREATE TABLE order_of_buyer (buyer BLOB NOT NULL, order_id BLOB NOT NULL, PRIMARY KEY (buyer, order_id)) WITHOUT ROWID;
";

/// Settings that keep full durability and make SQLite as fast as possible: the journal is flushed at every commit,
/// pages are kept in memory, and the log is rarely moved to the tables.
const SETTINGS: &str = "
    PRAGMA page_size = 4096;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -262144;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 16384;
";

const AVAILABLE: u8 = 0;
const LOCKED: u8 = 1;
const HOLD_MS: i64 = 15 * 60 * 1000;
const START_MS: i64 = 1_800_000_000_000;

/// Returns the reservations a second with `batch` of them in each transaction. Each transaction is flushed.
pub(crate) fn run(dir: &Path, batch: usize, count: usize, record: &Record) -> Result<f64, Failure> {
    let mut db = Connection::open(dir.join("sqlite.db"))?;
    db.execute_batch(SETTINGS)?;
    db.execute_batch(SCHEMA)?;
    prepare(&mut db, count)?;
    let mut record = record.clone();
    let tickets = shuffled(count);
    let watch = Stopwatch::start();
    for (start, batch) in tickets.chunks(batch).enumerate().map(|(at, tickets)| (at * batch, tickets)) {
        let txn = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        reserve(&txn, start, batch, &mut record)?;
        txn.commit()?;
    }
    let rate = watch.rate(count);
    let locked: i64 = db.query_row("SELECT count(*) FROM ticket WHERE holder IS NOT NULL", [], |row| row.get(0))?;
    if usize::try_from(locked) == Ok(count) {
        Ok(rate)
    } else {
        Err(format!("{locked} of {count} tickets are reserved").into())
    }
}

fn prepare(db: &mut Connection, count: usize) -> Result<(), Failure> {
    let txn = db.transaction()?;
    {
        let mut insert =
            txn.prepare("INSERT INTO ticket VALUES (?1, ?2, 'Hamlet, stalls', ?3, 1999, 'USD', ?4, NULL, 1)")?;
        for at in 0..count {
            insert.execute(params![id(1, at), id(0, 0), format!("Row {}, seat {}", at / 40, at % 40), AVAILABLE])?;
        }
    }
    txn.commit()?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

struct Statements<'t> {
    read: CachedStatement<'t>,
    lock: CachedStatement<'t>,
    order: CachedStatement<'t>,
    deadline: CachedStatement<'t>,
    buyer: CachedStatement<'t>,
    event: CachedStatement<'t>,
}

impl<'t> Statements<'t> {
    fn prepare(txn: &'t Transaction<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            read: txn.prepare_cached("SELECT status, seller, price, version FROM ticket WHERE id = ?1")?,
            lock: txn.prepare_cached("UPDATE ticket SET status = ?2, holder = ?3, version = ?4 WHERE id = ?1")?,
            order: txn.prepare_cached("INSERT INTO orders VALUES (?1, ?2, 0, ?3, ?4, 'USD', ?5, 1)")?,
            deadline: txn.prepare_cached("INSERT INTO deadline VALUES (?1, ?2)")?,
            buyer: txn.prepare_cached("INSERT INTO order_of_buyer VALUES (?1, ?2)")?,
            event: txn.prepare_cached("INSERT INTO event VALUES (?1, ?2)")?,
        })
    }
}

fn reserve(txn: &Transaction<'_>, start: usize, tickets: &[usize], record: &mut Record) -> Result<(), Failure> {
    let mut sql = Statements::prepare(txn)?;
    let mut payload = Vec::new();
    for (at, ticket) in (start..).zip(tickets) {
        let (ticket, order, buyer) = (id(1, *ticket), id(2, at), id(3, at % BUYERS));
        let (status, seller, price, version) = sql.read.query_row([&ticket], |row| {
            Ok((row.get::<_, u8>(0)?, row.get::<_, [u8; 16]>(1)?, row.get::<_, i64>(2)?, row.get::<_, i64>(3)?))
        })?;
        if status != AVAILABLE || seller == buyer {
            return Err("the ticket can't be reserved".into());
        }
        let seq = i64::try_from(at)? + 1;
        let expires_at = START_MS + seq / 32 + HOLD_MS;
        record.seq = u64::try_from(seq)?;
        payload.clear();
        rmp_serde::encode::write_named(&mut payload, record)?;
        sql.lock.execute(params![ticket, LOCKED, order, version + 1])?;
        sql.order.execute(params![order, buyer, ticket, price, expires_at])?;
        sql.deadline.execute(params![expires_at, order])?;
        sql.buyer.execute(params![buyer, order])?;
        sql.event.execute(params![seq, payload])?;
    }
    Ok(())
}

/// Returns an id in the form of a `UUIDv7`. It increases with `at`, which suits the B-trees.
fn id(kind: u8, at: usize) -> [u8; 16] {
    let mut id = [kind; 16];
    id[..8].copy_from_slice(&(at as u64).to_be_bytes());
    id
}
