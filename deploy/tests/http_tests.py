"""The HTTP tests of the host through a real nginx, with the Ingress of a rendered manifest: over TLS, by the public name.

    http_tests.py RENDERED.yaml FOLDER PROGRAM [ARGUMENT]...

PROGRAM is the test program, which gets `BOXOFFICE_TEST_PROXY`; host-server/tests/it/harness/proxied.rs says how it uses
it. Each of its hosts has a loopback address of its own, from which its client comes, too: by the client's address nginx
knows which host to ask. The folder must be empty.
"""
import json
import os
import pathlib
import subprocess
import sys

import yaml

from through_nginx import HERE, NAME, certified, check, free_port, services, started, translated

# What nginx has seen: client, name asked for by TLS and by HTTP, status.
SEEN = 'log_format seen "$remote_addr $ssl_server_name $host $status";\naccess_log access.log seen;'
SILENT = "access_log off;"

# Fewer clients, each with a host of its own, can't be all of the tests.
CLIENTS_MIN = 60


def judge(log):
    """Checks that the tests went through nginx, and returns how many clients and requests there were."""
    lines = [line.split() for line in log.read_text().splitlines()]
    seen = [line for line in lines if line[0] != "127.0.0.1"]
    clients = {line[0] for line in seen}
    check(len(clients) >= CLIENTS_MIN, f"nginx has seen {len(clients)} clients")
    names = {(tls, http) for _, tls, http, _ in seen}
    check(names == {(NAME, NAME)}, f"nginx was asked for {names}")
    return len(clients), len(seen)


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    rendered, folder, tests = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    http, https, hosts = free_port(), free_port(), free_port()
    certificate, key = certified(folder)
    documents = [it for it in yaml.safe_load_all(pathlib.Path(rendered).read_text()) if it]
    backends = [f"{service}=$remote_addr:{hosts}" for service in services(documents)]
    config = translated(rendered, (http, https), (certificate, key), backends)
    check(SILENT in config, "the configuration has no log to switch on")
    proxy = {"address": f"127.0.0.1:{https}", "certificate": str(certificate), "hostsPort": hosts}
    nginx = started(config.replace(SILENT, SEEN), folder, https)
    try:
        variables = os.environ | {"BOXOFFICE_TEST_PROXY": json.dumps(proxy)}
        code = subprocess.run(tests, env=variables, cwd=HERE.parents[1] / "host-server").returncode
    finally:
        nginx.terminate()
        nginx.wait(timeout=30)
    check(code == 0, f"the tests ended with {code}")
    clients, requests = judge(folder / "access.log")
    print(f"{rendered}: the HTTP tests pass through nginx, with {requests} requests of {clients} clients")


if __name__ == "__main__":
    main()
