"""The two faces of a box office: blocking, and for asyncio."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from collections.abc import Callable, Generator, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self, TypedDict, Unpack

from boxoffice import _native
from boxoffice._errors import BoxOfficeError
from boxoffice._gateway import PaymentGateway


class Clock(Protocol):
    """Where time comes from: ``ManualClock``, or one of your own, for tests.

    Without ``wake_by`` a clock is believed to go at the pace of real time.
    """

    def now(self) -> datetime:
        """The time, with a time zone."""
        ...


class WakingClock(Clock, Protocol):
    """A clock that jumps, and tells when it has."""

    def wake_by(self, waker: Callable[[], None], /) -> None:
        """Takes a function to call whenever the time has jumped."""
        ...


class Options(TypedDict, total=False):
    """Everything that can be chosen about a box office; what is left out is as the core has it."""

    hold: timedelta
    """How long an order holds its tickets: 15 minutes unless told otherwise."""
    open_orders_max: int
    """How many open orders one buyer may have: 10 unless told otherwise."""
    late_money: str
    """What is tried, in this order, with money that comes for an order that has ended: ``"retake,return,escalate"`` unless told
    otherwise. ``retake`` sells the buyer the tickets after all, ``return`` gives the money back, ``escalate`` leaves it to an operator;
    that is also the last resort."""
    fees: _native.FeePolicy
    """What the platform keeps of each ticket that is paid from now on: nothing unless told otherwise."""
    order_tickets_max: int
    """How many tickets one order may have: 10 unless told otherwise."""
    listing_tickets_max: int
    """How many tickets one command may list: 10,000 unless told otherwise."""
    gateway: PaymentGateway | _native.StripeGateway
    """The card processor: a sandbox with its book in the data directory unless told otherwise. ``StripeGateway`` takes real money."""
    clock: Clock
    """Where time comes from: the machine's clock, steadied, unless told otherwise."""
    seed: int
    """Makes ids that are the same in every run, for tests; two box offices of one seed make the same ids."""
    jwt_key: bytes
    """The key that sessions are signed with, at least 32 bytes: one that is kept in the data directory unless told otherwise."""
    previous_jwt_keys: Sequence[bytes]
    """Keys whose sessions are still accepted."""
    session_length: timedelta
    """How long a session lasts: 7 days unless told otherwise."""
    default_currency: str
    """The currency of prices that name none: USD unless told otherwise."""
    answer_payment_within: timedelta
    """How long a payment waits before it answers that the outcome is not yet known: 10 seconds unless told otherwise."""
    pending_payments_max: int
    """How many payments may wait for the card processor: 10,000 unless told otherwise."""
    gateway_timeout: timedelta
    """How long one call of the card processor may take: 30 seconds unless told otherwise."""
    reconcile_after: tuple[timedelta, timedelta]
    """How long to wait before asking what became of a charge, at first and at most: half a second and a minute unless told
    otherwise."""
    unknown_charge_after: timedelta
    """After how long a charge that the card processor never heard of counts as failed: a minute unless told otherwise."""
    queue_len: int
    """How many commands may wait: 16,384 unless told otherwise."""
    refuse_when_full: bool
    """Whether a command that finds the queue full is refused instead of waiting for a place: not unless told otherwise."""


_NAMES = (*Options.__optional_keys__, "gateway_loop")


def _open(
    path: str | os.PathLike[str], options: Options, gateway_loop: asyncio.AbstractEventLoop | None
) -> _native.Office:
    unknown = sorted(set(options) - Options.__optional_keys__)
    if unknown:
        raise TypeError(f"a box office has no option {', '.join(unknown)}")
    chosen: dict[str, Any] = dict.fromkeys(_NAMES)
    chosen.update(options)
    chosen["gateway_loop"] = gateway_loop
    office = _native.Office(os.fspath(path), chosen)
    _open_offices.add(office)
    return office


_open_offices: weakref.WeakSet[_native.Office] = weakref.WeakSet()


@atexit.register
def _close_what_is_open() -> None:
    """Lets calls that are under way end well; what was answered is durable anyway."""
    for office in list(_open_offices):
        try:
            office.close()
        except BoxOfficeError:
            # Forked, or the last checkpoint failed: the next opening makes it good.
            pass


class BoxOffice:
    """A box office whose methods block: it signs people in, lists tickets, locks them, takes the money, and keeps every fact.

    Opens the directory, or makes a box office there. Its methods return once the outcome is durable. They may be called from any
    number of threads, and release the interpreter lock; commands of several threads share one write to the disk.

    >>> import tempfile
    >>> from boxoffice import BoxOffice, ConflictError, NewTicket
    >>> with tempfile.TemporaryDirectory() as directory, BoxOffice(directory) as office:
    ...     ann = office.auth.sign_up("ann@example.com", "correct horse").user
    ...     bob = office.auth.sign_up("bob@example.com", "battery staple").user
    ...     ticket = office.tickets.create(ann.id, NewTicket("Hamlet, row 3 seat 12", "19.99"))
    ...     order = office.orders.create(bob.id, [ticket.id])
    ...     charge = office.payments.pay(bob.id, order.id, "tok_visa")
    ...     print(charge.status, charge.amount)
    succeeded 19.99 USD

    Raises ``UnavailableError`` with ``journal.in_use`` if the directory is open already, here or in another process.
    """

    __slots__ = ("__weakref__", "_native", "auth", "journal", "ledger", "orders", "payments", "tickets")

    auth: _native.Auth
    """Who people are: sign-up, sign-in, sessions."""
    tickets: _native.Tickets
    """What is for sale."""
    orders: _native.Orders
    """Holds and purchases."""
    payments: _native.Payments
    """Charges and refunds."""
    ledger: _native.Ledger
    """Whose the money is: balances, statements, payouts."""
    journal: _native.Journal
    """The facts themselves."""

    def __init__(self, path: str | os.PathLike[str], **options: Unpack[Options]) -> None:
        native = _open(path, options, None)
        self._native = native
        self.auth, self.tickets, self.orders = native.auth, native.tickets, native.orders
        self.payments, self.ledger, self.journal = native.payments, native.ledger, native.journal

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Unpack[Options]) -> Self:
        """The same as the constructor, by the name that it has elsewhere."""
        return cls(path, **options)

    @staticmethod
    def salvage(path: str | os.PathLike[str], visit: Callable[[_native.Record], object]) -> _native.Salvage:
        """Gives ``visit`` every record of the journal in a directory that comes before the first damage, each checked by the chain of
        hashes. Works where opening refuses, also on a file that was cut off or whose index is broken.

        Nothing in the directory is changed or created, and nobody may write to it meanwhile. Stops when ``visit`` returns ``False``
        or raises. Raises ``UnavailableError`` if the file can't be read at all; damage is no error but part of the result.

        >>> import tempfile
        >>> from boxoffice import BoxOffice
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     with BoxOffice(directory) as office:
        ...         _ = office.auth.sign_up("ann@example.com", "correct horse")
        ...     salvage = BoxOffice.salvage(directory, lambda record: print(record.seq, record.event))
        ...     print(salvage.records, salvage.damage)
        1 UserCreated
        1 None
        """
        return _native.salvage(os.fspath(path), visit)

    def stats(self) -> _native.Stats:
        """Figures about the engine right now."""
        return self._native.stats()

    def is_ready(self) -> bool:
        """Whether commands are taken."""
        return self._native.is_ready()

    def now(self) -> datetime:
        """The engine's own time, which never runs backwards."""
        return self._native.now()

    def compact(self) -> bool:
        """Gives the room in the directory's files back to the disk that nothing uses any more. Tells whether there was any.

        In a file of several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells. Raises
        ``UnavailableError`` while somebody reads the journal or a long listing; nothing has changed then.
        """
        return self._native.compact()

    def close(self) -> None:
        """Takes no more commands, waits until all that were taken are durable, and lets go of the directory.

        Calls that come later raise ``ClosedError``; to close twice is fine.
        """
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncBoxOffice:
    """A box office for asyncio: as ``BoxOffice``, but its methods give futures to await.

    Thousands may be awaited at once, and share one write to the disk; no thread is started for any of them. Whoever is cancelled stops
    waiting, but the command may have been decided all the same; give it an ``idempotency_key`` to ask again.

    >>> import asyncio, tempfile
    >>> from boxoffice import AsyncBoxOffice, NewTicket
    >>> async def main(path: str) -> None:
    ...     async with AsyncBoxOffice.open(path) as office:
    ...         ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user
    ...         listings = [office.tickets.create(ann.id, NewTicket(f"Seat {at}", "5")) for at in range(100)]
    ...         print(len(await asyncio.gather(*listings)))
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     asyncio.run(main(directory))
    100

    It belongs to the event loop that calls it: open one in each ``asyncio.run``, or use it from the loop that stays.
    """

    __slots__ = ("__weakref__", "_native", "auth", "journal", "ledger", "orders", "payments", "tickets")

    auth: _native.AsyncAuth
    """Who people are: sign-up, sign-in, sessions."""
    tickets: _native.AsyncTickets
    """What is for sale."""
    orders: _native.AsyncOrders
    """Holds and purchases."""
    payments: _native.AsyncPayments
    """Charges and refunds."""
    ledger: _native.AsyncLedger
    """Whose the money is: balances, statements, payouts."""
    journal: _native.AsyncJournal
    """The facts themselves."""

    def __init__(self, native: _native.Office) -> None:
        """Not for callers: see ``open``."""
        self._native = native
        self.auth, self.tickets, self.orders = native.async_auth, native.async_tickets, native.async_orders
        self.payments, self.ledger = native.async_payments, native.async_ledger
        self.journal = native.async_journal

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Unpack[Options]) -> Opening:
        """Opens the directory, or makes a box office there: ``async with`` or ``await`` what this returns."""
        return Opening(path, options)

    @staticmethod
    async def salvage(path: str | os.PathLike[str], visit: Callable[[_native.Record], object]) -> _native.Salvage:
        """As ``BoxOffice.salvage``; ``visit`` is called on a thread of its own."""
        return await asyncio.to_thread(_native.salvage, os.fspath(path), visit)

    def stats(self) -> _native.Stats:
        """Figures about the engine right now."""
        return self._native.stats()

    def is_ready(self) -> bool:
        """Whether commands are taken."""
        return self._native.is_ready()

    def now(self) -> datetime:
        """The engine's own time, which never runs backwards."""
        return self._native.now()

    async def compact(self) -> bool:
        """Gives the room in the directory's files back to the disk that nothing uses any more. Tells whether there was any.

        In a file of several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells. Raises
        ``UnavailableError`` while somebody reads the journal or a long listing; nothing has changed then.
        """
        return await self._native.compact_async()

    async def close(self) -> None:
        """Takes no more commands, waits until all that were taken are durable, and lets go of the directory.

        Calls that come later raise ``ClosedError``; to close twice is fine.
        """
        await self._native.close_async()
        self._native.forget_loop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class Opening:
    """A box office that is about to be opened: ``async with`` it, or ``await`` it and close it yourself."""

    __slots__ = ("_office", "_options", "_path")

    def __init__(self, path: str | os.PathLike[str], options: Options) -> None:
        self._path = path
        self._options = options
        self._office: AsyncBoxOffice | None = None

    async def _open(self) -> AsyncBoxOffice:
        event_loop = asyncio.get_running_loop()
        native = await event_loop.run_in_executor(None, _open, self._path, self._options, event_loop)
        self._office = AsyncBoxOffice(native)
        return self._office

    def __await__(self) -> Generator[Any, None, AsyncBoxOffice]:
        return self._open().__await__()

    async def __aenter__(self) -> AsyncBoxOffice:
        return await self._open()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._office is not None:
            await self._office.close()
