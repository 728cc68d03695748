#!/usr/bin/env bash
# Packages: PyPI babel 2.19.0, PyPI tzdata 2026.6, PyPI dateparser 1.5.0; npm moment-timezone 0.6.6.
#
# Behaviour: by tzdata 2026.6 Vancouver stays at -07:00 from November 2026, Edmonton at -06:00 and Winnipeg at -05:00. Babel takes the
# hour from there but the name from tables of its own, by "not summer time": 20:00 at -07:00 is printed as 20:00 PST, and PST is -08:00.
# Shows in Vancouver and Seattle, an hour apart, read alike in English and French, and dateparser takes what Babel wrote for an hour later.
# moment-timezone and Python's %Z say MST.
# A good engineer would guess: a name that is printed with an hour fits its offset; who has updated tzdata has done all.
# Bites: tickets, mails and programmes that name the zone, in much of Canada, from this winter on.
#
# Seen on 2026-12-01, Python 3.11.7, Node 20.20.2:
# > America/Vancouver    2026-12-12T20:00:00-07:00  Babel: 20:00 PST, Pacific Standard Time, heure normale du Pacifique
# >   %Z: MST, moment-timezone: MST -07:00, dateparser reads "2026-12-12 20:00 PST" as 2026-12-12T20:00:00-08:00
# > America/Los_Angeles  2026-12-12T20:00:00-08:00  Babel: 20:00 PST, Pacific Standard Time, heure normale du Pacifique
# >   %Z: PST, moment-timezone: PST -08:00, dateparser reads "2026-12-12 20:00 PST" as 2026-12-12T20:00:00-08:00
# > America/Edmonton     2026-12-12T20:00:00-06:00  Babel: 20:00 MST, Mountain Standard Time, heure normale des Rocheuses
# >   %Z: CST, moment-timezone: CST -06:00, dateparser reads "2026-12-12 20:00 MST" as 2026-12-12T20:00:00-07:00
# > America/Winnipeg     2026-12-12T20:00:00-05:00  Babel: 20:00 CST, Central Standard Time, heure normale du Centre
# >   %Z: EST, moment-timezone: EST -05:00, dateparser reads "2026-12-12 20:00 CST" as 2026-12-12T20:00:00-06:00
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py \
    babel==2.19.0 tzdata==2026.6 dateparser==1.5.0
npm install --silent --no-audit --no-fund --no-save moment-timezone@0.6.6

cat >show.py <<'EOF'
import subprocess, sys
from datetime import datetime
from zoneinfo import ZoneInfo
import dateparser
from babel.dates import format_datetime

for zone in sys.argv[1:]:
    show = datetime(2026, 12, 12, 20, tzinfo=ZoneInfo(zone))
    short = format_datetime(show, "yyyy-MM-dd HH:mm z", locale="en_CA")
    names = ", ".join(format_datetime(show, "zzzz", locale=locale) for locale in ("en_CA", "fr_CA"))
    moment = subprocess.run(["node", "show.cjs", zone], check=True, capture_output=True, text=True).stdout.strip()
    print(f"{zone:<19}  {show.isoformat()}  Babel: {short[11:]}, {names}")
    print(f'  %Z: {show:%Z}, moment-timezone: {moment}, dateparser reads "{short}" as {dateparser.parse(short).isoformat()}')
EOF
cat >show.cjs <<'EOF'
console.log(require('moment-timezone').tz('2026-12-12 20:00', process.argv[2]).format('z Z'));
EOF
PYTHONPATH=py PYTHONTZPATH= python3 show.py America/Vancouver America/Los_Angeles America/Edmonton America/Winnipeg | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
