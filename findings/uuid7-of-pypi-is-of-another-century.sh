#!/usr/bin/env bash
# Packages: PyPI uuid7 0.1.0 (imported as uuid_extensions), PyPI uuid6 2025.0.1; npm uuid 14.0.3.
#
# Behaviour: the package named uuid7 writes version 7 and the right variant, but the layout of a draft with seconds in 36 bits, not
# RFC 9562's milliseconds in 48. Readers of the time in an id find the year 2203, and its ids sort behind all true ones for
# almost two centuries. PyPI uuid6, named after the other version, makes true ones.
# A good engineer would guess: the package that has the name of the standard, and ids that say version 7, follow it.
# Bites: orders and tickets made by two services in one index: "after this id" skips or repeats everything of one of them.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > uuid7 package: version 7, time of the id: centuries ahead
# > uuid6 package: version 7, time of the id: now
# > npm uuid: version 7, time of the id: now
# > an id of the uuid7 package, made first, sorts last: True
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py uuid7==0.1.0 uuid6==2025.0.1
npm install --silent --no-audit --no-fund --no-save uuid@14.0.3

cat >show.py <<'EOF'
import subprocess, time, uuid, uuid6, uuid_extensions

made = {"uuid7 package": uuid_extensions.uuid7(), "uuid6 package": uuid6.uuid7()}
text = subprocess.run(["node", "show.mjs"], capture_output=True, text=True, check=True).stdout.strip()
made["npm uuid"] = uuid.UUID(text)
for name, one in made.items():
    years = (one.int >> 80) / 1000 / 86400 / 365.25 + 1970 - time.gmtime().tm_year
    print(f"{name}: version {one.version}, time of the id:", "centuries ahead" if years > 100 else "now")
ids = [str(one) for one in made.values()]
print("an id of the uuid7 package, made first, sorts last:", max(ids) == ids[0])
EOF
echo "import { v7 } from 'uuid'; console.log(v7())" >show.mjs
PYTHONPATH=py python3 show.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
