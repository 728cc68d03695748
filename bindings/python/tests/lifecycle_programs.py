"""Programs whose end is what a test is about: each runs in a process of its own, `python lifecycle_programs.py NAME DIRECTORY`."""

import asyncio
import contextlib
import gc
import importlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from boxoffice import AsyncBoxOffice, BoxOffice, BoxOfficeError, ClosedError, ManualClock, Money, NewTicket, Pending


kept: list[object] = []
"""What is not garbage before the end."""


def signed_up(office: BoxOffice) -> str:
    return office.auth.sign_up("ann@example.com", "correct horse").user.id


def fork(directory: str) -> None:
    """The child hears that it was forked, from every façade; the parent goes on, and its directory is its own."""
    office = BoxOffice(directory)
    ann = signed_up(office)
    feed = office.journal.subscribe(1)
    child = os.fork()
    if child == 0:
        heard = 0
        for call in (
            lambda: office.tickets.create(ann, NewTicket("Seat", 5)),
            lambda: office.metrics(),
            lambda: next(feed),
            lambda: office.close(),
        ):
            try:
                call()
            except ClosedError as error:
                heard += "forked" in str(error)
        del office, feed
        gc.collect()
        # A normal exit: nothing in it may wait for threads that are not here.
        sys.exit(0 if heard == 4 else 1)
    _, status = os.waitpid(child, 0)
    print("child", os.waitstatus_to_exitcode(status))
    print("parent", office.tickets.create(ann, NewTicket("Seat", 5)).title)
    office.close()
    with BoxOffice(directory) as again:
        print("again", again.metrics().tickets_available)


def exit_without_closing(directory: str) -> None:
    office = BoxOffice(directory)
    ann = signed_up(office)
    # From a thread that is still at it.
    def list_for_ever() -> None:
        try:
            while True:
                office.tickets.create(ann, NewTicket("Seat", 5))
        except BoxOfficeError:
            pass

    threading.Thread(target=list_for_ever, daemon=True).start()
    office.tickets.create(ann, NewTicket("Seat", 5))
    print("leaving")


def exit_in_asyncio(directory: str) -> None:
    async def main() -> None:
        office = await AsyncBoxOffice.open(directory)
        ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user.id
        # They are under way, and nobody waits for them.
        calls = [asyncio.create_task(office.tickets.create(ann, NewTicket("Seat", 5))) for _ in range(100)]
        await asyncio.sleep(0)
        kept.append(office)
        print("leaving", len(calls))

    asyncio.run(main())
    # The box office is still open, and closed at exit.


def exit_with_a_gateway_that_hangs(directory: str) -> None:
    class Hanging:
        name = "hanging"

        def charge(self, request: Any) -> Any:
            print("charging", flush=True)
            started.set()
            time.sleep(3600)

        def lookup(self, request: Any) -> Any:
            return Pending()

        def refund(self, request: Any) -> None: ...

    # That it did not answer in time is told there, if the process lives long enough.
    logging.disable()
    started = threading.Event()
    second = timedelta(seconds=1)
    office = BoxOffice(directory, gateway=Hanging(), gateway_timeout=second, answer_payment_within=second)
    ann = signed_up(office)
    bob = office.auth.sign_up("bob@example.com", "correct horse").user.id
    order = office.orders.create(bob, [office.tickets.create(ann, NewTicket("Seat", 5)).id])

    def pay() -> None:
        # The box office is closed at exit, while the gateway still hangs.
        with contextlib.suppress(ClosedError):
            office.payments.pay(bob, order.id, "x")

    threading.Thread(target=pay, daemon=True).start()
    started.wait()
    print("leaving")


def interrupt(directory: str) -> None:
    """Ctrl-C ends a call that waits, and nothing else."""
    office = BoxOffice(directory)
    ann = signed_up(office)
    feed = office.journal.subscribe(office.journal.head() + 1)
    # Whoever runs the tests in the background may have passed on that the signal is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        next(feed)
    except KeyboardInterrupt:
        print("interrupted")
    office.tickets.create(ann, NewTicket("Seat", 5))
    print(next(feed).event)
    office.close()


def collect(directory: str) -> None:
    """A box office that nobody has any more lets go of its directory, and one that is closed of its gateway and clock."""
    office = BoxOffice(directory)
    ann = signed_up(office)
    office.tickets.create(ann, NewTicket("Seat", 5))
    del office
    gc.collect()
    with BoxOffice(directory) as again:
        print("again", again.metrics().tickets_available)

    class MyClock:
        def now(self) -> datetime:
            return ManualClock("2027-01-01T12:00:00Z").now()

    # The last reference goes on this thread while the writer may ask the clock.
    for _ in range(5):
        office = BoxOffice(directory, clock=MyClock())
        del office
    print("collected")


def callbacks(directory: str) -> None:
    """What callbacks raise is shown, and stops nothing."""
    heard: list[str] = []
    sys.unraisablehook = lambda unraisable: heard.append(type(unraisable.exc_value).__name__)

    class Broken:
        calls = 0

        def now(self) -> datetime:
            self.calls += 1
            if self.calls > 3:
                raise ZeroDivisionError
            return ManualClock("2027-01-01T12:00:00Z").now()

    def progress(done: int, total: int) -> None:
        raise KeyError(done)

    with BoxOffice(directory, clock=Broken()) as office:
        signed_up(office)
        print("clean", office.journal.verify(progress=progress).is_clean)
        print("time", office.now().isoformat())
    print(sorted(set(heard)))


def clock_in_python(directory: str) -> None:
    """The engine asks for the time in Python while the event loop asks the engine: neither waits for the other for ever."""

    class MyClock:
        def now(self) -> datetime:
            return datetime.now(UTC)

    async def main() -> None:
        async with AsyncBoxOffice.open(directory, clock=MyClock()) as office:
            signed_in = await office.auth.sign_up("ann@example.com", "correct horse")

            async def lists() -> None:
                for _ in range(20):
                    await office.tickets.create(signed_in.user.id, NewTicket("Seat", 5))
                    await office.auth.authenticate(signed_in.token)
                    assert office.now() >= signed_in.user.created_at

            await asyncio.gather(*(lists() for _ in range(100)))
            print("tickets", office.metrics().tickets_available)

    # Threads that want the interpreter get it as often as can be.
    sys.setswitchinterval(1e-6)
    asyncio.run(main())


def subinterpreter(directory: str) -> None:
    """Only the first interpreter of a process can have the module; others are told so, and the first goes on."""
    # The module has another name from 3.13 on; from 3.14 on there is a public one above it.
    name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    interpreters = importlib.import_module(name)
    told = "try:\n import boxoffice\nexcept ImportError as error:\n print(type(error).__name__, flush=True)\n"
    with BoxOffice(directory) as office:
        for _ in range(2):
            identity = interpreters.create()
            interpreters.run_string(identity, told)
            interpreters.destroy(identity)
        print("open", office.is_ready(), office.metrics().users)
        signed_up(office)
        print("users", office.metrics().users)


def free_threaded(directory: str) -> None:
    """Where there is no interpreter lock, the module asks for none, and threads are really at work at once."""
    has_lock: Callable[[], bool] = getattr(sys, "_is_gil_enabled", lambda: True)
    before = has_lock()
    with BoxOffice(directory) as office:
        ann = signed_up(office)
        started = threading.Barrier(8)

        def lists() -> None:
            started.wait()
            for _ in range(25):
                ticket = office.tickets.create(ann, NewTicket("Seat", 5))
                assert ticket == office.tickets.get(ticket.id) and hash(ticket.price) == hash(Money("5.00", "USD"))

        threads = [threading.Thread(target=lists) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print("tickets", office.metrics().tickets_available)
    print("lock", "as before" if has_lock() == before else "enabled by the module")


def memory(directory: str) -> None:
    """A million calls (or as many as the environment says) take no more memory than a thousand."""
    calls = int(os.environ.get("BOXOFFICE_TEST_CALLS", "1000000"))

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    with BoxOffice(directory) as office:
        ann = signed_up(office)
        ticket = office.tickets.create(ann, NewTicket("Seat", 5))

        def some(count: int) -> None:
            for _ in range(count):
                office.tickets.get(ticket.id).created_at.isoformat()
                try:
                    office.tickets.get(ann)
                except BoxOfficeError as error:
                    error.serialize_errors()

        some(5_000)
        before = resident()
        some(calls // 2)
        grown = resident() - before
        print("blocking", "steady" if grown < 8 << 20 else f"grew by {grown} bytes")

    async def main() -> None:
        async with AsyncBoxOffice.open(directory) as office:

            async def a_thousand() -> None:
                await asyncio.gather(*(office.tickets.get(ticket.id) for _ in range(1_000)))

            for _ in range(10):
                await a_thousand()
            before = resident()
            for _ in range(calls // 1_000):
                await a_thousand()
            grown = resident() - before
            print("asyncio", "steady" if grown < 8 << 20 else f"grew by {grown} bytes")

    asyncio.run(main())


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
