"""Clocks written in Python."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where time comes from: ``ManualClock``, or one of your own, for tests.

    Without ``wake_by`` a clock is believed to go at the pace of real time.
    """

    def now(self) -> datetime:
        """The time, with a time zone."""
        ...


class WakingClock(Clock, Protocol):
    """A clock that jumps, and tells when it has."""

    def wake_by(self, waker: Callable[[], None], /) -> None:
        """Takes a function to call whenever the time has jumped."""
        ...
