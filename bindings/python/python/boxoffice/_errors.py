"""What goes wrong: one exception a kind, and one base class for them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    message: str
    """A sentence for a person."""
    field: str | None = None
    """The one field at fault, such as ``price`` or ``tickets[2].title``."""


class BoxOfficeError(Exception):
    """The error of every operation of boxoffice.

    Each subclass is one kind and tells what to do next; ``code`` tells exactly what happened, and never changes its meaning.

    >>> from boxoffice import ConflictError
    >>> error = ConflictError("ticket.locked", [("The ticket is held by an order", None)])
    >>> error.code, error.status_code, error.serialize_errors()
    ('ticket.locked', 409, [{'message': 'The ticket is held by an order'}])
    """

    status_code: ClassVar[int] = 500
    """The HTTP status of the kind."""

    code: str
    """A stable code, such as ``ticket.locked``."""
    errors: tuple[Fault, ...]
    """What is wrong, one entry a fault."""
    retry_after: timedelta | None
    """How long to wait before asking again, if that is known."""

    def __init__(
        self,
        code: str,
        errors: Iterable[tuple[str, str | None]],
        *,
        retry_after: timedelta | None = None,
    ) -> None:
        self.code = code
        self.errors = tuple(Fault(message, field) for message, field in errors)
        self.retry_after = retry_after
        super().__init__(f"{code}: {'; '.join(fault.message for fault in self.errors)}")

    def serialize_errors(self) -> list[dict[str, str]]:
        """The ``errors`` of the common error shape, as every host shows them."""
        return [
            {"message": fault.message} if fault.field is None else {"message": fault.message, "field": fault.field}
            for fault in self.errors
        ]

    def __reduce__(self) -> tuple[object, ...]:
        faults = [(fault.message, fault.field) for fault in self.errors]
        return _restore, (type(self), self.code, faults, self.retry_after)


def _restore(
    kind: type[BoxOfficeError],
    code: str,
    faults: list[tuple[str, str | None]],
    retry_after: timedelta | None,
) -> BoxOfficeError:
    return kind(code, faults, retry_after=retry_after)


class ValidationError(BoxOfficeError):
    """The input is wrong: correct it."""

    status_code = 400


class UnauthenticatedError(BoxOfficeError):
    """Nobody is signed in, or the credentials are wrong: sign in."""

    status_code = 401


class PaymentDeclinedError(BoxOfficeError):
    """The card was declined: try another."""

    status_code = 402


class ForbiddenError(BoxOfficeError):
    """Somebody else may do this, but not you: give up."""

    status_code = 403


class NotFoundError(BoxOfficeError):
    """There is no such thing: give up."""

    status_code = 404


class ConflictError(BoxOfficeError):
    """The thing is not in a state that allows this: look at it again."""

    status_code = 409


class PreconditionFailedError(BoxOfficeError):
    """The thing has changed since you read it: read it again."""

    status_code = 412


class IdempotencyMismatchError(BoxOfficeError):
    """The idempotency key was used for something else: take a new one."""

    status_code = 422


class TooManyRequestsError(BoxOfficeError):
    """Too often: wait for ``retry_after``."""

    status_code = 429


class InternalError(BoxOfficeError):
    """A fault of ours; the outcome is unknown."""

    status_code = 500


class UnavailableError(BoxOfficeError):
    """Not now; the outcome is unknown if a command was under way: ask again with the same key."""

    status_code = 503


class ClosedError(UnavailableError):
    """The box office is closed, or this process was forked from the one that opened it."""
