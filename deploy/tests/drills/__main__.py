"""Drills of a cluster: real servers with the configuration of deploy/nats, real hosts, and what happens to them.

    drills SERVER FOLDER [--processor URL] [DRILL]...

SERVER is the program of the hosts, and the folder must be empty. The processor is a stand-in for Stripe, which all hosts
share; without it each has a sandbox, and no card is charged through one. Some drills need network namespaces or file
systems of their own, which only root can make: whoever else runs all drills is told which were not run.
"""
import argparse
import os
import pathlib
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))

import backups
import cuts
import damage
import deaths
import machines
import power
import refusals
import rolling
import sharing
import snapshots
import upgrade
from asking import Mistake
from hosts import Cluster

from servers import Servers

# The lame duck's times are the shortest that NATS takes.
CHANGES = [("lame_duck_grace_period: 10s", "lame_duck_grace_period: 1s")]


class Drills:
    """The drills, by name: a function each, and whether it needs root."""

    def __init__(self, program, folder, processor):
        self.program, self.folder, self.processor = program, folder, processor
        self.more, self.variables, self.card = [], {}, "tok_visa"
        if processor:
            self.more = ["--gateway", "stripe", "--stripe-api-base", processor]
            self.variables = {"STRIPE_SECRET_KEY": "sk_test_12345"}
            self.card = "pm_card_visa"
        self.all = {
            "sharing": (self.sharing, False),
            "rivals": (self.rivals, False),
            "deaths": (self.deaths, False),
            "rolling": (self.rolling, False),
            "cuts": (self.cuts, True),
            "power": (self.power, True),
            "damage": (self.damage, False),
            "refusals": (self.refusals, False),
            "snapshots": (self.snapshots, False),
            "backups": (self.backups, False),
            "upgrade": (self.upgrade, False),
        }

    def on(self, name, work, program=None, more=()):
        """Lets a drill work on a new cluster."""
        folder = self.folder / name
        with Servers(folder / "servers", changes=CHANGES) as servers:
            arguments = [program or self.program, servers, folder / "hosts", [*self.more, *more], self.variables]
            with Cluster(*arguments) as cluster:
                work(cluster)

    def sharing(self):
        self.on("sharing", lambda cluster: sharing.sign_up_here_buy_there(cluster, self.card))

    def rivals(self):
        self.on("rivals", sharing.rivals)

    def deaths(self):
        self.on("deaths", lambda cluster: deaths.kill(cluster, self.card, self.processor))

    def rolling(self):
        drained = ["--drain-delay", rolling.DRAIN_DELAY]
        self.on("rolling", lambda cluster: rolling.restart(cluster, self.card, self.processor), more=drained)

    def cuts(self):
        folder = self.folder / "cuts"
        with machines.machines(), Servers(folder / "servers", machines.places()) as servers:
            # The stand-in for the card processor is on this machine's loopback, which the others don't share.
            with machines.OnMachines(self.program, servers, folder / "hosts", cuts.REQUESTS) as cluster:
                cuts.cut_off(cluster)

    def power(self):
        power.of_servers(self.program, self.folder, self.card, self.processor, self.more, self.variables)

    def damage(self):
        self.on("damage", lambda cluster: damage.of_a_replica(cluster, self.card, self.processor))

    def refusals(self):
        refusals.unsynced(self.program, self.folder / "unsynced")

        def on_sound_servers(cluster):
            refusals.permissions(cluster)
            refusals.denied(cluster)
            refusals.at_start(cluster)

        self.on("refusals", on_sound_servers)

    def snapshots(self):
        restored = lambda cluster: snapshots.restored(cluster, self.card, self.processor)  # noqa: E731
        self.on("snapshots", restored, more=cuts.REQUESTS)

    def backups(self):
        self.on("backups", backups.restored, more=cuts.REQUESTS)

    def upgrade(self):
        older = upgrade.older_build(self.program, self.folder / "older")
        self.on("upgrade", lambda cluster: upgrade.from_older(cluster, self.program), older, cuts.REQUESTS)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("server", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--processor")
    parser.add_argument("drills", nargs="*")
    given = parser.parse_intermixed_args()
    drills = Drills(given.server.resolve(), given.folder.resolve(), given.processor)
    unknown = set(given.drills) - set(drills.all)
    if unknown:
        sys.exit(f"no drill is called {', '.join(unknown)}; there are {', '.join(drills.all)}")
    left = []
    for name in given.drills or drills.all:
        drill, needs_root = drills.all[name]
        if needs_root and os.geteuid() != 0 and not given.drills:
            left.append(name)
            continue
        print(f"  {name}", flush=True)
        begun = time.monotonic()
        try:
            drill()
        except Mistake as mistake:
            sys.exit(f"{name}: {mistake}")
        print(f"    {time.monotonic() - begun:.0f} s", flush=True)
    if left:
        print(f"not run, because they need root: {', '.join(left)}")


if __name__ == "__main__":
    main()
