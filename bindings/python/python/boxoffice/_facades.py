# Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

"""What a box office has: the groups of its operations, and what it does itself."""

from __future__ import annotations

from datetime import datetime

from boxoffice import _native
from boxoffice._asyncio import (
    AsyncAuth,
    AsyncCluster,
    AsyncJournal,
    AsyncLedger,
    AsyncOrders,
    AsyncPayments,
    AsyncTickets,
)
from boxoffice._native import Auth, Cluster, Journal, Ledger, Metrics, Orders, Payments, Tickets
from boxoffice._system import AsyncSystem, System


class Facade:
    """What `BoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_facade", "auth", "cluster", "journal", "ledger", "orders", "payments", "tickets")

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
    cluster: Cluster | None
    """Returns the operations on the cluster; none if the box office is on one machine."""

    def __init__(self, facade: _native.OfficeFacade) -> None:
        self._facade = facade
        self.auth = facade.auth
        self.tickets = facade.tickets
        self.orders = facade.orders
        self.payments = facade.payments
        self.ledger = facade.ledger
        self.journal = facade.journal
        self.cluster = facade.cluster

    def as_system(self, /) -> System:
        """Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.

        They are for the programs of whoever runs the box office, never for what a request asks for.
        """
        return System(self._facade)

    def metrics(self, /) -> Metrics:
        """Returns the current metrics of the engine."""
        return self._facade.metrics()

    def is_ready(self, /) -> bool:
        """Returns `True` if the box office accepts commands."""
        return self._facade.is_ready()

    def check_ready(self, /) -> None:
        """Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and
        that the disk has room. It blocks for some calls of the system, and writes nothing unless the last command could
        not be recorded.

        Raises `ClosedError` (`engine.closed`); `UnavailableError` (`journal.unavailable`), whose source says what is
        wrong.
        """
        self._facade.check_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._facade.now()

    def compact(self, /) -> bool:
        """Reclaims unused disk space in the directory's files; returns `True` if any was freed. Blocks.

        Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when
        a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that
        was restored or came from an earlier version has moved its old records to the archive. In a file of several
        gigabytes it takes minutes, and commands wait meanwhile: run it while no tickets are sold.

        A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the
        whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while the journal or a long listing is being read: nothing was
        changed, try again later.
        """
        return self._facade.compact()

    def close(self, /) -> None:
        """Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and
        releases the directory.

        No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments
        whose outcome is not known by then continue when the directory is opened again. Other clones get `ClosedError`
        (`engine.closed`) from then on. Closing twice is allowed.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written: no data is lost, but
        the next opening takes longer.
        """
        self._facade.close()


class AsyncFacade:
    """What `AsyncBoxOffice` has from the core."""

    __slots__ = ("__weakref__", "_facade", "auth", "cluster", "journal", "ledger", "orders", "payments", "tickets")

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
    cluster: AsyncCluster | None
    """Returns the operations on the cluster; none if the box office is on one machine."""

    def __init__(self, facade: _native.AsyncOfficeFacade) -> None:
        self._facade = facade
        self.auth = AsyncAuth(facade.auth)
        self.tickets = AsyncTickets(facade.tickets)
        self.orders = AsyncOrders(facade.orders)
        self.payments = AsyncPayments(facade.payments)
        self.ledger = AsyncLedger(facade.ledger)
        self.journal = AsyncJournal(facade.journal)
        cluster = facade.cluster
        self.cluster = None if cluster is None else AsyncCluster(cluster)

    def as_system(self, /) -> AsyncSystem:
        """Returns the operations that the box office does in its own name, without a user: refunds, payouts and the like.

        They are for the programs of whoever runs the box office, never for what a request asks for.
        """
        return AsyncSystem(self._facade)

    def metrics(self, /) -> Metrics:
        """Returns the current metrics of the engine."""
        return self._facade.metrics()

    def is_ready(self, /) -> bool:
        """Returns `True` if the box office accepts commands."""
        return self._facade.is_ready()

    async def check_ready(self, /) -> None:
        """Checks that commands can be recorded: that the journal is open, that its file is still in its directory, and
        that the disk has room. It blocks for some calls of the system, and writes nothing unless the last command could
        not be recorded.

        Raises `ClosedError` (`engine.closed`); `UnavailableError` (`journal.unavailable`), whose source says what is
        wrong.
        """
        await self._facade.check_ready()

    def now(self, /) -> datetime:
        """Returns the engine's own time, which never runs backwards."""
        return self._facade.now()

    async def compact(self, /) -> bool:
        """Reclaims unused disk space in the directory's files; returns `True` if any was freed. Blocks.

        Files keep the space of replaced data and reuse it. Therefore this helps only after much data was removed: when
        a backlog of a million changes was checkpointed, when a long history was replayed, or when a long journal that
        was restored or came from an earlier version has moved its old records to the archive. In a file of several
        gigabytes it takes minutes, and commands wait meanwhile: run it while no tickets are sold.

        A crash in the middle leaves valid files, because each step is a transaction. The next opening then walks the
        whole file once.

        Raises `UnavailableError` (`journal.unavailable`) while the journal or a long listing is being read: nothing was
        changed, try again later.
        """
        return await self._facade.compact()

    async def close(self, /) -> None:
        """Closes the box office: accepts no more commands, waits until all accepted commands are decided and durable, and
        releases the directory.

        No payment begins any more from then on, and those that have begun are waited for, at most 10 seconds. Payments
        whose outcome is not known by then continue when the directory is opened again. Other clones get `ClosedError`
        (`engine.closed`) from then on. Closing twice is allowed.

        Raises `UnavailableError` (`journal.unavailable`) if the last checkpoint can't be written: no data is lost, but
        the next opening takes longer.
        """
        await self._facade.close()
