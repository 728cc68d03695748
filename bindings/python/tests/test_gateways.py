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
    ActionRequired,
    AsyncBoxOffice,
    Authorized,
    BoxOffice,
    ChargeAnswer,
    Charged,
    ChargeRequest,
    ConflictError,
    Declined,
    ForbiddenError,
    LookupRequest,
    Misconfigured,
    Money,
    NewTicket,
    PaymentDeclinedError,
    Pending,
    RefundAnswer,
    Refunded,
    Refused,
    RefundRequest,
    TicketUpdate,
    UnavailableError,
    Unknown,
    ValidationError,
)
from boxoffice.testing import check_gateway
from conftest import PASSWORD, Shop
from test_failures import Heard

QUICK = {
    "answer_payment_within": timedelta(seconds=1),
    "reconcile_after": (timedelta(milliseconds=20), timedelta(milliseconds=100)),
    "gateway_timeout": timedelta(milliseconds=400),
}


PATIENT: Any = {"reconcile_after": (timedelta(milliseconds=20), timedelta(milliseconds=100))}


class Book:
    """A card processor that remembers what it did."""

    name = "book"

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answers: dict[str, ChargeAnswer] = {}
        self.taken: dict[str, int] = {}
        self.refunds: dict[str, RefundRequest] = {}

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        good = request.token == "good"
        with self.lock:
            answer = Charged(f"ref-{request.charge_id}") if good else Declined("Not that card")
            self.taken.setdefault(request.charge_id, request.amount.minor if good else 0)
            return self.answers.setdefault(request.charge_id, answer)

    def lookup(self, request: LookupRequest) -> ChargeAnswer:
        with self.lock:
            return self.answers.get(request.charge_id, Unknown())

    def refund(self, request: RefundRequest) -> RefundAnswer:
        with self.lock:
            others = [other for other in self.refunds.values() if other.refund_id != request.refund_id]
            given = sum(other.amount.minor for other in others if other.charge_id == request.charge_id)
            if given + request.amount.minor > self.taken.get(request.charge_id, 0):
                raise LookupError("no such charge")
            self.refunds[request.refund_id] = request
            return None


class AsyncBook(Book):
    async def charge(self, request: ChargeRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        await asyncio.sleep(0)
        return super().charge(request)

    async def lookup(self, request: LookupRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        return super().lookup(request)

    async def refund(self, request: RefundRequest) -> RefundAnswer:  # type: ignore[override]  # pyright: ignore
        return super().refund(request)


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
        refunded = office.payments.refund(shop.ann.id, order.id, return_to_sale=False)
        assert (refunded.status, refunded.refunded) == ("refunded", charge.amount)
        [request] = gateway.refunds.values()
        assert (request.charge_id, request.reference) == (charge.id, charge.reference)
        assert [refund.id for refund in refunded.refunds] == [request.refund_id]
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
    (lambda request: 42, "must return Charged, Authorized, ActionRequired, Declined, Misconfigured, Pending or Unknown, not int"),
    (lambda request: None, "not NoneType"),
    (lambda request: Declined(7), "whose text is no str"),  # type: ignore[arg-type]  # pyright: ignore
    (lambda request: Misconfigured(None), "whose text is no str"),  # type: ignore[arg-type]  # pyright: ignore
    (lambda request: Pending(), ""),
]


@pytest.mark.parametrize(("charge", "message"), FAILURES)
def test_failures_are_looked_up(
    tmp_path: Path,
    charge: Callable[[ChargeRequest], Any],
    message: str,
    caplog: pytest.LogCaptureFixture,
    logged: Callable[[str], bool],
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
    assert logged(message)


@pytest.mark.parametrize("kind", [Book, AsyncBook])
def test_money_goes_back_in_parts(tmp_path: Path, kind: type[Book]) -> None:
    with BoxOffice(tmp_path, gateway=kind()) as office:
        shop = Shop(office)
        order = shop.orders()
        charge = office.payments.pay(shop.bob.id, order.id, "good")
        assert (charge.refunded, charge.refunds, charge.disputes, charge.late) == (None, [], [], False)
        part = office.payments.refund_part(shop.ann.id, order.id, "5.00", idempotency_key="once")
        assert office.payments.refund_part(shop.ann.id, order.id, 5, idempotency_key="once") == part
        assert (part.status, part.refunded) == ("succeeded", Money("5.00", "USD"))
        [refund] = part.refunds
        assert (refund.amount, refund.status, refund.reason) == (Money("5.00", "USD"), "done", "requested")
        with pytest.raises(ConflictError, match="More than is left"):
            office.payments.refund_part(shop.ann.id, order.id, "15.00")
        with pytest.raises(ValidationError) as wrong:
            office.payments.refund_part(shop.ann.id, order.id, "much")
        assert wrong.value.errors[0].field == "amount"
        rest = office.as_system().payments.refund(order.id, return_to_sale=False)
        assert (rest.status, rest.refunded) == ("refunded", charge.amount)
        assert [refund.amount.minor for refund in rest.refunds] == [500, 1499]


NO_ANSWERS: list[Any] = [
    True,
    Charged(),
    Refused(7),  # type: ignore[arg-type]  # pyright: ignore
    Refunded(7),  # type: ignore[arg-type]  # pyright: ignore
    ConnectionResetError("the line is dead"),
]
REFUNDS: list[tuple[list[Any], str, str, str | None]] = [
    ([None], "refunded", "done", None),
    ([Refunded()], "refunded", "done", None),
    ([Refunded("re_1")], "refunded", "done", "re_1"),
    ([Refused("the account is closed")], "succeeded", "failed", None),
    ([Pending(), Pending(), Refunded("re_2")], "refunded", "done", "re_2"),
    ([*NO_ANSWERS, None], "refunded", "done", None),
]


@pytest.mark.parametrize(("answers", "status", "refund_status", "reference"), REFUNDS)
def test_what_a_gateway_says_of_a_refund(
    tmp_path: Path,
    answers: list[Any],
    status: str,
    refund_status: str,
    reference: str | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked: list[str] = []

    class Saying(Book):
        def refund(self, request: RefundRequest) -> RefundAnswer:
            answer: Any = answers[len(asked)]
            asked.append(request.refund_id)
            if isinstance(answer, Exception):
                raise answer
            return answer  # type: ignore[no-any-return]

    with (
        caplog.at_level(logging.WARNING, "boxoffice"),
        BoxOffice(tmp_path, gateway=Saying(), **PATIENT) as office,
    ):
        shop = Shop(office)
        order = shop.orders()
        office.payments.pay(shop.bob.id, order.id, "good")
        charge = office.as_system().payments.refund(order.id, return_to_sale=False)
    [refund] = charge.refunds
    assert (charge.status, refund.status, refund.reference) == (status, refund_status, reference)
    assert asked == [refund.id] * len(answers)
    if len(answers) > len(NO_ANSWERS):
        for part in ("Refused, Pending or None, not bool", "not Charged", "Refused whose text is no str", "the line is dead"):
            assert part in caplog.text


class Lost(Book):
    """The request of a charge is long on its way: it is only heard of when nobody waits for it any more."""

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        self.taken[request.charge_id] = request.amount.minor
        raise ConnectionResetError("the line is dead")


def pays_late(office: BoxOffice, gateway: Book, event: str) -> tuple[Shop, str, str]:
    """A charge whose money comes when its order has ended: the shop, the order and the charge."""
    shop = Shop(office)
    order = shop.orders()
    with pytest.raises(PaymentDeclinedError, match="did not reach"):
        office.payments.pay(shop.bob.id, order.id, "good")
    charge = office.orders.get(shop.bob.id, order.id).charge
    assert charge is not None
    gateway.answers[charge.id] = Charged("late-1")
    for record in office.journal.subscribe(1):
        if record.event == event:
            break
    return shop, order.id, charge.id


LATE: Any = {"unknown_charge_after": timedelta(milliseconds=1), **PATIENT}


def test_late_money_waits_for_an_operator(tmp_path: Path) -> None:
    gateway = Lost()
    with BoxOffice(tmp_path, gateway=gateway, late_money="escalate", **LATE) as office:
        shop, order_id, charge_id = pays_late(office, gateway, "ChargeEscalated")
        with pytest.raises(ForbiddenError):
            office.payments.escalated(shop.ann.id)
        cat = office.auth.sign_up("cat@example.com", PASSWORD).user.id
        office.auth.set_operator("cat@example.com", True)
        [charge] = office.payments.escalated(cat)
        assert (charge.id, charge.status, charge.late, charge.reference) == (charge_id, "escalated", True, "late-1")
        for resolution, note, field in [("lost", "", "resolution"), ("kept", "x" * 501, "note")]:
            with pytest.raises(ValidationError) as wrong:
                office.payments.resolve(cat, order_id, resolution, note)  # type: ignore[arg-type]  # pyright: ignore
            assert wrong.value.errors[0].field == field
        resolved = office.payments.resolve(cat, order_id, "returned_elsewhere", "by bank transfer")
        assert (resolved.id, resolved.status) == (charge_id, "refunded")
        assert office.as_system().payments.escalated() == []
        with pytest.raises(ConflictError):
            office.payments.resolve(cat, order_id, "kept", "")


def test_late_money_buys_the_tickets_after_all(tmp_path: Path) -> None:
    gateway = Lost()
    with BoxOffice(tmp_path, gateway=gateway, late_money="retake", **LATE) as office:
        shop, order_id, charge_id = pays_late(office, gateway, "ChargeCreated")
        old = office.orders.get(shop.bob.id, order_id)
        assert old.status == "cancelled" and old.charge is not None
        assert (old.charge.id, old.charge.status) == (charge_id, "transferred")
        assert old.charge.transferred_to is not None
        assert office.orders.get(shop.bob.id, old.charge.transferred_to).status == "complete"
        # By its id, the charge is that of the order that it pays now.
        paid = office.payments.get(shop.bob.id, charge_id)
        assert (paid.status, paid.order_id) == ("succeeded", old.charge.transferred_to)


@pytest.mark.parametrize("policy", ["", "keep", "return,return"])
def test_a_policy_for_late_money_has_known_steps(tmp_path: Path, policy: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        BoxOffice(tmp_path, late_money=policy)  # type: ignore[arg-type]  # pyright: ignore
    assert wrong.value.errors[0].field == "lateMoney"


class Careful(Book):
    """A card processor that sets money aside, and has buyers of one kind of card confirm it first."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, LookupRequest]] = []

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        confirm = request.token == "confirm"
        answer = ActionRequired(f"secret-{request.charge_id}") if confirm else Authorized(f"auth-{request.charge_id}")
        with self.lock:
            return self.answers.setdefault(request.charge_id, answer)

    def capture(self, request: LookupRequest) -> ChargeAnswer:
        return self.ends("capture", request, Charged(request.reference))

    def void(self, request: LookupRequest) -> ChargeAnswer:
        return self.ends("void", request, Declined("Not confirmed in time"))

    def ends(self, how: str, request: LookupRequest, answer: ChargeAnswer) -> ChargeAnswer:
        with self.lock:
            self.asked.append((how, request))
            self.answers[request.charge_id] = answer
            return answer


class AsyncCareful(Careful):
    async def capture(self, request: LookupRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        return super().capture(request)

    async def void(self, request: LookupRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        return super().void(request)


@pytest.mark.parametrize("kind", [Careful, AsyncCareful])
def test_money_that_was_set_aside_is_captured(tmp_path: Path, kind: type[Careful]) -> None:
    gateway = kind()
    with BoxOffice(tmp_path, gateway=gateway, **PATIENT) as office:
        shop = Shop(office)
        order = shop.orders()
        charge = office.payments.pay(shop.bob.id, order.id, "good")
        assert (charge.status, charge.reference) == ("succeeded", f"auth-{charge.id}")
        [(how, request)] = gateway.asked
        assert (how, request.charge_id, request.order_id) == ("capture", charge.id, order.id)
        assert (request.amount, request.reference) == (charge.amount, f"auth-{charge.id}")
        assert request.created_at == charge.created_at


@pytest.mark.parametrize("kind", [Careful, AsyncCareful])
def test_a_buyer_has_to_confirm(tmp_path: Path, kind: type[Careful]) -> None:
    gateway = kind()
    wait = timedelta(milliseconds=200)
    with BoxOffice(tmp_path, gateway=gateway, answer_payment_within=wait, **PATIENT) as office:
        shop = Shop(office)
        charge = office.payments.pay(shop.bob.id, shop.orders().id, "confirm")
        assert charge.status == "pending"
        assert office.payments.client_secret(shop.bob.id, charge.id) == f"secret-{charge.id}"
        assert "secret" not in repr(gateway.answers[charge.id])
        gateway.answers[charge.id] = Charged("confirmed")
        for record in office.journal.subscribe(1):
            if record.event == "ChargeCreated":
                break
        done = office.payments.get(shop.bob.id, charge.id)
        assert (done.status, done.reference) == ("succeeded", "confirmed")


def test_who_takes_money_at_once_can_set_none_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Wrong(Book):
        def charge(self, request: ChargeRequest) -> ChargeAnswer:
            with self.lock:
                return self.answers.setdefault(request.charge_id, Authorized())

    gateway = Wrong()
    with (
        caplog.at_level(logging.WARNING, "boxoffice"),
        BoxOffice(tmp_path, gateway=gateway, **QUICK) as office,  # type: ignore[arg-type]  # pyright: ignore
    ):
        shop = Shop(office)
        charge = office.payments.pay(shop.bob.id, shop.orders().id, "good")
        assert charge.status == "authorized"
    assert "Wrong takes money at once, and can't capture it" in caplog.text


def test_only_the_buyer_has_what_their_page_needs(shop: Shop) -> None:
    order = shop.orders()
    charge = shop.office.payments.pay(shop.bob.id, order.id, "tok_visa")
    assert shop.office.payments.client_secret(shop.bob.id, charge.id) is None
    with pytest.raises(ForbiddenError):
        shop.office.payments.client_secret(shop.ann.id, charge.id)


class Unknowing(Book):
    """A card processor that does not know the shop."""

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        with self.lock:
            return self.answers.setdefault(request.charge_id, Misconfigured("no such account: acct_1"))


class AsyncUnknowing(Unknowing):
    async def charge(self, request: ChargeRequest) -> ChargeAnswer:  # type: ignore[override]  # pyright: ignore
        return super().charge(request)


@pytest.mark.parametrize("kind", [Unknowing, AsyncUnknowing])
def test_a_shop_that_is_not_set_up_right_is_no_decline(tmp_path: Path, kind: type[Unknowing]) -> None:
    heard = Heard()
    logger = logging.getLogger("boxoffice.gateway.worker")
    logger.addHandler(heard)
    try:
        with BoxOffice(tmp_path, gateway=kind()) as office:
            shop = Shop(office)
            order = shop.orders()
            for _ in range(2):
                with pytest.raises(UnavailableError) as refused:
                    office.payments.pay(shop.bob.id, order.id, "good", idempotency_key="once")
                assert (refused.value.code, refused.value.status_code) == ("payment.misconfigured", 503)
                assert "acct_1" not in str(refused.value)
            assert office.orders.get(shop.bob.id, order.id).status == "cancelled"
            assert office.tickets.get(order.tickets[0].id).status == "available"
            assert heard.come.wait(60)
    finally:
        logger.removeHandler(heard)
    [record] = heard.records
    assert (record.levelno, record.__dict__["boxoffice"]["reason"]) == (logging.ERROR, "no such account: acct_1")


class Picky(Book):
    """A card processor that can't charge every amount."""

    def check_amount(self, amount: Money) -> str | None:
        return None if amount.minor % 10 == 0 else "the last digit must be 0"


class AsyncPicky(Picky):
    async def check_amount(self, amount: Money) -> str | None:  # type: ignore[override]  # pyright: ignore
        return super().check_amount(amount)


@pytest.mark.parametrize("kind", [Picky, AsyncPicky])
def test_prices_that_a_gateway_cant_charge_are_not_listed(tmp_path: Path, kind: type[Picky]) -> None:
    with BoxOffice(tmp_path, gateway=kind()) as office:
        shop = Shop(office)
        with pytest.raises(ValidationError) as refused:
            shop.lists("19.99")
        message = "Price can't be charged: the last digit must be 0"
        assert refused.value.serialize_errors() == [{"message": message, "field": "price"}]
        several = [NewTicket("Hamlet", price) for price in ("1.10", "1.11", "1.20")]
        with pytest.raises(ValidationError) as refused:
            office.tickets.create_many(shop.ann.id, several)
        assert [fault.field for fault in refused.value.errors] == ["tickets[1].price"]
        ticket = shop.lists("19.90")
        with pytest.raises(ValidationError):
            office.tickets.update(shop.ann.id, ticket.id, TicketUpdate("Hamlet", "19.91"))
        assert office.tickets.get(ticket.id) == ticket


@pytest.mark.parametrize("answer", [7, Declined("no"), ConnectionResetError("the line is dead")])
def test_a_gateway_that_cant_tell_what_it_can_charge_is_no_reason_to_refuse(tmp_path: Path, answer: Any) -> None:
    class Silent(Book):
        def check_amount(self, amount: Money) -> str | None:
            if isinstance(answer, Exception):
                raise answer
            return answer  # type: ignore[no-any-return]

    with BoxOffice(tmp_path, gateway=Silent()) as office:
        assert Shop(office).lists("19.99").price == Money("19.99", "USD")


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
