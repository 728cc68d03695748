"""Programs that run beside a test, and what one asks them over HTTP."""

import json
import os
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Whatever proxy the environment names, these programs are on this machine.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(log: Path, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


@contextmanager
def running(command: list[str], folder: Path, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs meanwhile, and must end well when it is asked to."""
    given = {**os.environ, **environment}
    with log.open("w") as out, subprocess.Popen(command, cwd=folder, env=given, stdout=out, stderr=out) as program:
        try:
            yield program
            program.terminate()
            assert program.wait(60) == 0, log.read_text()
        finally:
            program.kill()


def address(log: Path) -> str:
    """The address at which gunicorn says that it listens."""
    until(log, lambda: "Booting worker" in log.read_text())
    found = re.search(r"Listening at: (http://\S+)", log.read_text())
    assert found is not None, log.read_text()
    return found[1]


def answer(url: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], Any]:
    """The status, the headers and the body of an answer; with a body it is asked by POST."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **headers})
    try:
        with OPENER.open(request, timeout=60) as answered:
            return answered.status, lowered(answered.headers.items()), json.load(answered)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, lowered(refused.headers.items()), json.load(refused)


def lowered(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def ask(url: str, body: object = None, token: str = "") -> tuple[int, Any]:
    status, _, said = answer(url, body, authorization=f"Bearer {token}")
    return status, said
