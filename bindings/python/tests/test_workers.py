"""The example with four workers of gunicorn that share one box office."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Any, TypeVar

import pytest
from boxoffice import BoxOffice, Record
from conftest import PASSWORD
from nats_server import nats_server
from programs import address, answer, running

EXAMPLE = Path(__file__).parents[3] / "examples" / "gunicorn"

KEY = "a secret that all workers of the test share"

WORKERS = 4

LONG = 120
"""Time that anything may take here, in seconds."""

T = TypeVar("T")


def until(look: Callable[[], T | None], log: Path) -> T:
    """Waits until `look` gives something; returns that."""
    end = time.monotonic() + LONG
    while (found := look()) is None:
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.02)
    return found


class Client:
    """A client of the workers. Each of its requests is a connection of its own, which any worker may take."""

    def __init__(self, url: str, log: Path) -> None:
        self.url, self.log, self.token, self.cookie = url, log, "", ""

    def ask(self, path: str, body: object = None, key: str = "") -> tuple[int, str, Any]:
        """The status of an answer, the worker that gave it, and its body. Cookies come again with the next request."""
        headers = {"authorization": f"Bearer {self.token}", "cookie": self.cookie, "idempotency-key": key}
        try:
            status, answered, said = answer(self.url + path, body, **headers)
        except (OSError, ValueError, HTTPException):
            # Its worker was killed, or there is none.
            return 0, "", None
        self.cookie = answered.get("set-cookie", self.cookie).partition(";")[0]
        return status, answered.get("x-worker", ""), said

    def certainly(self, path: str, body: object, key: str, wanted: int) -> tuple[str, Any]:
        """Asks under one key until there is a certain answer: what has none is asked again."""

        def look() -> tuple[str, Any] | None:
            status, worker, said = self.ask(path, body, key)
            assert status in (0, 401, 404, wanted) or status >= 500, (path, status, said)
            return (worker, said) if status == wanted else None

        return until(look, self.log)

    def signs_up(self, name: str) -> str:
        worker, said = self.certainly("/signup", {"email": f"{name}@example.com", "password": PASSWORD}, "", 201)
        self.token = said["token"]
        return worker

    def sees(self, ticket: str) -> bool:
        status, _, said = self.ask("/tickets")
        return status == 200 and any(listed["id"] == ticket for listed in said)

    def buys(self, ticket: str, key: str) -> str:
        wanted = {"ticketId": ticket, "token": "tok_visa"}
        worker, said = self.certainly("/purchases", wanted, key, 201)
        assert said["status"] == "succeeded", said
        return worker

    def all(self) -> dict[str, dict[str, Any]]:
        """What each worker says of itself, once all of them are ready and have the same journal."""

        def look() -> dict[str, dict[str, Any]] | None:
            with ThreadPoolExecutor(4 * WORKERS) as pool:
                answers = list(pool.map(lambda _: self.ask("/worker"), range(4 * WORKERS)))
            found = {worker: said for status, worker, said in answers if status == 200}
            ready = [said for said in found.values() if said["unready"] is None and said["voters"] == WORKERS]
            is_level = len({said["records"] for said in ready}) == 1
            return found if len(ready) == WORKERS and is_level else None

        return until(look, self.log)


@pytest.mark.nats
def test_four_workers_sell_from_one_box_office(tmp_path: Path) -> None:
    app, data, log = tmp_path / "app", tmp_path / "data", tmp_path / "log"
    shutil.copytree(EXAMPLE, app, ignore=shutil.ignore_patterns("__pycache__"))
    with nats_server(tmp_path / "nats") as nats:
        environment = {
            "BOXOFFICE_CLUSTER": nats, "BOXOFFICE_CLUSTER_TEST": "1", "BOXOFFICE_DATA": str(data), "JWT_KEY": KEY,
        }
        given = {**os.environ, **environment}
        subprocess.run([sys.executable, "main.py"], cwd=app, env=given, check=True, timeout=LONG)
        command = [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0"]
        with running(command, app, log, **environment) as master:
            url = address(log)
            sold = sell(url, log, master)
    # Each directory opens alone, and all have the same journal: nothing is lost, and nothing is there twice.
    first, *others = (alone(data / str(at)) for at in range(WORKERS))
    for journal in others:
        assert [record.published for record in journal] == [record.published for record in first]
    charges = [record.data["orderId"] for record in first if record.event == "ChargeCreated"]
    assert len(charges) == len({*charges}) == sold


def sell(url: str, log: Path, master: subprocess.Popen[bytes]) -> int:
    """Sells through all workers, kills the one that writes, and sells on; returns the number of the sales."""
    ann, bob = Client(url, log), Client(url, log)
    assert len({said["pid"] for said in bob.all().values()}) == WORKERS
    ann.signs_up("ann")
    signed_up = bob.signs_up("bob")
    sold: list[str] = []

    def sells() -> str:
        _, made = ann.certainly("/tickets", {"title": "Hamlet", "price": "19.99"}, "", 201)
        until(lambda: bob.sees(made["id"]) or None, log)
        sold.append(made["id"])
        return bob.buys(made["id"], made["id"])

    # What one worker has, the others have too: any of them sells it.
    until(lambda: (sells() != signed_up) or None, log)
    sells()
    status, _, refused = bob.ask("/purchases", {"ticketId": sold[0], "token": "tok_visa"}, "again")
    assert status == 409, refused

    workers = bob.all()
    [writer] = [number for number, said in workers.items() if said["state"] == "writer"]
    os.kill(workers[writer]["pid"], signal.SIGKILL)
    sells()
    sells()

    # The dead one's successor has its directory, and so it is the same host.
    successor = until(lambda: other_than(workers[writer]["pid"], bob.all()[writer]["pid"]), log)
    # At a reload the new workers wait for the old ones.
    master.send_signal(signal.SIGHUP)
    until(lambda: other_than(successor, bob.all()[writer]["pid"]), log)
    return len(sold)


def other_than(old: int, pid: int) -> int | None:
    return pid if pid != old else None


def alone(directory: Path) -> list[Record]:
    """The journal of a worker's directory, which opens on its own."""
    with BoxOffice(directory, jwt_key=KEY.encode()) as office:
        return office.journal.read(1, 1_000)
