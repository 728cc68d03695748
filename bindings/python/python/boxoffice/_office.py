"""The two façades of a box office: blocking and asyncio."""

from __future__ import annotations

import asyncio
import atexit
import os
import weakref
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from boxoffice import _log, _native
from boxoffice._errors import BoxOfficeError
from boxoffice._facades import AsyncFacade, Facade
from boxoffice._options import HELP, Options


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
    _log.start()
    office = _native.Office(os.fspath(path), chosen)
    _open_offices.add(office)
    return office


_open_offices: weakref.WeakSet[_native.Office] = weakref.WeakSet()


@atexit.register
def _close_what_is_open() -> None:
    """Closes open box offices at exit, so that calls in progress finish. Outcomes already returned are durable anyway."""
    for office in list(_open_offices):
        try:
            office.close()
        except BoxOfficeError:
            # The process was forked, or the last checkpoint failed; the next opening recovers.
            pass


_T = TypeVar("_T", bound=type)


def _with_options(kind: _T) -> _T:
    """Appends the options to the docstring for ``help``. Does nothing if Python runs without docstrings."""
    if kind.__doc__ is not None:
        kind.__doc__ = f"{kind.__doc__.rstrip()}\n\n    {HELP}"
    return kind


@_with_options
class BoxOffice(Facade):
    """A box office whose methods block: it signs users in, lists and locks tickets, takes payments, and records every event.

    Opens the directory, or creates a box office there. Its methods return once the outcome is durable. They may be called from
    any number of threads and release the interpreter lock. Commands of several threads share one write to the disk.

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

    Raises ``UnavailableError`` with ``journal.in_use`` if the directory is already open, in this or another process.
    """

    __slots__ = ("_native",)

    def __init__(self, path: str | os.PathLike[str], **options: Unpack[Options]) -> None:
        self._native = _open(path, options, None)
        super().__init__(self._native.facade)

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Unpack[Options]) -> Self:
        """Opens the directory, like the constructor."""
        return cls(path, **options)

    @staticmethod
    def recover(path: str | os.PathLike[str], visit: Callable[[_native.Record], object]) -> _native.Recovery:
        """Calls ``visit`` with each record of the journal in a directory, up to the first damage. Checks each record against the
        chain of hashes. Works on a directory that can't be opened, for example if the file is truncated or its index is broken.

        Changes and creates nothing in the directory; no process may write to it meanwhile. Stops when ``visit`` returns ``False``
        or raises. Raises ``UnavailableError`` if the file can't be read at all. Damage is not an error but part of the result.

        >>> import tempfile
        >>> from boxoffice import BoxOffice
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     with BoxOffice(directory) as office:
        ...         _ = office.auth.sign_up("ann@example.com", "correct horse")
        ...     recover = BoxOffice.recover(directory, lambda record: print(record.seq, record.event))
        ...     print(recover.records, recover.damage)
        1 UserCreated
        1 None
        """
        return _native.recover(os.fspath(path), visit)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


@_with_options
class AsyncBoxOffice(AsyncFacade):
    """A box office for asyncio: like ``BoxOffice``, but its methods are coroutine functions.

    Thousands of calls may be awaited at once. They share one write to the disk and start no threads. A cancelled caller stops
    waiting, but its command may still be decided: pass an ``idempotency_key`` to retry safely.

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

    Call it from one event loop: open one in each ``asyncio.run``, or use one long-running loop.
    """

    __slots__ = ("_native",)

    def __init__(self, native: _native.Office) -> None:
        """Wraps a native box office. Callers use ``open``."""
        self._native = native
        super().__init__(native.async_facade)

    @classmethod
    def open(cls, path: str | os.PathLike[str], **options: Unpack[Options]) -> Opening:
        """Opens the directory, or creates a box office there. Use the result with ``async with`` or ``await``."""
        return Opening(path, options)

    @staticmethod
    async def recover(path: str | os.PathLike[str], visit: Callable[[_native.Record], object]) -> _native.Recovery:
        """Recovers records like ``BoxOffice.recover``. Calls ``visit`` on another thread."""
        return await asyncio.to_thread(_native.recover, os.fspath(path), visit)

    async def close(self, /) -> None:
        await super().close()
        self._native.forget_loop()

    close.__doc__ = AsyncFacade.close.__doc__

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class Opening:
    """A pending opening: use it with ``async with``, or ``await`` it and close the box office yourself."""

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
