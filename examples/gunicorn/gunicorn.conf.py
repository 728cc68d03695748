"""Gives each worker a number, which is that of its data directory.

A worker that comes in place of another gets the other's number: the cluster has the same hosts for ever.
"""

import os
from collections import Counter

wsgi_app = "main:create_app()"
bind = "127.0.0.1:3000"
workers = 4
threads = 8
# A worker that boots waits for its directory, and for what the others have.
timeout = 120


def pre_fork(server, worker):
    """At a reload, workers come before those that they replace have ended, and then wait for their directories."""
    taken = Counter(other.number for other in server.WORKERS.values())
    worker.number = min(range(server.num_workers), key=lambda number: taken[number])


def post_fork(server, worker):
    os.environ["BOXOFFICE_WORKER"] = str(worker.number)
