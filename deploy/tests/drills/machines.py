"""Machines: a network namespace for each server with its host. Only root can make them.

A machine has two cables: one to the network of all machines, which is what is cut, and one over which the drill asks
its host.
"""
import subprocess
from contextlib import contextmanager

from hosts import Cluster

from servers import COUNT, Place

# Blocks of addresses that are set aside for benchmarks.
NETWORK, ASKED = "198.18.78", "198.18.79"
BRIDGE = "bx-drill"


def ip(*words, check=True):
    subprocess.run(["ip", *words], check=check, capture_output=not check)


def name(at):
    return f"bx-drill-{at}"


def places():
    return [Place(f"{NETWORK}.{at + 1}", ("ip", "netns", "exec", name(at))) for at in range(COUNT)]


@contextmanager
def machines():
    """Makes the machines, and removes them at the end."""
    remove()
    try:
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("address", "add", f"{NETWORK}.254/24", "dev", BRIDGE)
        ip("link", "set", "dev", BRIDGE, "up")
        for at in range(COUNT):
            connect(at)
        yield
    finally:
        remove()


def connect(at):
    there = ["-n", name(at)]
    ip("netns", "add", name(at))
    ip(*there, "link", "set", "dev", "lo", "up")
    ip("link", "add", f"bx-lan-{at}", "type", "veth", "peer", "name", "lan", "netns", name(at))
    ip("link", "set", "dev", f"bx-lan-{at}", "master", BRIDGE, "up")
    ip(*there, "address", "add", f"{NETWORK}.{at + 1}/24", "dev", "lan")
    ip("link", "add", f"bx-ask-{at}", "type", "veth", "peer", "name", "asked", "netns", name(at))
    ip("address", "add", f"{ASKED}.{4 * at + 1}/30", "dev", f"bx-ask-{at}")
    ip("link", "set", "dev", f"bx-ask-{at}", "up")
    ip(*there, "address", "add", f"{ASKED}.{4 * at + 2}/30", "dev", "asked")
    for cable in ["lan", "asked"]:
        ip(*there, "link", "set", "dev", cable, "up")


def remove():
    for at in range(COUNT):
        # The ends outside go with it.
        ip("netns", "delete", name(at), check=False)
    ip("link", "delete", BRIDGE, check=False)


def cut(at):
    ip("-n", name(at), "link", "set", "dev", "lan", "down")


def mend(at):
    ip("-n", name(at), "link", "set", "dev", "lan", "up")


class OnMachines(Cluster):
    """A cluster on machines. A host knows its own server, and those that this one tells it of."""

    def reached_at(self, at):
        return f"{ASKED}.{4 * at + 2}"

    def listens_at(self, at):
        return "0.0.0.0"

    def known_to(self, at):
        return [at]
