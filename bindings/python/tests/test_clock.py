"""A move of the manual clock returns when what fell due is durable and visible; a clock that is far off is not believed."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, ManualClock, NewTicket, UnavailableError
from conftest import Shop

HOLD = timedelta(minutes=15)


def test_what_fell_due_is_there_when_the_clock_was_moved(shop: Shop, office: BoxOffice, clock: ManualClock) -> None:
    for _ in range(20):
        order = shop.orders()
        head = office.journal.head()
        clock.advance(HOLD)
        assert office.journal.head() == head + 1
        assert office.orders.get(shop.bob.id, order.id).status == "expired"
        assert office.tickets.get(order.tickets[0].id).status == "available"
    order = shop.orders()
    clock.set(order.expires_at)
    assert office.orders.get(shop.bob.id, order.id).status == "expired"


def test_the_same_in_asyncio(tmp_path: Path, clock: ManualClock) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path / "office", clock=clock) as office:
            ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user
            bob = (await office.auth.sign_up("bob@example.com", "battery staple")).user
            ticket = await office.tickets.create(ann.id, NewTicket("Hamlet", 1))
            order = await office.orders.create(bob.id, [ticket.id])
            clock.advance(HOLD)
            assert (await office.orders.get(bob.id, order.id)).status == "expired"
        clock.advance(HOLD)

    asyncio.run(main())


def test_a_clock_that_is_far_from_the_last_record_is_refused_and_accepted_if_that_is_said(
    tmp_path: Path, clock: ManualClock
) -> None:
    later = ManualClock("2037-01-01T12:00:00Z")
    with BoxOffice(tmp_path, clock=clock) as office:
        shop = Shop(office)
        order = shop.orders()
        head = office.journal.head()
    unsaid: list[Any] = [{}, {"accept_clock_jump": False}]
    for options in unsaid:
        with pytest.raises(UnavailableError) as refused:
            BoxOffice(tmp_path, clock=later, **options)
        assert (refused.value.code, refused.value.status_code) == ("clock.jumped", 503)
        for told in ("2037-01-01T12:00:00", "2027-01-01T12:00:00", "accept_clock_jump"):
            assert told in str(refused.value)
    # It was left as it was.
    with BoxOffice(tmp_path, clock=clock) as office:
        assert office.journal.head() == head
        assert office.orders.get(shop.bob.id, order.id).status == "created"
    with BoxOffice(tmp_path, clock=later, accept_clock_jump=True) as office:
        assert office.now() == later.now()
        assert office.orders.get(shop.bob.id, order.id).status == "expired"

    async def main() -> None:
        with pytest.raises(UnavailableError, match="accept_clock_jump"):
            await AsyncBoxOffice.open(tmp_path, clock=clock)
        async with AsyncBoxOffice.open(tmp_path, clock=clock, accept_clock_jump=True) as office:
            assert office.now() == later.now()

    asyncio.run(main())


def test_a_move_backwards_is_made_by_set_alone(clock: ManualClock) -> None:
    now = clock.now()
    with pytest.raises(ValueError, match="by must not be negative"):
        clock.advance(timedelta(microseconds=-1))
    with pytest.raises(TypeError, match="(?s)'by'"):
        clock.advance(5)  # type: ignore[arg-type]  # pyright: ignore
    assert clock.now() == now
    clock.set(now - timedelta(minutes=1))
    assert clock.now() == now - timedelta(minutes=1)
