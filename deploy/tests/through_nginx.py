"""The Ingress of a rendered manifest, by a real nginx in front of a real server.

    through_nginx.py SERVER RENDERED.yaml FOLDER

What the Ingress is for arrives: https under the public name, a sale, large batches, events at once, and each client's own address
from behind a network of proxies. The folder must be empty.
"""
import http.client
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import time

import yaml

# Debian has it where the path of an ordinary user doesn't lead.
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
HERE = pathlib.Path(__file__).resolve().parent
NAME = "ticketing.dev"
JSON = {"Content-Type": "application/json"}
ANN = {"email": "ann@example.com", "password": "correct horse"}
# Settings of pods that have no meaning for a server on this machine.
NOT_HERE = {"BOXOFFICE_ADMIN_LISTEN", "BOXOFFICE_CLUSTER", "BOXOFFICE_CLUSTER_CREDENTIALS", "BOXOFFICE_DRAIN_DELAY"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def check(condition, what):
    if not condition:
        sys.exit(f"through nginx: {what}")


def certified(folder):
    """Makes a certificate for the public name, which is no authority, and returns its path and that of its key."""
    certificate, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext",
         f"subjectAltName=DNS:{NAME}", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )
    return certificate, key


def services(documents):
    """Returns the names of the services to which the Ingress leads."""
    return sorted({
        path["backend"]["service"]["name"]
        for it in documents if it["kind"] == "Ingress" for rule in it["spec"]["rules"] for path in rule["http"]["paths"]
    })


def translated(rendered, ports, files, backends):
    """Returns the Ingress as nginx's configuration, with these ports for http and https, and this certificate and key."""
    command = [sys.executable, HERE / "ingress_nginx.py", rendered, *map(str, ports), *files, *backends]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def started(config, folder, https):
    """Starts nginx with this configuration, and returns its process once it takes connections."""
    path = folder / "nginx.conf"
    # Where root tests, nginx's workers would be somebody else, whom the way to the folder may be closed to.
    path.write_text(f"user root;\n{config}" if os.geteuid() == 0 else config)
    nginx = [NGINX, "-p", f"{folder}/", "-c", path]
    subprocess.run([*nginx, "-t", "-q"], check=True)
    process = subprocess.Popen(nginx)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", https), timeout=1).close()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    check(False, "nginx did not start")


class Site:
    """The server and nginx, both of which end with it."""

    def __init__(self, program, rendered, folder):
        self.program, self.folder = program, folder
        self.http, self.https = free_port(), free_port()
        self.certificate, key = certified(folder)
        self.processes = []
        documents = [it for it in yaml.safe_load_all(pathlib.Path(rendered).read_text()) if it]
        configs = [it["data"] for it in documents if it["kind"] == "ConfigMap"]
        self.settings = next(it for it in configs if "BOXOFFICE_PUBLIC_URL" in it)
        address = self.serve()
        backends = [f"{service}={address}" for service in services(documents)]
        config = translated(rendered, (self.http, self.https), (self.certificate, key), backends)
        self.processes.append(started(config, folder, self.https))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(timeout=30)

    def serve(self):
        """Starts the server with the settings of the manifests, and returns its address."""
        variables = {name: value for name, value in self.settings.items() if name not in NOT_HERE}
        # nginx is on this machine; in a cluster the proxies have private addresses, which are not loopback.
        variables["BOXOFFICE_TRUSTED_PROXIES"] += ",127.0.0.0/8"
        command = [self.program, "serve", "--listen", "127.0.0.1:0", "--data", self.folder / "data"]
        with open(self.folder / "server.log", "wb") as log:
            server = subprocess.Popen(command, env=os.environ | variables, stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes.append(server)
        line = server.stdout.readline()
        check(line.startswith("listening on http://"), f"the server did not start; see {self.folder}/server.log")
        return line.strip().removeprefix("listening on http://")

    def connect(self, source="127.0.0.1"):
        """Connects as a client with this address would, and believes the certificate for the public name alone."""
        context = ssl.create_default_context(cafile=self.certificate)
        raw = socket.create_connection(("127.0.0.1", self.https), timeout=30, source_address=(source, 0))
        connection = http.client.HTTPSConnection(NAME, self.https, timeout=30)
        connection.sock = context.wrap_socket(raw, server_hostname=NAME)
        return connection

    def ask(self, method, path, body=None, headers=None, source="127.0.0.1"):
        connection = self.connect(source)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        connection.request(method, path, data, {"Host": NAME} | JSON | (headers or {}))
        answer = connection.getresponse()
        return answer, answer.read()


def https(site):
    plain = http.client.HTTPConnection("127.0.0.1", site.http, timeout=30)
    plain.request("GET", "/tickets?q=1", headers={"Host": NAME})
    answer = plain.getresponse()
    there = answer.headers["Location"]
    check(answer.status == 308 and there == f"https://{NAME}:{site.https}/tickets?q=1", f"http leads to {there}")
    answer, _ = site.ask("POST", "/api/users/signup", ANN)
    cookie = answer.headers["Set-Cookie"] or ""
    check(answer.status == 201 and cookie.startswith("__Host-") and "Secure" in cookie, f"signed up: {cookie}")
    check("max-age" in (answer.headers["Strict-Transport-Security"] or ""), "no HSTS")
    session = {"Cookie": cookie.split(";")[0]}
    # Pages of the public name may ask, others may not.
    for origin, status in [(f"https://{NAME}", 201), ("https://example.com", 403)]:
        ticket = {"title": "Hamlet, stalls", "price": 19.99}
        answer, _ = site.ask("POST", "/api/tickets", ticket, session | {"Origin": origin})
        check(answer.status == status, f"a page of {origin} gets {answer.status}")
    return session


def sale(site, seller):
    """A ticket is listed, ordered and paid; the page of what is on sale comes, too."""
    answer, body = site.ask("POST", "/api/tickets", {"title": "Othello, stalls", "price": 24.99}, seller)
    check(answer.status == 201, f"a listing gets {answer.status} {body[:200]}")
    ticket = json.loads(body)["id"]
    answer, body = site.ask("POST", "/api/users/signup", {"email": "cleo@example.com", "password": "battery staple"})
    check(answer.status == 201, f"Cleo can't sign up: {answer.status} {body[:200]}")
    buyer = {"Cookie": (answer.headers["Set-Cookie"] or "").split(";")[0]}
    answer, body = site.ask("POST", "/api/orders", {"ticketId": ticket}, buyer)
    check(answer.status == 201, f"an order gets {answer.status} {body[:200]}")
    order = json.loads(body)["id"]
    answer, body = site.ask("POST", "/api/orders", {"ticketId": ticket}, buyer)
    code = answer.headers["x-error-code"]
    check((answer.status, code) == (409, "ticket.locked"), f"a second order gets {answer.status} {code}")
    answer, body = site.ask("POST", "/api/payments", {"orderId": order, "token": "tok_visa"}, buyer)
    check(answer.status in (201, 202), f"a payment gets {answer.status} {body[:200]}")
    deadline, found = time.monotonic() + 30, {}
    while found.get("status") != "complete":
        check(time.monotonic() < deadline, f"the order is not complete: {found}")
        answer, body = site.ask("GET", f"/api/orders/{order}", headers=buyer)
        check(answer.status == 200, f"the buyer's order gets {answer.status} {body[:200]}")
        found = json.loads(body)
        time.sleep(0.1)
    answer, body = site.ask("GET", "/", headers={"Accept": "text/html"})
    is_page = body.lstrip().lower().startswith(b"<!doctype html>")
    check(answer.status == 200 and is_page, f"the page of what is on sale gets {answer.status} {body[:200]}")


def batches(site, session):
    """A batch may have eight times the size of another body: the server judges it. Beyond that the proxy refuses."""
    tickets = [{"title": "Hamlet, " + "stalls " * 20, "price": 19.99} for _ in range(10_000)]
    fits = json.dumps({"tickets": tickets}).encode()
    check(1 << 20 < len(fits) < 8 << 20, f"the batch has {len(fits)} bytes")
    answer, body = site.ask("POST", "/api/tickets/batch", fits, session)
    check(answer.status == 201, f"a batch of {len(fits)} bytes gets {answer.status} {body[:200]}")
    answer, _ = site.ask("POST", "/api/tickets/batch", b" " * ((8 << 20) + 1), session)
    from_server = answer.headers["x-error-code"]
    check(answer.status == 413 and from_server is None, f"more than 8 MiB gets {answer.status} {from_server}")


def events(site, session):
    """Events arrive while the answer goes on."""
    program = [site.program, "operator", "add", ANN["email"], "--data", site.folder / "data"]
    subprocess.run(program, check=True, capture_output=True)
    connection = site.connect()
    accepts = {"Host": NAME, "Accept": "text/event-stream"}
    connection.request("GET", "/api/journal?after=0", headers=accepts | session)
    stream = connection.getresponse()
    check(stream.status == 200, f"the feed of the journal gets {stream.status}")

    def wait_for(text):
        before = time.monotonic()
        while text not in stream.readline().decode():
            check(time.monotonic() < before + 10, f"no {text} in the feed")
        return time.monotonic() - before

    wait_for("UserCreated")
    answer, body = site.ask("POST", "/api/users/signup", {"email": "bob@example.com", "password": "battery staple"})
    check(answer.status == 201, f"Bob can't sign up: {body[:200]}")
    bob = json.loads(body)["id"]
    took = wait_for(bob)
    check(took < 2, f"an event took {took:.1f} s")
    connection.close()


def addresses(site):
    """One client guesses passwords until it must wait; another one, behind the same proxy, needn't."""
    guess = ANN | {"email": "nobody@example.com"}
    guesser = [site.ask("POST", "/api/users/signin", guess, source="127.0.0.2")[0].status for _ in range(30)]
    check(guesser[0] == 401 and guesser[-1] == 429, f"a guesser gets {guesser}")
    forged = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7"}
    status = site.ask("POST", "/api/users/signin", guess, forged, source="127.0.0.2")[0].status
    check(status == 429, f"a guesser with a forged address gets {status}")
    status = site.ask("POST", "/api/users/signin", ANN, source="127.0.0.3")[0].status
    check(status == 200, f"another client gets {status}")


def hidden(site):
    answer, _ = site.ask("GET", "/api/no-such-thing")
    check(answer.status == 404 and answer.headers["x-error-code"], "unknown paths don't reach the server")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, rendered, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    with Site(program, rendered, folder) as site:
        session = https(site)
        sale(site, session)
        events(site, session)
        batches(site, session)
        addresses(site)
        hidden(site)
    print(f"{rendered}: https, a sale, batches, events and addresses arrive through nginx")


if __name__ == "__main__":
    main()
