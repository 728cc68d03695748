#!/usr/bin/env bash
# Packages: PyPI vobject 0.9.9, PyPI icalendar 7.3.2, PyPI ics 0.7.3, PyPI tzdata 2026.6; npm ical.js 2.2.1, npm node-ical 0.26.1.
#
# Behaviour: vobject writes a zone of Python's zoneinfo under its abbreviation: New York is EST, Denver MST, London GMT, with the right
# rules beside it (VTIMEZONE). icalendar, ics and node-ical go by the name, and they know zones called EST, MST and GMT, which have no
# summer time: a summer show is an hour late. ical.js goes by the rules. vobject keeps one set of rules per name while the process
# lives: after a show in Tunis (CET too) it writes Berlin with the rules of Tunis, and now those are right that go by the name.
# (Zones of pytz are written under their full names.)
# A good engineer would guess: the zone America/New_York is written as such; the rules that a file brings along are the ones for that file.
# Bites: feeds of tours, and of venues in America and Britain; for Berlin alone the same code is right.
#
# Seen on 2026-12-01, Python 3.11.7, Node 20.20.2:
# > America/New_York, 00:00Z, is named EST: icalendar 01:00Z, ics 01:00Z, vobject 00:00Z, ical.js 00:00Z, node-ical 01:00Z
# > America/Denver, 02:00Z, is named MST: icalendar 03:00Z, ics 03:00Z, vobject 02:00Z, ical.js 02:00Z, node-ical 03:00Z
# > Europe/London, 19:00Z, is named GMT: icalendar 20:00Z, ics 20:00Z, vobject 19:00Z, ical.js 19:00Z, node-ical 20:00Z
# > Europe/Berlin, 18:00Z, is named CET: icalendar 18:00Z, ics 18:00Z, vobject 18:00Z, ical.js 18:00Z, node-ical 18:00Z
# > Europe/Berlin after Africa/Tunis, 18:00Z, is named CET: icalendar 18:00Z, ics 18:00Z, vobject 19:00Z, ical.js 19:00Z, node-ical 18:00Z
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py \
    vobject==0.9.9 icalendar==7.3.2 ics==0.7.3 tzdata==2026.6
npm install --silent --no-audit --no-fund --no-save ical.js@2.2.1 node-ical@0.26.1

cat >show.py <<'EOF'
import subprocess, sys
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
import icalendar, ics, vobject

def write(zone):
    calendar = vobject.iCalendar()
    event = calendar.add("vevent")
    event.add("uid").value = "1@x.example"
    event.add("dtstart").value = datetime(2027, 7, 1, 20, tzinfo=ZoneInfo(zone))
    return calendar.serialize()

def utc(time):
    return f"{time.astimezone(timezone.utc):%H:%MZ}"

*before, zone = sys.argv[1:]
for earlier in before:
    write(earlier)
text = write(zone)
with open("feed.ics", "w", newline="") as file:
    file.write(text)
name = next(line for line in text.splitlines() if line.startswith("DTSTART;")).split("=")[1].split(":")[0]
print(f"{zone}{' after ' + before[0] if before else ''}, {utc(datetime(2027, 7, 1, 20, tzinfo=ZoneInfo(zone)))}, is named {name}:", end="")
print(f" icalendar {utc(icalendar.Calendar.from_ical(text).walk('VEVENT')[0]['DTSTART'].dt)},", end="")
print(f" ics {utc(next(iter(ics.Calendar(text).events)).begin.datetime)},", end="")
print(f" vobject {utc(vobject.readOne(text).vevent.dtstart.value)},", end=" ", flush=True)
subprocess.run(["node", "read.mjs"], check=True)
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
const text = readFileSync('feed.ics', 'utf8');
const utc = (time) => `${time.toISOString().slice(11, 16)}Z`;
const first = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).startDate.toJSDate();
const second = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT').start;
console.log(`ical.js ${utc(first)}, node-ical ${utc(second)}`);
EOF
export PYTHONPATH=py PYTHONTZPATH=
for zones in America/New_York America/Denver Europe/London Europe/Berlin 'Africa/Tunis Europe/Berlin'; do
    # shellcheck disable=SC2086
    python3 show.py $zones
done | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
