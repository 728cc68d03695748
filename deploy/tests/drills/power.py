"""A power cut of all three servers: what was acknowledged is there, because servers sync every write.

The same with servers that don't is lost: so the drill sees losses.
"""
import asyncio

import streams
from asking import check
from deaths import selling
from disks import cut_power, disks
from hosts import Cluster
from sales import account

from servers import COUNT, Servers, own_places

TIMES = 2
LOST = "sync_interval: always"


def stores(folder):
    """Returns the folders in which servers in this folder keep everything."""
    return [folder / f"nats-{at}" / "data" for at in range(COUNT)]


def cut_all(servers, made):
    """Kills all servers at once, and starts them with what was on their disks."""
    for at in range(COUNT):
        servers.processes[at].kill()
    for at in range(COUNT):
        servers.kill(at)
    cut_power(made)
    for at in range(COUNT):
        servers.start(at)
    servers.wait_for(*range(COUNT))


def of_servers(program, folder, card, processor, more, variables):
    """Sales go on when the power comes back, and nothing that was answered is lost."""
    folder = folder / "power"
    with disks(folder / "disks", stores(folder / "servers")) as made:
        with Servers(folder / "servers", own_places()) as servers:
            with Cluster(program, servers, folder / "hosts", more, variables) as cluster:
                sell_through(cluster, card, processor, made)
    control(folder)


def sell_through(cluster, card, processor, made):
    turn = [0]

    def anybody():
        turn[0] += 1
        return cluster.hosts[turn[0] % COUNT].address

    with selling(cluster, card, anybody) as sales:
        for number in range(TIMES):
            sales.wait_for(20)
            before = streams.journal(cluster.servers)["state"]["last_seq"]
            cut_all(cluster.servers, made)
            silent = sales.wait_for(10, seconds=120)
            after = streams.journal(cluster.servers)["state"]["last_seq"]
            check(after >= before, f"the stream has {after} messages after a power cut, and had {before}")
            print(f"    power cut {number + 1}: silent for {silent:.1f} s, {after} messages")
            cluster.wait_until_whole()
        sales.stop()
    sales.check_not_made(TIMES)
    account(cluster.account(), sales.sales, processor)


def control(folder):
    """With the servers' default settings, what was acknowledged just before is lost."""
    folder = folder / "control"
    with disks(folder / "disks", stores(folder / "servers")) as made:
        with Servers(folder / "servers", own_places(), [(LOST, "sync_interval: 2m")]) as servers:
            config = {"name": "LOST", "subjects": ["lost"], "num_replicas": COUNT, "storage": "file"}
            answer = streams.asked(servers, "STREAM.CREATE.LOST", config)
            check(answer and "error" not in answer, f"the operator can't make a stream: {answer}")
            stored = streams.with_client(servers, publish)
            cut_all(servers, made)
            found = streams.asked(servers, "STREAM.INFO.LOST", seconds=20) or {}
            kept = found.get("state", {}).get("last_seq", 0)
            check(kept < stored, f"servers that don't sync have {kept} of {stored} messages after a power cut")
            print(f"    servers that don't sync: {stored - kept} of {stored} acknowledged messages are lost")


async def publish(client):
    """Publishes messages one after the other, and returns how many were acknowledged."""
    for number in range(1, 201):
        answer = await client.request("lost", b"x" * 500, timeout=5)
        check(f'"seq":{number}'.encode() in answer.data.replace(b" ", b""), f"a publish is answered {answer.data}")
        await asyncio.sleep(0)
    return 200
