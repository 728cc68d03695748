"""Card processors written in Python."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    ChargeAnswer,
    Charged,
    ChargeRequest,
    Declined,
    Money,
    NewTicket,
    PaymentDeclinedError,
    Pending,
    RefundRequest,
    Unknown,
)
from boxoffice.testing import check_gateway
from conftest import PASSWORD, Shop

QUICK = {
    "answer_payment_within": timedelta(seconds=1),
    "reconcile_after": (timedelta(milliseconds=20), timedelta(milliseconds=100)),
    "gateway_timeout": timedelta(milliseconds=400),
}


class Book:
    """A card processor that remembers what it did."""

    name = "book"

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers: dict[str, ChargeAnswer] = {}
        self.refunds: list[str] = []

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        good = request.token == "good"
        with self.lock:
            answer = Charged(f"ref-{request.charge_id}") if good else Declined("Not that card")
            return self.answers.setdefault(request.charge_id, answer)

    def lookup(self, charge_id: str) -> ChargeAnswer:
        with self.lock:
            return self.answers.get(charge_id, Unknown())

    def refund(self, request: RefundRequest) -> None:
        with self.lock:
            if not isinstance(self.answers.get(request.charge_id), Charged):
                raise LookupError("no such charge")
            self.refunds.append(request.charge_id)


class AsyncBook(Book):
    async def charge(self, request: ChargeRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        await asyncio.sleep(0)
        return super().charge(request)

    async def lookup(self, charge_id: str) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        return super().lookup(charge_id)

    async def refund(self, request: RefundRequest) -> None:  # type: ignore[override]  # pyright: ignore
        super().refund(request)


@pytest.mark.parametrize("kind", [Book, AsyncBook])
def test_gateways_conform(kind: type[Book]) -> None:
    check_gateway(kind(), charged_token="good", declined_token="bad")


class Forgetful(Book):
    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        return Charged(f"ref-{time.monotonic_ns()}")


def test_the_conformance_suite_tells_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="same id again"):
        check_gateway(Forgetful(), charged_token="good", declined_token="bad")


@pytest.mark.parametrize("kind", [Book, AsyncBook])
def test_a_sale_through_ones_own_gateway(tmp_path: Path, kind: type[Book]) -> None:
    gateway = kind()
    with BoxOffice(tmp_path, gateway=gateway) as office:
        shop = Shop(office)
        order = shop.orders()
        charge = office.payments.pay(shop.bob.id, order.id, "good")
        assert (charge.status, charge.gateway, charge.amount) == ("succeeded", "book", Money("19.99", "USD"))
        assert charge.reference == f"ref-{charge.id}"
        office.payments.refund(shop.ann.id, order.id, return_to_sale=False)
        assert gateway.refunds == [charge.id]
        with pytest.raises(PaymentDeclinedError) as declined:
            office.payments.pay(shop.bob.id, shop.orders().id, "bad")
        assert declined.value.serialize_errors() == [{"message": "Not that card"}]


def test_coroutines_run_on_the_loop_that_opened(tmp_path: Path) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    class Watched(AsyncBook):
        async def charge(self, request: ChargeRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
            loops.append(asyncio.get_running_loop())
            return await super().charge(request)

    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path, gateway=Watched()) as office:
            ann = (await office.auth.sign_up("ann@example.com", PASSWORD)).user.id
            bob = (await office.auth.sign_up("bob@example.com", PASSWORD)).user.id
            ticket = await office.tickets.create(ann, NewTicket("Hamlet", 5))
            order = await office.orders.create(bob, [ticket.id])
            assert (await office.payments.pay(bob, order.id, "good")).status == "succeeded"
            assert loops == [asyncio.get_running_loop()]

    asyncio.run(main())


def raises(request: ChargeRequest) -> Any:
    raise ConnectionResetError("the line is dead")


def exits(request: ChargeRequest) -> Any:
    raise SystemExit(3)


async def raises_later(request: ChargeRequest) -> Any:
    raise ConnectionResetError("the line is dead")


async def hangs(request: ChargeRequest) -> Any:
    await asyncio.Event().wait()


FAILURES: list[tuple[Callable[[ChargeRequest], Any], str]] = [
    (raises, "raised ConnectionResetError: the line is dead"),
    (raises_later, "raised ConnectionResetError: the line is dead"),
    (exits, ""),
    (hangs, "did not answer in time"),
    (lambda request: 42, "must return Charged, Declined, Pending or Unknown, not int"),
    (lambda request: None, "not NoneType"),
    (lambda request: Declined(7), "whose text is no str"),  # type: ignore[arg-type]  # pyright: ignore
    (lambda request: Pending(), ""),
]


@pytest.mark.parametrize(("charge", "message"), FAILURES)
def test_failures_are_looked_up(
    tmp_path: Path, charge: Callable[[ChargeRequest], Any], message: str, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Book):
        def charge(self, request: ChargeRequest) -> Any:
            # The money is taken, but the answer does not arrive.
            super().charge(request)
            return charge(request)

    with (
        caplog.at_level(logging.WARNING, "boxoffice"),
        BoxOffice(tmp_path, gateway=Failing(), **QUICK) as office,  # type: ignore[arg-type]  # pyright: ignore
    ):
        shop = Shop(office)
        paid = office.payments.pay(shop.bob.id, shop.orders().id, "good")
        for record in office.journal.subscribe(1):
            if record.event in ("ChargeCreated", "ChargeFailed"):
                break
        assert office.payments.get(shop.bob.id, paid.id).status == "succeeded"
    assert message in caplog.text


def test_a_plain_method_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    release = threading.Event()

    class Hanging(Book):
        def charge(self, request: ChargeRequest) -> ChargeAnswer:
            answer = super().charge(request)
            if request.token == "hang":
                release.wait(60)
            return answer

    gateway = Hanging()
    with BoxOffice(tmp_path, gateway=gateway, **QUICK) as office:  # type: ignore[arg-type]  # pyright: ignore
        shop = Shop(office)
        pending = shop.orders()
        waiting = threading.Thread(target=lambda: office.payments.pay(shop.bob.id, pending.id, "good"))
        hung = threading.Thread(
            target=lambda: pytest.raises(PaymentDeclinedError, office.payments.pay, shop.bob.id, shop.orders().id, "hang")
        )
        hung.start()
        waiting.start()
        waiting.join(30)
        assert not waiting.is_alive()
        hung.join(30)
        assert not hung.is_alive()
        release.set()


@pytest.mark.parametrize("broken", [object(), type("Nameless", (), {"charge": 1})()])
def test_what_is_no_gateway_is_refused_at_opening(tmp_path: Path, broken: Any) -> None:
    with pytest.raises(TypeError, match="a gateway has"):
        BoxOffice(tmp_path, gateway=broken)
