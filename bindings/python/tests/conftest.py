"""A box office for each test, at a time of its own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from boxoffice import BoxOffice, ManualClock, NewTicket, Order, Ticket, User

PASSWORD = "correct horse"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock("2027-01-01T12:00:00Z")


@pytest.fixture
def office(tmp_path: Path, clock: ManualClock) -> Iterator[BoxOffice]:
    with BoxOffice(tmp_path / "office", clock=clock) as office:
        yield office


class Shop:
    """Somebody who sells, somebody who buys."""

    def __init__(self, office: BoxOffice) -> None:
        self.office = office
        self.ann: User = office.auth.sign_up("ann@example.com", PASSWORD).user
        self.bob: User = office.auth.sign_up("bob@example.com", PASSWORD).user

    def lists(self, price: str = "19.99", **more: Any) -> Ticket:
        return self.office.tickets.create(self.ann.id, NewTicket("Hamlet", price, **more))

    def orders(self) -> Order:
        return self.office.orders.create(self.bob.id, [self.lists().id])


@pytest.fixture
def shop(office: BoxOffice) -> Shop:
    return Shop(office)


@pytest.fixture
def shop_of() -> Callable[[BoxOffice], Shop]:
    return Shop


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[str], bool]:
    """Whether something is logged, now or soon: a late answer is told on a thread of its own."""

    def soon(words: str) -> bool:
        end = time.monotonic() + 30
        while words not in caplog.text and time.monotonic() < end:
            time.sleep(0.01)
        return words in caplog.text

    return soon
