"""Exceptions: one class for each kind of error, and their base class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of an error."""

    message: str
    """Message for a person."""
    field: str | None = None
    """Path of the field at fault, such as ``price`` or ``tickets[2].title``."""


class BoxOfficeError(Exception):
    """Base class of the errors of all operations of boxoffice.

    Each subclass is one kind and says what to do next. ``code`` identifies the exact error; its meaning never changes.

    >>> from boxoffice import ConflictError
    >>> error = ConflictError("ticket.locked", [("The ticket is held by an order", None)])
    >>> error.code, error.status_code, error.serialize_errors()
    ('ticket.locked', 409, [{'message': 'The ticket is held by an order'}])
    """

    status_code: ClassVar[int] = 500
    """HTTP status of the kind."""

    code: str
    """Stable code, such as ``ticket.locked``."""
    errors: tuple[Fault, ...]
    """Faults, one entry each."""
    retry_after: timedelta | None
    """Time to wait before a retry, if known."""

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
        """Returns the ``errors`` of the common error shape, as in an HTTP response."""
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
    """The caller is not signed in, or the credentials are wrong: sign in."""

    status_code = 401


class PaymentDeclinedError(BoxOfficeError):
    """The card was declined: try another."""

    status_code = 402


class ForbiddenError(BoxOfficeError):
    """The caller may not do this: give up."""

    status_code = 403


class NotFoundError(BoxOfficeError):
    """The entity does not exist: give up."""

    status_code = 404


class ConflictError(BoxOfficeError):
    """The state of the entity does not allow this: read it again."""

    status_code = 409


class PreconditionFailedError(BoxOfficeError):
    """The entity has changed since it was read: read it again."""

    status_code = 412


class IdempotencyMismatchError(BoxOfficeError):
    """The idempotency key was used for another command: use a new one."""

    status_code = 422


class TooManyRequestsError(BoxOfficeError):
    """There were too many requests: wait for ``retry_after``."""

    status_code = 429


class InternalError(BoxOfficeError):
    """The box office failed; the outcome is unknown."""

    status_code = 500


class UnavailableError(BoxOfficeError):
    """The box office is unavailable. The outcome of a submitted command is unknown: retry with the same key."""

    status_code = 503


class ClosedError(UnavailableError):
    """The box office is closed, or this process was forked from the one that opened it."""
