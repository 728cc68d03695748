#!/usr/bin/env bash
# Packages: PyPI standardwebhooks 1.1.0; npm standardwebhooks 1.1.1.
#
# Behaviour: `Webhook.sign` of the Python package replaces the zone of its timestamp by UTC instead of converting. An aware time
# in Berlin is signed as if its clock face were UTC, an hour or two off the webhook-timestamp header that one takes from the same
# object. The same two lines with a UTC time, or with a naive `utcnow()`, are right. A naive `now()` is right only on a server in UTC.
# A good engineer would guess: an aware datetime is an instant, whatever its zone; `timestamp()` of it agrees.
# Bites: senders of webhooks whose code has times of the venue or of the organizer: every delivery fails, all year but in London's winter.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > signed at 19:00 UTC as 2027-01-02T19:00:00+00:00: npm says the same signature
# > signed at 19:00 UTC as 2027-01-02T20:00:00+01:00: npm says another signature
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py standardwebhooks==1.1.0
npm install --silent --no-audit --no-fund --no-save standardwebhooks@1.1.1

cat >sign.py <<'EOF'
import json
from datetime import datetime, timedelta, timezone
from standardwebhooks import Webhook

instant = datetime(2027, 1, 2, 19, tzinfo=timezone.utc)
for zone in (timezone.utc, timezone(timedelta(hours=1))):
    at = instant.astimezone(zone)
    signature = Webhook("whsec_c2VjcmV0IG9mIHRoaXMgZXhhbXBsZSBvbmx5").sign("msg_1", at, '{"order":1}')
    print(json.dumps({"at": at.isoformat(), "timestamp": at.timestamp(), "signature": signature}))
EOF
cat >compare.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const { at, timestamp, signature } = JSON.parse(line);
  const instant = new Date(timestamp * 1000);
  const own = new Webhook('whsec_c2VjcmV0IG9mIHRoaXMgZXhhbXBsZSBvbmx5').sign('msg_1', instant, '{"order":1}');
  const verdict = own === signature ? 'the same signature' : 'another signature';
  console.log(`signed at ${instant.toISOString().slice(11, 16)} UTC as ${at}: npm says ${verdict}`);
}
EOF
PYTHONPATH=py python3 sign.py | node compare.mjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
