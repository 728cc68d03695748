"""A configuration for nginx with the meaning of the Ingresses of a rendered manifest.

    ingress_nginx.py RENDERED.yaml HTTP_PORT HTTPS_PORT CERTIFICATE KEY SERVICE=ADDRESS[,ADDRESS]...

Paths have the order and the meaning that Kubernetes gives them. An annotation that this program doesn't know is an
error, so that no manifest leans on one that nobody tried. An address may have variables of nginx, which makes it the
only one of its service. Everything listens on loopback, and relative paths are those of nginx's prefix.
"""
import pathlib
import sys

import yaml

PREFIX = "nginx.ingress.kubernetes.io/"
ANNOTATIONS = {
    "proxy-body-size": "client_max_body_size {};",
    "proxy-buffering": "proxy_buffering {};",
    "proxy-read-timeout": "proxy_read_timeout {}s;",
}
# What ingress-nginx sends to a backend unless it is told otherwise.
HEADERS = """proxy_http_version 1.1;
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_next_upstream error timeout;"""
HEAD = """worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
access_log off;
client_body_temp_path body;
proxy_temp_path proxy;
fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi;
scgi_temp_path scgi;
map $http_upgrade $connection_upgrade { default upgrade; "" ""; }"""


def annotated(ingress):
    lines = []
    for name, value in ingress["metadata"].get("annotations", {}).items():
        known = ANNOTATIONS.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
        if known is None:
            sys.exit(f"annotation that no test covers: {name}")
        lines.append(known.format(value))
    return lines


def location(path, options, varying):
    """Returns the locations of a path, the more exact ones first."""
    service = path["backend"]["service"]["name"]
    body = "\n".join([f"proxy_pass http://{varying.get(service, service)};", HEADERS, *options])
    place = path["path"].rstrip("/")
    if path["pathType"] == "Exact":
        return [f"location = {path['path']} {{\n{body}\n}}"]
    if path["pathType"] != "Prefix":
        sys.exit(f"path of a type that no test covers: {path['pathType']}")
    # A prefix ends at a slash: /api/orders is not one of /api/orders-of-others.
    return [f"location = {place} {{\n{body}\n}}"] * bool(place) + [f"location {place}/ {{\n{body}\n}}"]


def servers(ingress, http, https, certificate, key, varying):
    secure = {host for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
    options = annotated(ingress)
    for rule in ingress["spec"]["rules"]:
        host, paths = rule["host"], rule["http"]["paths"]
        places = [line for path in paths for line in location(path, options, varying)]
        if not any(path["path"] == "/" for path in paths):
            places.append("location / { return 404; }")
        listen = [f"listen 127.0.0.1:{http};"]
        if host in secure:
            yield f"server {{\n{listen[0]}\nserver_name {host};\nreturn 308 https://$host:{https}$request_uri;\n}}"
            listen = [f"listen 127.0.0.1:{https} ssl;", f"ssl_certificate {certificate};", f"ssl_certificate_key {key};"]
        yield "\n".join(["server {", *listen, f"server_name {host};", *places, "}"])


def main():
    if len(sys.argv) < 7:
        sys.exit(__doc__)
    rendered, http, https, certificate, key = sys.argv[1:6]
    documents = [it for it in yaml.safe_load_all(pathlib.Path(rendered).read_text()) if it]
    print(HEAD)
    backends = dict(backend.split("=", 1) for backend in sys.argv[6:])
    # An upstream has no variables.
    varying = {service: address for service, address in backends.items() if "$" in address}
    for service, addresses in backends.items():
        if service in varying:
            continue
        there = "\n".join(f"server {address} max_fails=0;" for address in addresses.split(","))
        print(f"upstream {service} {{\n{there}\nkeepalive 32;\n}}")
    for ingress in (it for it in documents if it["kind"] == "Ingress"):
        print("\n".join(servers(ingress, http, https, certificate, key, varying)))
    print(f"server {{\nlisten 127.0.0.1:{http} default_server;\nreturn 404;\n}}\n}}")


if __name__ == "__main__":
    main()
