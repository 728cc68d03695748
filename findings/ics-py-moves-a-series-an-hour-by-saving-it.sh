#!/usr/bin/env bash
# Packages: PyPI ics 0.7.3; PyPI icalendar 7.3.2 with recurring-ical-events 3.8.2; PyPI vobject 0.9.9 with pytz 2026.6.
#
# Behaviour: ics.py reads a weekly series in Berlin's time and writes DTSTART in UTC, with the RRULE as it was and without VTIMEZONE.
# The first show is the same instant, so it compares equal; the weeks after the change of the clocks are an hour late. vobject,
# given the same file, writes the same series back. If the file has no CALSCALE, which may be left out, ics.py adds a "GEORGIAN" one,
# for which recurring-ical-events refuses the file.
# A good engineer would guess: reading and writing a file unchanged changes its layout at most.
# Bites: tools that add a line to an organizer's calendar and save it; each season has the week in which it shows.
#
# Seen on 2026-11-30, Python 3.11.7:
# > as received: DTSTART;TZID=Europe/Berlin:20270323T200000, shows at 23.03. 20:00, 30.03. 20:00, 06.04. 20:00
# > after vobject: DTSTART;TZID=Europe/Berlin:20270323T200000, shows at 23.03. 20:00, 30.03. 20:00, 06.04. 20:00
# > after ics.py: DTSTART:20270323T190000Z, shows at 23.03. 20:00, 30.03. 21:00, 06.04. 21:00
# > after ics.py, received without CALSCALE: CALSCALE:GEORGIAN
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py \
    ics==0.7.3 icalendar==7.3.2 recurring-ical-events==3.8.2 vobject==0.9.9 pytz==2026.6

printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//x//x//EN CALSCALE:GREGORIAN BEGIN:VTIMEZONE TZID:Europe/Berlin \
    BEGIN:DAYLIGHT DTSTART:19700329T020000 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU' TZOFFSETFROM:+0100 TZOFFSETTO:+0200 END:DAYLIGHT \
    BEGIN:STANDARD DTSTART:19701025T030000 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU' TZOFFSETFROM:+0200 TZOFFSETTO:+0100 END:STANDARD \
    END:VTIMEZONE BEGIN:VEVENT UID:1@x.example DTSTAMP:20261130T000000Z 'DTSTART;TZID=Europe/Berlin:20270323T200000' \
    DURATION:PT2H 'RRULE:FREQ=WEEKLY;COUNT=3' SUMMARY:Hamlet END:VEVENT END:VCALENDAR >series.ics
cat >show.py <<'EOF'
import ics, icalendar, recurring_ical_events, vobject
from zoneinfo import ZoneInfo

def say(name, text):
    start = next(line for line in text.split("BEGIN:VEVENT")[1].splitlines() if line.startswith("DTSTART"))
    shows = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2027, 1, 1), (2028, 1, 1))
    times = sorted(show["DTSTART"].dt.astimezone(ZoneInfo("Europe/Berlin")) for show in shows)
    print(f"{name}: {start}, shows at", ", ".join(f"{time:%d.%m. %H:%M}" for time in times))

text = open("series.ics", newline="").read()
say("as received", text)
say("after vobject", vobject.readOne(text).serialize())
say("after ics.py", ics.Calendar(text).serialize())
without = ics.Calendar(text.replace("CALSCALE:GREGORIAN\r\n", "")).serialize()
print("after ics.py, received without CALSCALE:", next(line for line in without.splitlines() if "CALSCALE" in line))
EOF
PYTHONPATH=py python3 -W ignore show.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
