#!/usr/bin/env bash
# Packages: PyPI httpx-sse 0.4.3 with httpx 0.28.1, PyPI sseclient-py 1.9.0; npm eventsource-parser 3.1.1.
#
# Behaviour: one stream, three counts. By the standard it holds two events: a block without data is none, and one that the
# connection cuts off is dropped. eventsource-parser says so. httpx-sse also gives events with empty data, for the block that only
# sets `retry` and for one that only names its kind. sseclient-py gives the cut one too, as an event with half of its JSON, and
# forgets the id after the event that set it: the second event has None, where the standard (and httpx-sse) still have 7.
# A good engineer would guess: the format is five rules long; clients differ in reconnecting only.
# Bites: readers of live feeds: `json.loads("")` on the very first block; half an order at a restart; a resume from the start.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > httpx-sse: message ""; sold "{\"seat\":1}" id 7; message "{\"seat\":2}" id 7; ping "" id 7
# > sseclient-py: sold "{\"seat\":1}" id 7; message "{\"seat\":2}"; message "{\"se"
# > eventsource-parser: sold "{\"seat\":1}" id 7; message "{\"seat\":2}"
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py httpx==0.28.1 httpx-sse==0.4.3 sseclient-py==1.9.0
npm install --silent --no-audit --no-fund --no-save eventsource-parser@3.1.1

printf 'retry: 3000\n\nid: 7\nevent: sold\ndata: {"seat":1}\n\ndata: {"seat":2}\n\nevent: ping\n\ndata: {"se' >stream
cat >read.py <<'EOF'
import json, httpx, sseclient
from httpx_sse import EventSource

body = open("stream", "rb").read()
def shown(events):
    return "; ".join(f"{e.event} {json.dumps(e.data)}" + (f" id {e.id}" if e.id else "") for e in events)

response = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body)
print("httpx-sse:", shown(EventSource(response).iter_sse()))
print("sseclient-py:", shown(sseclient.SSEClient(iter([body])).events()))
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { createParser } from 'eventsource-parser';
const events = [];
const onEvent = ({ event, data, id }) => events.push(`${event ?? 'message'} ${JSON.stringify(data)}${id ? ` id ${id}` : ''}`);
createParser({ onEvent }).feed(readFileSync('stream', 'utf8'));
console.log(`eventsource-parser: ${events.join('; ')}`);
EOF
{ PYTHONPATH=py python3 read.py; node read.mjs; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
