"""A server's copy of the journal is damaged, and the server leads: no host is led astray, and emptying its store heals it."""
import shutil
import signal

import streams
from asking import check, wait_until
from deaths import selling
from sales import account, list_tickets, sign_up

from servers import COUNT

# Tickets that are listed at a time until the stream needs another file.
LISTED = 1_000


def of_a_replica(cluster, card, processor):
    """A host is away while tickets are listed and sold; what it lacks is damaged on one server, which then leads."""
    servers, away = cluster.servers, cluster.followers()[0]
    others = [host for host in cluster.hosts if host is not away]
    turn = [0]

    def anybody_else():
        turn[0] += 1
        return others[turn[0] % len(others)].address

    with selling(cluster, card, anybody_else) as sales:
        sales.wait_for(10)
        away.stop()
        damaged = (streams.leader(servers) + 1) % COUNT
        before = files(servers, damaged)[-1]
        whole = before.stat().st_size
        fill(cluster, others[0].address, damaged)
        sales.wait_for(10)
        damage(servers, damaged, before, whole)
        lacks = streams.hole(servers, damaged)
        check(lacks > 0, f"server {damaged} has got what it lacked: there is no hole to tell of")
        streams.lead(servers, damaged)
        print(f"    server {damaged} leads, and lacks {lacks} messages")
        away.start()
        cluster.wait_until_whole()
        sales.wait_for(10)
        told = wait_until(lambda: any("lacks" in host.status() for host in cluster.hosts), "a host tells of the hole")
        print(f"    a host tells of it after {told:.0f} s")
        heal(servers, damaged)
        cluster.wait_until_whole()
        wait_until(lambda: not any("lacks" in host.status() for host in cluster.hosts), "no host tells of a hole")
        sales.stop()
    sales.check_not_made(0)
    account(cluster.account(), sales.sales, processor)


def files(servers, at):
    """Returns the files with the stream's messages on a server, in their order."""
    found = servers.store(at).glob(f"jetstream/*/streams/{streams.JOURNAL}/msgs/*.blk")
    return sorted(found, key=lambda file: int(file.stem))


def fill(cluster, address, at):
    """Lists tickets until the stream goes on in another file. What is damaged at the end of the last one comes again from the
    others; what is damaged before does not."""
    seller, begun = sign_up(address, "lister"), len(files(cluster.servers, at))
    while len(files(cluster.servers, at)) == begun:
        list_tickets(address, seller, LISTED)
    level(cluster.servers, at)


def level(servers, at):
    """Waits until a server has what the stream has now."""
    last = streams.journal(servers)["state"]["last_seq"]
    wait_until(lambda: streams.of_server(servers, at)["last_seq"] >= last, f"server {at} is level")


def damage(servers, at, file, whole):
    """Stops a server, changes a byte in the middle of what this file has beyond `whole`, and starts the server again."""
    level(servers, at)
    # A server that was killed has its log still, and does once more what the log says.
    servers.end(at, signal.SIGTERM)
    content = bytearray(file.read_bytes())
    check(len(content) > whole, f"server {at} has got nothing new")
    content[(whole + len(content)) // 2] ^= 0xFF
    file.write_bytes(content)
    # Without the index the server reads the files.
    for index in file.parent.glob("index.db"):
        index.unlink()
    servers.start(at)
    servers.wait_for(at)


def heal(servers, at):
    """Empties the store of a server, which the others then fill."""
    servers.kill(at)
    shutil.rmtree(servers.store(at))
    servers.start(at)
    servers.wait_for(at)
    wait_until(lambda: is_whole(servers, at), lambda: f"server {at} is whole: {streams.of_server(servers, at)}")


def is_whole(servers, at):
    last, state = streams.journal(servers)["state"]["last_seq"], streams.of_server(servers, at)
    return state.get("num_deleted", 0) == 0 and state["messages"] == state["last_seq"] >= last
