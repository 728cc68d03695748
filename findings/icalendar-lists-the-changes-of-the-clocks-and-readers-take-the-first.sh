#!/usr/bin/env bash
# Packages: PyPI icalendar 7.3.2, PyPI vobject 0.9.9, PyPI tzdata 2026.6; npm ical.js 2.2.1, npm node-ical 0.26.1, npm ts-ics 2.4.6.
#
# Behaviour: `add_missing_timezones()` of py icalendar writes the rules of a zone as one RDATE that lists all its days of change, valid by
# RFC 5545. ical.js, vobject and ts-ics take the first date of such a list and drop the rest: for them Berlin is in winter time for good
# since 1981, and a summer show is an hour late. With a date per line ical.js and vobject are right, with a yearly rule (RRULE) all
# are. node-ical is right throughout, as it doesn't read the rules: it goes by the name of the zone.
# A good engineer would guess: who sends the rules along is safe with every reader; a winter show confirms it.
# Bites: programmes and invitations made in Python, in calendars built on ical.js; each summer again.
#
# Seen on 2026-12-01, Python 3.11.7, Node 20.20.2:
# > the rules hold 1 RDATE of 57 dates, from 19810329T030000 to 20370329T030000
# > list of dates, show at 18:00 UTC: icalendar 18:00, vobject 19:00, ical.js 19:00, node-ical 18:00, ts-ics 19:00
# > a date per line, show at 18:00 UTC: icalendar 18:00, vobject 18:00, ical.js 18:00, node-ical 18:00, ts-ics 19:00
# > a yearly rule, show at 18:00 UTC: icalendar 18:00, vobject 18:00, ical.js 18:00, node-ical 18:00, ts-ics 18:00
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py \
    icalendar==7.3.2 vobject==0.9.9 tzdata==2026.6
npm install --silent --no-audit --no-fund --no-save ical.js@2.2.1 node-ical@0.26.1 ts-ics@2.4.6

cat >write.py <<'EOF'
import re
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
import icalendar

show = datetime(2027, 7, 1, 20, tzinfo=ZoneInfo("Europe/Berlin"))
calendar, event = icalendar.Calendar(), icalendar.Event()
calendar.add("prodid", "-//x//x//EN")
calendar.add("version", "2.0")
event.add("uid", "1@x.example")
event.add("dtstamp", datetime(2026, 11, 30, tzinfo=timezone.utc))
event.add("dtstart", show)
calendar.add_component(event)
calendar.add_missing_timezones()
text = calendar.to_ical().decode().replace("\r\n ", "")
summer = re.findall("RDATE:(.*)\r", re.search("BEGIN:DAYLIGHT.*?END:DAYLIGHT", text, re.S)[0])
dates = summer[0].split(",")
print(f"the rules hold {len(summer)} RDATE of {len(dates)} dates, from {dates[0]} to {dates[-1]}")

def change(kind, before, after, start, rule):
    return [f"BEGIN:{kind}", f"DTSTART:{start}", f"RRULE:{rule}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"END:{kind}"]

rules = [
    "BEGIN:VTIMEZONE", "TZID:Europe/Berlin",
    *change("STANDARD", "+0200", "+0100", "19961027T030000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    *change("DAYLIGHT", "+0100", "+0200", "19960331T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
    "END:VTIMEZONE",
]
feeds = {
    "list of dates": text,
    "a date per line": re.sub("RDATE:(.*)\r\n", lambda match: "".join(f"RDATE:{date}\r\n" for date in match[1].split(",")), text),
    "a yearly rule": re.sub("BEGIN:VTIMEZONE.*END:VTIMEZONE", "\r\n".join(rules), text, flags=re.S),
}
for number, (name, feed) in enumerate(feeds.items()):
    with open(f"{number}.ics", "w", newline="") as file:
        file.write(feed)
    with open(f"{number}.name", "w") as file:
        file.write(f"{name}, show at {show.astimezone(timezone.utc):%H:%M} UTC: ")
EOF
cat >read.py <<'EOF'
import sys
from datetime import timezone
import icalendar, vobject

text = open(sys.argv[1], newline="").read()
times = {"icalendar": icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt, "vobject": vobject.readOne(text).vevent.dtstart.value}
print("".join(f"{name} {time.astimezone(timezone.utc):%H:%M}, " for name, time in times.items()), end="")
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
import { convertIcsCalendar } from 'ts-ics';
const text = readFileSync(process.argv[2], 'utf8');
const times = {
  'ical.js': new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).startDate.toJSDate(),
  'node-ical': Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT').start,
  'ts-ics': convertIcsCalendar(undefined, text).events[0].start.date,
};
console.log(Object.entries(times).map(([name, time]) => `${name} ${time.toISOString().slice(11, 16)}`).join(', '));
EOF
export PYTHONPATH=py PYTHONTZPATH=
{
    python3 write.py
    for feed in 0 1 2; do
        cat "$feed.name"
        python3 read.py "$feed.ics"
        node read.mjs "$feed.ics"
    done
} | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
