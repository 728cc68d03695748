"""The façade for asyncio."""

import asyncio
import threading
from pathlib import Path

import pytest
from boxoffice import (
    AsyncBoxOffice,
    ClosedError,
    ConflictError,
    ManualClock,
    NewTicket,
    NotFoundError,
    Record,
    UnavailableError,
)
from conftest import PASSWORD


async def people(office: AsyncBoxOffice) -> tuple[str, str]:
    ann, bob = await asyncio.gather(
        office.auth.sign_up("ann@example.com", PASSWORD), office.auth.sign_up("bob@example.com", PASSWORD)
    )
    return ann.user.id, bob.user.id


def test_a_thousand_awaits_need_no_thread_of_their_own(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            ann, bob = await people(office)
            ticket = await office.tickets.create(ann, NewTicket("The last one", 5))
            before = native_threads()
            attempts = [asyncio.create_task(office.orders.create(bob, [ticket.id])) for _ in range(1000)]
            # All of them are under way.
            await asyncio.sleep(0)
            assert native_threads() - before <= 1
            outcomes = await asyncio.gather(*attempts, return_exceptions=True)
            refused = [outcome for outcome in outcomes if isinstance(outcome, ConflictError)]
            assert (len(outcomes), len(refused)) == (1000, 999)
            assert {error.code for error in refused} == {"ticket.locked"}

    asyncio.run(main())


def native_threads() -> int:
    return len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else threading.active_count()


def test_a_cancelled_wait_for_news_loses_nothing(tmp_path: Path, clock: ManualClock) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path, clock=clock) as office:
            ann, _ = await people(office)
            feed = office.journal.subscribe(3)
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(feed), 0.01)
            await office.tickets.create_many(ann, [NewTicket(f"Seat {at}", 5) for at in range(3)])
            seen = [await asyncio.wait_for(anext(feed), 10) for _ in range(3)]
            assert [(record.seq, record.event) for record in seen] == [(at, "TicketCreated") for at in (3, 4, 5)]

    asyncio.run(main())


def test_one_task_at_a_time_waits_on_a_subscription(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            feed = office.journal.subscribe(1)
            first = asyncio.ensure_future(anext(feed))
            await asyncio.sleep(0)
            with pytest.raises(RuntimeError, match="another task"):
                await anext(feed)
            await people(office)
            assert (await first).seq == 1

    asyncio.run(main())


def test_iteration_ends_when_the_office_closes(tmp_path: Path) -> None:
    async def main() -> None:
        office = await AsyncBoxOffice.open(tmp_path)
        seen: list[Record] = []

        async def follow() -> None:
            async for record in office.journal.subscribe(1):
                seen.append(record)
                if len(seen) == 2:
                    caught_up.set()

        caught_up = asyncio.Event()
        follower = asyncio.create_task(follow())
        await people(office)
        await caught_up.wait()
        await office.close()
        await asyncio.wait_for(follower, 10)
        assert [record.event for record in seen] == ["UserCreated", "UserCreated"]
        with pytest.raises(ClosedError):
            await office.journal.head()
        await office.close()

    asyncio.run(main())


def test_closing_with_calls_in_flight_answers_them_all(tmp_path: Path) -> None:
    async def main() -> None:
        office = await AsyncBoxOffice.open(tmp_path)
        ann, _ = await people(office)
        calls = [asyncio.create_task(office.tickets.create(ann, NewTicket(f"Seat {at}", 5))) for at in range(500)]
        await asyncio.sleep(0)
        _, *outcomes = await asyncio.gather(office.close(), *calls, return_exceptions=True)
        made = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert len(made) + sum(isinstance(outcome, UnavailableError) for outcome in outcomes) == 500
        async with AsyncBoxOffice.open(tmp_path) as again:
            # Nothing that was answered is lost.
            assert again.metrics().tickets_available >= len(made)

    asyncio.run(main())


def test_a_cancelled_command_may_be_decided_and_is_never_half(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            ann, _ = await people(office)
            task = asyncio.ensure_future(office.tickets.create(ann, NewTicket("Seat", 5), idempotency_key="k"))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            ticket = await office.tickets.create(ann, NewTicket("Seat", 5), idempotency_key="k")
            assert (await office.tickets.list()).items == [ticket]

    asyncio.run(main())


def test_each_loop_gets_its_own_answers(tmp_path: Path) -> None:
    office = asyncio.run(opened(tmp_path))
    for _ in range(3):
        with pytest.raises(NotFoundError):
            asyncio.run(missing(office))
    asyncio.run(office.close())


async def opened(path: Path) -> AsyncBoxOffice:
    return await AsyncBoxOffice.open(path)


async def missing(office: AsyncBoxOffice) -> None:
    await office.tickets.get("01938f6e-8c7a-7b2e-8f00-0123456789ab")


def test_without_a_loop_there_is_nothing_to_await(tmp_path: Path) -> None:
    office = asyncio.run(opened(tmp_path))
    head = office.journal.head()
    with pytest.raises(RuntimeError, match="no running event loop"):
        head.send(None)
    asyncio.run(office.close())
