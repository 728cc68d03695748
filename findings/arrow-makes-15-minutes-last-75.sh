#!/usr/bin/env bash
# Packages: PyPI arrow 1.4.0, PyPI pendulum 3.3.0.
#
# Behaviour: arrow's `shift(minutes=15)` adds to the clock face, as Python's datetime does, not to the instant. In the night when summer
# time ends, 02:50 and 15 minutes is 03:05, an hour and a quarter later; in the night when it begins, 24 hours are 23, and their
# difference is then printed as "1 day, 0:00:00". Only a result inside the missing hour of spring is mended. pendulum's add() is exact.
# A good engineer would guess: minutes and hours are elapsed time, days are calendar time, as in pendulum, luxon and Temporal.
# Bites: holds of a quarter of an hour, and "24 hours before the show", in local time; arrow in UTC is right.
#
# Seen on 2026-11-30, Python 3.11.7:
# > arrow: a hold of 15 minutes from 02:50 ends at 03:05+01:00, 75 minutes later
# > pendulum: a hold of 15 minutes from 02:50 ends at 02:05+01:00, 15 minutes later
# > arrow: 24 hours from 20:00 end at 20:00+02:00, 1380 minutes later
# > pendulum: 24 hours from 20:00 end at 21:00+02:00, 1440 minutes later
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py arrow==1.4.0 pendulum==3.3.0

cat >show.py <<'EOF'
import arrow, pendulum

def say(name, what, start, end):
    minutes = round((end.timestamp() - start.timestamp()) / 60)
    print(f"{name}: {what} at {end.isoformat()[11:16]}{end.isoformat()[-6:]}, {minutes} minutes later")

autumn, spring = "2026-10-25T02:50:00+02:00", "2027-03-27T20:00:00+01:00"
arrows = [arrow.get(text).to("Europe/Berlin") for text in (autumn, spring)]
pendulums = [pendulum.parse(text).in_timezone("Europe/Berlin") for text in (autumn, spring)]
say("arrow", "a hold of 15 minutes from 02:50 ends", arrows[0], arrows[0].shift(minutes=15))
say("pendulum", "a hold of 15 minutes from 02:50 ends", pendulums[0], pendulums[0].add(minutes=15))
say("arrow", "24 hours from 20:00 end", arrows[1], arrows[1].shift(hours=24))
say("pendulum", "24 hours from 20:00 end", pendulums[1], pendulums[1].add(hours=24))
EOF
PYTHONPATH=py python3 show.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
