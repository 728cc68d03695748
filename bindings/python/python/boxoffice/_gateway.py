"""Payment gateways written in Python."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import threading
from collections.abc import Awaitable, Sequence
from concurrent.futures import CancelledError, Future
from datetime import datetime
from typing import Any, Protocol

from boxoffice._answers import CHARGE_KINDS, REFUND_KINDS, ChargeAnswer, RefundAnswer, charge_payload, is_answer, refund_payload
from boxoffice._native import ChargeRequest, LookupRequest, Money, WebhookMessage, RefundRequest
from boxoffice._webhooks import RefundElsewhere, RefundReport, WebhookEvent, WebhookRefused, event_payload, refunds_payload

_log = logging.getLogger("boxoffice")


class PaymentGateway(Protocol):
    """A payment gateway: the connection to a card processor.

    Its methods may be plain or ``async``. The box office may call each of them again with the same id: after a crash, after a
    timeout, or concurrently. A gateway takes each charge at most once and makes each refund at most once, even if the request is
    repeated.

    Plain methods run on threads of the package, several at once. Coroutines run on the event loop that opened an
    ``AsyncBoxOffice``, or on the package's background loop for a ``BoxOffice``.

    An exception means that the outcome is unknown: the box office looks it up later. A late answer (``gateway_timeout``) and an
    invalid answer mean the same.
    """

    @property
    def name(self) -> str:
        """Name under which charges of this gateway are recorded."""
        ...

    def charge(self, request: ChargeRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Takes the money, or authorizes it for a later capture."""
        ...

    def lookup(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Returns the outcome of a charge."""
        ...

    def refund(self, request: RefundRequest, /) -> RefundAnswer | Awaitable[RefundAnswer]:
        """Refunds a successful charge, in full or in part. A repeated call with the same ``refund_id`` changes nothing."""
        ...


class CapturingGateway(PaymentGateway, Protocol):
    """A gateway that may answer ``Authorized`` or ``ActionRequired``."""

    def capture(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Captures the full amount of an authorized charge."""
        ...

    def void(self, request: LookupRequest, /) -> ChargeAnswer | Awaitable[ChargeAnswer]:
        """Voids a charge that has taken no money: releases the authorized amount, or ends the wait for the buyer.

        Returns the outcome of the charge: ``Declined``, unless the money was already taken.
        """
        ...


class CheckingGateway(PaymentGateway, Protocol):
    """A card processor that can't charge every amount: tickets at such prices are not listed."""

    def check_amount(self, amount: Money, /) -> str | None | Awaitable[str | None]:
        """Why an amount can't be charged, in words that a seller may read; ``None`` if it can."""
        ...


class ListingGateway(PaymentGateway, Protocol):
    """A gateway whose card processor can list refunds, also those that somebody made there. It may have one method alone.

    An exception, a late answer (``gateway_timeout``) and an invalid answer mean that the list can't be read now.
    """

    def refunds_of(
        self, request: LookupRequest, /
    ) -> Sequence[RefundReport | RefundElsewhere] | Awaitable[Sequence[RefundReport | RefundElsewhere]]:
        """Lists every refund of a charge. The box office asks when ``read_webhook`` reports ``RefundsChanged``."""
        ...

    def refunds_since(
        self, since: datetime, /
    ) -> Sequence[RefundReport | RefundElsewhere] | Awaitable[Sequence[RefundReport | RefundElsewhere]]:
        """Lists the refunds made at the card processor since a time, those that the box office requested left out.

        The box office asks when it opens, and every hour, so that a refund is recorded although no webhook has told of it. The
        list may hold charges of others, and refunds that are known.
        """
        ...


class WebhookGateway(PaymentGateway, Protocol):
    """A gateway that reads inbound webhook messages; ``payments.receive_webhook`` calls it."""

    def read_webhook(self, message: WebhookMessage, /) -> WebhookEvent | Awaitable[WebhookEvent]:
        """Checks that a message comes from the card processor, and reads it.

        Raises ``WebhookRefused`` if the signature is wrong, or the message is too old or malformed. Any other exception, a late
        answer and an invalid answer mean that it can't be read now: the card processor sends it again.
        """
        ...


class GatewayFailure(Exception):
    """A gateway raised or gave an invalid answer, so the outcome is unknown. The text says why."""


class Call:
    """One call of a gateway, made on a thread where it may block."""

    def __init__(self, gateway: Any, method: str, argument: Any, event_loop: asyncio.AbstractEventLoop | None) -> None:
        self._gateway = gateway
        self._method = method
        self._argument = argument
        self._event_loop = event_loop
        self._lock = threading.Lock()
        self._cancelled = False
        self._future: Future[Any] | None = None

    def run(self) -> tuple[str, str | None]:
        """Calls the gateway, waits for the answer and checks it."""
        kind = type(self._gateway).__name__
        name = f"{kind}.{self._method}()"
        try:
            method = getattr(self._gateway, self._method, None)
            if method is None and self._method == "read_webhook":
                return "unsupported", None
            if method is None:
                raise NotImplementedError(self._lacking())
            answer = method(self._argument)
            if inspect.isawaitable(answer):
                answer = self._wait(answer)
        except Exception as error:
            if isinstance(error, WebhookRefused) and self._method == "read_webhook":
                return error.reason, error.text
            if self._cancelled and isinstance(error, CancelledError):
                raise GatewayFailure(self._late()) from None
            text = f"{name} raised {type(error).__name__}: {error}"
            _log.warning("%s", text, exc_info=True)
            raise GatewayFailure(text) from error
        try:
            return self._told(answer)
        except (TypeError, ValueError) as error:
            text = f"{name} {error}"
            _log.warning("%s", text)
            raise GatewayFailure(text) from None

    def _lacking(self) -> str:
        """Returns what is wrong with a gateway without this method."""
        kind = type(self._gateway).__name__
        if self._method == "refunds_of":
            return f"{kind} tells that refunds have changed, and has no refunds_of() to list them"
        return f"{kind} takes money at once, and can't {self._method} it"

    def _told(self, answer: Any) -> tuple[str, str | None]:
        """Converts an answer for the native module; raises if it is invalid."""
        if self._method == "check_amount":
            if answer is None:
                return "chargeable", None
            if isinstance(answer, str):
                return "refused", answer
            raise TypeError(f"must return a str or None, not {type(answer).__name__}")
        if self._method == "read_webhook":
            return "event", event_payload(answer)
        if self._method in ("refunds_of", "refunds_since"):
            return "refunds", refunds_payload(answer)
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
        """Cancels a coroutine that timed out. A plain method can't be cancelled; its answer is dropped."""
        with self._lock:
            self._cancelled = True
            if self._future is not None:
                self._future.cancel()
        _log.warning("%s", self._late())

    def _late(self) -> str:
        return f"{type(self._gateway).__name__}.{self._method}() did not answer in time"

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
    """Returns the background event loop for coroutines of gateways of blocking box offices; starts it at the first call."""
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
