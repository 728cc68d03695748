#!/usr/bin/env bash
# Packages: npm ical-generator 10.2.0, npm node-ical 0.26.1.
#
# Behaviour: with a Date and `timezone: 'Europe/Berlin'` ical-generator writes DTSTART;TZID=Europe/Berlin with the clock face of the
# MACHINE's zone, not of Berlin. On a server in UTC a show at 20:00 in Berlin is announced for 19:00, from Vancouver for 11:00; on a
# laptop in Berlin it is right. Without `timezone` (UTC is written) it is right everywhere.
# A good engineer would guess: a Date is an instant, and naming the zone asks to show it there.
# Bites: calendar files in confirmations; the programmer's own machine stands mostly in the venue's zone.
#
# Seen on 2026-11-30, Node 20.20.2:
# > TZ=Europe/Berlin      DTSTART;TZID=Europe/Berlin:20270102T200000, node-ical reads 2027-01-02T19:00:00.000Z
# > TZ=UTC                DTSTART;TZID=Europe/Berlin:20270102T190000, node-ical reads 2027-01-02T18:00:00.000Z
# > TZ=America/Vancouver  DTSTART;TZID=Europe/Berlin:20270102T110000, node-ical reads 2027-01-02T10:00:00.000Z
# > TZ=America/Vancouver, no timezone  DTSTART:20270102T190000Z, node-ical reads 2027-01-02T19:00:00.000Z
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save ical-generator@10.2.0 node-ical@0.26.1

cat >show.mjs <<'EOF'
import calendar from 'ical-generator';
import ical from 'node-ical';
const [timezone] = process.argv.slice(2);
const feed = calendar({ name: 'Shows' });
feed.createEvent({ start: new Date('2027-01-02T19:00:00Z'), end: new Date('2027-01-02T21:00:00Z'), timezone, summary: 'Hamlet' });
const text = feed.toString();
const { start } = Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT');
const name = timezone ? `TZ=${process.env.TZ.padEnd(17)}` : `TZ=${process.env.TZ}, no timezone`;
console.log(`${name}  ${/^DTSTART.*$/m.exec(text)[0].trim()}, node-ical reads ${start.toISOString()}`);
EOF
{
    for zone in Europe/Berlin UTC America/Vancouver; do TZ=$zone node show.mjs Europe/Berlin; done
    TZ=America/Vancouver node show.mjs
} | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
