"""What the package looks like to who programs with it: types, orders, lists, iterators."""

import asyncio
import copy
import inspect
import pickle
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

import boxoffice
import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    LateMoneyPolicy,
    Money,
    NewTicket,
    OrderStatus,
    Record,
    SignedMoney,
    Ticket,
    TicketSort,
    TicketStatusFilter,
    ValidationError,
)
from boxoffice.events import PublishedRecord
from conftest import PASSWORD, Shop


def test_one_text_is_no_list(shop: Shop, office: BoxOffice) -> None:
    ticket = shop.lists()
    for one in (ticket.id, ticket.id.encode()):
        with pytest.raises(TypeError, match=r"a list is wanted here, even of one: write \[it\], not a (str|bytes)\n.*'ticket_ids'"):
            office.orders.create(shop.bob.id, one)  # type: ignore[arg-type]  # pyright: ignore
    with pytest.raises(TypeError, match="'tickets'"):
        office.tickets.create_many(shop.ann.id, "Hamlet")  # type: ignore[arg-type]  # pyright: ignore
    assert office.orders.create(shop.bob.id, (ticket.id,)).tickets[0].id == ticket.id


def test_one_text_is_no_list_in_asyncio(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            bob = (await office.auth.sign_up("bob@example.com", PASSWORD)).user.id
            with pytest.raises(TypeError, match="'ticket_ids'"):
                await office.orders.create(bob, "id")  # type: ignore[arg-type]  # pyright: ignore

    asyncio.run(main())


def test_closed_sets_are_literals(shop: Shop, office: BoxOffice) -> None:
    order = shop.orders()
    status: Literal["created", "awaiting_payment", "complete", "cancelled", "expired"] = order.status
    assert status in get_args(OrderStatus) and len(get_args(OrderStatus)) == 5
    sorts: tuple[TicketSort, ...] = get_args(TicketSort)
    filters: tuple[TicketStatusFilter, ...] = get_args(TicketStatusFilter)
    assert {*sorts} == {"newest", "oldest", "price", "-price", "startsAt", "-startsAt"}
    assert {*filters} == {"onSale", "available", "locked", "sold", "withdrawn", "all"}
    for sort in sorts:
        for only in filters:
            office.tickets.list(sort=sort, status=only)
    with pytest.raises(ValidationError) as wrong:
        office.tickets.list(
            sort="title",  # type: ignore[arg-type]  # pyright: ignore
            status="gone",  # type: ignore[arg-type]  # pyright: ignore
            limit=0,
        )
    assert {fault.field for fault in wrong.value.errors} == {"sort", "status", "limit"}
    office.orders.list(shop.bob.id, status="paid" if False else "created")
    with pytest.raises(ValidationError, match="must be one of created"):
        office.orders.list(shop.bob.id, status="paid")  # type: ignore[arg-type]  # pyright: ignore


@pytest.mark.parametrize("policy", get_args(LateMoneyPolicy))
def test_every_policy_for_late_money_is_one(tmp_path: Path, policy: LateMoneyPolicy) -> None:
    with BoxOffice(tmp_path, late_money=policy):
        pass
    with BoxOffice(tmp_path, late_money=policy.split(",")):  # type: ignore[arg-type]  # pyright: ignore
        pass


def test_money_is_ordered_within_a_currency() -> None:
    one, two = Money("1.99", "USD"), Money("2", "USD")
    assert one < two and two > one and one <= Money(Decimal("1.99"), "USD") and two >= one and one != two
    assert sorted([two, one]) == [one, two] and max(one, two) == two
    assert one != Money("1.99", "EUR") and not one == Money("1.99", "EUR")
    for compare in ("__lt__", "__le__", "__gt__", "__ge__"):
        with pytest.raises(TypeError, match="USD and EUR can't be compared"):
            getattr(one, compare)(Money("2", "EUR"))
    others: list[Any] = [1.99, "1.99 USD", None]
    for other in others:
        assert one != other
        with pytest.raises(TypeError):
            assert one < other


def test_money_is_pickled_copied_and_hashed() -> None:
    for amount in (Money("1234567.89", "USD"), Money(2000, "JPY")):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            assert pickle.loads(pickle.dumps(amount, protocol)) == amount
        assert copy.copy(amount) == copy.deepcopy(amount) == amount
        assert {amount: 1}[Money(amount.amount, amount.currency)] == 1


def test_sums_are_ordered_and_pickled(shop: Shop, office: BoxOffice) -> None:
    office.payments.pay(shop.bob.id, shop.orders().id, "tok_visa")
    [balance] = office.as_system().ledger.balance(shop.ann.id)
    assert balance.refunded < balance.owed and sorted([balance.owed, balance.refunded])[0].minor == 0
    again = pickle.loads(pickle.dumps(balance.owed))
    assert (type(again), again, hash(again)) == (SignedMoney, balance.owed, hash(balance.owed))


def test_operations_make_tasks(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            assert inspect.iscoroutinefunction(office.auth.sign_up)
            first = asyncio.create_task(office.auth.sign_up("ann@example.com", PASSWORD))
            async with asyncio.TaskGroup() as group:
                second = group.create_task(office.auth.sign_up("bob@example.com", PASSWORD))
            assert (await first).user.id != second.result().user.id
            running = asyncio.run_coroutine_threadsafe(office.journal.head(), asyncio.get_running_loop())
            assert await asyncio.wrap_future(running) == 2

    asyncio.run(main())


SEATS = 120


@pytest.fixture
def many(shop: Shop, office: BoxOffice) -> list[Ticket]:
    return office.tickets.create_many(shop.ann.id, [NewTicket(f"Seat {at}", at + 1) for at in range(SEATS)])


def test_lists_are_iterated_over_from_their_first_entry_to_their_last(
    shop: Shop, office: BoxOffice, many: list[Ticket]
) -> None:
    assert [ticket.id for ticket in office.tickets.iter(sort="price", limit=7)] == [ticket.id for ticket in many]
    assert sum(1 for _ in office.tickets.iter(min_price=101)) == 20
    orders = [office.orders.create(shop.bob.id, [ticket.id]) for ticket in many[:7]]
    assert list(office.orders.iter(shop.bob.id, limit=2)) == orders[::-1]
    for order in orders:
        office.payments.pay(shop.bob.id, order.id, "tok_visa")
    entries = list(office.ledger.iter(shop.ann.id, shop.ann.id, limit=3))
    assert [entry.number for entry in entries] == [7, 6, 5, 4, 3, 2, 1]
    records = list(office.journal.iter(1))
    assert [record.seq for record in records] == list(range(1, office.journal.head() + 1))
    iterator: Iterator[Record] = office.journal.iter(office.journal.head())
    assert next(iterator) == records[-1] and next(iterator, None) is None and next(iterator, None) is None
    with pytest.raises(ValidationError):
        office.tickets.iter(limit=0)


def test_lists_are_iterated_over_in_asyncio(tmp_path: Path, clock: boxoffice.ManualClock) -> None:
    with BoxOffice(tmp_path, clock=clock) as blocking:
        shop = Shop(blocking)
        blocking.tickets.create_many(shop.ann.id, [NewTicket(f"Seat {at}", 1) for at in range(SEATS)])

    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path, clock=clock) as office:
            tickets = [ticket async for ticket in office.tickets.iter(limit=50)]
            assert len({ticket.id for ticket in tickets}) == SEATS
            order = await office.orders.create(shop.bob.id, [tickets[0].id])
            assert [found async for found in office.orders.iter(shop.bob.id)] == [order]
            assert [entry async for entry in office.as_system().ledger.iter(shop.ann.id)] == []
            records = [record async for record in office.journal.iter(3)]
            assert [record.seq for record in records] == list(range(3, 4 + SEATS))
            with pytest.raises(ValidationError):
                office.tickets.iter(limit=0)

    asyncio.run(main())


def test_a_subscription_is_closed(office: BoxOffice, shop: Shop) -> None:
    with office.journal.subscribe(1) as feed:
        assert next(feed).seq == 1
    assert list(feed) == []
    feed.close()

    waiting = office.journal.subscribe(office.journal.head() + 1)
    seen: list[list[Record]] = []
    thread = threading.Thread(target=lambda: seen.append(list(waiting)))
    thread.start()
    waiting.close()
    thread.join(30)
    assert seen == [[]]
    assert shop.lists().title == "Hamlet"


def test_a_subscription_is_closed_in_asyncio(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path) as office:
            await office.auth.sign_up("ann@example.com", PASSWORD)
            async with office.journal.subscribe(1) as feed:
                assert (await anext(feed)).seq == 1
                waiting = asyncio.ensure_future(anext(feed, None))
                await asyncio.sleep(0)
            assert await asyncio.wait_for(waiting, 30) is None
            assert [record async for record in feed] == []
            with office.journal.subscribe(1) as other:
                assert (await anext(other)).seq == 1
            with pytest.raises(StopAsyncIteration):
                await anext(other)

    asyncio.run(main())


def test_events_have_types(shop: Shop, office: BoxOffice) -> None:
    order = shop.orders()
    [record] = [record for record in office.journal.iter(1) if record.event == "OrderCreated"]
    published: PublishedRecord = record.published
    event = published["event"]
    assert event["type"] == "OrderCreated"
    # From here on it is known what the data has.
    assert (event["data"]["orderId"], event["data"]["total"]["minor"]) == (order.id, order.total.minor)
    assert event["data"]["tickets"][0]["price"] == {"minor": 1999, "currency": "USD"}
    assert "seat" not in event["data"]["tickets"][0] and published["actor"] == {"user": shop.bob.id}
