"""Refunds at the card processor's own desk, which gateways written in Python list."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from boxoffice import (
    BoxOffice,
    Charge,
    Charged,
    ChargeReport,
    LookupRequest,
    Money,
    RefundElsewhere,
    RefundReport,
    RefundsChanged,
    UnavailableError,
    WebhookEvent,
    WebhookMessage,
)
from conftest import Shop
from test_gateways import Book

ID = "01890a5d-ac96-774b-bcce-b302099a8057"

Listed = Sequence[RefundReport | RefundElsewhere]


class Desk(Book):
    """A card processor with a desk. Its messages say of a charge that its refunds have changed, and no more."""

    name = "desk"

    def __init__(self) -> None:
        super().__init__()
        self.made: list[RefundReport | RefundElsewhere] = []
        self.asked: list[datetime] = []

    def give_back(self, charge: Charge, reference: str, amount: str) -> None:
        """Gives money back at the desk."""
        self.made.append(RefundElsewhere(charge.order_id, charge.id, reference, Money(amount, "USD")))

    def refunds_of(self, request: LookupRequest) -> Listed:
        return [refund for refund in self.made if refund.charge_id == request.charge_id]

    def refunds_since(self, since: datetime) -> Listed:
        self.asked.append(since)
        return tuple(self.made)

    def read_webhook(self, message: WebhookMessage) -> WebhookEvent:
        order_id, charge_id = message.body.decode().split(" ")
        return WebhookEvent("evt_1", RefundsChanged(order_id, charge_id))


class AsyncDesk(Desk):
    async def refunds_of(self, request: LookupRequest) -> Listed:  # type: ignore[override]  # pyright: ignore
        await asyncio.sleep(0)
        return super().refunds_of(request)

    async def refunds_since(self, since: datetime) -> Listed:  # type: ignore[override]  # pyright: ignore
        await asyncio.sleep(0)
        return super().refunds_since(since)


class Sale:
    """A paid order."""

    def __init__(self, office: BoxOffice) -> None:
        shop = Shop(office)
        self.buyer, self.order = shop.bob.id, shop.orders().id
        self.charge = office.payments.pay(self.buyer, self.order, "good")

    def changed(self, office: BoxOffice) -> None:
        """Tells that the refunds of the charge have changed."""
        office.payments.receive_webhook({}, f"{self.order} {self.charge.id}".encode())

    def refunds(self, office: BoxOffice) -> list[tuple[int, str, str, str | None]]:
        refunds = office.payments.get(self.buyer, self.charge.id).refunds
        return [(refund.amount.minor, refund.status, refund.reason, refund.reference) for refund in refunds]


@pytest.mark.parametrize("kind", [Desk, AsyncDesk])
def test_what_is_given_back_of_which_a_message_names_the_charge_alone_is_found(tmp_path: Path, kind: type[Desk]) -> None:
    gateway = kind()
    with BoxOffice(tmp_path, gateway=gateway) as office:
        sale = Sale(office)
        own = office.as_system().payments.refund_part(sale.order, "1.00").refunds[0]
        gateway.made.append(RefundReport(sale.order, sale.charge.id, own.id, None))
        gateway.give_back(sale.charge, "re_1", "5.00")
        gateway.give_back(sale.charge, "re_2", "2.50")
        for _ in range(2):
            sale.changed(office)
            assert sale.refunds(office) == [
                (100, "done", "requested", None),
                (500, "done", "elsewhere", "re_1"),
                (250, "done", "elsewhere", "re_2"),
            ]


@pytest.mark.parametrize("kind", [Desk, AsyncDesk])
def test_what_is_given_back_of_which_no_message_tells_is_found_at_the_next_start_once(
    tmp_path: Path, kind: type[Desk]
) -> None:
    gateway = kind()
    with BoxOffice(tmp_path, gateway=gateway) as office:
        sale = Sale(office)
    gateway.give_back(sale.charge, "re_1", "5.00")
    gateway.made.append(RefundElsewhere(ID, ID, "re_of_others", Money("5.00", "USD")))
    with BoxOffice(tmp_path, gateway=gateway) as office:
        for record in office.journal.subscribe(1):
            if record.event == "ChargeRefunded":
                break
        assert sale.refunds(office) == [(500, "done", "elsewhere", "re_1")]
        head = office.journal.head()
    gateway.give_back(sale.charge, "re_2", "1.00")
    with BoxOffice(tmp_path, gateway=gateway) as office:
        assert next(office.journal.subscribe(head + 1)).event == "ChargeRefunded"
        assert sale.refunds(office) == [(500, "done", "elsewhere", "re_1"), (100, "done", "elsewhere", "re_2")]
    age = datetime.now(UTC) - gateway.asked[0]
    assert timedelta(days=29) < age < timedelta(days=31)


def raises(request: LookupRequest) -> Any:
    raise ConnectionResetError("the line is dead")


async def raises_later(request: LookupRequest) -> Any:
    raise ConnectionResetError("the line is dead")


async def hangs(request: LookupRequest) -> Any:
    await asyncio.Event().wait()


def returning(refunds: Any) -> Callable[[LookupRequest], Any]:
    return lambda request: refunds


REFUND = RefundElsewhere(ID, ID, "re_1", Money("5.00", "USD"))
FAILURES: list[tuple[Callable[[LookupRequest], Any], str]] = [
    (raises, "raised ConnectionResetError: the line is dead"),
    (raises_later, "raised ConnectionResetError: the line is dead"),
    (hangs, "did not answer in time"),
    (returning(None), "must return a list of refunds, not NoneType"),
    (returning("re_1"), "must return a list of refunds, not str"),
    (returning(REFUND), "must return a list of refunds, not RefundElsewhere"),
    (returning(iter([REFUND])), "must return a list of refunds, not list_iterator"),
    (returning([REFUND, None]), "returned a list whose report is no report, but NoneType"),
    (returning([REFUND, ChargeReport(ID, ID, Charged())]), "can't be: refund 2: must be of kind `refund` or"),
    (returning([RefundReport(ID, ID, ID, Charged())]), "returned a list whose answer is no answer, but Charged"),  # type: ignore[arg-type]  # pyright: ignore
    (returning([RefundElsewhere(ID, ID, "re_1", 5)]), "returned a list whose amount is no Money, but int"),  # type: ignore[arg-type]  # pyright: ignore
    (returning([REFUND, RefundReport(ID, "x", ID, None)]), "refund 2: the charge's id is"),
]


@pytest.mark.parametrize(("refunds_of", "words"), FAILURES)
def test_failures_mean_that_the_message_comes_again(
    tmp_path: Path,
    refunds_of: Callable[[LookupRequest], Any],
    words: str,
    caplog: pytest.LogCaptureFixture,
    logged: Callable[[str], bool],
) -> None:
    class Failing(Desk):
        def refunds_of(self, request: LookupRequest) -> Any:
            return refunds_of(request)

    timeout = timedelta(milliseconds=500 if refunds_of is hangs else 30_000)
    with (
        caplog.at_level(logging.WARNING, "boxoffice"),
        BoxOffice(tmp_path, gateway=Failing(), gateway_timeout=timeout) as office,
    ):
        sale = Sale(office)
        with pytest.raises(UnavailableError) as failed:
            sale.changed(office)
        assert failed.value.code == "payment.unavailable"
        if refunds_of is not hangs:
            cause = str(failed.value.__cause__)
            assert cause.startswith("Failing.refunds_of() ") and words in cause
        assert sale.refunds(office) == []
    assert logged(words)


def test_who_tells_that_refunds_have_changed_has_to_list_them(tmp_path: Path) -> None:
    telling = type("Telling", (Desk,), {"refunds_of": None})
    with BoxOffice(tmp_path, gateway=telling()) as office:
        sale = Sale(office)
        with pytest.raises(UnavailableError) as failed:
            sale.changed(office)
        assert "Telling tells that refunds have changed, and has no refunds_of()" in str(failed.value.__cause__)


def test_a_list_that_cant_be_read_at_the_start_is_a_failure_that_is_heard(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, logged: Callable[[str], bool]
) -> None:
    class Failing(Desk):
        def refunds_since(self, since: datetime) -> Any:
            raise ConnectionResetError("the line is dead")

    with caplog.at_level(logging.WARNING, "boxoffice"), BoxOffice(tmp_path, gateway=Failing()) as office:
        assert logged("refunds at the card processor could not be looked for")
        failure = office.metrics().last_error
        assert failure is not None and "Failing.refunds_since() raised ConnectionResetError" in failure.message
        assert office.is_ready()


@pytest.mark.parametrize("method", ["capture", "void", "check_amount", "refunds_of", "refunds_since", "read_webhook"])
def test_what_has_the_name_of_a_method_and_is_none_is_refused(tmp_path: Path, method: str) -> None:
    wrong = type("Wrong", (Desk,), {method: True})
    with pytest.raises(TypeError, match=rf"a gateway has a method {method}\(\), or none"):
        BoxOffice(tmp_path, gateway=wrong())
    without = type("Without", (Desk,), {method: None})
    with BoxOffice(tmp_path, gateway=without()) as office:
        assert office.is_ready()
