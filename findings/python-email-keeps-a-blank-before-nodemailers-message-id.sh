#!/usr/bin/env bash
# Packages: npm nodemailer 10.6.1; Python's own email (3.11.7).
#
# Behaviour: nodemailer puts a Message-ID of more than some 60 characters on a line of its own after "Message-ID:", as RFC 5322
# permits. Python's email, with its modern default policy, reads the value WITH the blank of the fold: " <order-...>". So do
# List-Unsubscribe and other headers that it takes for plain text; addresses and subjects are free of it. The old policy
# (compat32) even leaves the line break in.
# A good engineer would guess: unfolding removes the fold, at least at the start of a value.
# Bites: bounces and replies are matched by Message-ID: long ids (order, kind, time) are never found, short ones are.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > short: '<order-1@tickets.example>'
# > long: ' <order-01939f4e-7c1a-7d3e-9b2a-5f0e8c7d6b5a.confirmation@tickets.example>'
# > long, compat32: '\n <order-01939f4e-7c1a-7d3e-9b2a-5f0e8c7d6b5a.confirmation@tickets.example>'
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save nodemailer@10.6.1

cat >write.cjs <<'EOF'
const { writeFileSync } = require('fs');
const transport = require('nodemailer').createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
const write = async (name, messageId) => {
  const { message } = await transport.sendMail({ from: 'box@tickets.example', to: 'buyer@mail.example', messageId, text: 'Hello' });
  writeFileSync(name, message);
};
write('short', '<order-1@tickets.example>');
write('long', '<order-01939f4e-7c1a-7d3e-9b2a-5f0e8c7d6b5a.confirmation@tickets.example>');
EOF
cat >read.py <<'EOF'
from email import message_from_bytes, policy

def read(name, policy):
    with open(name, "rb") as file:
        return repr(message_from_bytes(file.read(), policy=policy)["Message-ID"])

print("short:", read("short", policy.default))
print("long:", read("long", policy.default))
print("long, compat32:", read("long", policy.compat32))
EOF
node write.cjs
python3 read.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
