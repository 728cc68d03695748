"""What goes in and what comes out."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import boxoffice
import pytest
from boxoffice import (
    BoxOffice,
    BoxOfficeError,
    ConflictError,
    IdempotencyMismatchError,
    ManualClock,
    Money,
    NewShow,
    NewTicket,
    NotFoundError,
    PaymentDeclinedError,
    PreconditionFailedError,
    TicketUpdate,
    UnauthenticatedError,
    ValidationError,
    _native,
)
from conftest import PASSWORD, Shop


def test_a_ticket_has_exact_money_and_aware_times(shop: Shop) -> None:
    starts_at = datetime(2099, 5, 1, 21, 30, tzinfo=timezone(timedelta(hours=2)))
    show = NewShow("Hamlet", starts_at, category="play", venue="Old Vic")
    ticket = shop.lists("19.90", currency="EUR", show=show, seat="Row 3")
    assert (ticket.price.amount, ticket.price.currency, ticket.price.minor) == (Decimal("19.90"), "EUR", 1990)
    assert isinstance(ticket.price.amount, Decimal)
    assert ticket.created_at == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert ticket.show is not None
    assert (ticket.show.starts_at, ticket.show.category, ticket.show.venue) == (starts_at, "play", "Old Vic")
    assert ticket.show.starts_at.tzinfo is UTC
    assert (ticket.seat, ticket.status, ticket.version, ticket.seller_id) == ("Row 3", "available", 1, shop.ann.id)
    assert shop.office.tickets.get(ticket.id) == ticket
    assert "Money('19.90', 'EUR')" in repr(ticket)


@pytest.mark.parametrize("price", ["19.99", Decimal("19.99"), 20])
def test_prices_are_texts_decimals_and_whole_numbers(shop: Shop, price: str | Decimal | int) -> None:
    ticket = shop.office.tickets.create(shop.ann.id, NewTicket("Hamlet", price))
    assert ticket.price.amount == Decimal(price)


@pytest.mark.parametrize("price", [19.99, True, None, b"19.99"])
def test_prices_are_no_floats_and_nothing_else(price: object) -> None:
    with pytest.raises(TypeError, match="Decimal, int or str"):
        NewTicket("Hamlet", price)  # type: ignore[arg-type]  # pyright: ignore


def test_money_is_checked_compared_and_hashed() -> None:
    assert Money("1.5", "USD") == Money(Decimal("1.50"), "USD")
    assert len({Money("1.5", "USD"), Money("1.50", "USD"), Money("1.50", "EUR")}) == 2
    for amount, currency, field in [("1.555", "USD", "amount"), ("1", "usd", "currency"), ("NaN", "USD", "amount")]:
        with pytest.raises(ValidationError) as refused:
            Money(amount, currency)
        assert refused.value.errors[0].field == field


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        NewShow("Hamlet", datetime(2099, 5, 1, 21, 30))  # noqa: DTZ001


def test_the_last_times_of_the_calendar_are_exact(shop: Shop) -> None:
    starts_at = datetime(9999, 12, 30, 21, 59, 59, 999_000, tzinfo=UTC)
    ticket = shop.lists(show=NewShow("The end", starts_at))
    assert ticket.show is not None
    assert ticket.show.starts_at == starts_at


def test_every_fault_is_told_with_its_field(shop: Shop) -> None:
    with pytest.raises(ValidationError) as refused:
        shop.office.tickets.create(shop.ann.id, NewTicket("", "0"))
    error = refused.value
    assert (error.code, error.status_code) == ("validation", 400)
    assert [fault.field for fault in error.errors] == ["title", "price"]
    assert error.serialize_errors()[1] == {"message": "Price must be greater than 0", "field": "price"}
    with pytest.raises(ValidationError) as refused:
        shop.office.tickets.get("nonsense")
    assert refused.value.errors[0].field == "ticketId"


def test_kinds_survive(shop: Shop, office: BoxOffice) -> None:
    ticket = shop.lists()
    office.orders.create(shop.bob.id, [ticket.id])
    checks: list[tuple[type[BoxOfficeError], str, int]] = []

    def check(kind: type[BoxOfficeError], code: str, status: int, call: object, *arguments: object, **named: object) -> None:
        with pytest.raises(kind) as refused:
            call(*arguments, **named)  # type: ignore[operator]
        assert (type(refused.value), refused.value.code, refused.value.status_code) == (kind, code, status)
        checks.append((kind, code, status))

    check(ConflictError, "ticket.locked", 409, office.orders.create, shop.bob.id, [ticket.id])
    check(NotFoundError, "ticket.not_found", 404, office.tickets.get, shop.ann.id)
    check(UnauthenticatedError, "auth.invalid_credentials", 401, office.auth.sign_in, "ann@example.com", "wrong")
    update = TicketUpdate("Macbeth", "5", expected_version=7)
    other = shop.lists()
    check(PreconditionFailedError, "ticket.version_mismatch", 412, office.tickets.update, shop.ann.id, other.id, update)
    order = office.orders.create(shop.bob.id, [other.id])
    check(PaymentDeclinedError, "payment.declined", 402, office.payments.pay, shop.bob.id, order.id, "tok_chargeDeclined")
    new = NewTicket("A", "1")
    office.tickets.create(shop.ann.id, new, idempotency_key="k")
    check(
        IdempotencyMismatchError, "command.key_reused", 422,
        office.tickets.create, shop.ann.id, NewTicket("B", "1"), idempotency_key="k",
    )
    assert office.tickets.create(shop.ann.id, new, idempotency_key="k").title == "A"


def test_every_code_has_a_class_of_its_kind() -> None:
    for code, name, status, message in _native.codes():
        kind = getattr(boxoffice, name)
        assert issubclass(kind, BoxOfficeError)
        assert (kind.status_code, bool(message)) == (status, True), code


def test_errors_are_pickled_whole() -> None:
    error = ConflictError("ticket.locked", [("Locked", "id")], retry_after=timedelta(seconds=2))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.errors, again.retry_after) == (
        ConflictError, error.code, error.errors, error.retry_after,
    )


def test_sessions(office: BoxOffice, clock: ManualClock) -> None:
    signed_in = office.auth.sign_up("Ann@Example.com", PASSWORD)
    session = office.auth.authenticate(signed_in.token)
    assert office.auth.current_user(session) == signed_in.user
    assert session.expires_at == clock.now() + timedelta(days=7)
    assert PASSWORD not in repr(signed_in) and signed_in.token not in repr(signed_in)
    changed = office.auth.update_user(session, PASSWORD, password="battery staple")
    assert office.auth.sign_in("ann@example.com", "battery staple", client="192.0.2.1").user == changed.user
    assert office.auth.set_operator("ann@example.com", True).operator
    office.auth.sign_out(changed.session)
    with pytest.raises(UnauthenticatedError):
        office.auth.authenticate(changed.token)


def test_pages(shop: Shop, office: BoxOffice) -> None:
    made = office.tickets.create_many(shop.ann.id, [NewTicket(f"Seat {at}", at) for at in range(1, 6)])
    page = office.tickets.list(sort="price", limit=2, min_price=Decimal(2))
    assert [ticket.title for ticket in page.items] == ["Seat 2", "Seat 3"]
    rest = office.tickets.list(sort="price", limit=2, min_price=Decimal(2), cursor=page.next)
    assert [ticket.title for ticket in rest.items] == ["Seat 4", "Seat 5"]
    with pytest.raises(ValidationError):
        office.tickets.list(limit=0)
    order = office.orders.create(shop.bob.id, [ticket.id for ticket in made[:2]])
    assert (order.total, [ticket.title for ticket in order.tickets]) == (Money(3, "USD"), ["Seat 1", "Seat 2"])
    assert office.orders.list(shop.bob.id, status="created").items == [order]
    office.orders.cancel(shop.bob.id, order.id)
    assert office.orders.get(shop.bob.id, order.id).cancel_reason == "buyer"
    office.tickets.withdraw(shop.ann.id, made[4].id, expected_version=1)
    assert office.metrics().tickets_available == 4


def test_a_sale_and_its_refund(shop: Shop, office: BoxOffice) -> None:
    order = shop.orders()
    charge = office.payments.pay(shop.bob.id, order.id, "tok_visa")
    assert (charge.status, charge.amount, charge.gateway) == ("succeeded", Money("19.99", "USD"), "sandbox")
    assert office.payments.get(shop.bob.id, charge.id) == charge
    refunded = office.as_system().payments.refund(order.id, return_to_sale=True)
    assert (refunded.id, refunded.status) == (charge.id, "refunded")
    assert office.tickets.get(order.tickets[0].id).status == "available"


def test_unknown_options_are_refused(tmp_path: object) -> None:
    with pytest.raises(TypeError, match="no option holding"):
        BoxOffice(str(tmp_path), holding=timedelta(minutes=5))  # type: ignore[call-arg]  # pyright: ignore


def test_options_reach_the_core(tmp_path: object, clock: ManualClock) -> None:
    options = {
        "hold": timedelta(minutes=5), "open_orders_max": 1, "default_currency": "JPY", "jwt_key": b"k" * 32,
        "previous_jwt_keys": [b"o" * 32], "session_length": timedelta(hours=1), "clock": clock, "seed": 7,
        "queue_len": 64, "order_tickets_max": 2, "listing_tickets_max": 3, "refuse_when_full": True,
        "reconcile_after": (timedelta(milliseconds=1), timedelta(seconds=1)),
    }
    with BoxOffice(str(tmp_path), **options) as office:  # type: ignore[arg-type]  # pyright: ignore
        shop = Shop(office)
        order = office.orders.create(shop.bob.id, [shop.lists("1999").id])
        assert (order.total, order.expires_at) == (Money(1999, "JPY"), clock.now() + timedelta(minutes=5))
        with pytest.raises(ConflictError, match="too many open orders"):
            office.orders.create(shop.bob.id, [shop.lists("5").id])
        assert office.metrics().queue_capacity == 64
        with pytest.raises(ValidationError):
            office.tickets.create_many(shop.ann.id, [NewTicket("A", 1)] * 4)


def test_an_edit_keeps_what_it_does_not_name_and_none_clears(shop: Shop) -> None:
    show = NewShow("Hamlet", "2099-05-01T19:30:00Z")
    ticket = shop.lists("1", seat="A1", show=show)

    def after(update: TicketUpdate) -> tuple[str | None, str | None]:
        edited = shop.office.tickets.update(shop.ann.id, ticket.id, update)
        return edited.show and edited.show.name, edited.seat

    assert after(TicketUpdate("x", "1")) == ("Hamlet", "A1")
    assert after(TicketUpdate("x", "1", seat="B2")) == ("Hamlet", "B2")
    assert after(TicketUpdate("x", "1", seat=None)) == ("Hamlet", None)
    assert after(TicketUpdate("x", "1", show=None, seat="C3")) == (None, "C3")
    assert after(TicketUpdate("x", "1", show=show)) == ("Hamlet", "C3")


def test_a_seat_of_a_show_is_on_sale_once(shop: Shop) -> None:
    show = NewShow("Hamlet", "2099-05-01T19:30:00Z")
    shop.lists("1", seat="A1", show=show)
    with pytest.raises(ConflictError) as refused:
        shop.lists("1", seat="a1", show=show)
    assert (refused.value.code, refused.value.errors[0].field) == ("ticket.seat_taken", "seat")


@pytest.mark.parametrize("price", ["1.500", "1,500", Decimal("1.500"), "1'500"])
def test_no_price_has_two_readings(shop: Shop, price: str | Decimal) -> None:
    with pytest.raises(ValidationError) as refused:
        shop.office.tickets.create(shop.ann.id, NewTicket("Hamlet", price, currency="EUR"))
    assert refused.value.errors[0].field == "price"


@pytest.mark.parametrize("number", [-1, 2**64, 2**80])
def test_numbers_out_of_range_are_refused_by_name(shop: Shop, number: int) -> None:
    journal, tickets = shop.office.journal, shop.office.tickets
    with pytest.raises(TypeError, match="(?s)must be a whole number.*'from_seq'"):
        journal.read(number, 10)
    with pytest.raises(TypeError, match="(?s)must be a whole number.*'limit'"):
        journal.read(1, number)
    with pytest.raises(TypeError, match="(?s)must be a whole number.*'expected_version'"):
        TicketUpdate("x", "1", expected_version=number)
    with pytest.raises(ValidationError) as refused:
        tickets.list(limit=number)
    assert refused.value.errors[0].field == "limit"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1.5])
def test_floats_are_no_numbers_of_anything(shop: Shop, number: float) -> None:
    with pytest.raises(TypeError, match="(?s)integer.*'from_seq'"):
        shop.office.journal.read(number, 10)  # type: ignore[arg-type]  # pyright: ignore


@pytest.mark.parametrize("option", ["seed", "queue_len", "open_orders_max", "pending_payments_max"])
@pytest.mark.parametrize("number", [-1, 2**64, 2**80])
def test_options_out_of_range_are_refused_by_name(tmp_path: object, option: str, number: int) -> None:
    with pytest.raises(TypeError, match=f"^option {option}: must be a whole number from 0 on"):
        BoxOffice(str(tmp_path), **{option: number})  # type: ignore[arg-type]  # pyright: ignore


def test_options_of_the_wrong_type_are_refused_by_name(tmp_path: object) -> None:
    wrong: list[tuple[str, object, str]] = [
        ("seed", 1.5, "integer"),
        ("hold", 900, "timedelta"),
        ("hold", timedelta(seconds=-1), "negative"),
        ("accept_clock_jump", "yes", "bool"),
    ]
    for option, value, reason in wrong:
        with pytest.raises(TypeError, match=f"^option {option}: .*{reason}"):
            BoxOffice(str(tmp_path), **{option: value})  # type: ignore[arg-type]  # pyright: ignore
