"""What is done on one host is seen on all, and one of many rivals buys a ticket."""
import threading

from asking import ask, check, done, id_of, wait_until
from sales import list_tickets, sign_up

RIVALS = 64
ROUNDS = 100

POSITION = "Boxoffice-Position"


def sign_up_here_buy_there(cluster, card):
    """A user signs up on one host and buys on another; the third shows it, to a client that comes from there."""
    here, there, elsewhere = cluster.hosts
    ann, bob = sign_up(here.address, "ann"), sign_up(here.address, "bob")
    ticket = ask(here.address, "POST", "/api/tickets", {"title": "Hamlet, stalls", "price": 19.99}, ann)
    check(ticket.status == 201 and ticket.headers[POSITION], f"a listing gets {ticket.status}, at {ticket.headers[POSITION]}")
    seen, body = {POSITION: ticket.headers[POSITION]}, {"ticketId": id_of(ticket)}
    order = ask(there.address, "POST", "/api/orders", body, bob, seen)
    check(order.status == 201, f"an order on another host gets {order.status} {order.text}")
    body, seen = {"orderId": id_of(order), "token": card}, {POSITION: order.headers[POSITION]}
    paid = ask(there.address, "POST", "/api/payments", body, bob, seen)
    check(paid.status in (201, 202), f"a payment gets {paid.status} {paid.text}")
    path, seen = f"/api/orders/{id_of(order)}", {POSITION: paid.headers[POSITION]}
    found = done(elsewhere.address, "GET", path, token=bob, headers=seen, status=200)
    check(found["id"] == id_of(order), f"the third host shows {found}")
    wait_until(
        lambda: done(elsewhere.address, "GET", path, token=bob, status=200)["status"] == "complete",
        "the third host shows that it is paid",
    )


def rivals(cluster):
    """In every round 64 rivals ask three hosts for one ticket, and exactly one gets it."""
    seller = sign_up(cluster.hosts[0].address, "seller")
    buyers = [sign_up(cluster.hosts[at % 3].address, f"rival{at}") for at in range(16)]
    tickets = list_tickets(cluster.hosts[1].address, seller, ROUNDS)
    cluster.level()
    for number, ticket in enumerate(tickets):
        answers, barrier = [], threading.Barrier(RIVALS)

        def race(at):
            barrier.wait()
            token, host = buyers[at % len(buyers)], cluster.hosts[at % 3]
            order = ask(host.address, "POST", "/api/orders", {"ticketId": ticket}, token)
            answers.append((order.status, order.headers["x-error-code"], token, order))

        racing = [threading.Thread(target=race, args=(at,)) for at in range(RIVALS)]
        for rival in racing:
            rival.start()
        for rival in racing:
            rival.join()
        won = [(token, order) for status, _, token, order in answers if status == 201]
        refused = {(status, code) for status, code, _, _ in answers if status != 201}
        check(len(answers) == RIVALS and len(won) == 1, f"round {number}: {len(won)} of {len(answers)} rivals win: {refused}")
        check(refused <= {(409, "ticket.locked")}, f"round {number}: rivals are refused with {refused}")
        # A buyer may have a few open orders only.
        token, order = won[0]
        done(cluster.hosts[number % 3].address, "DELETE", f"/api/orders/{id_of(order)}", token=token, status=204,
             headers={POSITION: order.headers[POSITION]})
    cluster.account()
