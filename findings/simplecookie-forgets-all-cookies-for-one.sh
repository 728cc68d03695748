#!/usr/bin/env bash
# Packages: Python's own http.cookies (3.11.7); npm cookie 1.1.1, npm set-cookie-parser 3.2.3.
#
# Behaviour: http.cookies.SimpleCookie gives up without an error and forgets also what it had read, if it meets what it does not
# know. A Set-Cookie with the attribute Partitioned has no cookies at all. A Cookie header with a cookie named "version", "path",
# "domain", "comment" or "expires" in front (valid names, taken for attributes) has none either, nor has one with a bare word in
# it, as browsers send for a cookie without a name. Priority=High becomes a second cookie.
# A good engineer would guess: an unknown attribute is skipped, as RFC 6265 demands, or the one cookie is missing.
# Bites: sign-in behind small Python services and test clients: another script's cookie "version" signs everybody out.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > Set-Cookie  session=abc; Path=/; Secure: SimpleCookie {"session": "abc"}, npm {"session":"abc"}
# > Set-Cookie  session=abc; Path=/; Secure; Partitioned: SimpleCookie {}, npm {"session":"abc"}
# > Set-Cookie  session=abc; Priority=High: SimpleCookie {"session": "abc", "Priority": "High"}, npm {"session":"abc"}
# > Cookie  theme=dark; session=abc: SimpleCookie {"theme": "dark", "session": "abc"}, npm {"theme":"dark","session":"abc"}
# > Cookie  version=2; session=abc: SimpleCookie {}, npm {"version":"2","session":"abc"}
# > Cookie  session=abc; dark; lang=de: SimpleCookie {}, npm {"session":"abc","lang":"de"}
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save cookie@1.1.1 set-cookie-parser@3.2.3

cat >headers <<'EOF'
Set-Cookie  session=abc; Path=/; Secure
Set-Cookie  session=abc; Path=/; Secure; Partitioned
Set-Cookie  session=abc; Priority=High
Cookie  theme=dark; session=abc
Cookie  version=2; session=abc
Cookie  session=abc; dark; lang=de
EOF
cat >read.py <<'EOF'
import json
from http.cookies import SimpleCookie

for line in open("headers").read().splitlines():
    read = {name: morsel.value for name, morsel in SimpleCookie(line.split("  ")[1]).items()}
    print(f"{line}: SimpleCookie {json.dumps(read)}")
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import * as cookie from 'cookie';
import * as setCookie from 'set-cookie-parser';
const parseOne = (value) => Object.fromEntries(setCookie.parseSetCookie([value]).map((one) => [one.name, one.value]));
for (const line of readFileSync('headers', 'utf8').trim().split('\n')) {
  const [kind, value] = line.split('  ');
  console.log(`, npm ${JSON.stringify(kind === 'Cookie' ? (cookie.parseCookie ?? cookie.parse)(value) : parseOne(value))}`);
}
EOF
python3 read.py >py
node read.mjs >js
paste -d '\0' py js | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
