"""Hosts and servers are restarted one after the other while tickets are sold, and no purchase fails."""
import subprocess
import threading
import time

from asking import check
from deaths import selling
from sales import account

from servers import COUNT, PROGRAM

# How long proxies take to hear that a host is stopping: they send requests until then. The host takes them for longer.
HEARD_AFTER, DRAIN_DELAY = 1.0, "3s"
SALES = 15


class Balancer:
    """Sends each request to the next host that is in rotation, as a Service of Kubernetes does."""

    def __init__(self, hosts):
        self.hosts, self.turn, self.lock = list(hosts), 0, threading.Lock()

    def __call__(self):
        with self.lock:
            self.turn += 1
            return self.hosts[self.turn % len(self.hosts)].address

    def remove(self, host):
        with self.lock:
            self.hosts.remove(host)

    def add(self, host):
        with self.lock:
            self.hosts.append(host)


def restart(cluster, card, processor):
    """Every buyer asks once, without a second try."""
    balancer = Balancer(cluster.hosts)
    with selling(cluster, card, balancer, strict=True) as sales:
        sales.wait_for(SALES)
        # The one that writes is among them, whichever it is by then.
        for host in cluster.hosts:
            restart_host(cluster, balancer, host)
            sales.wait_for(SALES)
        for at in range(COUNT):
            restart_server(cluster, at)
            sales.wait_for(SALES)
        sales.stop()
    check(not sales.failures, f"{len(sales.failures)} purchases failed: {sales.failures[:3]}")
    account(cluster.account(), sales.sales, processor)
    print(f"    {len(sales.sales)} purchases, none failed")


def restart_host(cluster, balancer, host):
    host.ask_to_stop()
    time.sleep(HEARD_AFTER)
    balancer.remove(host)
    host.wait_until_stopped()
    host.start()
    host.wait_until_ready()
    balancer.add(host)
    cluster.wait_until_whole()


def restart_server(cluster, at):
    """Stops a server as its manifest does: it moves leaders and clients away first."""
    servers = cluster.servers
    subprocess.run([PROGRAM, f"-sl=ldm={servers.home(at) / 'nats.pid'}"], check=True, capture_output=True)
    servers.processes[at].wait(timeout=120)
    servers.processes[at] = None
    servers.start(at)
    servers.wait_for(at)
    cluster.wait_until_whole()
