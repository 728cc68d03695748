#!/usr/bin/env bash
# Packages: npm ical-generator 10.2.0, npm ical.js 2.2.1, npm node-ical 0.26.1, npm ts-ics 2.4.6; PyPI icalendar 7.3.2, PyPI vobject 0.9.9.
#
# Behaviour: ical-generator escapes commas and semicolons of a URL as if it were text, though it writes VALUE=URI itself. In RFC 5545
# only TEXT has escapes, so ical.js, ts-ics and vobject keep the backslashes: the link that a buyer clicks is another one. node-ical and
# icalendar unescape every value and hide it. The same characters in SUMMARY need the escapes.
# A good engineer would guess: one escaping rule holds for the whole format, so that writer and reader cancel out.
# Bites: links with lists in the query ("show=7,8"), or map links with coordinates.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > written: URL;VALUE=URI:https://tickets.example/?show=7\,8
# > ical.js: https://tickets.example/?show=7\,8
# > ts-ics: https://tickets.example/?show=7\,8
# > node-ical: https://tickets.example/?show=7,8
# > icalendar: https://tickets.example/?show=7,8
# > vobject: https://tickets.example/?show=7\,8
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py icalendar==7.3.2 vobject==0.9.9
npm install --silent --no-audit --no-fund --no-save ical-generator@10.2.0 ical.js@2.2.1 node-ical@0.26.1 ts-ics@2.4.6

cat >show.mjs <<'EOF'
import { writeFileSync } from 'node:fs';
import calendar from 'ical-generator';
import ICAL from 'ical.js';
import ical from 'node-ical';
import { convertIcsCalendar } from 'ts-ics';
const feed = calendar({ name: 'Shows' });
feed.createEvent({ start: new Date('2027-01-02T19:00:00Z'), summary: 'Hamlet', url: 'https://tickets.example/?show=7,8' });
const text = feed.toString();
writeFileSync('feed.ics', text);
console.log(`written: ${/^URL.*$/m.exec(text)[0].trim()}`);
console.log(`ical.js: ${new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent').getFirstPropertyValue('url')}`);
console.log(`ts-ics: ${convertIcsCalendar(undefined, text).events[0].url}`);
console.log(`node-ical: ${Object.values(ical.sync.parseICS(text)).find(({ type }) => type === 'VEVENT').url.val}`);
EOF
cat >show.py <<'EOF'
import icalendar, vobject

text = open("feed.ics", newline="").read()
print("icalendar:", icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["URL"])
print("vobject:", vobject.readOne(text).vevent.url.value)
EOF
{ node show.mjs; PYTHONPATH=py python3 show.py; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
