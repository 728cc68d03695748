#!/usr/bin/env bash
# Packages: npm luxon 3.7.2, npm moment-timezone 0.6.6.
#
# Behaviour: 02:30 happens twice in the night when summer time ends. Luxon starts its guess from the zone's offset NOW: a program
# that runs in summer gets the first 02:30, one that runs in winter the second, for the same text and the same far-off date.
# moment-timezone always takes the first. In the night of spring, where the hour is missing, luxon is the same all year.
# A good engineer would guess: whichever of the two it takes, it takes the same each time.
# Bites: club nights and last admissions: the instant stored in September differs from the one compared in November, tests that
# freeze no clock pass for half a year, and a replay of old input gives other times.
#
# Seen on 2026-11-30, Node 20.20.2:
# > Berlin 2026-10-25T02:30: luxon run in July 00:30Z, run in December 01:30Z; moment-timezone 00:30Z, 00:30Z
# > New York 2026-11-01T01:30: luxon run in July 05:30Z, run in December 06:30Z; moment-timezone 05:30Z, 05:30Z
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save luxon@3.7.2 moment-timezone@0.6.6

cat >show.cjs <<'EOF'
const { DateTime, Settings } = require('luxon');
const moment = require('moment-timezone');
const runs = ['2026-07-01', '2026-12-01'].map((day) => Date.parse(day));
const at = (now, read) => {
  Settings.now = moment.now = () => now;
  return `${new Date(read()).toISOString().slice(11, 16)}Z`;
};
for (const [name, zone, text] of [['Berlin', 'Europe/Berlin', '2026-10-25T02:30'], ['New York', 'America/New_York', '2026-11-01T01:30']]) {
  const [july, december] = runs.map((now) => at(now, () => DateTime.fromISO(text, { zone }).toMillis()));
  const [first, second] = runs.map((now) => at(now, () => moment.tz(text, zone).valueOf()));
  console.log(`${name} ${text}: luxon run in July ${july}, run in December ${december}; moment-timezone ${first}, ${second}`);
}
EOF
node show.cjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
