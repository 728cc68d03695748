"""A host and its server are cut off from the others: the host must notice, answer nothing as if it knew, and come back."""
import http.client
import time

import streams
from asking import Answer, ask, check, done, id_of, wait_until
from machines import cut, mend
from sales import list_tickets, sign_up

# Seconds after which a host that is cut off is unready, and for which the others sell nothing, at most. A server that
# leads is missed after 4 to 9 seconds.
UNREADY, SILENT = 3, 30
# What a request may take: one that is cut off takes all of it.
REQUESTS = ["--request-timeout", "5s"]
# Seconds after which a host answers from what it has, if it isn't as far as its client.
BEHIND = 1.8

POSITION = "Boxoffice-Position"


def cut_off(cluster):
    """First one that follows is cut off, and then the one that writes, with the server that leads the stream."""
    seller = sign_up(cluster.hosts[0].address, "seller")
    buyer = sign_up(cluster.hosts[0].address, "buyer")
    cluster.level()
    follower = cluster.followers()[0]
    once(cluster, follower, seller, buyer)
    writer = cluster.writer()
    streams.lead(cluster.servers, writer.at)
    once(cluster, writer, seller, buyer)
    cluster.account()


def once(cluster, host, seller, buyer):
    others = [it for it in cluster.hosts if it is not host]
    ticket, sold = list_tickets(others[0].address, seller, 2)
    before = done(others[0].address, "POST", "/api/orders", {"ticketId": sold}, buyer)
    cluster.level()
    cluster.wait_until_whole()
    cut(host.at)
    try:
        unready = wait_until(lambda: host.why_unready() is not None, f"host {host.at} is unready", UNREADY, pause=0.02)
        begun, order = time.monotonic(), first_order(others, buyer, ticket)
        silent = time.monotonic() - begun
        print(f"    host {host.at} cut off: unready after {unready:.2f} s, the others sell after {silent:.2f} s")
        check(silent < SILENT, f"the others sell nothing for {silent:.1f} s")
        answers_nothing(host, buyer, sold, order)
        check(host.why_unready(), f"host {host.at} takes itself for ready")
    finally:
        mend(host.at)
    level = host.wait_until_ready()
    print(f"    ready again after {level:.2f} s")
    found = done(host.address, "GET", f"/api/orders/{id_of(order)}", token=buyer, status=200,
                 headers={POSITION: order.headers[POSITION]})
    check(found["status"] == "created", f"it shows {found}")
    for order_id in [id_of(order), before["id"]]:
        done(host.address, "DELETE", f"/api/orders/{order_id}", token=buyer, status=204)
    cluster.level()


def first_order(others, buyer, ticket):
    """Orders a ticket at the other hosts, as soon as they take orders, and returns the answer."""
    found = [None]

    def is_sold():
        for host in others:
            try:
                key = {"Idempotency-Key": f"cut-{ticket}"}
                found[0] = ask(host.address, "POST", "/api/orders", {"ticketId": ticket}, buyer, key)
            except (OSError, http.client.HTTPException) as error:
                found[0] = Answer(0, {}, repr(error))
            if found[0].status == 201:
                return True
        return False

    wait_until(is_sold, lambda: f"another host sells: {found[0]}", 60)
    return found[0]


def answers_nothing(host, buyer, sold, order):
    """The host doesn't know what has happened elsewhere, and must not answer as if it did."""
    refused = ask(host.address, "POST", "/api/orders", {"ticketId": sold}, buyer, timeout=60)
    check(refused.status in (503, 504), f"a host that is cut off answers an order with {refused.status} {refused.text[:300]}")
    begun = time.monotonic()
    path = f"/api/orders/{id_of(order)}"
    stale = ask(host.address, "GET", path, token=buyer, headers={POSITION: order.headers[POSITION]})
    waited = time.monotonic() - begun
    check(stale.status != 200, f"a host that is cut off shows {stale.text[:300]}")
    check(stale.status == 503 or waited >= BEHIND, f"it says {stale.status} after {waited:.2f} s")
