#!/usr/bin/env bash
# Packages: npm node-ical 0.26.1; PyPI icalendar 7.3.2.
#
# Behaviour: RFC 5545 tells P1D (the same clock time tomorrow) from PT24H (24 hours later). Over the night of summer time they end an
# hour apart. node-ical counts both as 24 hours, py icalendar both as a day on the clock: each is wrong on the other's half, and
# for one event with one DURATION the two readers give two ends. DTEND is read alike by both.
# A good engineer would guess: both right, or the same mistake in both.
# Bites: day and weekend passes: a pass ends an hour early or late at the turnstile, depending on which program reads the feed.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7 (from 20:00 on 27 March 2027 in Berlin):
# > P1D: node-ical 21:00, icalendar 20:00, right is 20:00
# > PT24H: node-ical 21:00, icalendar 20:00, right is 21:00
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py icalendar==7.3.2
npm install --silent --no-audit --no-fund --no-save node-ical@0.26.1

for duration in P1D PT24H; do
    printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//x//x//EN BEGIN:VTIMEZONE TZID:Europe/Berlin \
        BEGIN:DAYLIGHT DTSTART:19700329T020000 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' TZOFFSETFROM:+0100 TZOFFSETTO:+0200 END:DAYLIGHT \
        BEGIN:STANDARD DTSTART:19701025T030000 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU' TZOFFSETFROM:+0200 TZOFFSETTO:+0100 END:STANDARD \
        END:VTIMEZONE BEGIN:VEVENT UID:1@x.example DTSTAMP:20261130T000000Z 'DTSTART;TZID=Europe/Berlin:20270327T200000' \
        DURATION:$duration END:VEVENT END:VCALENDAR >$duration.ics
done
cat >show.cjs <<'EOF'
const ical = require('node-ical');
for (const duration of ['P1D', 'PT24H']) {
  const { end } = Object.values(ical.sync.parseFile(`${duration}.ics`)).find(({ type }) => type === 'VEVENT');
  console.log(`${duration}: node-ical ${end.toLocaleTimeString('de', { timeZone: 'Europe/Berlin', timeStyle: 'short' })}`);
}
EOF
cat >show.py <<'EOF'
import icalendar
from zoneinfo import ZoneInfo

for duration, right in (("P1D", "20:00"), ("PT24H", "21:00")):
    event = icalendar.Calendar.from_ical(open(f"{duration}.ics", "rb").read()).walk("VEVENT")[0]
    print(f", icalendar {event.end.astimezone(ZoneInfo('Europe/Berlin')):%H:%M}, right is {right}")
EOF
node show.cjs >js
PYTHONPATH=py python3 show.py >py.txt
paste -d '\0' js py.txt | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
