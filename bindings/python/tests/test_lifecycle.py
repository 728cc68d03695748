"""Fork, exit, garbage, Ctrl-C, closing, and what callbacks raise: no hang, no crash, nothing lost."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    BoxOfficeError,
    ChargeRequest,
    ClosedError,
    LookupRequest,
    ManualClock,
    NewTicket,
    Pending,
    Record,
    RefundRequest,
    Ticket,
    UnavailableError,
)
from conftest import Shop


def run(name: str, directory: Path, *, seconds: int = 120) -> list[str]:
    """What a program of lifecycle_programs prints; it has to end well, with nothing to complain about."""
    program = Path(__file__).with_name("lifecycle_programs.py")
    command = [sys.executable, "-X", "faulthandler", str(program), name, str(directory)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="this system has no fork")
def test_a_fork_hears_that_it_is_one(tmp_path: Path) -> None:
    assert run("fork", tmp_path) == ["child 0", "parent Seat", "again 1"]


def test_exit_with_an_open_office_and_a_thread_at_work(tmp_path: Path) -> None:
    assert run("exit_without_closing", tmp_path) == ["leaving"]
    with BoxOffice(tmp_path) as office:
        assert office.journal.verify().is_clean


def test_exit_with_awaits_that_nobody_awaits(tmp_path: Path) -> None:
    assert run("exit_in_asyncio", tmp_path) == ["leaving 100"]
    with BoxOffice(tmp_path) as office:
        # Each was decided or was not; nothing is half.
        assert office.journal.verify().is_clean
        assert office.metrics().head_seq == 1 + office.metrics().tickets_available <= 101


def test_exit_while_a_gateway_hangs(tmp_path: Path) -> None:
    assert run("exit_with_a_gateway_that_hangs", tmp_path) == ["charging", "leaving"]

    class Pondering:
        # The same card processor: no other is asked about its charges.
        name = "hanging"

        def charge(self, request: ChargeRequest) -> Pending:
            return Pending()

        def lookup(self, request: LookupRequest) -> Pending:
            return Pending()

        def refund(self, request: RefundRequest) -> None: ...

    with BoxOffice(tmp_path, gateway=Pondering()) as office:
        assert office.metrics().pending_payments == 1


def test_ctrl_c_ends_a_call_that_waits(tmp_path: Path) -> None:
    assert run("interrupt", tmp_path) == ["interrupted", "TicketCreated"]


def test_garbage_lets_go_of_the_directory(tmp_path: Path) -> None:
    assert run("collect", tmp_path) == ["again 1", "collected"]


def test_what_callbacks_raise_stops_nothing(tmp_path: Path) -> None:
    assert run("callbacks", tmp_path) == [
        "clean True", "time 2027-01-01T12:00:00+00:00", "['KeyError', 'ZeroDivisionError']",
    ]


def test_a_clock_in_python_and_the_loop_do_not_wait_for_each_other(tmp_path: Path) -> None:
    assert run("clock_in_python", tmp_path) == ["tickets 2000"]


def test_subinterpreters_are_told(tmp_path: Path) -> None:
    assert run("subinterpreter", tmp_path) == ["ImportError", "ImportError", "open True 0", "users 1"]


def test_threads_without_the_interpreter_lock(tmp_path: Path) -> None:
    """With an interpreter that has the lock, only that threads are at work at once."""
    assert run("free_threaded", tmp_path) == ["tickets 200", "lock as before"]


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_does_not_grow(tmp_path: Path) -> None:
    assert run("memory", tmp_path, seconds=3000) == ["blocking steady", "asyncio steady"]


def test_threads_share_an_office(shop: Shop, office: BoxOffice) -> None:
    made: list[Ticket] = []

    def work() -> None:
        made.extend(shop.lists() for _ in range(50))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ticket.id for ticket in made}) == 400
    assert office.metrics().tickets_available == 400


def test_closing_with_calls_in_flight(tmp_path: Path) -> None:
    office = BoxOffice(tmp_path)
    shop = Shop(office)
    answered: list[Ticket] = []
    refused: list[Exception] = []
    begun = threading.Barrier(9)

    def work() -> None:
        begun.wait()
        try:
            while True:
                answered.append(shop.lists())
        except UnavailableError as error:
            refused.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    begun.wait()
    office.close()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert all(isinstance(error, ClosedError) for error in refused)
    assert len(refused) == 8
    with BoxOffice(tmp_path) as again:
        assert again.metrics().tickets_available >= len(answered)


def test_a_directory_is_open_once(office: BoxOffice, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as refused:
        BoxOffice(tmp_path / "office")
    assert refused.value.code == "journal.in_use"


def test_a_hold_ends_when_its_clock_says_so(office: BoxOffice, shop: Shop, clock: ManualClock) -> None:
    order = shop.orders()
    feed = office.journal.subscribe(office.journal.head() + 1)
    clock.set(order.expires_at)
    assert next(feed).event == "OrderExpired"


def test_a_clock_of_ones_own_wakes_the_engine(tmp_path: Path) -> None:
    from collections.abc import Callable
    from datetime import UTC, datetime, timedelta

    class MyClock:
        def __init__(self) -> None:
            self.time = datetime(2027, 1, 1, tzinfo=UTC)
            self.wakers: list[Callable[[], None]] = []

        def now(self) -> datetime:
            return self.time

        def wake_by(self, waker: Callable[[], None], /) -> None:
            self.wakers.append(waker)

        def advance(self, by: timedelta) -> None:
            self.time += by
            for waker in self.wakers:
                waker()

    clock = MyClock()
    with BoxOffice(tmp_path, clock=clock) as office:
        shop = Shop(office)
        order = shop.orders()
        feed = office.journal.subscribe(office.journal.head() + 1)
        clock.advance(timedelta(minutes=15))
        record = next(feed)
        assert (record.event, record.at) == ("OrderExpired", order.expires_at)


def test_a_clock_must_tell_the_time(tmp_path: Path) -> None:
    from datetime import datetime

    class Naive:
        def now(self) -> datetime:
            return datetime(2027, 1, 1)  # noqa: DTZ001

    with pytest.raises(ValueError, match="time zone"):
        BoxOffice(tmp_path, clock=Naive())
    with pytest.raises(TypeError, match="a clock has a method now"):
        BoxOffice(tmp_path, clock=object())  # type: ignore[arg-type]  # pyright: ignore


def test_a_backup_opens(office: BoxOffice, shop: Shop, tmp_path: Path) -> None:
    ticket = shop.lists()
    heard: list[tuple[int, int]] = []
    head = office.journal.backup(tmp_path / "copy", progress=lambda done, total: heard.append((done, total)))
    assert head == office.journal.head()
    assert heard
    with BoxOffice(tmp_path / "copy") as copy:
        assert copy.tickets.get(ticket.id) == ticket
    assert office.tickets.create(shop.ann.id, NewTicket("Still open", 1)).title == "Still open"


def test_compacting_loses_nothing(office: BoxOffice, shop: Shop) -> None:
    ticket = shop.lists()
    assert office.compact() in (True, False)
    assert office.tickets.get(ticket.id) == ticket
    assert office.journal.verify().is_clean


def test_facts_are_brought_out_of_what_no_longer_opens(tmp_path: Path) -> None:
    path = tmp_path / "office"
    with BoxOffice(path) as office:
        shop = Shop(office)
        for _ in range(20):
            shop.lists()
        whole = office.journal.read(1, 100)
    found: list[Record] = []
    recover = BoxOffice.recover(path, found.append)
    assert (found, recover.records, recover.searched, recover.damage) == (whole, 22, 0, None)
    # Whoever has seen enough ends it.
    assert BoxOffice.recover(path, lambda record: record.seq < 5).records == 5

    def raises(record: Record) -> None:
        raise ZeroDivisionError(record.seq)

    with pytest.raises(ZeroDivisionError, match="1"):
        BoxOffice.recover(path, raises)

    # Only the first half of the file is left.
    (file,) = path.glob("journal*")
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size // 2)
    with pytest.raises(BoxOfficeError, match="journal.damaged"):
        BoxOffice(path)
    found.clear()
    recover = asyncio.run(AsyncBoxOffice.recover(path, found.append))
    assert recover.damage is not None and recover.damage.seq == recover.records + 1
    assert found == whole[: recover.records]
    with pytest.raises(UnavailableError):
        BoxOffice.recover(tmp_path / "nowhere", found.append)
