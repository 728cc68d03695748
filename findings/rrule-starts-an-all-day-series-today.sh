#!/usr/bin/env bash
# Packages: npm rrule 2.8.1; PyPI python-dateutil 2.9.0.post0.
#
# Behaviour: `rrulestr` of rrule.js reads "DTSTART:20270325" but not "DTSTART;VALUE=DATE:20270325", the only form that RFC 5545 permits
# for a day. It drops the line without a word and begins the series at the present second. dateutil, of which it is a port, begins in 2027.
# A good engineer would guess: an error for what it does not know, since a series without a start is none.
# Bites: all-day shows, festival days and closed days; the dates look like dates, and in a test they even are near.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > rrule     DTSTART:20270325: begins on 2027-03-25
# > rrule     DTSTART;VALUE=DATE:20270325: begins now
# > dateutil  DTSTART;VALUE=DATE:20270325: begins on 2027-03-25
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py python-dateutil==2.9.0.post0
npm install --silent --no-audit --no-fund --no-save rrule@2.8.1

cat >show.cjs <<'EOF'
const { rrulestr } = require('rrule');
for (const start of ['DTSTART:20270325', 'DTSTART;VALUE=DATE:20270325']) {
  const [first] = rrulestr(`${start}\nRRULE:FREQ=DAILY;COUNT=3`).all();
  const seconds = Math.abs(Date.now() - first.getTime()) / 1000;
  console.log(`rrule     ${start}: begins ${seconds < 60 ? 'now' : `on ${first.toISOString().slice(0, 10)}`}`);
}
EOF
cat >show.py <<'EOF'
from dateutil.rrule import rrulestr

start = "DTSTART;VALUE=DATE:20270325"
print(f"dateutil  {start}: begins on {rrulestr(start + chr(10) + 'RRULE:FREQ=DAILY;COUNT=3')[0]:%Y-%m-%d}")
EOF
{ node show.cjs; PYTHONPATH=py python3 show.py; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
