"""Event loops that close, that are several, and that have much to do at once."""

import asyncio
import gc
import threading
from pathlib import Path
from typing import Any

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    ChargeRequest,
    LookupRequest,
    Money,
    NewTicket,
    Pending,
    RefundRequest,
    Ticket,
    ValidationError,
)
from conftest import PASSWORD

SEAT = NewTicket("Seat", 5)


class Processor:
    name = "processor"

    def charge(self, request: ChargeRequest) -> Pending:
        return Pending()

    def lookup(self, request: LookupRequest) -> Pending:
        return Pending()

    def refund(self, request: RefundRequest) -> Pending:
        return Pending()


class Slow(Processor):
    """Tells whether it can charge an amount when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.told = threading.Event()

    def check_amount(self, amount: Money) -> str | None:
        self.asked.set()
        assert self.told.wait(60)
        return None


class OnTheLoop(Processor):
    """Needs the event loop to tell whether it can charge an amount."""

    async def check_amount(self, amount: Money) -> str | None:
        await asyncio.sleep(0)
        return "too much" if amount.minor > 500 else None


async def opened(path: Path, **options: Any) -> tuple[AsyncBoxOffice, str]:
    office = await AsyncBoxOffice.open(path, **options)
    return office, (await office.auth.sign_up("ann@example.com", PASSWORD)).user.id


async def closed(office: AsyncBoxOffice) -> int:
    available = office.metrics().tickets_available
    await office.close()
    return available


def test_a_command_of_several_steps_goes_on_when_its_loop_is_closed(tmp_path: Path) -> None:
    gateway = Slow()
    office, ann = asyncio.run(opened(tmp_path, gateway=gateway))

    async def begins() -> None:
        listing = asyncio.create_task(office.tickets.create(ann, SEAT))
        assert await asyncio.to_thread(gateway.asked.wait, 60)
        # The command is not in the queue yet, and nobody waits for it from here on.
        assert not listing.done()

    async def sees() -> str:
        with office.journal.subscribe(2) as feed:
            return (await asyncio.wait_for(anext(feed), 60)).event

    asyncio.run(begins())
    gateway.told.set()
    assert asyncio.run(sees()) == "TicketCreated"
    assert asyncio.run(closed(office)) == 1


def test_commands_in_flight_are_decided_though_their_loop_is_closed(tmp_path: Path) -> None:
    office, ann = asyncio.run(opened(tmp_path))

    async def begins() -> None:
        calls = [asyncio.create_task(office.tickets.create(ann, SEAT)) for _ in range(100)]
        await asyncio.sleep(0)
        assert not any(call.done() for call in calls)

    async def sees() -> set[str]:
        with office.journal.subscribe(2) as feed:
            return {(await asyncio.wait_for(anext(feed), 60)).event for _ in range(100)}

    asyncio.run(begins())
    assert asyncio.run(sees()) == {"TicketCreated"}
    assert asyncio.run(closed(office)) == 100


def test_garbage_lets_go_of_the_directory_though_commands_are_in_flight(tmp_path: Path) -> None:
    gateway = Slow()
    loop = asyncio.new_event_loop()

    async def begins() -> None:
        office, ann = await opened(tmp_path, gateway=gateway)
        listing = asyncio.create_task(office.tickets.create(ann, SEAT))
        assert await asyncio.to_thread(gateway.asked.wait, 60)
        listing.cancel()
        await asyncio.wait([listing])
        assert listing.cancelled()

    loop.run_until_complete(begins())
    # The loop is open and does not run.
    gc.collect()
    with BoxOffice(tmp_path) as again:
        assert again.metrics().users == 1
    gateway.told.set()
    loop.close()


def test_two_loops_in_two_threads_get_their_own_answers(tmp_path: Path) -> None:
    office, ann = asyncio.run(opened(tmp_path))
    begun = threading.Barrier(2)
    made: list[Ticket] = []

    async def lists() -> None:
        begun.wait()
        for _ in range(10):
            made.extend(await asyncio.gather(*(office.tickets.create(ann, SEAT) for _ in range(50))))
            assert await office.journal.head() > 50

    threads = [threading.Thread(target=lambda: asyncio.run(lists()), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert len({ticket.id for ticket in made}) == 1_000
    assert asyncio.run(closed(office)) == 1_000


FILES = Path("/proc/self/fd")


@pytest.mark.skipif(not FILES.exists(), reason="open files are counted in /proc")
def test_loops_that_take_turns_open_no_more_files(tmp_path: Path) -> None:
    loops = [asyncio.new_event_loop() for _ in range(2)]
    office, ann = loops[0].run_until_complete(opened(tmp_path))

    def take_turns() -> int:
        for loop in loops:
            loop.run_until_complete(office.tickets.create(ann, SEAT))
            loop.run_until_complete(office.journal.head())
        return len(list(FILES.iterdir()))

    before = take_turns()
    after = [take_turns() for _ in range(20)]
    assert after[-1] < before + 10
    assert loops[0].run_until_complete(closed(office)) == 42
    for loop in loops:
        loop.close()


def test_cancelled_callers_do_not_disturb_others(tmp_path: Path) -> None:
    async def main() -> None:
        office, ann = await opened(tmp_path)
        calls = [asyncio.create_task(office.tickets.create(ann, SEAT)) for _ in range(1_000)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes[::2])
        assert len({outcome.id for outcome in outcomes[1::2] if isinstance(outcome, Ticket)}) == 500
        await office.close()
        # The commands of those who left were decided, too.
        async with AsyncBoxOffice.open(tmp_path) as again:
            assert again.metrics().tickets_available == 1_000

    asyncio.run(main())


def test_ten_thousand_commands_in_flight(tmp_path: Path) -> None:
    async def main() -> None:
        office, ann = await opened(tmp_path)
        made = await asyncio.gather(*(office.tickets.create(ann, SEAT) for _ in range(10_000)))
        assert len({ticket.id for ticket in made}) == 10_000
        assert await closed(office) == 10_000

    asyncio.run(main())


def test_a_gateway_may_need_the_loop_that_lists(tmp_path: Path) -> None:
    async def main() -> None:
        office, ann = await opened(tmp_path, gateway=OnTheLoop())
        prices = [NewTicket("Seat", 5), NewTicket("Seat", 50)] * 50
        calls = asyncio.gather(*(office.tickets.create(ann, ticket) for ticket in prices), return_exceptions=True)
        outcomes = await asyncio.wait_for(calls, 60)
        assert [type(outcome) for outcome in outcomes] == [Ticket, ValidationError] * 50
        assert await closed(office) == 50

    asyncio.run(main())


def test_a_wrong_argument_is_refused_among_others(tmp_path: Path) -> None:
    async def main() -> None:
        office, ann = await opened(tmp_path)
        calls = [office.tickets.create(ann, NewTicket("Seat", price)) for price in ("5", "five", "6", "-1")]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Ticket, ValidationError, Ticket, ValidationError]
        await office.close()

    asyncio.run(main())


def test_a_session_is_known_without_a_turn_of_the_loop(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            signed_in = await office.auth.sign_up("ann@example.com", PASSWORD)
            call = office.auth.authenticate(signed_in.token)
            with pytest.raises(StopIteration) as known:
                call.send(None)
            assert known.value.value == signed_in.session

    asyncio.run(main())
