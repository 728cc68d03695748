#!/usr/bin/env bash
# Packages: PyPI icalendar 7.3.2, PyPI vobject 0.9.9; npm ical.js 2.2.1.
#
# Behaviour: py icalendar, before it escapes a text, takes a backslash with a capital N for a line break. "Halle\Nord" is written as
# Halle\nord, which every reader shows as "Halle" and, on the next line, "ord": the N is gone at writing. "Halle\Süd", and "Halle\nord" with
# a small n, are escaped rightly. vobject writes Halle\\Nord, as it must be.
# A good engineer would guess: escaping is the inverse of unescaping for any text; a test with "\n" or "\\" passes.
# Bites: names of halls, seat blocks and network paths of directions that organizers type with backslashes.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > icalendar: Halle\Nord is written Halle\nord; ical.js reads ["Halle","ord"]
# > icalendar: Halle\nord is written Halle\\nord; ical.js reads ["Halle\\nord"]
# > icalendar: Halle\Süd is written Halle\\Süd; ical.js reads ["Halle\\Süd"]
# > vobject: Halle\Nord is written Halle\\Nord; ical.js reads ["Halle\\Nord"]
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py icalendar==7.3.2 vobject==0.9.9
npm install --silent --no-audit --no-fund --no-save ical.js@2.2.1

cat >write.py <<'EOF'
import json, icalendar, vobject

def by_icalendar(place):
    event = icalendar.Event()
    event.add("location", place)
    return event.to_ical().decode()

def by_vobject(place):
    calendar = vobject.iCalendar()
    calendar.add("vevent").add("location").value = place
    return calendar.serialize()

wanted = [("icalendar", by_icalendar, "Halle\\Nord"), ("icalendar", by_icalendar, "Halle\\nord"),
          ("icalendar", by_icalendar, "Halle\\Süd"), ("vobject", by_vobject, "Halle\\Nord")]
for name, write, place in wanted:
    line = next(line for line in write(place).splitlines() if line.startswith("LOCATION"))
    print(json.dumps({"title": f"{name}: {place}", "line": line}))
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
for (const one of readFileSync(0, 'utf8').trim().split('\n')) {
  const { title, line } = JSON.parse(one);
  const value = ICAL.Property.fromString(line).getFirstValue();
  console.log(`${title} is written ${line.replace('LOCATION:', '')}; ical.js reads ${JSON.stringify(value.split('\n'))}`);
}
EOF
export PYTHONUTF8=1
PYTHONPATH=py python3 -W ignore write.py | node read.mjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
