"""People who buy tickets while something happens, and the accounts afterwards."""
import collections
import http.client
import json
import threading
import time
import urllib.parse
import urllib.request
import uuid

from asking import Mistake, ask, check, done, token_of, wait_until

PASSWORD = "correct horse"
# Tickets of one request: it has to fit into a message.
LISTING = 500

# What was answered: the order, and the charge that paid it.
Sale = collections.namedtuple("Sale", ["order", "charge"])

# The answers to a command whose outcome is unknown, or that has to be given again.
UNCERTAIN = {429, 503, 504}

# What the buyer is told whose card nobody has any more.
NOT_MADE = "The payment was not made"


def sign_up(address, name):
    """Returns the token of a new user."""
    body = {"email": f"{name}-{uuid.uuid4().hex[:8]}@example.com", "password": PASSWORD}
    answer = ask(address, "POST", "/api/users/signup", body)
    check(answer.status == 201, f"{name} can't sign up at {address}: {answer.status} {answer.text[:300]}")
    return token_of(answer)


def list_tickets(address, seller, count):
    """Returns the ids of new tickets."""
    ids = []
    while len(ids) < count:
        tickets = [{"title": "Hamlet, stalls", "price": 19.99}] * min(LISTING, count - len(ids))
        listed = done(address, "POST", "/api/tickets/batch", {"tickets": tickets}, seller)
        ids += [ticket["id"] for ticket in listed]
    return ids


class Sales:
    """Buyers, each of whom buys one ticket after the other until they are told to stop.

    `choose` returns the address of the host to ask. Buyers who are strict ask once, and whatever isn't the answer that
    they want is a failure; others ask until the answer is certain, with one key for each purchase. Of theirs a payment that was
    under way when its writer died may not be made: nobody has the card any more.
    """

    def __init__(self, choose, tokens, tickets, card, strict=False):
        self.choose, self.card, self.strict = choose, card, strict
        self.tickets = collections.deque(tickets)
        self.sales, self.failures, self.times, self.not_made = [], [], [], []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.buy_all, args=(token,), daemon=True) for token in tokens]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(timeout=180)
            check(not thread.is_alive(), "a buyer waits for ever")

    def buy_all(self, token):
        while not self.stopping.is_set():
            try:
                ticket = self.tickets.popleft()
            except IndexError:
                self.failures.append("the tickets are sold out")
                return
            try:
                sale = self.buy(token, ticket)
            except Mistake as mistake:
                self.failures.append(str(mistake))
                if not self.strict:
                    return
            else:
                if sale:
                    self.sales.append(sale)
                    self.times.append(time.monotonic())

    def buy(self, token, ticket):
        key = uuid.uuid4().hex
        order = self.certain("POST", "/api/orders", {"ticketId": ticket}, token, f"{key}-order")
        if not order:
            return None
        body = {"orderId": order["id"], "token": self.card}
        charge = self.certain("POST", "/api/payments", body, token, f"{key}-payment")
        if charge and charge["status"] == "pending":
            charge = self.settled(charge["id"], token)
        if charge and charge["status"] != "succeeded":
            self.not_made.append(order["id"])
            return None
        return Sale(order["id"], charge["id"] if charge else None)

    def certain(self, method, path, body, token, key):
        """Returns what a command has led to; nothing if the buyers are told to stop before that is certain."""
        while True:
            try:
                answer = ask(self.choose(), method, path, body, token, {"Idempotency-Key": key})
            except (OSError, http.client.HTTPException) as error:
                check(not self.strict, f"{method} {path} has no answer: {error!r}")
            else:
                if answer.status in (201, 202):
                    return json.loads(answer.text)
                if answer.status == 402 and NOT_MADE in answer.text and not self.strict:
                    return {"status": "failed"}
                check(not self.strict and answer.status in UNCERTAIN, f"{path} gets {answer.status}: {answer.text[:300]}")
            if self.stopping.is_set():
                return None
            time.sleep(0.05)

    def settled(self, charge, token):
        """Returns a charge once its outcome is known, which the card processor may have to be asked for again."""
        found = [None]

        def is_settled():
            try:
                answer = ask(self.choose(), "GET", f"/api/payments/{charge}", token=token)
            except (OSError, http.client.HTTPException):
                return False
            if answer.status == 200:
                found[0] = json.loads(answer.text)
            return found[0] and found[0]["status"] != "pending"

        wait_until(is_settled, lambda: f"the outcome of charge {charge} is known: {found[0]}", 150, pause=0.3)
        check(not self.strict or found[0]["status"] == "succeeded", f"charge {charge} is {found[0]['status']}")
        return found[0]

    def check_not_made(self, deaths):
        """Checks that no more payments were not made than buyers may have had under way when writers died."""
        most = deaths * len(self.threads)
        check(len(self.not_made) <= most, f"{len(self.not_made)} payments were not made, and {deaths} writers may have died")

    def wait_for(self, more, seconds=60):
        """Waits for more sales, and returns the longest time without one meanwhile."""
        begun, before = time.monotonic(), len(self.sales)
        wait_until(lambda: len(self.sales) >= before + more or self.failures, f"{more} more sales", seconds)
        check(not self.failures, f"buyers give up: {self.failures[:3]}")
        points = [begun, *(at for at in self.times[before:] if at > begun)]
        return max(later - sooner for sooner, later in zip(points, points[1:]))


def account(records, sales, processor=None):
    """Checks that what was answered is in the journal, and nothing there twice; and what the card processor's books say."""
    orders, commands, sold = {}, collections.Counter(), collections.Counter()
    begun, charges, failed = set(), collections.Counter(), set()
    for record in records:
        event, data = record["event"]["type"], record["event"]["data"]
        if event == "OrderCreated":
            check(data["orderId"] not in orders, f"order {data['orderId']} is there twice")
            orders[data["orderId"]] = [ticket["id"] for ticket in data["tickets"]]
            commands[record["commandId"]] += 1
        elif event == "PaymentStarted":
            begun.add(data["orderId"])
        elif event == "ChargeCreated":
            charges[data["orderId"]] += 1
            sold.update(orders[data["orderId"]])
        elif event == "ChargeFailed":
            failed.add(data["orderId"])
    twice = [it for counter in (charges, commands, sold) for it, count in counter.items() if count > 1]
    check(not twice, f"there twice: {twice[:3]}")
    lost = [sale for sale in sales if sale.order not in orders or (sale.charge and not charges[sale.order])]
    check(not lost, f"of {len(sales)} sales that were answered these are lost: {lost[:3]}")
    if processor:
        open_still = begun - set(charges) - failed
        books(processor, {order: 1999 * charges[order] for order in orders if order not in open_still})


def books(processor, expected):
    """Checks that the card processor has taken this much of each order. It has taken others' money too."""
    taken, after = collections.Counter(), ""
    while True:
        headers = {"Authorization": "Bearer sk_test_12345"}
        request = urllib.request.Request(f"{processor}/v1/payment_intents?limit=100{after}", headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            page = json.load(answer)
        for intent in page["data"]:
            charge = intent.get("latest_charge") or {}
            if charge.get("status") == "succeeded" and charge.get("captured"):
                taken[intent["metadata"]["order_id"]] += charge["amount"] - charge["amount_refunded"]
        if not page["has_more"]:
            break
        after = "&starting_after=" + urllib.parse.quote(page["data"][-1]["id"])
    wrong = {order: (taken[order], amount) for order, amount in expected.items() if taken[order] != amount}
    check(not wrong, f"the card processor has taken another amount: {dict(list(wrong.items())[:3])}")
