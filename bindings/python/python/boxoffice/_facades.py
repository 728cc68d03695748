# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""What a box office has: the groups of its operations, and what it does itself."""

from __future__ import annotations

from datetime import datetime

from boxoffice import _native
from boxoffice._asyncio import AsyncAuth, AsyncJournal, AsyncLedger, AsyncOrders, AsyncPayments, AsyncTickets
from boxoffice._native import Auth, Journal, Ledger, Metrics, Orders, Payments, Tickets
from boxoffice._system import AsyncSystem, System


class Facade:
    """What `BoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_facade", "auth", "journal", "ledger", "orders", "payments", "tickets")

    auth: Auth
    """Returns the operations on users: sign-up, sign-in, sessions."""
    tickets: Tickets
    """Returns the operations on tickets."""
    orders: Orders
    """Returns the operations on orders: holds and purchases."""
    payments: Payments
    """Returns the operations on charges and refunds."""
    ledger: Ledger
    """Returns the operations on the ledger: balances, statements and payouts."""
    journal: Journal
    """Returns the reader of the journal."""

    def __init__(self, facade: _native.OfficeFacade) -> None:
        self._facade = facade
        self.auth = facade.auth
        self.tickets = facade.tickets
        self.orders = facade.orders
        self.payments = facade.payments
        self.ledger = facade.ledger
        self.journal = facade.journal

    def as_system(self, /) -> System:
        """Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.

        They are for the programs of whoever runs the box office, never for what a request asks for.
        """
        return System(self._facade)

    def metrics(self, /) -> Metrics:
        """Returns metrics of the engine right now."""
        return self._facade.metrics()

    def is_ready(self, /) -> bool:
        """Returns `True` if commands are taken."""
        return self._facade.is_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._facade.now()

    def compact(self, /) -> bool:
        """Reclaims unused disk space in the directory's files; returns `True` if any was freed. It blocks.

        Files grow by what is written and keep the room of what is replaced, to use it again; so this is of use once
        much has gone for good: after a backlog of a million changes was checkpointed, when a long history was replayed,
        or when a long journal that was restored or came from an earlier version has moved its old records to the
        archive. In a file of several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells.

        A crash in the middle leaves files that are good: each of its steps is a transaction like any other. The next
        opening then walks the whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while somebody reads the journal or a long listing: nothing
        has changed then, try again later.
        """
        return self._facade.compact()

    def close(self, /) -> None:
        """Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets
        go of the directory.

        Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
        `ClosedError` (`engine.closed`) from then on; closing twice is fine.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by
        that but time at the next opening.
        """
        self._facade.close()


class AsyncFacade:
    """What `AsyncBoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_facade", "auth", "journal", "ledger", "orders", "payments", "tickets")

    auth: AsyncAuth
    """Returns the operations on users: sign-up, sign-in, sessions."""
    tickets: AsyncTickets
    """Returns the operations on tickets."""
    orders: AsyncOrders
    """Returns the operations on orders: holds and purchases."""
    payments: AsyncPayments
    """Returns the operations on charges and refunds."""
    ledger: AsyncLedger
    """Returns the operations on the ledger: balances, statements and payouts."""
    journal: AsyncJournal
    """Returns the reader of the journal."""

    def __init__(self, facade: _native.AsyncOfficeFacade) -> None:
        self._facade = facade
        self.auth = AsyncAuth(facade.auth)
        self.tickets = AsyncTickets(facade.tickets)
        self.orders = AsyncOrders(facade.orders)
        self.payments = AsyncPayments(facade.payments)
        self.ledger = AsyncLedger(facade.ledger)
        self.journal = AsyncJournal(facade.journal)

    def as_system(self, /) -> AsyncSystem:
        """Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.

        They are for the programs of whoever runs the box office, never for what a request asks for.
        """
        return AsyncSystem(self._facade)

    def metrics(self, /) -> Metrics:
        """Returns metrics of the engine right now."""
        return self._facade.metrics()

    def is_ready(self, /) -> bool:
        """Returns `True` if commands are taken."""
        return self._facade.is_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._facade.now()

    async def compact(self, /) -> bool:
        """Reclaims unused disk space in the directory's files; returns `True` if any was freed. It blocks.

        Files grow by what is written and keep the room of what is replaced, to use it again; so this is of use once
        much has gone for good: after a backlog of a million changes was checkpointed, when a long history was replayed,
        or when a long journal that was restored or came from an earlier version has moved its old records to the
        archive. In a file of several gigabytes it takes minutes, and commands wait meanwhile: do it while nobody sells.

        A crash in the middle leaves files that are good: each of its steps is a transaction like any other. The next
        opening then walks the whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while somebody reads the journal or a long listing: nothing
        has changed then, try again later.
        """
        return await self._facade.compact()

    async def close(self, /) -> None:
        """Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets
        go of the directory.

        Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
        `ClosedError` (`engine.closed`) from then on; closing twice is fine.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by
        that but time at the next opening.
        """
        await self._facade.close()
