"""A receiver of webhooks that judges signatures by the reference library of Standard Webhooks, and the host that sends them."""

import json
import os
import queue
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

URL = os.environ["BOXOFFICE_URL"]
PROGRAM, DATA = os.environ["BOXOFFICE_PROGRAM"], os.environ["BOXOFFICE_DIR"]
WAIT_SECS = 60


def ask(method, path, body=None, token=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(URL + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=WAIT_SECS) as answer:
        return json.loads(answer.read() or "null"), answer.headers


class Receiver(BaseHTTPRequestHandler):
    """Puts every request into a queue and answers as it is told, or never."""

    got = queue.Queue()
    status = 204
    hangs = threading.Event()
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.got.put((body, dict(self.headers)))
        if Receiver.hangs.is_set():
            # Until the host has given up, which closes the connection.
            self.connection.recv(1)
            self.close_connection = True
            return
        self.send_response(Receiver.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def next_one(secret):
    """The next delivery, if its signature is good."""
    body, headers = Receiver.got.get(timeout=WAIT_SECS)
    return Webhook(secret).verify(body, headers), headers


def refuses(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    email = "olga@example.com"
    _, headers = ask("POST", "/api/users/signup", {"email": email, "password": "correct horse"})
    token = headers["Set-Cookie"].split("session=")[1].split(";")[0]
    subprocess.run([PROGRAM, "operator", "add", email, "--data", DATA], check=True)

    hook, _ = ask("POST", "/api/webhooks", {"url": f"http://127.0.0.1:{server.server_port}/", "after": 0}, token)
    secret, path = hook["secret"], f"/api/webhooks/{hook['id']}"
    for seq, kind in enumerate(["UserCreated", "UserUpdated"], start=1):
        event, headers = next_one(secret)
        assert set(event) == {"type", "timestamp", "seq", "data"}, event
        assert (event["type"], event["seq"]) == (kind, seq), event
    journal, _ = ask("GET", "/api/journal", token=token)
    assert event["data"] == journal[1]["event"]["data"] and event["timestamp"] == journal[1]["at"], (event, journal)

    body, headers = json.dumps(event).encode(), headers
    assert refuses(secret, body + b" ", headers), "a body that was changed must not pass"

    # It fails, redirects, hangs and comes back: what is delivered stays the same, and nothing overtakes it.
    ids = []
    for trouble in [500, 302, "hang", 204]:
        Receiver.status = trouble if trouble != "hang" else 204
        Receiver.hangs.set() if trouble == "hang" else Receiver.hangs.clear()
        if not ids:
            ask("POST", "/api/tickets", {"title": "Seat", "price": "10.00"}, token)
        else:
            ask("POST", path + "/resume", token=token)
        event, headers = next_one(secret)
        ids.append(headers["webhook-id"])
        assert event["type"] == "TicketCreated", event
        # Only once it is in the log is the next attempt one of its own.
        tried = len(ids) + 2
        while len(log := ask("GET", path + "/deliveries", token=token)[0]) < tried:
            pass
        assert len(log) == tried, log
    assert len(set(ids)) == 1, ids
    assert [entry["delivered"] for entry in log] == [True, False, False, False, True, True], log

    # After a rotation both secrets are good for a time.
    new, _ = ask("POST", path + "/rotate-secret", token=token)
    pinged, _ = ask("POST", path + "/ping", token=token)
    assert pinged["delivered"], pinged
    body, headers = Receiver.got.get(timeout=WAIT_SECS)
    assert Webhook(secret).verify(body, headers) == Webhook(new["secret"]).verify(body, headers)
    assert new["secret"] != secret
    print("webhooks: all signatures are good by the reference library")


main()
