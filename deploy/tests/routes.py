"""Services apart: the Ingress leads every route of the API to the service that has it, and to no other.

    routes.py SERVER RENDERED.yaml FOLDER

Each service of the manifest is started by itself, as its workload starts it. Every path that the server describes is
then asked for: where the Ingress leads, it must be known, and nowhere else. The folder must be empty.
"""
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

import yaml

# A method that no route has: a path that is known doesn't allow it, and no handler is reached.
METHOD = "TRACE"
ID = "01938f6e-8c7a-7b2e-8f00-0123456789ab"


def check(condition, what):
    if not condition:
        sys.exit(f"services apart: {what}")


def services(documents):
    """Returns the service that each workload serves, by its name."""
    found = {}
    for workload in (it for it in documents if it["kind"] in ("Deployment", "StatefulSet")):
        for container in workload["spec"]["template"]["spec"]["containers"]:
            args = container["args"]
            if "--services" in args:
                found[workload["metadata"]["name"]] = args[args.index("--services") + 1]
    return found


def leads_to(documents, path):
    """Returns where the Ingress leads: the longest of its prefixes counts, and a prefix ends at a slash."""
    paths = [
        it for ingress in documents if ingress["kind"] == "Ingress"
        for rule in ingress["spec"]["rules"] for it in rule["http"]["paths"]
    ]
    fits = [it for it in paths if f"{path}/".startswith(it["path"].rstrip("/") + "/")]
    best = max(fits, key=lambda it: len(it["path"]), default=None)
    return best and best["backend"]["service"]["name"]


class Host:
    """A server that offers one service; it ends with the program."""

    def __init__(self, program, service, folder):
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("BOXOFFICE_", "JWT_"))}
        command = [program, "serve", "--services", service, "--listen", "127.0.0.1:0", "--data", folder / service]
        with open(folder / f"{service}.log", "wb") as log:
            self.process = subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        check(line.startswith("listening on http://"), f"{service} did not start; see {folder}/{service}.log")
        self.url = line.strip().removeprefix("listening on ")

    def knows(self, path):
        """Returns True if the server has a route at this path."""
        request = urllib.request.Request(self.url + path, method=METHOD)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
        check(status in (404, 405), f"{METHOD} {path} gets {status}")
        return status == 405


def judge(documents, hosts, described):
    """Returns what is wrong with the Ingress."""
    complaints = []
    for path in (it for it in described if it.startswith("/api/")):
        asked = "/".join(ID if part.startswith("{") else part for part in path.split("/"))
        there = leads_to(documents, asked)
        knowing = sorted(name for name, host in hosts.items() if host.knows(asked))
        if knowing != [there]:
            complaints.append(f"{path} leads to {there}, and {knowing} know it")
    if leads_to(documents, "/") != "web":
        complaints.append("the pages don't lead to web")
    return complaints


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    program, rendered, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    documents = [it for it in yaml.safe_load_all(rendered.read_text()) if it]
    described = json.loads((pathlib.Path(__file__).resolve().parents[2] / "host-server/openapi.json").read_text())["paths"]
    hosts = {}
    try:
        for name, service in services(documents).items():
            hosts[name] = Host(program, service, folder)
        check(len(hosts) > 5, f"the manifest has the services {sorted(hosts)} only")
        complaints = judge(documents, hosts, described)
        check(not complaints, "\n".join(complaints))
        # A path that leads elsewhere must be found.
        moved = json.loads(json.dumps(documents))
        ingress = next(it for it in moved if it["kind"] == "Ingress")
        ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]["name"] = "web"
        check(judge(moved, hosts, described), "nobody notices a path that leads elsewhere")
    finally:
        for host in hosts.values():
            host.process.kill()
            host.process.wait()
    print(f"{rendered}: every path of the API leads to the one service that has it")


if __name__ == "__main__":
    main()
