"""The gateway to Stripe that comes with the package."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, Money, NewTicket, PaymentDeclinedError, StripeGateway, ValidationError
from boxoffice.testing import check_gateway
from conftest import PASSWORD, Shop
from stripe_stand_in import KEY, StandIn


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def test_it_conforms(stand_in: StandIn) -> None:
    check_gateway(StripeGateway(KEY, api_base=stand_in.url), charged_token="pm_visa", declined_token="pm_empty")


@pytest.mark.parametrize("authorize_first", [False, True])
def test_a_sale(tmp_path: Path, stand_in: StandIn, authorize_first: bool) -> None:
    gateway = StripeGateway(KEY, api_base=stand_in.url, authorize_first=authorize_first)
    with BoxOffice(tmp_path, gateway=gateway) as office:
        shop = Shop(office)
        order = shop.orders()
        charge = office.payments.pay(shop.bob.id, order.id, "pm_visa")
        assert (charge.status, charge.gateway, charge.reference) == ("succeeded", "stripe-test", "pi_1")
        intent = stand_in.books.intents["pi_1"]
        assert (intent["status"], intent["amount"], intent["currency"]) == ("succeeded", 1999, "usd")
        assert intent["capture_method"] == ("manual" if authorize_first else "automatic")
        assert intent["metadata"] == {"order_id": order.id, "charge_id": charge.id}
        refunded = office.payments.refund_part(shop.ann.id, order.id, "5.00")
        assert (refunded.refunded, refunded.refunds[0].reference) == (Money("5.00", "USD"), "re_1")
        assert stand_in.books.refunds["re_1"]["amount"] == 500
        with pytest.raises(PaymentDeclinedError, match="insufficient funds"):
            office.payments.pay(shop.bob.id, shop.orders().id, "pm_empty")
        assert stand_in.books.intents["pi_2"]["status"] == "canceled"


def test_asyncio(tmp_path: Path, stand_in: StandIn) -> None:
    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path, gateway=StripeGateway(KEY, api_base=stand_in.url)) as office:
            ann = (await office.auth.sign_up("ann@example.com", PASSWORD)).user.id
            bob = (await office.auth.sign_up("bob@example.com", PASSWORD)).user.id
            tickets = [await office.tickets.create(ann, NewTicket("Hamlet", 5)) for _ in range(5)]
            orders = [await office.orders.create(bob, [ticket.id]) for ticket in tickets]
            paid = await asyncio.gather(*(office.payments.pay(bob, order.id, "pm_visa") for order in orders))
            assert {charge.status for charge in paid} == {"succeeded"}

    asyncio.run(main())
    assert len(stand_in.books.intents) == 5


def signed(payload: dict[str, Any], secret: str) -> tuple[dict[str, str], bytes]:
    """A webhook as Stripe sends it."""
    body, now = json.dumps(payload).encode(), int(time.time())
    signature = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={now},v1={signature}"}, body


@pytest.mark.parametrize(
    ("given", "secret"), [("whsec_one", "whsec_one"), (["whsec_new", "whsec_old"], "whsec_old"), (("whsec_new",), "whsec_new")]
)
def test_webhooks_are_believed_if_they_are_signed(tmp_path: Path, stand_in: StandIn, given: Any, secret: str) -> None:
    with BoxOffice(tmp_path, gateway=StripeGateway(KEY, webhook_secret=given, api_base=stand_in.url)) as office:
        shop = Shop(office)
        charge = office.payments.pay(shop.bob.id, shop.orders().id, "pm_visa")
        dispute = {"id": "dp_1", "amount": 1999, "currency": "usd", "reason": "fraudulent", "status": "needs_response"}
        payload = {
            "id": "evt_1", "type": "charge.dispute.created", "livemode": False,
            "data": {"object": {**dispute, "payment_intent": "pi_1"}},
        }
        assert office.payments.takes_webhooks_of("stripe")
        with pytest.raises(ValidationError, match="signature does not match"):
            office.payments.receive_webhook(*signed(payload, "whsec_of_a_thief"))
        office.payments.receive_webhook(*signed(payload, secret))
        [noted] = office.payments.get(shop.bob.id, charge.id).disputes
        assert (noted.reference, noted.amount, noted.status) == ("dp_1", Money("19.99", "USD"), "open")


def test_keys_are_checked_and_never_shown() -> None:
    assert (StripeGateway("sk_test_hidden").name, StripeGateway("rk_live_hidden").name) == ("stripe-test", "stripe")
    assert (StripeGateway("sk_test_hidden").mode, StripeGateway("rk_live_hidden").mode) == ("test", "live")
    assert repr(StripeGateway("rk_live_hidden", webhook_secret="whsec_hidden")) == "StripeGateway(mode='live')"
    wrong: list[tuple[str, str | None, str]] = [
        ("pk_test_hidden", None, "secretKey"),
        ("", None, "secretKey"),
        ("sk_test_hidden", "http://stripe.example", "apiBase"),
        ("sk_test_hidden", "no address", "apiBase"),
    ]
    for key, base, field in wrong:
        with pytest.raises(ValidationError) as refused:
            StripeGateway(key, api_base=base)
        assert refused.value.errors[0].field == field
        assert "hidden" not in str(refused.value)
    for secret in (5, [5]):
        with pytest.raises(TypeError):
            StripeGateway("sk_test_hidden", webhook_secret=secret)  # type: ignore[arg-type]  # pyright: ignore
