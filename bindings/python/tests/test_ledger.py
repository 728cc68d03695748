"""Whose the money is."""

import asyncio
import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    ConflictError,
    FeePolicy,
    ForbiddenError,
    ManualClock,
    Money,
    NotFoundError,
    Order,
    ValidationError,
)
from conftest import Shop

FEES = FeePolicy("2.5", fixed=[Money("0.30", "USD")])
NOBODY = "01938f6e-8c7a-7b2e-8f00-0123456789ab"


@pytest.fixture
def sale(tmp_path: Path, clock: ManualClock) -> Iterator[tuple[Shop, Order]]:
    """A sale of 19.99, of which the platform keeps 0.80."""
    with BoxOffice(tmp_path, clock=clock, fees=FEES) as office:
        shop = Shop(office)
        order = shop.orders()
        office.payments.pay(shop.bob.id, order.id, "tok_visa")
        yield shop, order


def test_a_seller_sees_what_they_are_owed_and_how_it_came_to_that(sale: tuple[Shop, Order]) -> None:
    shop, order = sale
    ledger, ann, bob = shop.office.ledger, shop.ann.id, shop.bob.id
    [balance] = ledger.balance(ann, ann)
    assert [str(sum) for sum in (balance.owed, balance.sold, balance.fees)] == ["19.19 USD", "19.99 USD", "0.80 USD"]
    assert balance.refunded == balance.paid_out
    assert (balance.owed.amount, balance.owed.currency, balance.owed.minor) == (Decimal("19.19"), "USD", 1919)
    [entry] = ledger.entries(ann, ann).items
    assert (entry.number, entry.kind, entry.order_id, entry.payout_id) == (1, "sale", order.id, None)
    assert (entry.at, entry.amount, entry.fee) == (datetime(2027, 1, 1, 12, tzinfo=UTC), balance.owed, balance.fees)
    assert (entry.gross, entry.reference) == (balance.sold, None)
    assert ledger.balance(bob, bob) == []
    for actor, error in [(bob, ForbiddenError), ("me", ValidationError)]:
        with pytest.raises(error):
            ledger.balance(actor, ann)
    with pytest.raises(NotFoundError):
        shop.office.as_system().ledger.balance(NOBODY)
    with pytest.raises(ValidationError):
        ledger.entries(ann, ann, limit=0)
    [platform] = shop.office.as_system().ledger.platform()
    assert (platform.processor, platform.sellers, platform.fees) == (balance.sold, balance.owed, balance.fees)
    assert platform.difference == platform.late == platform.disputed == balance.refunded
    with pytest.raises(ForbiddenError):
        ledger.platform(ann)


def test_payouts_are_recorded_once_and_what_goes_back_later_is_owed(sale: tuple[Shop, Order]) -> None:
    shop, order = sale
    ledger, ann = shop.office.ledger, shop.ann.id
    made = shop.office.as_system().ledger.record_payout(ann, "19.19", "SEPA 2027-01", idempotency_key="one")
    assert (made.seller_id, made.amount, made.reference) == (ann, Money("19.19", "USD"), "SEPA 2027-01")
    assert made.recorded_at == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert shop.office.as_system().ledger.record_payout(ann, "19.19", "SEPA 2027-01", idempotency_key="one") == made
    with pytest.raises(ConflictError) as beyond:
        shop.office.as_system().ledger.record_payout(ann, Decimal("0.01"), "SEPA 2027-02", currency="USD")
    assert beyond.value.code == "payout.exceeds_balance"
    with pytest.raises(ForbiddenError):
        ledger.record_payout(ann, ann, 1, "x")
    with pytest.raises(ValidationError) as wrong:
        shop.office.as_system().ledger.record_payout(ann, 0, "")
    assert [fault.field for fault in wrong.value.errors] == ["amount", "reference"]
    with pytest.raises(TypeError):
        shop.office.as_system().ledger.record_payout(ann, 0.5, "x")  # type: ignore[arg-type]  # pyright: ignore
    shop.office.as_system().payments.refund(order.id, return_to_sale=False)
    [balance] = ledger.balance(ann, ann)
    assert (str(balance.owed), repr(balance.paid_out)) == ("-19.19 USD", "SignedMoney('19.19', 'USD')")
    assert len({balance.owed, balance.paid_out, balance.paid_out}) == 2
    first = ledger.entries(ann, ann, limit=2)
    rest = ledger.entries(ann, ann, limit=2, cursor=first.next)
    kinds = [(entry.kind, entry.payout_id) for entry in first.items + rest.items]
    assert kinds == [("refund", None), ("payout", made.id), ("sale", None)]
    assert rest.next is None


def test_a_statement_comes_in_parts(sale: tuple[Shop, Order]) -> None:
    shop, order = sale
    ann = shop.ann.id
    [header, line] = csv.reader("".join(shop.office.ledger.statement_csv(ann, ann)).splitlines())
    assert header == "number,at,kind,orderId,payoutId,reference,currency,gross,fee,amount".split(",")
    assert line[2:] == ["sale", order.id, "", "", "USD", "19.99", "0.80", "19.19"]
    with pytest.raises(ForbiddenError):
        shop.office.ledger.statement_csv(shop.bob.id, ann)


def test_the_same_in_asyncio(tmp_path: Path) -> None:
    with BoxOffice(tmp_path) as office:
        shop = Shop(office)
        office.payments.pay(shop.bob.id, shop.orders().id, "tok_visa")
    ann = shop.ann.id

    async def main() -> list[str]:
        async with AsyncBoxOffice.open(tmp_path) as office:
            [balance] = await office.ledger.balance(ann, ann)
            [entry] = (await office.ledger.entries(ann, ann)).items
            assert balance.owed == entry.amount == (await office.as_system().ledger.platform())[0].sellers
            await office.as_system().ledger.record_payout(ann, 5, "x")
            return [part async for part in office.ledger.statement_csv(ann, ann)]

    parts = asyncio.run(main())
    assert (len(parts), parts[1].count("payout"), parts[1].count("sale")) == (2, 1, 1)


def test_fees_are_checked() -> None:
    assert str(FEES.fee(Money("19.99", "USD"))) == "0.80 USD"
    assert str(FEES.fee(Money("20", "EUR"))) == "0.50 EUR"
    assert FEES == FeePolicy(Decimal("2.50"), fixed=[Money("0.30", "USD")])
    assert repr(FEES) == "FeePolicy('2.50', …)"
    wrong_shares: list[str | int] = ["2.555", "-1", 101]
    for percent in wrong_shares:
        with pytest.raises(ValidationError) as wrong:
            FeePolicy(percent)
        assert wrong.value.errors[0].field == "percent"
