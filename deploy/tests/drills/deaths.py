"""Hosts and servers that die while tickets are sold: nothing that was answered is lost, and nothing is there twice."""
import streams
from asking import check
from sales import Sales, account, list_tickets, sign_up

BUYERS = 6
TICKETS = 6_000
# Times that each kind dies; `cargo xtask bench cluster` has a hundred of each.
TIMES = 2

# Seconds for which hosts sell nothing, at most: what is measured is ten times less.
HOST_DIES, HOST_STOPS, SERVER_DIES = 10, 5, 30


def selling(cluster, card, choose, **more):
    """Returns buyers who are about to buy at the hosts of a cluster."""
    address = cluster.hosts[0].address
    seller = sign_up(address, "seller")
    tokens = [sign_up(address, f"buyer{at}") for at in range(BUYERS)]
    tickets = list_tickets(address, seller, TICKETS)
    cluster.level()
    return Sales(choose, tokens, tickets, card, **more)


def kill(cluster, card, processor):
    """The host that writes is killed, and asked to stop, and the server that leads the stream is killed."""
    turn = [0]

    def next_running():
        turn[0] += 1
        running = cluster.running()
        return running[turn[0] % len(running)].address

    with selling(cluster, card, next_running) as sales:
        sales.wait_for(10)
        for at in range(TIMES):
            host(cluster, sales, at, "killed")
            host(cluster, sales, at, "stopped")
            server(cluster, sales, at)
        sales.wait_for(10)
        sales.stop()
    # A new writer is chosen when a host dies, and may be when the stream has had no leader.
    sales.check_not_made(2 * TIMES)
    account(cluster.account(), sales.sales, processor)
    print(f"    {len(sales.sales)} sales, none lost, none twice")


def host(cluster, sales, at, how):
    writer = cluster.writer()
    others = [it for it in cluster.hosts if it is not writer]
    if how == "killed":
        writer.kill()
        silent, most = sales.wait_for(6), HOST_DIES
    else:
        writer.ask_to_stop()
        silent, most = sales.wait_for(6), HOST_STOPS
        writer.wait_until_stopped()
    check(cluster.writer(others), "another host writes")
    print(f"    host {writer.at} {how}: silent for {silent:.2f} s")
    check(silent < most, f"no sale for {silent:.1f} s after a host was {how}")
    writer.start()
    cluster.wait_until_whole()
    sales.wait_for(6)


def server(cluster, sales, at):
    servers = cluster.servers
    leader = streams.leader(servers)
    servers.kill(leader)
    silent = sales.wait_for(6)
    print(f"    server {leader} killed: silent for {silent:.2f} s")
    check(silent < SERVER_DIES, f"no sale for {silent:.1f} s after a server was killed")
    servers.start(leader)
    servers.wait_for(leader)
    cluster.wait_until_whole()
