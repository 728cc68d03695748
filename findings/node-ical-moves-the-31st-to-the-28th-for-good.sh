#!/usr/bin/env bash
# Packages: npm node-ical 0.26.1 (with rrule-temporal), npm ical.js 2.2.1, npm rrule 2.8.1; PyPI recurring-ical-events 3.8.2 with icalendar 7.3.2.
#
# Behaviour: a monthly rule from 31 January. RFC 5545 skips months without a 31st, and three libraries do. node-ical puts February's
# on the 28th and stays there: 28 March, 28 April. From 29 February, a yearly rule stays on the 28th even in leap years. With
# BYMONTHDAY=31 spelt out, which means the same, it is right.
# A good engineer would guess: the RFC's rule, or the last day of each month; not a day that drifts with the first short month.
# Bites: monthly series of organizers ("last night of the month"), read from their calendar's feed.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > FREQ=MONTHLY;COUNT=4
# >   node-ical 01-31 02-28 03-28 04-28
# >   ical.js 01-31 03-31 05-31 07-31
# >   rrule 01-31 03-31 05-31 07-31
# > FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4
# >   node-ical 01-31 03-31 05-31 07-31
# >   ical.js 01-31 03-31 05-31 07-31
# >   rrule 01-31 03-31 05-31 07-31
# > FREQ=MONTHLY;COUNT=4
# >   recurring-ical-events 01-31 03-31 05-31 07-31
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py recurring-ical-events==3.8.2 icalendar==7.3.2
npm install --silent --no-audit --no-fund --no-save node-ical@0.26.1 ical.js@2.2.1 rrule@2.8.1

cat >show.mjs <<'EOF'
import { writeFileSync } from 'node:fs';
import ICAL from 'ical.js';
import ical from 'node-ical';
import rrule from 'rrule';
const start = 'DTSTART:20270131T190000Z';
for (const rule of ['FREQ=MONTHLY;COUNT=4', 'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4']) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//x//EN', 'BEGIN:VEVENT', 'UID:1@x.example', 'DTSTAMP:20261130T000000Z',
    start, `RRULE:${rule}`, 'END:VEVENT', 'END:VCALENDAR', ''].join('\r\n');
  const days = (dates) => dates.map((date) => date.toISOString().slice(5, 10)).join(' ');
  const event = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
  const iterator = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent')).iterator();
  const found = [];
  for (let next = iterator.next(); next; next = iterator.next()) found.push(next.toJSDate());
  console.log(`${rule}\n  node-ical ${days(event.rrule.all())}\n  ical.js ${days(found)}`);
  console.log(`  rrule ${days(rrule.rrulestr(`${start}\nRRULE:${rule}`).all())}`);
  if (!rule.includes('BYMONTHDAY')) writeFileSync('series.ics', text);
}
EOF
cat >show.py <<'EOF'
import icalendar, recurring_ical_events

calendar = icalendar.Calendar.from_ical(open("series.ics", "rb").read())
found = recurring_ical_events.of(calendar).between((2027, 1, 1), (2028, 1, 1))
print("FREQ=MONTHLY;COUNT=4\n  recurring-ical-events", *sorted(one["DTSTART"].dt.strftime("%m-%d") for one in found))
EOF
{ TZ=UTC node show.mjs; PYTHONPATH=py python3 show.py; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
