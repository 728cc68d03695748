"""What the engine logs, in Python's logging: under ``boxoffice`` and the names below it."""

from __future__ import annotations

import atexit
import logging
import os
import threading

from boxoffice import _native

_LEVELS = {"error": logging.ERROR, "warn": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}

_END_WITHIN = 5.0
"""How many seconds the end of the process waits for handlers."""

_thread: tuple[int, threading.Thread] | None = None
"""Who hands on what is logged, and the process that it is in: it does not come along with a fork."""


def start() -> None:
    """Has what is logged from now on handed on, by a thread of its own."""
    global _thread
    if _thread is not None and _thread[0] == os.getpid():
        return
    thread = threading.Thread(target=_hand_on, name="boxoffice-log", daemon=True)
    _thread = (os.getpid(), thread)
    _native.hear_log()
    thread.start()


@atexit.register
def _end() -> None:
    if _thread is not None and _thread[0] == os.getpid():
        _native.end_log()
        _thread[1].join(_END_WITHIN)


def _hand_on() -> None:
    while (record := _native.next_log()) is not None:
        level, name, text, fields = record
        logging.getLogger(name).log(_LEVELS[level], "%s", text, extra={"boxoffice": dict(fields)})
