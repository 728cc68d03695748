"""Rules about rendered manifests that no schema knows: what they name is there, and servers are guarded.

    manifests.py RENDERED.yaml...

Every file is judged, and then again with one mistake after another put into it, each of which must be found.
"""
import copy
import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Secrets that people make, by the guide to Kubernetes.
SECRETS = {"boxoffice-cluster", "jwt-secret", "nats-users", "stripe-secret", "ticketing-dev-tls"}
WORKLOADS = {"Deployment", "StatefulSet"}
# Probes of the servers, by their containers.
PROBES = {
    "boxoffice": {"startupProbe": "/healthz", "readinessProbe": "/readyz", "livenessProbe": "/healthz"},
    "nats": {
        "startupProbe": "/healthz",
        "readinessProbe": "/healthz?js-server-only=true",
        "livenessProbe": "/healthz?js-enabled-only=true",
    },
}
# Seconds that requests in progress have after SIGTERM, by default.
SHUTDOWN_DEADLINE = 20


class Manifests:
    """The resources of one overlay, and the complaints about them."""

    def __init__(self, documents):
        self.documents = documents
        self.complaints = []

    def of(self, *kinds):
        return [document for document in self.documents if document["kind"] in kinds]

    def named(self, kind, name):
        return next((it for it in self.of(kind) if it["metadata"]["name"] == name), None)

    def check(self, condition, what):
        if not condition:
            self.complaints.append(what)


def template(workload):
    return workload["spec"]["template"]


def pod(workload):
    return template(workload)["spec"]


def title(document):
    return f"{document['kind']} {document['metadata']['name']}"


def selects(selector, labels):
    return all(labels.get(name) == value for name, value in selector.items())


def variables(manifests, workload, container):
    """Returns the variables of a container whose values are in the manifests."""
    values = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            config = manifests.named("ConfigMap", source["configMapRef"]["name"])
            manifests.check(config, f"{title(workload)}: no ConfigMap {source['configMapRef']['name']}")
            values |= (config or {}).get("data", {})
    return values | {it["name"]: it["value"] for it in container.get("env", []) if "value" in it}


def guarded(manifests):
    """Containers run without rights that they don't need, and are pinned, probed and bounded."""
    for workload in manifests.of(*WORKLOADS):
        name, spec = title(workload), pod(workload)
        context = spec.get("securityContext", {})
        check = manifests.check
        check(context.get("runAsNonRoot") is True and context.get("runAsUser") == 65532, f"{name} may run as root")
        check(context.get("fsGroup") == 65532, f"{name} can't write to its volumes")
        check(context.get("seccompProfile") == {"type": "RuntimeDefault"}, f"{name} has no seccomp profile")
        check(spec.get("automountServiceAccountToken") is False, f"{name} gets a token of the API server")
        for container in spec["containers"]:
            own = container.get("securityContext", {})
            check(own.get("readOnlyRootFilesystem") is True, f"{name} may write to its image")
            check(own.get("allowPrivilegeEscalation") is False, f"{name} may gain privileges")
            check(own.get("capabilities") == {"drop": ["ALL"]}, f"{name} keeps capabilities")
            check(re.search(r":[\w.-]*\d[\w.-]*$", container["image"]), f"{name}: {container['image']} is not pinned")
            resources = container.get("resources", {})
            check({"cpu", "memory"} <= set(resources.get("requests", {})), f"{name} requests nothing")
            check("memory" in resources.get("limits", {}), f"{name} may take all memory")
            check(container["name"] in PROBES, f"{name}: what probes has {container['name']}?")
            for probe, path in PROBES.get(container["name"], {}).items():
                asked = container.get(probe, {}).get("httpGet", {})
                check(asked.get("path") == path, f"{name}: {probe} asks {asked.get('path')}, not {path}")
                ports = [port["name"] for port in container.get("ports", [])]
                check(asked.get("port") in ports, f"{name}: {probe} asks a port that there is not")


def stops(manifests):
    """A pod has the time that its server takes to stop."""
    for workload in manifests.of(*WORKLOADS):
        for container in pod(workload)["containers"]:
            delay = variables(manifests, workload, container).get("BOXOFFICE_DRAIN_DELAY", "0s")
            needed = int(delay.removesuffix("s")) + SHUTDOWN_DEADLINE
            given = pod(workload).get("terminationGracePeriodSeconds", 30)
            manifests.check(given >= needed + 10, f"{title(workload)} is killed after {given} s, and may take {needed}")


def names(manifests):
    """What a workload names is there."""
    check = manifests.check
    for workload in manifests.of(*WORKLOADS):
        name, spec = title(workload), pod(workload)
        labels = template(workload)["metadata"]["labels"]
        check(selects(workload["spec"]["selector"]["matchLabels"], labels), f"{name} doesn't select its own pods")
        account = spec.get("serviceAccountName")
        check(manifests.named("ServiceAccount", account), f"{name}: no ServiceAccount {account}")
        claims = workload["spec"].get("volumeClaimTemplates", [])
        volumes = {it["name"]: it for it in spec.get("volumes", [])} | {it["metadata"]["name"]: {} for it in claims}
        mounted = {mount["name"] for container in spec["containers"] for mount in container.get("volumeMounts", [])}
        check(mounted == set(volumes), f"{name} mounts {sorted(mounted)} of {sorted(volumes)}")
        for volume in volumes.values():
            secret, config = volume.get("secret"), volume.get("configMap")
            check(not secret or secret["secretName"] in SECRETS, f"{name}: nobody makes the secret {secret}")
            check(not config or manifests.named("ConfigMap", config["name"]), f"{name}: no ConfigMap {config}")
        for container in spec["containers"]:
            variables(manifests, workload, container)
            sources = [it["valueFrom"].get("secretKeyRef") for it in container.get("env", []) if "valueFrom" in it]
            sources += [it.get("secretRef") for it in container.get("envFrom", [])]
            for source in filter(None, sources):
                check(source["name"] in SECRETS, f"{name}: nobody makes the secret {source['name']}")


def serves(manifests, service, port):
    """Returns True if the service has the port, by name or number, and a workload that answers there."""
    found = manifests.named("Service", service)
    ports = [it for it in (found or {"spec": {"ports": []}})["spec"]["ports"] if port in (it["name"], it["port"])]
    if not ports:
        return False
    selected = [
        it for it in manifests.of(*WORKLOADS) if selects(found["spec"]["selector"], template(it)["metadata"]["labels"])
    ]
    answers = [
        any(port["name"] == ports[0]["targetPort"] for port in container["ports"])
        for workload in selected
        for container in pod(workload)["containers"]
    ]
    return bool(answers) and all(answers)


def reached(manifests):
    """Services, the Ingress, routes and addresses lead to ports that are there."""
    for service in manifests.of("Service"):
        for port in service["spec"]["ports"]:
            name = service["metadata"]["name"]
            manifests.check(serves(manifests, name, port["name"]), f"{title(service)}: nobody answers {port['name']}")
    backends = []
    for ingress in manifests.of("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                backends.append((service["name"], next(iter(service["port"].values()))))
        hosts = {rule["host"] for rule in ingress["spec"]["rules"]}
        secure = {host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
        manifests.check(hosts == secure == {"ticketing.dev"}, f"{title(ingress)} isn't for https://ticketing.dev alone")
        for tls in ingress["spec"].get("tls", []):
            manifests.check(tls["secretName"] in SECRETS, f"{title(ingress)}: nobody makes {tls['secretName']}")
    for route in manifests.of("HTTPRoute"):
        backends += [(it["name"], it["port"]) for rule in route["spec"]["rules"] for it in rule.get("backendRefs", [])]
        for parent in route["spec"]["parentRefs"]:
            gateway = manifests.named("Gateway", parent["name"])
            listeners = [it["name"] for it in (gateway or {"spec": {"listeners": []}})["spec"]["listeners"]]
            manifests.check(parent["sectionName"] in listeners, f"{title(route)}: no listener {parent['sectionName']}")
    manifests.check(backends, "nothing leads to the servers")
    for service, port in backends:
        manifests.check(serves(manifests, service, port), f"nobody answers {service}:{port}")
    for config in manifests.of("ConfigMap"):
        for address in filter(None, config.get("data", {}).get("BOXOFFICE_CLUSTER", "").split(",")):
            host, service, port = re.fullmatch(r"nats://([\w-]+)\.([\w-]+):(\d+)", address).groups()
            workload, at = host.rsplit("-", 1)
            workload = manifests.named("StatefulSet", workload)
            there = workload and int(at) < workload["spec"]["replicas"] and workload["spec"]["serviceName"] == service
            manifests.check(there and serves(manifests, service, int(port)), f"there is no {address}")


def kept_up(manifests):
    """What there is several of loses one at a time, and what votes is on different machines."""
    for workload in manifests.of(*WORKLOADS):
        labels = template(workload)["metadata"]["labels"]
        budgets = [
            it for it in manifests.of("PodDisruptionBudget") if selects(it["spec"]["selector"]["matchLabels"], labels)
        ]
        several = workload["spec"]["replicas"] > 1
        manifests.check(len(budgets) == 1 or (not several and not budgets), f"{title(workload)}: {len(budgets)} budgets")
        for budget in budgets:
            manifests.check(budget["spec"].get("maxUnavailable") == 1, f"{title(budget)} isn't one at a time")
        if workload["kind"] == "StatefulSet" and several:
            rules = pod(workload).get("affinity", {}).get("podAntiAffinity", {})
            rules = rules.get("requiredDuringSchedulingIgnoredDuringExecution", [])
            apart = [
                it for it in rules
                if it["topologyKey"] == "kubernetes.io/hostname" and selects(it["labelSelector"]["matchLabels"], labels)
            ]
            manifests.check(apart, f"two of {title(workload)} may be on one machine")
    for budget in manifests.of("PodDisruptionBudget"):
        selector = budget["spec"]["selector"]["matchLabels"]
        found = [it for it in manifests.of(*WORKLOADS) if selects(selector, template(it)["metadata"]["labels"])]
        manifests.check(len(found) == 1, f"{title(budget)} is for {len(found)} workloads")


def fenced(manifests):
    """Policies say who may talk to a pod and whom it may talk to."""
    for workload in manifests.of(*WORKLOADS):
        labels = template(workload)["metadata"]["labels"]
        directions = set()
        for policy in manifests.of("NetworkPolicy"):
            if selects(policy["spec"]["podSelector"]["matchLabels"], labels):
                directions |= set(policy["spec"]["policyTypes"])
        manifests.check(directions == {"Ingress", "Egress"}, f"{title(workload)} is fenced by {sorted(directions)}")
    for policy in manifests.of("NetworkPolicy"):
        selector = policy["spec"]["podSelector"]["matchLabels"]
        pods = [it for it in manifests.of(*WORKLOADS) if selects(selector, template(it)["metadata"]["labels"])]
        manifests.check(pods, f"{title(policy)} is for nobody")
        ports = {value for it in pods for c in pod(it)["containers"] for p in c["ports"] for value in p.values()}
        for rule in policy["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                manifests.check(port["port"] in ports, f"{title(policy)}: {port['port']} is no port of its pods")


def joined(manifests):
    """Returns True if the servers are hosts of a cluster."""
    return any("BOXOFFICE_CLUSTER" in it.get("data", {}) for it in manifests.of("ConfigMap"))


def allowed(manifests, direction, workload, other, port):
    """Returns True if the policies let a workload's pods talk with another one's, in this direction, at this port."""
    labels, peer = template(workload)["metadata"]["labels"], {"ingress": "from", "egress": "to"}[direction]
    selected = [
        it for it in manifests.of("NetworkPolicy") if selects(it["spec"]["podSelector"]["matchLabels"], labels)
    ]
    for rule in (rule for policy in selected for rule in policy["spec"].get(direction, [])):
        pods = [it["podSelector"]["matchLabels"] for it in rule.get(peer, []) if set(it) == {"podSelector"}]
        fits = any(selects(it, template(other)["metadata"]["labels"]) for it in pods)
        if fits and any(it["port"] in port.values() for it in rule.get("ports", [])):
            return True
    return False


def asked(manifests):
    """Hosts of a cluster reach what they ask of the NATS servers: the journal, and the settings that only monitoring shows."""
    if not joined(manifests):
        return
    by_name = {"boxoffice": [], "nats": []}
    for it in manifests.of(*WORKLOADS):
        by_name.get(it["metadata"]["labels"]["app.kubernetes.io/name"], []).append(it)
    for server in by_name["nats"]:
        ports = {it["name"]: it for container in pod(server)["containers"] for it in container["ports"]}
        for name in ("client", "monitor"):
            for host in by_name["boxoffice"]:
                there = allowed(manifests, "egress", host, server, ports[name])
                here = allowed(manifests, "ingress", server, host, ports[name])
                manifests.check(there and here, f"{title(host)} may not ask {title(server)} at its port {name}")


def known(manifests):
    """Flags and variables are those of the page of flags."""
    page = (ROOT / "docs/src/reference/command-line.md").read_text()
    words = set(re.findall(r"[A-Z][A-Z0-9]*_[A-Z_0-9]+|--[a-z][a-z-]+", page))
    services = re.search(r"`--services <[^`]*` \|[^|]*\| `([a-z,]+)`", page)
    for workload in manifests.of(*WORKLOADS):
        for container in pod(workload)["containers"]:
            if container["name"] != "boxoffice":
                continue
            args = container["args"]
            manifests.check(args[0] == "serve", f"{title(workload)} runs {args[0]}")
            used = {it["name"] for it in container.get("env", [])} | set(variables(manifests, workload, container))
            used |= {it for it in args if it.startswith("--")}
            for word in sorted(used - words):
                manifests.check(False, f"{title(workload)}: the server knows no {word}")
            if "--services" in args:
                service = args[args.index("--services") + 1]
                there = services and service in services[1].split(",")
                manifests.check(there, f"{title(workload)}: the server knows no service {service}")


def apart(manifests):
    """With services apart, every route of the API leads to a service of its own, and one service has the keys."""
    servers = [it for it in manifests.of(*WORKLOADS) if it["metadata"]["labels"]["app.kubernetes.io/name"] == "boxoffice"]
    if len(servers) < 2:
        return
    described = json.loads((ROOT / "host-server/openapi.json").read_text())
    wanted = {match[0] for path in described["paths"] if (match := re.match(r"/api/[\w-]+", path))}
    paths = [it for ingress in manifests.of("Ingress") for rule in ingress["spec"]["rules"] for it in rule["http"]["paths"]]
    routed = {it["path"] for it in paths if it["path"] != "/"}
    manifests.check(wanted == routed, f"the Ingress routes {sorted(routed ^ wanted)} differently than the server")
    keys = {
        it["metadata"]["name"]
        for it in servers for container in pod(it)["containers"]
        for variable in container.get("env", []) if variable["name"] in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET")
    }
    manifests.check(keys == {"payments"}, f"{sorted(keys)} have the card processor's keys")
    exposed = {it["backend"]["service"]["name"] for it in paths}
    manifests.check("expiration" not in {it["metadata"]["name"] for it in manifests.of("Service")} | exposed,
                    "expiration can be reached")


RULES = [guarded, stops, names, reached, kept_up, fenced, asked, known, apart]


def judge(documents):
    manifests = Manifests(documents)
    for rule in RULES:
        rule(manifests)
    return manifests.complaints


def workload(documents, kind=None):
    """Returns the last workload: a server of ours or of NATS."""
    return [it for it in documents if it["kind"] in ({kind} if kind else WORKLOADS)][-1]


def container(documents):
    return pod(workload(documents))["containers"][0]


# Mistakes that must be found in every overlay, each of which changes the documents in place.
PLANTED = {
    "root": lambda it: pod(workload(it))["securityContext"].update(runAsUser=0),
    "writable image": lambda it: container(it)["securityContext"].update(readOnlyRootFilesystem=False),
    "unpinned image": lambda it: container(it).update(image="boxoffice-server:latest"),
    "no limit": lambda it: container(it)["resources"].pop("limits"),
    "readiness by liveness": lambda it: container(it)["readinessProbe"]["httpGet"].update(path="/live"),
    "probe of no port": lambda it: container(it)["livenessProbe"]["httpGet"].update(port="htpp"),
    "killed early": lambda it: [pod(w).update(terminationGracePeriodSeconds=5) for w in it if w["kind"] in WORKLOADS],
    "unknown account": lambda it: pod(workload(it)).update(serviceAccountName="default"),
    "unknown volume": lambda it: container(it)["volumeMounts"][0].update(name="dota"),
    "unselected pods": lambda it: template(workload(it))["metadata"]["labels"].update({"app.kubernetes.io/name": "x"}),
    "service of nobody": lambda it: first(it, "Service")["spec"]["selector"].update({"app.kubernetes.io/name": "x"}),
    "unknown target port": lambda it: first(it, "Service")["spec"]["ports"][0].update(targetPort="htpp"),
    "policy for nobody": lambda it: first(it, "NetworkPolicy")["spec"]["podSelector"].update(matchLabels={"x": "y"}),
    "unknown variable": lambda it: first(it, "ConfigMap")["data"].update(BOXOFFICE_DRIAN_DELAY="5s"),
    "unknown secret": lambda it: rename_secret(it),
}


# The same for overlays with a cluster.
PLANTED_IN_CLUSTERS = {
    "monitoring out of reach": lambda it: [
        policy["spec"]["egress"][0]["ports"].pop()
        for policy in it if policy["metadata"]["name"] == "boxoffice-to-nats"
    ],
    "servers that let nobody in": lambda it: [
        policy["spec"]["ingress"].pop(0)
        for policy in it if policy["kind"] == "NetworkPolicy" and policy["metadata"]["name"] == "nats"
    ],
}


def first(documents, kind):
    return next(it for it in documents if it["kind"] == kind)


def rename_secret(documents):
    for it in (it for it in documents if it["kind"] in WORKLOADS):
        for variable in pod(it)["containers"][0].get("env", []):
            if "secretKeyRef" in variable.get("valueFrom", {}):
                variable["valueFrom"]["secretKeyRef"]["name"] = "jwt-secrets"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        documents = [it for it in yaml.safe_load_all(pathlib.Path(path).read_text()) if it]
        complaints = judge(documents)
        planted = PLANTED | (PLANTED_IN_CLUSTERS if joined(Manifests(documents)) else {})
        for name, plant in planted.items():
            mistaken = copy.deepcopy(documents)
            plant(mistaken)
            if not set(judge(mistaken)) - set(complaints):
                complaints.append(f"nobody notices: {name}")
        if complaints:
            sys.exit(f"{path}:\n" + "\n".join(f"  {it}" for it in dict.fromkeys(complaints)))
        print(f"{path}: {len(documents)} resources, {len(planted)} planted mistakes found")


if __name__ == "__main__":
    main()
