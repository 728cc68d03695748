#!/usr/bin/env bash
# Packages: npm @date-fns/tz 1.5.0, npm date-fns-tz 3.2.0 with date-fns 4.4.0.
#
# Behaviour: both take a civil time and the name of its zone, and need nothing of the machine. Yet which of the two 02:30 in Berlin's
# autumn night they give depends on TZ: a server in UTC gets the second from both, one in Berlin the first from TZDate and the
# second from fromZonedTime, one in New York the other way round. For New York's night all agree on the first. In spring's gap the
# two differ everywhere: 02:30 becomes 03:30 with TZDate and 01:30 with fromZonedTime.
# A good engineer would guess: an explicit zone makes the result independent of the server's.
# Bites: laptops in one zone and containers in UTC; shows at night, expiries at "02:30".
#
# Seen on 2026-11-30, Node 20.20.2:
# > TZ=UTC               autumn Berlin: TZDate 01:30Z, fromZonedTime 01:30Z; New York: 05:30Z, 05:30Z; spring Berlin: 01:30Z, 00:30Z
# > TZ=Europe/Berlin     autumn Berlin: TZDate 00:30Z, fromZonedTime 01:30Z; New York: 05:30Z, 05:30Z; spring Berlin: 01:30Z, 00:30Z
# > TZ=America/New_York  autumn Berlin: TZDate 01:30Z, fromZonedTime 00:30Z; New York: 05:30Z, 05:30Z; spring Berlin: 01:30Z, 00:30Z
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save @date-fns/tz@1.5.0 date-fns-tz@3.2.0 date-fns@4.4.0

cat >show.cjs <<'EOF'
const { TZDate } = require('@date-fns/tz');
const { fromZonedTime } = require('date-fns-tz');
const utc = (instant) => `${new Date(+instant).toISOString().slice(11, 16)}Z`;
const both = (zone, ...[year, month, day, hour, minute]) => {
  const two = (n) => String(n).padStart(2, '0');
  const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
  return [utc(new TZDate(year, month - 1, day, hour, minute, zone)), utc(fromZonedTime(text, zone))];
};
const [a, b] = both('Europe/Berlin', 2026, 10, 25, 2, 30);
const newYork = both('America/New_York', 2026, 11, 1, 1, 30).join(', ');
const spring = both('Europe/Berlin', 2027, 3, 28, 2, 30).join(', ');
console.log(`TZ=${process.env.TZ.padEnd(16)}  autumn Berlin: TZDate ${a}, fromZonedTime ${b}; New York: ${newYork}; spring Berlin: ${spring}`);
EOF
for zone in UTC Europe/Berlin America/New_York; do
    TZ=$zone node show.cjs
done | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
