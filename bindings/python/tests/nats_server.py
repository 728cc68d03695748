"""A NATS server for a test. Tests that start one are marked `nats`, and left out unless they are asked for."""

import json
import os
import socket
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs import OPENER

PROGRAM = "BOXOFFICE_NATS_SERVER"
"""Names the program `nats-server`."""

CONFIG = """
server_name: nats-0
listen: 127.0.0.1:{port}
http: 127.0.0.1:{monitoring}
jetstream {{ store_dir: {store}, sync_interval: always, max_mem: 256MB, max_file: 8GB }}
system_account: SYS
accounts {{
  SYS {{ users: [{{ user: sys, password: sys }}] }}
  shop {{ jetstream: enabled, users: [{{ user: shop, password: secret }}] }}
}}
"""


def free_ports(count: int) -> list[int]:
    """Ports that were free just now."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def is_healthy(monitoring: int) -> bool:
    try:
        with OPENER.open(f"http://127.0.0.1:{monitoring}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """A server with JetStream that runs meanwhile: its address, with who may sign in there."""
    program = os.environ.get(PROGRAM)
    if program is None:
        pytest.fail(f"{PROGRAM} does not name the program nats-server; cargo xtask test --only python installs it")
    folder.mkdir(parents=True, exist_ok=True)
    port, monitoring = free_ports(2)
    config, log = folder / "nats.conf", folder / "nats.log"
    store = json.dumps(str(folder / "jetstream"))
    config.write_text(CONFIG.format(port=port, monitoring=monitoring, store=store))
    with log.open("w") as out, subprocess.Popen([program, "-c", str(config)], stdout=out, stderr=out) as server:
        try:
            end = time.monotonic() + 60
            while not is_healthy(monitoring):
                assert server.poll() is None and time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield f"nats://shop:secret@127.0.0.1:{port}"
        finally:
            server.kill()
