"""The pods of a rendered manifest's workloads, for `podman kube play`, with the names that Kubernetes gives them.

    pods.py RENDERED.yaml NETWORK [CONTAINER=IMAGE]... > PODS.yaml

Without a controller nothing restarts, schedules or probes them. Only fields that podman 4.3 lacks are dropped. Each pod gets
an address in the network, whose first three numbers are given, and knows the others by their names: the order of the pods
is that of the addresses, see `addresses`.

Secrets are made with `podman secret create NAME FILE`. For one that becomes variables the file is the JSON object of its
`data`, in base64; for one that becomes files it is `{"data": {NAME: TEXT}}`, without base64.
"""
import copy
import pathlib
import sys

import yaml

# Number of the first pod in the network.
FIRST = 10


def workloads(documents):
    """Returns the names of all pods, each with its workload, in the order of their addresses."""
    return {
        f"{it['metadata']['name']}-{at}": it
        for it in documents if it["kind"] in ("Deployment", "StatefulSet") for at in range(it["spec"]["replicas"])
    }


def addresses(documents, network):
    """Returns the address of each pod."""
    return {name: f"{network}.{FIRST + at}" for at, name in enumerate(workloads(documents))}


def names(workload, name):
    """Returns the names by which a pod is known to others."""
    service = workload["spec"].get("serviceName")
    return [name, f"{name}.{service}"] if service else [name]


def pod(name, workload, images, aliases):
    template = copy.deepcopy(workload["spec"]["template"])
    spec = template["spec"]
    for lacking in ["affinity", "topologySpreadConstraints", "serviceAccountName", "automountServiceAccountToken"]:
        spec.pop(lacking, None)
    spec["hostname"], spec["hostAliases"] = name, aliases
    claims = [it["metadata"]["name"] for it in workload["spec"].get("volumeClaimTemplates", [])]
    spec["volumes"] = spec.get("volumes", []) + [
        {"name": claim, "persistentVolumeClaim": {"claimName": f"{claim}-{name}"}} for claim in claims
    ]
    for volume in spec["volumes"]:
        # podman 4.3 falls over a secret of which this isn't said.
        volume.get("secret", {}).setdefault("optional", False)
    for container in spec["containers"]:
        for lacking in ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports"]:
            container.pop(lacking, None)
        container["image"] = images.get(container["name"], container["image"])
        # podman 4.3 falls over an optional secret that isn't there.
        container["env"] = [
            it for it in container.get("env", []) if not it.get("valueFrom", {}).get("secretKeyRef", {}).get("optional")
        ]
        for variable in container["env"]:
            if "fieldRef" in variable.get("valueFrom", {}):
                variable.pop("valueFrom")
                variable["value"] = name
    metadata = {"name": name, "labels": template["metadata"]["labels"]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    images = dict(pair.split("=", 1) for pair in sys.argv[3:])
    documents = [it for it in yaml.safe_load_all(pathlib.Path(sys.argv[1]).read_text()) if it]
    there, pods = addresses(documents, sys.argv[2]), workloads(documents)
    aliases = [{"ip": there[name], "hostnames": names(workload, name)} for name, workload in pods.items()]
    out = [it for it in documents if it["kind"] == "ConfigMap"]
    out += [pod(name, workload, images, aliases) for name, workload in pods.items()]
    yaml.safe_dump_all(out, sys.stdout, sort_keys=False)


if __name__ == "__main__":
    main()
