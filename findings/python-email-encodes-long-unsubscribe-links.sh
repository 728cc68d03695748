#!/usr/bin/env bash
# Packages: Python's own email (3.11.7); npm mailparser 3.14.2, npm postal-mime 4.0.0.
#
# Behaviour: EmailMessage folds a header longer than 78 characters at blanks. A List-Unsubscribe with a token has none, so it is
# written as RFC 2047 encoded words, which that header may not hold: no reader decodes it, and the link is gone. Message-ID is
# exempt from this, References has blanks to fold at; both look right, as does a short link in a test.
# `policy.SMTP.clone(max_line_length=0)` writes the link in one line.
# A good engineer would guess: an ASCII header within SMTP's limit of 998 is never encoded.
# Bites: one-click unsubscription, which the large mailbox hosts demand of everybody who mails many ticket buyers.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > short link
# >   mailparser: https://tickets.example/u?t=abc
# >   postal-mime: <https://tickets.example/u?t=abc>
# > long link
# >   mailparser: no link
# >   postal-mime: =?utf-8?q?=3Chttps=3A//tickets=2Eexample=2Ecom/u=3F...
# > long link, max_line_length=0
# >   mailparser: https://tickets.example.com/u?t=01939f4e7c1a7d3e9b2a5f0e8c7d6b5a.k4Jx0vQ2mZ8wR6tY3nB7
# >   postal-mime: <https://tickets.example.com/u?t=01939f4e7c1a7d3e9b2a5f0e8c7d6b5a.k4Jx0vQ2mZ8wR6tY3nB7>
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save mailparser@3.14.2 postal-mime@4.0.0

cat >write.py <<'EOF'
from email import policy
from email.message import EmailMessage

def write(name, link, **changes):
    mail = EmailMessage()
    mail["From"] = "box@tickets.example"
    mail["To"] = "buyer@mail.example"
    mail["Subject"] = "Your tickets"
    mail["List-Unsubscribe"] = f"<{link}>"
    mail.set_content("See you there.")
    with open(name, "wb") as file:
        file.write(mail.as_bytes(policy=policy.SMTP.clone(**changes)))

token = "01939f4e7c1a7d3e9b2a5f0e8c7d6b5a.k4Jx0vQ2mZ8wR6tY3nB7"
write("short link", "https://tickets.example/u?t=abc")
write("long link", f"https://tickets.example.com/u?t={token}")
write("long link, max_line_length=0", f"https://tickets.example.com/u?t={token}", max_line_length=0)
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
for (const name of ['short link', 'long link', 'long link, max_line_length=0']) {
  const bytes = readFileSync(name);
  const first = (await simpleParser(bytes)).headers.get('list').unsubscribe.url ?? 'no link';
  const second = (await PostalMime.parse(bytes)).headers.find(({ key }) => key === 'list-unsubscribe').value;
  const cut = second.startsWith('=?') ? `${second.slice(0, 51)}...` : second;
  console.log(`${name}\n  mailparser: ${first}\n  postal-mime: ${cut}`);
}
EOF
python3 write.py
node read.mjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
