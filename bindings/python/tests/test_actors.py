"""No user id is nobody, who may do nothing; the box office itself acts by ``as_system``."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, ForbiddenError, Order, UnauthenticatedError, ValidationError
from conftest import Shop

NOBODY = cast(Any, None)
"""What a handler has where nobody is signed in."""


@pytest.fixture
def paid(shop: Shop) -> Order:
    order = shop.orders()
    shop.office.payments.pay(shop.bob.id, order.id, "tok_visa")
    return order


CALLS: dict[str, Callable[[Any, Shop, Order], Any]] = {
    "refund": lambda office, shop, order: office.payments.refund(NOBODY, order.id, return_to_sale=False),
    "refund_part": lambda office, shop, order: office.payments.refund_part(NOBODY, order.id, 1),
    "escalated": lambda office, shop, order: office.payments.escalated(NOBODY),
    "resolve": lambda office, shop, order: office.payments.resolve(NOBODY, order.id, "kept", ""),
    "pay": lambda office, shop, order: office.payments.pay(NOBODY, order.id, "tok_visa"),
    "charge": lambda office, shop, order: office.payments.get(NOBODY, order.id),
    "client_secret": lambda office, shop, order: office.payments.client_secret(NOBODY, order.id),
    "balance": lambda office, shop, order: office.ledger.balance(NOBODY, shop.ann.id),
    "entries": lambda office, shop, order: office.ledger.entries(NOBODY, shop.ann.id),
    "platform": lambda office, shop, order: office.ledger.platform(NOBODY),
    "record_payout": lambda office, shop, order: office.ledger.record_payout(NOBODY, shop.ann.id, 1, "x"),
    "create": lambda office, shop, order: office.tickets.create(NOBODY, ticket()),
    "create_many": lambda office, shop, order: office.tickets.create_many(NOBODY, [ticket()]),
    "withdraw": lambda office, shop, order: office.tickets.withdraw(NOBODY, order.id),
    "order": lambda office, shop, order: office.orders.create(NOBODY, [order.tickets[0].id]),
    "cancel": lambda office, shop, order: office.orders.cancel(NOBODY, order.id),
    "get": lambda office, shop, order: office.orders.get(NOBODY, order.id),
    "list": lambda office, shop, order: office.orders.list(NOBODY),
}


def ticket() -> Any:
    from boxoffice import NewTicket

    return NewTicket("Hamlet", 1)


@pytest.mark.parametrize("name", CALLS)
def test_nobody_may_do_nothing(office: BoxOffice, shop: Shop, paid: Order, name: str) -> None:
    head = office.journal.head()
    with pytest.raises(UnauthenticatedError) as raised:
        CALLS[name](office, shop, paid)
    assert raised.value.code == "auth.required"
    assert office.journal.head() == head


@pytest.mark.parametrize("name", ["iter", "statement_csv"])
def test_nobody_reads_a_statement(office: BoxOffice, shop: Shop, name: str) -> None:
    with pytest.raises(UnauthenticatedError):
        list(getattr(office.ledger, name)(NOBODY, shop.ann.id))


@pytest.mark.parametrize("actor", ["", "system", "System", "None"])
def test_no_text_is_the_system(office: BoxOffice, paid: Order, actor: str) -> None:
    with pytest.raises(ValidationError) as raised:
        office.payments.refund(actor, paid.id, return_to_sale=False)
    assert raised.value.errors[0].field == "actorId"


def test_the_id_of_all_zeros_is_a_stranger(office: BoxOffice, paid: Order) -> None:
    with pytest.raises(ForbiddenError) as raised:
        office.payments.refund("00000000-0000-0000-0000-000000000000", paid.id, return_to_sale=False)
    assert raised.value.code == "order.not_yours"


def test_the_box_office_itself_acts_by_as_system(office: BoxOffice, shop: Shop, paid: Order) -> None:
    system = office.as_system()
    part = system.payments.refund_part(paid.id, "1.00", idempotency_key="one")
    assert system.payments.refund_part(paid.id, "1.00", idempotency_key="one") == part
    [entry, _] = system.ledger.iter(shop.ann.id)
    assert entry.kind == "refund"
    assert "".join(system.ledger.statement_csv(shop.ann.id)) == "".join(
        office.ledger.statement_csv(shop.ann.id, shop.ann.id)
    )
    assert office.journal.read(office.journal.head() - 1, 1)[0].actor_id is None


def test_the_system_is_no_buyer(office: BoxOffice, shop: Shop) -> None:
    from boxoffice import _native

    with pytest.raises(ValidationError):
        office.orders.create(cast(Any, _native.TheSystem()), [shop.lists().id])


def test_asyncio_has_the_same(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path / "office") as office:
            ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user
            with pytest.raises(UnauthenticatedError):
                await office.payments.escalated(NOBODY)
            system = office.as_system()
            assert await system.payments.escalated() == []
            assert [entry async for entry in system.ledger.iter(ann.id)] == []

    asyncio.run(main())
