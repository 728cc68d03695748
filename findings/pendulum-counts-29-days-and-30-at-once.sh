#!/usr/bin/env bash
# Packages: PyPI pendulum 3.3.0.
#
# Behaviour: an interval of pendulum has `.days`, inherited from timedelta, and `.in_days()`. From 20:00 on 1 March to 20:00 on 31 March in
# Berlin they are 29 and 30: the one counts whole 24 hours of an interval that lost an hour, the other the calendar. The night of 27
# March alone has `.days` 0, while in words it is "1 day". In autumn, where an hour is won, both agree, as in UTC.
# A good engineer would guess: a property and a method of one name are one number.
# Bites: refund and resale periods in days ("until 30 days before"), wrong by a day for all that span the last Sunday of March.
#
# Seen on 2026-11-30, Python 3.11.7:
# > 2027-03-01 to 2027-03-31: days 29, in_days() 30, in words: 4 weeks 2 days
# > 2027-03-27 to 2027-03-28: days 0, in_days() 1, in words: 1 day
# > 2026-10-24 to 2026-10-25: days 1, in_days() 1, in words: 1 day
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py pendulum==3.3.0

cat >show.py <<'EOF'
import pendulum

for first, last in (("2027-03-01", "2027-03-31"), ("2027-03-27", "2027-03-28"), ("2026-10-24", "2026-10-25")):
    start, end = (pendulum.parse(f"{day}T20:00", tz="Europe/Berlin") for day in (first, last))
    span = end - start
    print(f"{first} to {last}: days {span.days}, in_days() {span.in_days()}, in words: {span.in_words()}")
EOF
PYTHONPATH=py python3 show.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
