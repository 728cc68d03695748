"""A cluster of three NATS servers and three hosts, all processes of this machine."""
import http.client
import json
import os
import re
import signal
import subprocess

from asking import Answer, ask, check, wait_until

from servers import COUNT, HOST

# Longer than a host waits for its servers, or for a copy.
OPEN_WITHIN = 90
STOP_WITHIN = 60


class Host:
    """A host with its data directory beside one of the servers."""

    def __init__(self, cluster, at):
        self.cluster, self.at = cluster, at
        self.folder = cluster.folder / f"host-{at}"
        self.log = cluster.folder / f"host-{at}.log"
        self.place = cluster.servers.places[at]
        self.credentials = cluster.servers.keys / "hosts.nk"
        self.address = f"{cluster.reached_at(at)}:{HOST}"
        self.process = None

    def variables(self):
        mine = {name: value for name, value in os.environ.items() if not re.match("BOXOFFICE_|STRIPE_|JWT_", name)}
        return mine | self.cluster.variables

    def servers(self):
        """Returns the options that name the servers."""
        servers = self.cluster.servers
        urls = [servers.url(at) for at in self.cluster.known_to(self.at)]
        words = ["--cluster", ",".join(urls), "--cluster-credentials", self.credentials]
        monitoring = ",".join(servers.monitoring(at) for at in range(COUNT))
        return [*words, "--cluster-monitoring", monitoring, "--cluster-name", f"host-{self.at}"]

    def start(self, program=None):
        """Starts the server, and doesn't wait for it."""
        command = [*self.place.enter, program or self.cluster.program, "serve", "--data", self.folder]
        command += ["--listen", f"{self.cluster.listens_at(self.at)}:{HOST}", "--rate-limit", "off"]
        command += [*self.servers(), *self.cluster.more]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, env=self.variables(), stdout=log, stderr=log)

    def kill(self):
        """Ends the server at once, as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ask_to_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def stop(self):
        """Stops the server as a cluster does."""
        self.ask_to_stop()
        self.wait_until_stopped()

    def wait_until_stopped(self):
        status = self.process.wait(timeout=STOP_WITHIN)
        self.process = None
        check(status == 0, f"host {self.at} ends with {status}; see {self.log}")

    def run(self, *words, program=None):
        """Runs another command of the program on the directory, and returns what came of it."""
        command = [*self.place.enter, program or self.cluster.program, *words, "--data", self.folder]
        return subprocess.run(command, env=self.variables(), capture_output=True, text=True, timeout=180)

    def command(self, *words):
        """Runs a command that must succeed, and returns its output."""
        ran = self.run(*words)
        check(ran.returncode == 0, f"host {self.at}: {words} ends with {ran.returncode}: {ran.stdout}{ran.stderr}")
        return ran.stdout

    def remake(self, *more):
        """Asks for a new stream from the directory, and returns what came of it."""
        words = self.servers()
        return self.run("cluster", "remake", *words[: words.index("--cluster-name")], *more)

    def get(self, path, **more):
        try:
            return ask(self.address, "GET", path, timeout=5, **more)
        except (OSError, http.client.HTTPException) as error:
            return Answer(0, {}, repr(error))

    def why_unready(self):
        """Returns why the host isn't ready, as it says itself; nothing if it is."""
        answer = self.get("/readyz")
        return None if answer.status == 200 else answer.text or f"status {answer.status}"

    def metric(self, name):
        """Returns the value of a metric, or None."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", self.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else None

    def writes(self):
        return self.metric('boxoffice_cluster_state{state="writer"}') == 1

    def voters(self):
        return self.metric("boxoffice_cluster_voters")

    def status(self):
        """Returns what `cluster status` says, which contains the findings."""
        return self.command("cluster", "status")

    def records(self):
        """Returns the journal, a line for each record, as bytes to compare."""
        return self.command("export").splitlines()

    def wait_until_ready(self, seconds=OPEN_WITHIN):
        why = [None]

        def is_ready():
            why[0] = self.why_unready()
            ended = self.process.poll()
            check(ended is None, f"host {self.at} has ended with {ended}; see {self.log}")
            return why[0] is None

        return wait_until(is_ready, lambda: f"host {self.at} is ready: {why[0]}", seconds)

    def verify(self):
        """Checks that the journal keeps every rule, once the keys of personal data have come."""
        last = [None]

        def is_clean():
            last[0] = self.run("verify")
            check(last[0].returncode == 0 or "the key of" in last[0].stdout,
                  f"host {self.at}: {last[0].stdout}{last[0].stderr}")
            return last[0].returncode == 0

        wait_until(is_clean, lambda: f"host {self.at} has all keys: {last[0].stdout}", pause=1)


class Cluster:
    """The servers' hosts. They are killed at the end; the servers are whoever's they are."""

    def __init__(self, program, servers, folder, more=(), variables=None):
        self.program, self.servers, self.folder, self.more = program, servers, folder, list(more)
        self.folder.mkdir(parents=True, exist_ok=True)
        key = (servers.keys / "jwt.env").read_text().strip().split("=", 1)[1]
        self.variables = {"JWT_KEY": key, "BOXOFFICE_LOG": "info,boxoffice_server::access=off"} | (variables or {})
        self.hosts = [Host(self, at) for at in range(COUNT)]

    def reached_at(self, at):
        """Returns the address at which a host is asked."""
        return self.servers.places[at].address

    def listens_at(self, at):
        return self.servers.places[at].address

    def known_to(self, at):
        """Returns the servers that a host is told of, its own first."""
        return [(at + more) % COUNT for more in range(COUNT)]

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for host in self.hosts:
            host.kill()

    def begin(self):
        """Makes the cluster as the guide to Kubernetes does: hosts start, one begins the journal, the others join."""
        first, *others = self.hosts
        for host in self.hosts:
            host.start()
        for host in self.hosts:
            wait_until(lambda: host.get("/healthz").status == 200, f"host {host.at} lives", OPEN_WITHIN)
            check(host.why_unready(), f"host {host.at} is ready, and there is no journal")
        first.command("cluster", "init", *first.servers())
        for host in [first, *others]:
            host.wait_until_ready()
        for host in others:
            host.command("cluster", "join")
        self.wait_until_whole()

    def running(self):
        return [host for host in self.hosts if host.process]

    def wait_until_whole(self):
        """Waits until all hosts are ready, and vote."""
        for host in self.hosts:
            host.wait_until_ready()
            wait_until(lambda: host.voters() == COUNT, lambda: f"host {host.at} knows of {COUNT} voters, not {host.voters()}")

    def writer(self, hosts=None):
        """Returns the host that writes, as soon as there is one."""
        found = []

        def is_there():
            found[:] = [host for host in hosts or self.running() if host.writes()]
            return len(found) == 1

        wait_until(is_there, "one host writes")
        return found[0]

    def followers(self):
        writer = self.writer()
        return [host for host in self.hosts if host is not writer]

    def level(self, hosts=None):
        """Waits until these hosts have the same journal, and returns its records."""
        hosts, journals = hosts or self.hosts, []

        def is_level():
            journals[:] = [host.records() for host in hosts]
            return all(journal == journals[0] for journal in journals)

        def why():
            different = {host.at: (len(journal), journal[-1:]) for host, journal in zip(hosts, journals)}
            return f"hosts have the same journal: {different}"

        wait_until(is_level, why, pause=0.3)
        return [json.loads(line) for line in journals[0]]

    def account(self, hosts=None):
        """Checks that hosts have the same journal, with the same hashes, and that it keeps every rule. Returns its records."""
        records = self.level(hosts)
        for host in hosts or self.hosts:
            host.verify()
        return records
