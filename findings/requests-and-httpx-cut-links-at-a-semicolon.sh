#!/usr/bin/env bash
# Packages: PyPI requests 2.34.2, PyPI httpx 0.28.1; npm http-link-header 1.1.4, npm parse-link-header 2.0.0.
#
# Behaviour: `response.links` of requests, and of httpx alike, splits a Link header at every semicolon before it looks at the
# angle brackets. A next page with a semicolon in its address (valid in a URL) is cut there, silently. If an equals sign follows,
# the loop asks for another page; if none does, the relation is lost too, and the list ends after one page. So it is with a title.
# Two relations in one ("next last") become one key. Both npm parsers keep address and relations.
# A good engineer would guess: what is between < and > is the address; this is the header's whole grammar.
# Bites: walking through lists of orders or shows page by page.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > <https://x.example/t?after=7;b&limit=50>; rel="next"
# >   requests {"next": "https://x.example/t?after=7"}
# >   httpx {"next": "https://x.example/t?after=7"}
# >   http-link-header {"next":"https://x.example/t?after=7;b&limit=50"}
# >   parse-link-header {"next":"https://x.example/t?after=7;b&limit=50"}
# > <https://x.example/t?after=7;b>; rel="next"
# >   requests {"https://x.example/t?after=7": "https://x.example/t?after=7"}
# >   httpx {"https://x.example/t?after=7": "https://x.example/t?after=7"}
# >   http-link-header {"next":"https://x.example/t?after=7;b"}
# >   parse-link-header {"next":"https://x.example/t?after=7;b"}
# > <https://x.example/t?after=7>; title="Rows; A"; rel="next"
# >   requests {"https://x.example/t?after=7": "https://x.example/t?after=7"}
# >   httpx {"https://x.example/t?after=7": "https://x.example/t?after=7"}
# >   http-link-header {"next":"https://x.example/t?after=7"}
# >   parse-link-header {"next":"https://x.example/t?after=7"}
# > <https://x.example/t?after=7>; rel="next last"
# >   requests {"next last": "https://x.example/t?after=7"}
# >   httpx {"next last": "https://x.example/t?after=7"}
# >   http-link-header {"next":"https://x.example/t?after=7","last":"https://x.example/t?after=7"}
# >   parse-link-header {"next":"https://x.example/t?after=7","last":"https://x.example/t?after=7"}
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py requests==2.34.2 httpx==0.28.1
npm install --silent --no-audit --no-fund --no-save http-link-header@1.1.4 parse-link-header@2.0.0

cat >headers <<'EOF'
<https://x.example/t?after=7;b&limit=50>; rel="next"
<https://x.example/t?after=7;b>; rel="next"
<https://x.example/t?after=7>; title="Rows; A"; rel="next"
<https://x.example/t?after=7>; rel="next last"
EOF
cat >read.py <<'EOF'
import json, httpx, requests

def shown(response):
    return json.dumps({rel: link["url"] for rel, link in response.links.items()})

for header in open("headers").read().splitlines():
    old, new = requests.Response(), httpx.Response(200, headers={"link": header})
    old.headers["link"] = header
    print(f"{header}|  requests {shown(old)}|  httpx {shown(new)}")
EOF
cat >read.cjs <<'EOF'
const LinkHeader = require('http-link-header');
const parse = require('parse-link-header');
for (const header of require('fs').readFileSync('headers', 'utf8').trim().split('\n')) {
  const first = Object.fromEntries(LinkHeader.parse(header).refs.map(({ rel, uri }) => [rel, uri]));
  const second = Object.fromEntries(Object.entries(parse(header)).map(([rel, { url }]) => [rel, url]));
  console.log(`|  http-link-header ${JSON.stringify(first)}|  parse-link-header ${JSON.stringify(second)}`);
}
EOF
PYTHONPATH=py python3 read.py >py.txt
node read.cjs >js.txt
paste -d '\0' py.txt js.txt | tr '|' '\n' | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
