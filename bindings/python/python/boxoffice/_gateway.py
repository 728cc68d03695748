"""Card processors written in Python."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import threading
from collections.abc import Awaitable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from boxoffice._native import ChargeRequest, LookupRequest, RefundRequest

_log = logging.getLogger("boxoffice")


@dataclass(frozen=True, slots=True)
class Charged:
    """The money was taken."""

    reference: str | None = None
    """The card processor's own name for the charge."""


@dataclass(frozen=True, slots=True)
class Authorized:
    """The money is set aside, and can be captured or voided: for a ``CapturingGateway``."""

    reference: str | None = None
    """The card processor's own name for the charge."""


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The buyer has to do something, such as to confirm the payment with their bank (3-D Secure)."""

    client_secret: str = field(repr=False)
    """What the buyer's page needs to go on; only the buyer may see it: ``payments.client_secret`` gives it to them."""


@dataclass(frozen=True, slots=True)
class Declined:
    """The money was not taken, and never will be under this id."""

    reason: str
    """Why, in words that a buyer may read: 1 to 200 characters."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """The money was given back. A gateway that has nothing more to say of it may as well return ``None``."""

    reference: str | None = None
    """The card processor's own name for the refund."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The money was not given back, and never will be under this id."""

    reason: str
    """Why, for whoever looks after the money."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The card processor is still at it."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The card processor never heard of the charge. It may still be on its way, so this is only believed after a while."""


ChargeAnswer = Charged | Authorized | ActionRequired | Declined | Pending | Unknown
"""What a gateway says of a charge."""

RefundAnswer = Refunded | Refused | Pending | None
"""What a gateway says of a refund."""


class PaymentGateway(Protocol):
    """A card processor.

    Its methods may be plain or ``async``. All may be called again with the same id: after a crash, a timeout, or at the same time.
    Each charge is taken at most once and each refund given at most once, however often it is asked for.

    Plain methods run on threads of the package's own, several at once. Coroutines run on the event loop that opened an
    ``AsyncBoxOffice``; for a ``BoxOffice`` on one of the package's own.

    To raise means that the outcome is not known: the box office will look it up. So does to answer late (``gateway_timeout``), and
    to return something else.
    """

    @property
    def name(self) -> str:
        """The name under which charges of this gateway are recorded."""
        ...

    def charge(self, request: ChargeRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Takes the money, or sets it aside until it is captured."""
        ...

    def lookup(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """What became of a charge."""
        ...

    def refund(self, request: RefundRequest, /) -> RefundAnswer | Awaitable[RefundAnswer]:
        """Gives money of a successful charge back, all of it or a part. A second time with the same ``refund_id`` changes nothing."""
        ...


class CapturingGateway(PaymentGateway, Protocol):
    """A card processor that sets money aside first, or has buyers confirm it: one that answers ``Authorized`` or ``ActionRequired``."""

    def capture(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Takes the money of a charge for which ``Authorized`` was answered: all of it."""
        ...

    def void(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Sees to it that a charge that has taken no money never will: releases what was set aside, or ends the wait for the buyer.

        The answer is what the charge has come to: ``Declined``, unless the money was taken before.
        """
        ...


class GatewayFailure(Exception):
    """A gateway did not answer in a way that tells what happened; the text says why."""


class Call:
    """One call of a gateway, made on a thread that may block."""

    def __init__(self, gateway: Any, method: str, argument: Any, event_loop: asyncio.AbstractEventLoop | None) -> None:
        self._gateway = gateway
        self._method = method
        self._argument = argument
        self._event_loop = event_loop
        self._lock = threading.Lock()
        self._cancelled = False
        self._future: Future[Any] | None = None

    def run(self) -> tuple[str, str | None]:
        """Calls, waits, and checks the answer."""
        kind = type(self._gateway).__name__
        name = f"{kind}.{self._method}()"
        try:
            method = getattr(self._gateway, self._method, None)
            if method is None:
                raise NotImplementedError(f"{kind} takes money at once, and can't {self._method} it")
            answer = method(self._argument)
            if inspect.isawaitable(answer):
                answer = self._wait(answer)
        except Exception as error:
            text = f"{name} raised {type(error).__name__}: {error}"
            _log.warning("%s", text, exc_info=True)
            raise GatewayFailure(text) from error
        is_refund = self._method == "refund"
        checked = _checked_refund(answer) if is_refund else _checked(answer)
        if checked is None:
            kinds = "Refunded, Refused, Pending or None" if is_refund else _CHARGE_KINDS
            text = f"{name} must return {kinds}, not {type(answer).__name__}"
            if isinstance(answer, Refunded | Refused if is_refund else Charged | Authorized | ActionRequired | Declined):
                text = f"{name} returned a {type(answer).__name__} whose text is no str"
            _log.warning("%s", text)
            raise GatewayFailure(text)
        return checked

    def cancel(self) -> None:
        """Ends a coroutine whose time is up. A plain method can't be ended; nobody waits for it any more."""
        with self._lock:
            self._cancelled = True
            if self._future is not None:
                self._future.cancel()
        _log.warning("%s.%s() did not answer in time", type(self._gateway).__name__, self._method)

    def _wait(self, answer: Awaitable[Any]) -> Any:
        async def answered() -> Any:
            return await answer

        event_loop = self._event_loop or _background_loop()
        if not event_loop.is_running():
            if inspect.iscoroutine(answer):
                answer.close()
            raise RuntimeError("the event loop of the box office is not running any more")
        with self._lock:
            self._future = asyncio.run_coroutine_threadsafe(answered(), event_loop)
            if self._cancelled:
                self._future.cancel()
        return self._future.result()


_CHARGE_KINDS = "Charged, Authorized, ActionRequired, Declined, Pending or Unknown"


def _checked(answer: Any) -> tuple[str, str | None] | None:
    match answer:
        case Charged(reference=str() | None as reference):
            return "charged", reference
        case Authorized(reference=str() | None as reference):
            return "authorized", reference
        case ActionRequired(client_secret=str(secret)):
            return "action_required", secret
        case Declined(reason=str(reason)):
            return "declined", reason
        case Pending():
            return "pending", None
        case Unknown():
            return "unknown", None
        case _:
            return None


def _checked_refund(answer: Any) -> tuple[str, str | None] | None:
    match answer:
        case None:
            return "refunded", None
        case Refunded(reference=str() | None as reference):
            return "refunded", reference
        case Refused(reason=str(reason)):
            return "refused", reason
        case Pending():
            return "pending", None
        case _:
            return None


_background: tuple[int, asyncio.AbstractEventLoop] | None = None
_background_lock = threading.Lock()


def _background_loop() -> asyncio.AbstractEventLoop:
    """The event loop for coroutines of gateways of blocking box offices: one thread, started when first needed."""
    global _background
    with _background_lock:
        if _background is None or _background[0] != os.getpid():
            event_loop = asyncio.new_event_loop()
            started = threading.Event()
            event_loop.call_soon(started.set)
            threading.Thread(target=event_loop.run_forever, name="boxoffice-gateway", daemon=True).start()
            started.wait()
            _background = (os.getpid(), event_loop)
        return _background[1]
