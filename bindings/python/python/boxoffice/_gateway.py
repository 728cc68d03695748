"""Card processors written in Python."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import threading
from collections.abc import Awaitable
from concurrent.futures import Future
from typing import Any, Protocol

from boxoffice._answers import CHARGE_KINDS, REFUND_KINDS, ChargeAnswer, RefundAnswer, charge_payload, is_answer, refund_payload
from boxoffice._native import ChargeRequest, LookupRequest, Money, WebhookMessage, RefundRequest
from boxoffice._webhooks import WebhookEvent, WebhookRefused, event_payload

_log = logging.getLogger("boxoffice")


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


class CheckingGateway(PaymentGateway, Protocol):
    """A card processor that can't charge every amount: tickets at such prices are not listed."""

    def check_amount(self, amount: Money, /) -> str | None | Awaitable[str | None]:
        """Why an amount can't be charged, in words that a seller may read; ``None`` if it can."""
        ...


class WebhookGateway(PaymentGateway, Protocol):
    """A card processor that tells by itself what has happened (webhooks): ``payments.receive_webhook`` has its messages read here."""

    def read_webhook(self, message: WebhookMessage, /) -> WebhookEvent | Awaitable[WebhookEvent]:
        """Reads a message, after checking that it comes from the card processor.

        Raises ``WebhookRefused`` if it does not, is too old or can't be read. To raise anything else, to answer late, and to return
        something else mean that it can't be read now: the card processor will send it again.
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
            if method is None and self._method == "read_webhook":
                return "unsupported", None
            if method is None:
                raise NotImplementedError(f"{kind} takes money at once, and can't {self._method} it")
            answer = method(self._argument)
            if inspect.isawaitable(answer):
                answer = self._wait(answer)
        except Exception as error:
            if isinstance(error, WebhookRefused) and self._method == "read_webhook":
                return error.reason, error.text
            text = f"{name} raised {type(error).__name__}: {error}"
            _log.warning("%s", text, exc_info=True)
            raise GatewayFailure(text) from error
        try:
            return self._told(answer)
        except (TypeError, ValueError) as error:
            text = f"{name} {error}"
            _log.warning("%s", text)
            raise GatewayFailure(text) from None

    def _told(self, answer: Any) -> tuple[str, str | None]:
        """The answer as the native module takes it; raises if it is none."""
        if self._method == "check_amount":
            if answer is None:
                return "chargeable", None
            if isinstance(answer, str):
                return "refused", answer
            raise TypeError(f"must return a str or None, not {type(answer).__name__}")
        if self._method == "read_webhook":
            return "event", event_payload(answer)
        is_refund = self._method == "refund"
        told = refund_payload(answer) if is_refund else charge_payload(answer)
        if told is not None:
            return told
        kinds = REFUND_KINDS if is_refund else CHARGE_KINDS
        kind = type(answer).__name__
        if is_answer(answer) and kind in kinds:
            raise TypeError(f"returned a {kind} whose text is no str")
        raise TypeError(f"must return {kinds}, not {kind}")

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
