"""Durable reservations a second from Python, and what a call costs: `python reservations.py DIRECTORY COUNT`.

Prints a row a measurement, its columns separated by tabs: name, reservations a second, microseconds of CPU time a call, of all threads. `cargo xtask bench bindings` puts
them beside those of Rust.
"""

import asyncio
import random
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from boxoffice import AsyncBoxOffice, BoxOffice, NewTicket, Options

IN_FLIGHT = 1_000
THREADS = 32
READS = 50_000
OPTIONS: Options = {"open_orders_max": 4_000_000_000}


def row(name: str, rate: float | None, micros: float | None) -> None:
    columns = [name, "" if rate is None else f"{rate:.0f}", "" if micros is None else f"{micros:.3f}"]
    print("\t".join(columns), flush=True)


def prepared(directory: Path, count: int) -> tuple[str, list[str]]:
    """A box office with tickets to reserve, in an order that looks random."""
    with BoxOffice(directory, **OPTIONS) as office:
        seller = office.auth.sign_up("seller@example.com", "correct horse").user.id
        buyer = office.auth.sign_up("buyer@example.com", "correct horse").user.id
        tickets: list[str] = []
        while len(tickets) < count:
            listing = [NewTicket("Hamlet, stalls", "19.99")] * min(10_000, count - len(tickets))
            tickets += [ticket.id for ticket in office.tickets.create_many(seller, listing)]
    random.Random(1).shuffle(tickets)
    return buyer, tickets


def blocking(directory: Path, count: int) -> None:
    buyer, tickets = prepared(directory, count)
    with BoxOffice(directory, **OPTIONS) as office:
        start = time.perf_counter()
        for ticket in tickets:
            office.orders.create(buyer, [ticket])
        row("Python, blocking, 1 thread", count / (time.perf_counter() - start), None)
        start = time.process_time()
        get, ticket = office.tickets.get, tickets[0]
        for _ in range(READS):
            get(ticket)
        row("Python, blocking: a read", None, (time.process_time() - start) / READS * 1e6)


def threads(directory: Path, count: int) -> None:
    buyer, tickets = prepared(directory, count)

    def work(mine: list[str]) -> None:
        for ticket in mine:
            office.orders.create(buyer, [ticket])

    with BoxOffice(directory, **OPTIONS) as office:
        workers = [threading.Thread(target=work, args=(tickets[at::THREADS],)) for at in range(THREADS)]
        start = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        row(f"Python, blocking, {THREADS} threads", count / (time.perf_counter() - start), None)


async def awaits(directory: Path, count: int) -> None:
    buyer, tickets = prepared(directory, count)
    async with AsyncBoxOffice.open(directory, **OPTIONS) as office:
        waiting = iter(tickets)

        async def work() -> None:
            for ticket in waiting:
                await office.orders.create(buyer, [ticket])

        start = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        row("Python, asyncio, 1,000 awaits", count / (time.perf_counter() - start), None)

        async def reads(times: int) -> None:
            for _ in range(times):
                await office.tickets.get(tickets[0])

        start = time.process_time()
        await asyncio.gather(*(reads(READS // IN_FLIGHT) for _ in range(IN_FLIGHT)))
        row("Python, asyncio, 1,000 awaits: a read", None, (time.process_time() - start) / READS * 1e6)


def sqlite(directory: Path, count: int) -> None:
    """What one would write instead: a durable transaction a reservation."""
    directory.mkdir()
    db = sqlite3.connect(directory / "sqlite.db", isolation_level=None)
    db.executescript("""
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 16384;
        CREATE TABLE ticket (id TEXT PRIMARY KEY, price INTEGER, status INTEGER, holder TEXT, version INTEGER) WITHOUT ROWID;
        CREATE TABLE orders (id TEXT PRIMARY KEY, buyer TEXT, status INTEGER, ticket TEXT, total INTEGER, expires_at INTEGER)
            WITHOUT ROWID;
        CREATE TABLE deadline (at INTEGER, order_id TEXT, PRIMARY KEY (at, order_id)) WITHOUT ROWID;
    """)
    tickets = [str(uuid.UUID(int=at)) for at in range(count)]
    db.execute("BEGIN")
    db.executemany("INSERT INTO ticket VALUES (?, 1999, 0, NULL, 1)", [(ticket,) for ticket in tickets])
    db.execute("COMMIT")
    random.Random(1).shuffle(tickets)
    start = time.perf_counter()
    for at, ticket in enumerate(tickets):
        order = str(uuid.UUID(int=count + at))
        db.execute("BEGIN IMMEDIATE")
        status, price = db.execute("SELECT status, price FROM ticket WHERE id = ?", (ticket,)).fetchone()
        assert status == 0
        db.execute("UPDATE ticket SET status = 1, holder = ?, version = version + 1 WHERE id = ?", (order, ticket))
        db.execute("INSERT INTO orders VALUES (?, 'buyer', 0, ?, ?, ?)", (order, ticket, price, at))
        db.execute("INSERT INTO deadline VALUES (?, ?)", (at, order))
        db.execute("COMMIT")
    row("Python sqlite3, a durable transaction each", count / (time.perf_counter() - start), None)
    db.close()


def main(directory: Path, count: int) -> None:
    few = max(count // 20, 100)
    measurements: list[Callable[[Path], None]] = [
        lambda path: blocking(path, few),
        lambda path: threads(path, count // 4),
        lambda path: asyncio.run(awaits(path, count)),
        lambda path: sqlite(path, few),
    ]
    for at, measure in enumerate(measurements):
        measure(directory / f"python-{at}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
