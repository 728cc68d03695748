"""The guides for gunicorn and Celery, tried for real: what runs here is the code of their pages."""

import re
import shlex
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from boxoffice import BoxOffice, UnavailableError
from conftest import PASSWORD, Shop
from programs import address, ask, running, until

GUIDES = Path(__file__).parents[3] / "docs" / "src" / "guide"


def blocks(guide: str, language: str = "python") -> list[str]:
    """The blocks in a language of a guide."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", (GUIDES / guide).read_text(), re.DOTALL)
    return found


def swapped(text: str, old: str, new: str) -> str:
    """The text with one thing for another, which must be there once."""
    assert text.count(old) == 1, f"{old} is not in\n{text}"
    return text.replace(old, new)


def gunicorn(*more: str) -> list[str]:
    """The command of the guide, at a free port."""
    [line] = blocks("gunicorn.md", "sh")
    program, *arguments = shlex.split(line)
    assert program == "gunicorn"
    return [sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:0", *more, *arguments]


def test_behind_gunicorn(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    [app] = blocks("gunicorn.md")
    (tmp_path / "app.py").write_text(app)
    with BoxOffice(data) as office:
        ticket = Shop(office).lists()
        token = office.auth.sign_in("bob@example.com", PASSWORD).token
    with running(gunicorn(), tmp_path, log, BOXOFFICE_DATA=str(data)) as master:
        url, wanted = address(log), {"ticketId": ticket.id}
        assert ask(f"{url}/tickets") == (200, [{"id": ticket.id, "title": "Hamlet"}])
        assert ask(f"{url}/orders", wanted)[0] == 401
        assert ask(f"{url}/orders", wanted, token)[0] == 201
        status, refused = ask(f"{url}/orders", wanted, token)
        assert (status, len(refused["errors"])) == (409, 1), refused
        # No other process opens the directory.
        with pytest.raises(UnavailableError) as in_use:
            BoxOffice(data)
        assert in_use.value.code == "journal.in_use"

        # At a reload the new worker waits for the old one.
        master.send_signal(signal.SIGHUP)
        until(log, lambda: "Worker exiting" in log.read_text())
        assert ask(f"{url}/orders", wanted, token)[0] == 409
        assert log.read_text().count("Booting worker") == 2, log.read_text()
    with BoxOffice(data) as office:
        assert office.journal.verify().is_clean


def test_gunicorn_that_opens_it_before_it_forks(tmp_path: Path) -> None:
    log = tmp_path / "log"
    [app] = blocks("gunicorn.md")
    (tmp_path / "app.py").write_text(app)
    with running(gunicorn("--preload"), tmp_path, log, BOXOFFICE_DATA=str(tmp_path / "data")):
        status, refused = ask(f"{address(log)}/tickets")
        assert status == 503
        assert "forked" in refused["errors"][0]["message"]


SELL = """
import time

from boxoffice import BoxOfficeError, NewTicket


def user(office, name):
    email = f"{name}@example.com"
    try:
        return office.auth.sign_up(email, "correct horse").user.id
    except BoxOfficeError:
        return office.auth.sign_in(email, "correct horse").user.id


with BoxOffice("office") as office:
    FOLLOW
    ann, bob = user(office, "ann"), user(office, "bob")
    order = office.orders.create(bob, [office.tickets.create(ann, NewTicket("Hamlet", "19.99")).id])
    office.payments.pay(bob, order.id, "tok_visa")
    [last] = office.journal.read(office.journal.head(), 1)
    while not CURSOR.exists() or CURSOR.read_text() != last.cursor:
        time.sleep(0.05)
    print(order.id)
"""
"""Sells one ticket beside the code of the guide, and ends when all is handed on."""


def test_with_celery(tmp_path: Path) -> None:
    queue, sent, log = tmp_path / "queue", tmp_path / "sent", tmp_path / "log"
    tasks, hand_on, follow = blocks("celery.md")
    # Files stand in for Redis. Worker and box office are processes of their own as ever.
    tasks = swapped(tasks, 'broker="redis://localhost"', 'broker="filesystem://"')
    note = f'print(order_id, file=open({str(sent)!r}, "a"))'
    tasks = swapped(tasks, "...  # send them once by order_id: the same order may come twice", note)
    folders = {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(tmp_path / "control")}
    queue.mkdir()
    (tmp_path / "tasks.py").write_text(f"{tasks}\n\napp.conf.broker_transport_options = {folders!r}\n")
    program = f"import threading\n{hand_on}{swapped(SELL, 'FOLLOW', follow.strip())}"
    (tmp_path / "sell.py").write_text(program)

    def sell() -> tuple[str, str]:
        """The id of an order that was paid, and what was logged meanwhile."""
        command = [sys.executable, "sell.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip(), done.stderr

    def orders() -> list[str]:
        return sent.read_text().split() if sent.exists() else []

    # What is handed on before any worker runs waits for one.
    first, _ = sell()
    worker = [sys.executable, "-m", "celery", "--app", "tasks", "worker", "--concurrency", "1", "--loglevel", "info"]
    with running(worker, tmp_path, log):
        until(log, lambda: orders() == [first])
        # After a restart it goes on where it was.
        second, logged = sell()
        until(log, lambda: orders() == [first, second])
        assert "does not have record" not in logged
        # A cursor of a history that is gone, as after a backup was restored.
        (tmp_path / "mailed").write_text(f"999-{'0' * 16}")
        third, logged = sell()
        until(log, lambda: len(orders()) == 5)
        assert Counter(orders()) == {first: 2, second: 2, third: 1}
        assert "does not have record 999-" in logged
