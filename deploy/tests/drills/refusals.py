"""Servers and streams that would lose the journal: hosts refuse to start on them, and turn unready when they become so."""
import subprocess

import streams
from asking import check, wait_until
from hosts import Cluster
from sales import list_tickets, sign_up

from servers import COUNT, Servers

# What an operator may have set, and a word of the reason for which a host refuses to start on it.
WRONG = [
    ({"num_replicas": 1}, "replicas"),
    ({"storage": "memory"}, "storage"),
    ({"discard": "old"}, "discard"),
    ({"max_msgs": 1_000_000}, "max_msgs"),
    ({"max_bytes": 1 << 29}, "max_bytes"),
    ({"max_age": 10**18}, "max_age"),
    ({"deny_delete": False}, "deny_delete"),
    ({"deny_purge": False}, "deny_purge"),
    ({"allow_direct": True}, "allow_direct"),
    ({"metadata": {"boxoffice-journal": "00" * 32}}, "another journal"),
    ({"metadata": {}}, "no journal of a box office"),
]

# Ten years: nothing is erased meanwhile.
LIMIT = {"max_age": 10 * 365 * 86_400 * 10**9}


def refused(host, words, variables=None):
    """Starts a host, which must end by itself and say why."""
    command = [host.cluster.program, "serve", "--data", host.folder, "--listen", "127.0.0.1:0", *host.servers()]
    environment = host.variables() if variables is None else variables
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=90)
    said = ran.stdout + ran.stderr
    check(ran.returncode != 0 and words in said, f"a host that must refuse ({words}) ends with {ran.returncode}: {said[-600:]}")


def at_start(cluster):
    """Hosts refuse to start on a stream that isn't what the journal needs, and without a key."""
    servers, host = cluster.servers, cluster.hosts[0]
    config = streams.journal(servers)["config"]
    limits(cluster)
    for it in cluster.hosts:
        it.stop()
    keyless = {name: value for name, value in host.variables().items() if name != "JWT_KEY"}
    refused(host, "JWT_KEY", keyless)
    for changes, words in WRONG:
        streams.remove(servers)
        streams.create(servers, {name: value for name, value in config.items() if name not in changes} | changes)
        refused(host, words)
    print(f"    {len(WRONG)} wrong streams are refused, and a start without a key")


def limits(cluster):
    """An operator sets a limit while hosts run: they turn unready, and say why, until it is gone."""
    servers, host = cluster.servers, cluster.hosts[1]
    streams.update(servers, LIMIT)
    why = [None]

    def is_told():
        why[0] = [it.why_unready() or "" for it in cluster.hosts]
        return all("max_age" in it for it in why[0])

    took = wait_until(is_told, lambda: f"hosts tell of the limit: {why[0]}")
    streams.update(servers, {"max_age": 0})
    cluster.wait_until_whole()
    list_tickets(host.address, sign_up(host.address, "seller"), 1)
    print(f"    a limit on the running stream is told after {took:.0f} s")


def permissions(cluster):
    """A host that may do more than it should says so."""
    host = cluster.hosts[0]
    host.stop()
    host.credentials = cluster.servers.keys / "operator.nk"
    host.start()
    host.wait_until_ready()
    told = host.log.read_text()
    check("which only an operator should" in told, "a host with the operator's key doesn't say that it may do too much")
    host.credentials = cluster.servers.keys / "hosts.nk"
    host.stop()
    host.start()
    cluster.wait_until_whole()


def denied(cluster):
    """Hosts that may not publish to the journal refuse to start: what is denied looks like a server that is silent."""
    servers, before = cluster.servers, cluster.servers.changes
    for it in cluster.hosts:
        it.stop()
    restart(servers, [*before, ('"journal.*", ', "")])
    refused(cluster.hosts[0], "has no permission for journal.1")
    restart(servers, before)
    for it in cluster.hosts:
        it.start()
    cluster.wait_until_whole()


def restart(servers, changes):
    """Restarts the servers one after the other with a configuration that has these changes."""
    servers.changes = changes
    for at in range(COUNT):
        servers.kill(at)
        servers.start(at)
        servers.wait_for(at)


def unsynced(program, folder):
    """No cluster is made on servers that don't sync every write, unless somebody says that it is a test."""
    with Servers(folder / "servers", changes=[("sync_interval: always", "sync_interval: 2m")]) as servers:
        host = Cluster(program, servers, folder / "hosts").hosts[0]
        ran = host.run("cluster", "init", *host.servers())
        check(ran.returncode != 0 and "sync_interval: always" in ran.stderr, f"a cluster is made on such servers: {ran}")
        names = streams.asked(servers, "STREAM.NAMES")
        check(not (names or {}).get("streams"), f"a stream was made: {names}")
        made = host.run("cluster", "init", *host.servers(), "--cluster-test")
        check(made.returncode == 0, f"a cluster for a test is refused: {made}")
        refused(host, "sync_interval: always")
