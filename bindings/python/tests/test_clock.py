"""A move of the manual clock returns when what fell due is durable and visible."""

import asyncio
from datetime import timedelta
from pathlib import Path

from boxoffice import AsyncBoxOffice, BoxOffice, ManualClock, NewTicket
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
