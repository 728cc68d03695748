"""What card processors written in Python tell by themselves."""

import asyncio
import hashlib
import hmac
import json
import logging
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from boxoffice import (
    AsyncBoxOffice,
    BoxOffice,
    Charge,
    ChargeAnswer,
    Charged,
    ChargeReport,
    ChargeRequest,
    ConflictError,
    Declined,
    DisputeClosed,
    DisputeOpened,
    LookupRequest,
    ManualClock,
    Money,
    NewTicket,
    NotFoundError,
    WebhookEvent,
    GatewayReport,
    WebhookMessage,
    WebhookRefused,
    Pending,
    RefundAnswer,
    Refunded,
    RefundElsewhere,
    RefundReport,
    UnavailableError,
    ValidationError,
)
from boxoffice.fastapi import BoxOfficeAPI
from conftest import PASSWORD, Shop
from fastapi import FastAPI
from fastapi.testclient import TestClient
from test_gateways import PATIENT, Book

SECRET = b"whsec_of_the_bank"

Payload = dict[str, Any]

ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def signed(payload: Payload, secret: bytes = SECRET) -> tuple[dict[str, str], bytes]:
    """A message as the card processor sends it."""
    body = json.dumps(payload, indent=2).encode()
    return {"Bank-Signature": hmac.new(secret, body, hashlib.sha256).hexdigest()}, body


def report_of(payload: Payload) -> GatewayReport | None:
    """What a message says."""
    order_id, charge_id, amount = payload["order"], payload["charge"], Money("5.00", "USD")
    match payload["what"]:
        case "charged":
            return ChargeReport(order_id, charge_id, Charged("told-1"))
        case "declined":
            return ChargeReport(order_id, charge_id, Declined("Payload so"))
        case "given_back":
            return RefundReport(order_id, charge_id, payload["refund"], Refunded("told-2"))
        case "refunded":
            return RefundElsewhere(order_id, charge_id, "re_1", amount)
        case "disputed":
            return DisputeOpened(order_id, charge_id, "dp_1", amount, "fraudulent")
        case "closed":
            return DisputeClosed(order_id, charge_id, "dp_1", payload["won"])
        case _:
            return None


class Teller(Book):
    """A card processor that also tells by itself."""

    name = "teller-test"

    def read_webhook(self, message: WebhookMessage) -> WebhookEvent:
        signature = hmac.new(SECRET, message.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(message.header("bank-signature") or "", signature):
            raise WebhookRefused("signature")
        payload = json.loads(message.body)
        if message.now.year != payload.get("year", message.now.year):
            raise WebhookRefused("stale")
        if "id" not in payload:
            raise WebhookRefused("malformed", "it has no id")
        return WebhookEvent(payload["id"], report_of(payload))


class AsyncTeller(Teller):
    async def read_webhook(self, message: WebhookMessage) -> WebhookEvent:  # type: ignore[override]  # pyright: ignore
        await asyncio.sleep(0)
        return super().read_webhook(message)


class Paid:
    """A complete order whose card processor tells of things."""

    def __init__(self, office: BoxOffice) -> None:
        shop = Shop(office)
        self.office, self.buyer = office, shop.bob.id
        self.order = shop.orders().id
        self.id = office.payments.pay(self.buyer, self.order, "good").id

    def charge(self) -> Charge:
        return self.office.payments.get(self.buyer, self.id)

    def tell(self, id: str, what: str, **more: Any) -> None:
        payload = {"id": id, "what": what, "order": self.order, "charge": self.id, **more}
        self.office.payments.receive_webhook(*signed(payload))


@pytest.mark.parametrize("kind", [Teller, AsyncTeller])
def test_what_is_told_is_noted_once(tmp_path: Path, kind: type[Teller]) -> None:
    with BoxOffice(tmp_path, gateway=kind()) as office:
        paid = Paid(office)
        for _ in range(2):
            paid.tell("evt_1", "refunded")
        [refund] = paid.charge().refunds
        assert (refund.amount, refund.status, refund.reason) == (Money("5.00", "USD"), "done", "elsewhere")
        assert refund.reference == "re_1"
        paid.tell("evt_2", "disputed")
        [dispute] = paid.charge().disputes
        assert (dispute.reference, dispute.amount.minor, dispute.reason, dispute.status) == (
            "dp_1", 500, "fraudulent", "open",
        )
        paid.tell("evt_3", "closed", won=False)
        assert paid.charge().disputes[0].status == "lost"
        before = office.journal.head()
        for id in ("evt_1", "evt_2", "evt_3"):
            what = {"evt_1": "refunded", "evt_2": "disputed", "evt_3": "closed"}[id]
            paid.tell(id, what, won=False)
        paid.tell("evt_4", "of no concern")
        assert office.journal.head() == before


class Silent(Teller):
    """Takes the money, and then says nothing until it tells."""

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        super().charge(request)
        return Pending()

    def lookup(self, request: LookupRequest) -> ChargeAnswer:
        return Pending()


NOW: Any = {"answer_payment_within": timedelta(0), **PATIENT}


@pytest.mark.parametrize(("what", "status"), [("charged", "succeeded"), ("declined", "failed")])
def test_a_payment_is_settled_by_what_is_told(tmp_path: Path, what: str, status: str) -> None:
    with BoxOffice(tmp_path, gateway=Silent(), **NOW) as office:
        paid = Paid(office)
        assert paid.charge().status == "pending"
        paid.tell("evt_1", what)
        charge = paid.charge()
        assert (charge.status, charge.reference, charge.failure) == (
            (status, "told-1", None) if what == "charged" else (status, None, "Payload so")
        )


def test_a_refund_is_settled_by_what_is_told(tmp_path: Path) -> None:
    class Slow(Teller):
        def refund(self, request: Any) -> RefundAnswer:
            return Pending()

    with BoxOffice(tmp_path, gateway=Slow(), **NOW) as office:
        shop = Shop(office)
        order = shop.orders()
        office.payments.pay(shop.bob.id, order.id, "good")
        for record in office.journal.subscribe(1):
            if record.event == "ChargeCreated":
                break
        charge = office.as_system().payments.refund(order.id, return_to_sale=False)
        assert charge.status == "refunding"
        payload = {"id": "evt_1", "what": "given_back", "order": order.id, "charge": charge.id, "refund": charge.refunds[0].id}
        office.payments.receive_webhook(*signed(payload))
        refunded = office.payments.get(shop.bob.id, charge.id)
        assert (refunded.status, refunded.refunds[0].reference) == ("refunded", "told-2")


def test_what_is_not_believed_is_refused(tmp_path: Path) -> None:
    with BoxOffice(tmp_path, gateway=Teller(), clock=ManualClock("2027-01-01T12:00:00Z")) as office:
        paid = Paid(office)
        payload = {"id": "evt_1", "what": "refunded", "order": paid.order, "charge": paid.id}
        headers, body = signed(payload)
        for headers, body, words in [
            (*signed(payload, b"of a thief"), "signature does not match"),
            ({}, body, "signature does not match"),
            (headers, body + b" ", "signature does not match"),
            (*signed({**payload, "year": 2020}), "too old"),
            (*signed({"what": "x", "order": "", "charge": ""}), "can't be read: it has no id"),
        ]:
            with pytest.raises(ValidationError, match=words) as refused:
                office.payments.receive_webhook(headers, body)
            assert refused.value.code == "payment.notice_refused"
        assert paid.charge().refunds == []


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    with BoxOffice(tmp_path, gateway=Teller()) as office:
        paid = Paid(office)
        # Nothing was disputed that could be closed, and no refund of this id was asked for.
        with pytest.raises((NotFoundError, ConflictError)):
            paid.tell("evt_1", "given_back", refund=ID)
        office.as_system().payments.refund(paid.order, return_to_sale=False)
        with pytest.raises(ConflictError):
            paid.tell("evt_2", "refunded")


def raises(message: WebhookMessage) -> Any:
    raise ConnectionResetError("the line is dead")


async def raises_later(message: WebhookMessage) -> Any:
    raise ConnectionResetError("the line is dead")


async def hangs(message: WebhookMessage) -> Any:
    await asyncio.Event().wait()


def returning(event: Any) -> Callable[[WebhookMessage], Any]:
    return lambda message: event


FAILURES: list[tuple[Callable[[WebhookMessage], Any], str]] = [
    (raises, "raised ConnectionResetError: the line is dead"),
    (raises_later, "raised ConnectionResetError: the line is dead"),
    (hangs, "did not answer in time"),
    (lambda message: WebhookRefused("no reason"), "a message is refused for signature, stale, malformed, not 'no reason'"),  # type: ignore[arg-type]  # pyright: ignore
    (returning(42), "must return a WebhookEvent, not int"),
    (returning(None), "must return a WebhookEvent, not NoneType"),
    (returning(WebhookEvent(7)), "invalid type: integer `7`, expected a string"),  # type: ignore[arg-type]  # pyright: ignore
    (returning(WebhookEvent("evt_1", "refunded")), "whose report is no report, but str"),  # type: ignore[arg-type]  # pyright: ignore
    (returning(WebhookEvent("evt_1", ChargeReport("x", ID, Charged()))), "the order's id is"),
    (returning(WebhookEvent("evt_1", ChargeReport(ID, ID, Refunded()))), "whose answer is no answer, but Refunded"),  # type: ignore[arg-type]  # pyright: ignore
    (returning(WebhookEvent("evt_1", RefundReport(ID, ID, "x", None))), "the refund's id is"),
    (returning(WebhookEvent("evt_1", RefundElsewhere(ID, ID, "re_1", 5))), "whose amount is no Money, but int"),  # type: ignore[arg-type]  # pyright: ignore
    (returning(WebhookEvent("evt_1", DisputeClosed(ID, ID, "dp_1", object()))), "not JSON serializable"),  # type: ignore[arg-type]  # pyright: ignore
]


@pytest.mark.parametrize(("read", "words"), FAILURES)
def test_failures_mean_that_it_comes_again(
    tmp_path: Path,
    read: Callable[[WebhookMessage], Any],
    words: str,
    caplog: pytest.LogCaptureFixture,
    logged: Callable[[str], bool],
) -> None:
    class Failing(Teller):
        def read_webhook(self, message: WebhookMessage) -> Any:
            return read(message)

    with (
        caplog.at_level(logging.WARNING, "boxoffice"),
        BoxOffice(tmp_path, gateway=Failing(), gateway_timeout=timedelta(milliseconds=200)) as office,
    ):
        with pytest.raises(UnavailableError) as failed:
            office.payments.receive_webhook({}, b"{}")
        assert failed.value.code == "payment.unavailable"
        if read is not hangs:
            cause = str(failed.value.__cause__)
            assert cause.startswith("Failing.read_webhook() ") and words in cause
        # It is as open as before.
        assert office.is_ready()
    assert logged(words)
    if read is hangs:
        # That it was cancelled is no failure of its own.
        assert "CancelledError" not in caplog.text


def test_a_refusal_elsewhere_is_a_failure(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Confused(Teller):
        def charge(self, request: ChargeRequest) -> ChargeAnswer:
            super().charge(request)
            raise WebhookRefused("signature")

    with caplog.at_level(logging.WARNING, "boxoffice"), BoxOffice(tmp_path, gateway=Confused(), **PATIENT) as office:
        shop = Shop(office)
        assert office.payments.pay(shop.bob.id, shop.orders().id, "good").status == "succeeded"
    assert "Confused.charge() raised WebhookRefused" in caplog.text


def test_closing_waits_for_no_message_that_is_being_read(tmp_path: Path) -> None:
    begun, heard = threading.Event(), list[BaseException]()

    class Hanging(Teller):
        async def read_webhook(self, message: WebhookMessage) -> WebhookEvent:  # type: ignore[override]  # pyright: ignore
            begun.set()
            await asyncio.Event().wait()
            raise AssertionError

    office = BoxOffice(tmp_path, gateway=Hanging())

    def receive() -> None:
        try:
            office.payments.receive_webhook({}, b"{}")
        except UnavailableError as error:
            # `ClosedError`, or that the gateway was not heard out: either way the card processor sends it again.
            heard.append(error)

    receiving = threading.Thread(target=receive)
    receiving.start()
    begun.wait()
    office.close()
    receiving.join(20)
    assert len(heard) == 1


def test_who_tells_nothing_is_sent_nothing(tmp_path: Path) -> None:
    with BoxOffice(tmp_path, gateway=Book()) as office:
        assert office.payments.takes_webhooks_of("book")
        assert not office.payments.takes_webhooks_of("teller")
        with pytest.raises(ValidationError, match="sends no messages"):
            office.payments.receive_webhook({}, b"{}")


@pytest.mark.parametrize(
    "headers",
    [
        lambda name, value: {name: value},
        lambda name, value: [(name, value)],
        lambda name, value: (tuple(part.encode() for part in pair) for pair in [(name, value), ("x", "é")]),
        lambda name, value: [("X-Other", "ü"), (name.upper(), value), (name, "a later one")],
    ],
)
def test_headers_are_taken_as_servers_have_them(tmp_path: Path, headers: Callable[[str, str], Any]) -> None:
    with BoxOffice(tmp_path, gateway=Teller()) as office:
        payload, body = signed({"id": "evt_1", "what": "x", "order": "", "charge": ""})
        [(name, value)] = payload.items()
        office.payments.receive_webhook(headers(name, value), body)
        office.payments.receive_webhook(headers(name, value), bytearray(body))


@pytest.mark.parametrize("headers", [None, 5, ["ab c"], [("a", 5)], {"a": "\u20ac"}, {"\xe9": "x"}])
def test_what_is_no_header_is_refused(tmp_path: Path, headers: Any) -> None:
    with BoxOffice(tmp_path, gateway=Teller()) as office:
        with pytest.raises((TypeError, ValueError)):
            office.payments.receive_webhook(headers, b"")
        with pytest.raises(TypeError):
            office.payments.receive_webhook({}, {"parsed": True})  # type: ignore[arg-type]  # pyright: ignore


def application(path: Path) -> FastAPI:
    api = BoxOfficeAPI()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncBoxOffice.open(path, gateway=AsyncTeller()) as office, api.serving(app, office):
            yield

    app = FastAPI(lifespan=lifespan)
    api.install(app)
    return app


def test_the_ready_router_receives_what_is_told(tmp_path: Path) -> None:
    with TestClient(application(tmp_path)) as client:
        person = {"email": "ann@example.com", "password": PASSWORD}
        client.post("/api/users/signup", json=person)
        ticket = client.post("/api/tickets", json={"title": "Hamlet", "price": "19.99"}).json()
        client.post("/api/users/signup", json={**person, "email": "bob@example.com"})
        order = client.post("/api/orders", json={"ticketId": ticket["id"]}).json()
        charge = client.post("/api/payments", json={"orderId": order["id"], "token": "good"}).json()
        headers, body = signed({"id": "evt_1", "what": "disputed", "order": order["id"], "charge": charge["id"]})
        answer = client.post("/api/payments/webhooks/teller", content=body, headers=headers)
        assert (answer.status_code, answer.json()) == (200, {})
        payload = client.get(f"/api/payments/{charge['id']}").json()
        assert [dispute["reference"] for dispute in payload["disputes"]] == ["dp_1"], payload
        refused = client.post("/api/payments/webhooks/teller-test", content=body + b" ", headers=headers)
        assert (refused.status_code, refused.headers["x-error-code"]) == (400, "payment.notice_refused")
        unknown = client.post("/api/payments/webhooks/another", content=body, headers=headers)
        assert (unknown.status_code, unknown.headers["x-error-code"]) == (404, "route.not_found")


def test_asyncio_reads_on_the_loop_that_opened(tmp_path: Path) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    class Watched(AsyncTeller):
        async def read_webhook(self, message: WebhookMessage) -> WebhookEvent:  # type: ignore[override]  # pyright: ignore
            loops.append(asyncio.get_running_loop())
            return await super().read_webhook(message)

    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path, gateway=Watched()) as office:
            ann = (await office.auth.sign_up("ann@example.com", PASSWORD)).user.id
            bob = (await office.auth.sign_up("bob@example.com", PASSWORD)).user.id
            ticket = await office.tickets.create(ann, NewTicket("Hamlet", 20))
            order = await office.orders.create(bob, [ticket.id])
            charge = await office.payments.pay(bob, order.id, "good")
            assert office.payments.takes_webhooks_of("teller")
            payload = [{"id": f"evt_{at}", "what": "disputed", "order": order.id, "charge": charge.id} for at in range(50)]
            await asyncio.gather(*(office.payments.receive_webhook(*signed(each)) for each in payload))
            charge = await office.payments.get(bob, charge.id)
            assert len(charge.disputes) == 1
            assert set(loops) == {asyncio.get_running_loop()} and len(loops) == 50

    asyncio.run(main())
