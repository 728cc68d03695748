#!/usr/bin/env bash
# Packages: PyPI icalendar 7.3.2, PyPI vobject 0.9.9; npm ical.js 2.2.1, npm node-ical 0.26.1, npm ts-ics 2.4.6.
#
# Behaviour: a parameter of iCalendar, such as the CN of an organizer, cannot hold a double quote. py icalendar writes it by RFC 6868 as
# ^' and a caret as ^^, and reads it back; ical.js reads it too. node-ical, ts-ics and vobject don't know that RFC: they show
# the organizer as Club ^'Ring^'. In SUMMARY and LOCATION, which are values, a quote is just a quote.
# A good engineer would guess: what is escaped is escaped by a backslash, and every reader of the format undoes it.
# Bites: clubs, choirs and artists with quotes in their names, in invitations.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > written: ORGANIZER;CN="Club ^'Ring^'":mailto:ring@tickets.example
# > icalendar: Club "Ring"
# > vobject: Club ^'Ring^'
# > ical.js: Club "Ring"
# > node-ical: Club ^'Ring^'
# > ts-ics: Club ^'Ring^'
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py icalendar==7.3.2 vobject==0.9.9
npm install --silent --no-audit --no-fund --no-save ical.js@2.2.1 node-ical@0.26.1 ts-ics@2.4.6

cat >show.py <<'EOF'
from datetime import datetime, timezone
import icalendar, vobject

calendar, event = icalendar.Calendar(), icalendar.Event()
calendar.add("prodid", "-//x//x//EN")
calendar.add("version", "2.0")
event.add("uid", "1@x.example")
event.add("dtstamp", datetime(2026, 11, 30, tzinfo=timezone.utc))
event.add("dtstart", datetime(2027, 1, 2, 19, tzinfo=timezone.utc))
organizer = icalendar.vCalAddress("mailto:ring@tickets.example")
organizer.params["CN"] = 'Club "Ring"'
event.add("organizer", organizer)
calendar.add_component(event)
text = calendar.to_ical().decode()
with open("feed.ics", "w", newline="") as file:
    file.write(text)
print("written:", next(line for line in text.splitlines() if line.startswith("ORGANIZER")))
print("icalendar:", icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["ORGANIZER"].params["CN"])
print("vobject:", vobject.readOne(text).vevent.organizer.params["CN"][0])
EOF
cat >show.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
import { convertIcsCalendar } from 'ts-ics';
const text = readFileSync('feed.ics', 'utf8');
const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent');
console.log(`ical.js: ${event.getFirstProperty('organizer').getParameter('cn')}`);
console.log(`node-ical: ${Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT').organizer.params.CN}`);
console.log(`ts-ics: ${convertIcsCalendar(undefined, text).events[0].organizer.name}`);
EOF
{ PYTHONPATH=py python3 show.py; node show.mjs; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
