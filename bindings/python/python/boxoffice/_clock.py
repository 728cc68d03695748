"""Clocks written in Python."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A source of time for tests: ``ManualClock``, or your own.

    A clock without ``wake_by`` is assumed to run at the speed of real time.
    """

    def now(self) -> datetime:
        """Returns the current time, with a time zone."""
        ...


class WakingClock(Clock, Protocol):
    """A clock that can jump and reports each jump."""

    def wake_by(self, waker: Callable[[], None], /) -> None:
        """Registers a function to call after each jump."""
        ...
