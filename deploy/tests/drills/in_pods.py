"""The rendered manifests of a cluster as pods: three servers and three hosts, begun as the guide to Kubernetes begins them.

    in_pods.py RENDERED.yaml FOLDER PODMAN...

PODMAN is the command, with its storage; the images `localhost/boxoffice-server:test` and `localhost/nats:test` must be there.
Only root can ask pods over their network.
"""
import base64
import http.client
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

import yaml

from asking import Answer, Mistake, ask, check, done, id_of, token_of, wait_until
from servers import NATS
from pods import addresses

# A block that is set aside for benchmarks.
NETWORK, NAME = "198.18.80", "boxoffice-drill"
IMAGES = ["nats=localhost/nats:test", "boxoffice=localhost/boxoffice-server:test"]
PORT = 8080
SECRETS = ["nats-users", "jwt-secret", "boxoffice-cluster"]
POSITION = "Boxoffice-Position"
PASSWORD = "correct horse"


class Pods:
    """The pods, which are removed at the end with all that they need."""

    def __init__(self, rendered, folder, podman):
        self.rendered, self.folder, self.command = pathlib.Path(rendered), pathlib.Path(folder), podman
        documents = [it for it in yaml.safe_load_all(self.rendered.read_text()) if it]
        self.addresses = addresses(documents, NETWORK)
        self.hosts = [name for name in self.addresses if name.startswith("boxoffice-")]
        self.servers = [name for name in self.addresses if name.startswith("nats-")]
        self.file = self.folder / "pods.yaml"

    def podman(self, *words, check=True, **more):
        ran = subprocess.run([*self.command, *words], capture_output=True, text=True, **more)
        if check and ran.returncode:
            raise Mistake(f"podman {words[0]} {words[1]} ends with {ran.returncode}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def __enter__(self):
        self.remove()
        try:
            self.play()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def play(self):
        self.secrets()
        self.podman("network", "create", "--disable-dns", "--subnet", f"{NETWORK}.0/24", NAME)
        render = [sys.executable, HERE.parent / "pods.py", self.rendered, NETWORK, *IMAGES]
        self.file.write_bytes(subprocess.run(render, check=True, capture_output=True).stdout)
        at = [word for address in self.addresses.values() for word in ("--ip", address)]
        self.podman("kube", "play", "--network", NAME, *at, self.file)

    def secrets(self):
        """Makes the secrets as the guide does, in the forms that podman wants."""
        keys = self.folder / "keys"
        subprocess.run([sys.executable, NATS / "make-keys.py", keys], check=True)
        for name, file in [("nats-users", "nats.env"), ("jwt-secret", "jwt.env")]:
            pairs = (line.split("=", 1) for line in (keys / file).read_text().splitlines())
            content = {key: base64.b64encode(value.encode()).decode() for key, value in pairs}
            self.podman("secret", "create", name, "-", input=json.dumps(content))
        content = {"data": {"hosts.nk": (keys / "hosts.nk").read_text()}}
        self.podman("secret", "create", "boxoffice-cluster", "-", input=json.dumps(content))

    def remove(self):
        if self.file.exists():
            self.podman("kube", "down", self.file, check=False)
        for name in self.addresses:
            self.podman("pod", "rm", "--force", name, check=False)
            # Claims outlive their pods, as in a cluster.
            self.podman("volume", "rm", "--force", f"data-{name}", check=False)
        for name in SECRETS:
            self.podman("secret", "rm", name, check=False)
            self.podman("volume", "rm", "--force", name, check=False)
        self.podman("network", "rm", "--force", NAME, check=False)

    def at(self, name):
        return f"{self.addresses[name]}:{PORT}"

    def exec(self, name, *words):
        return self.podman("exec", f"{name}-boxoffice", "/usr/local/bin/boxoffice-server", *words)

    def why_unready(self, name):
        """Returns why a host isn't ready; nothing if it is."""
        try:
            answer = ask(self.at(name), "GET", "/readyz", timeout=5)
        except (OSError, http.client.HTTPException) as error:
            answer = Answer(0, {}, repr(error))
        return None if answer.status == 200 else answer.text or f"status {answer.status}"

    def logs(self):
        """Returns the ends of all logs."""
        containers = [f"{name}-boxoffice" for name in self.hosts] + [f"{name}-nats" for name in self.servers]
        ends = [(it, self.podman("logs", "--tail", "15", it, check=False)) for it in containers]
        return "".join(f"\n{it}:\n{end}" for it, end in ends)


def begin(pods):
    """Begins the journal as the guide to Kubernetes does."""
    first, *others = pods.hosts
    for host in pods.hosts:
        wait_until(lambda: lives(pods, host), lambda: f"{host} lives: {pods.why_unready(host)}", 120, pause=0.3)
    check(pods.why_unready(first), "a host is ready, and there is no journal")
    wait_until(lambda: made(pods, first), "the first host begins the journal", 120, pause=2)
    for host in pods.hosts:
        wait_until(lambda: not pods.why_unready(host), lambda: f"{host} is ready: {pods.why_unready(host)}", 120, pause=0.3)
    for host in others:
        pods.exec(host, "cluster", "join")
    print(pods.exec(first, "cluster", "status"))


def lives(pods, host):
    try:
        return ask(pods.at(host), "GET", "/healthz", timeout=5).status == 200
    except (OSError, http.client.HTTPException):
        return False


def made(pods, host):
    """Begins the journal, once the servers have a leader."""
    try:
        pods.exec(host, "cluster", "init")
    except Mistake as mistake:
        check("do not answer" in str(mistake) or "can't be reached" in str(mistake), str(mistake))
        return False
    return True


def sale(pods):
    """A user signs up on one host, buys on another, and looks on the third."""
    here, there, elsewhere = [pods.at(host) for host in pods.hosts]
    signed_up = [
        ask(here, "POST", "/api/users/signup", {"email": f"{name}@example.com", "password": PASSWORD})
        for name in ("ann", "bob")
    ]
    ann, bob = [token_of(answer) for answer in signed_up]
    listed = ask(here, "POST", "/api/tickets", {"title": "Hamlet, stalls", "price": 19.99}, ann)
    seen, body = {POSITION: listed.headers[POSITION]}, {"ticketId": id_of(listed)}
    order = ask(there, "POST", "/api/orders", body, bob, seen)
    check(order.status == 201, f"an order on another host gets {order.status} {order.text}")
    seen, body = {POSITION: order.headers[POSITION]}, {"orderId": id_of(order), "token": "tok_visa"}
    paid = ask(there, "POST", "/api/payments", body, bob, seen)
    check(paid.status in (201, 202), f"a payment gets {paid.status} {paid.text}")
    seen, path = {POSITION: paid.headers[POSITION]}, f"/api/orders/{id_of(order)}"
    found = done(elsewhere, "GET", path, token=bob, headers=seen, status=200)
    check(found["id"] == id_of(order), f"the third host shows {found}")
    wait_until(
        lambda: done(elsewhere, "GET", path, token=bob, status=200)["status"] == "complete",
        "the third host shows that it is paid",
    )
    for host in pods.hosts:
        pods.exec(host, "verify")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    with Pods(sys.argv[1], sys.argv[2], sys.argv[3:]) as pods:
        try:
            begin(pods)
            sale(pods)
        except Mistake as mistake:
            sys.exit(f"in pods: {mistake}{pods.logs()}")
    print("3 + 3 pods: signed up on one host, bought on another, read on the third")


if __name__ == "__main__":
    main()
