# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""What a box office has: the groups of its operations, and what it does itself."""

from __future__ import annotations

from datetime import datetime

from boxoffice import _native
from boxoffice._asyncio import AsyncAuth, AsyncJournal, AsyncLedger, AsyncOrders, AsyncPayments, AsyncTickets
from boxoffice._native import Auth, Journal, Ledger, Orders, Payments, Stats, Tickets


class Face:
    """What `BoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_face", "auth", "journal", "ledger", "orders", "payments", "tickets")

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

    def __init__(self, face: _native.OfficeFace) -> None:
        self._face = face
        self.auth = face.auth
        self.tickets = face.tickets
        self.orders = face.orders
        self.payments = face.payments
        self.ledger = face.ledger
        self.journal = face.journal

    def stats(self, /) -> Stats:
        """Returns metrics of the engine right now."""
        return self._face.stats()

    def is_ready(self, /) -> bool:
        """Returns `True` if commands are taken."""
        return self._face.is_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._face.now()

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
        return self._face.compact()

    def close(self, /) -> None:
        """Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets
        go of the directory.

        Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
        `ClosedError` (`engine.closed`) from then on; closing twice is fine.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by
        that but time at the next opening.
        """
        self._face.close()


class AsyncFace:
    """What `AsyncBoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_face", "auth", "journal", "ledger", "orders", "payments", "tickets")

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

    def __init__(self, face: _native.AsyncOfficeFace) -> None:
        self._face = face
        self.auth = AsyncAuth(face.auth)
        self.tickets = AsyncTickets(face.tickets)
        self.orders = AsyncOrders(face.orders)
        self.payments = AsyncPayments(face.payments)
        self.ledger = AsyncLedger(face.ledger)
        self.journal = AsyncJournal(face.journal)

    def stats(self, /) -> Stats:
        """Returns metrics of the engine right now."""
        return self._face.stats()

    def is_ready(self, /) -> bool:
        """Returns `True` if commands are taken."""
        return self._face.is_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._face.now()

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
        return await self._face.compact()

    async def close(self, /) -> None:
        """Closes the box office: takes no more commands, waits until all that were taken are decided and durable, and lets
        go of the directory.

        Payments whose outcome is not known by then are taken up when the directory is opened again. Other clones get
        `ClosedError` (`engine.closed`) from then on; closing twice is fine.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written; nothing is lost by
        that but time at the next opening.
        """
        await self._face.close()
