#!/usr/bin/env bash
# Packages: Python's own email (3.11.7); npm nodemailer 10.6.1, npm mailparser 3.14.2, npm postal-mime 4.0.0.
#
# Behaviour: a name beyond ASCII that is too long for one encoded word is written as two, with a fold between them that is no blank
# (RFC 2047). Python's modern policy reads it as a blank in the names of addresses: "имени" becomes "имен и", in its own mails
# ("Gro ßen") as in nodemailer's. In Subject it is right, and so are short names, both npm parsers, and Python's old policy.
# A good engineer would guess: what Python's email writes it reads; and names are decoded by the code that decodes subjects.
# Bites: contacts taken from replies and forwarded tickets: "Gro ßes Haus" in the list, no match by name, broken sorting.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > nodemailer writes, Python's subject: Филармония имени Шостаковича
# > nodemailer writes, Python's name: Филармония имен и Шостаковича
# > nodemailer writes, mailparser's name: Филармония имени Шостаковича
# > nodemailer writes, postal-mime's name: Филармония имени Шостаковича
# > Python writes, Python's name: Städtische Bühnen Münster Theaterkasse im Gro ßen Haus
# > Python writes, mailparser's name: Städtische Bühnen Münster Theaterkasse im Großen Haus
# > Python writes, postal-mime's name: Städtische Bühnen Münster Theaterkasse im Großen Haus
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save nodemailer@10.6.1 mailparser@3.14.2 postal-mime@4.0.0

cat >write.cjs <<'EOF'
const transport = require('nodemailer').createTransport({ streamTransport: true, buffer: true });
const name = 'Филармония имени Шостаковича';
transport.sendMail({ from: { name, address: 'box@tickets.example' }, to: 'buyer@mail.example', subject: name, text: 'Hello' })
  .then(({ message }) => require('fs').writeFileSync('nodemailer', message));
EOF
cat >write.py <<'EOF'
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

mail = EmailMessage()
mail["From"] = Address("Städtische Bühnen Münster Theaterkasse im Großen Haus", "box", "tickets.example")
mail["To"] = "buyer@mail.example"
mail.set_content("Hello")
with open("Python", "wb") as file:
    file.write(mail.as_bytes(policy=policy.SMTP))
EOF
cat >read.py <<'EOF'
import sys
from email import message_from_bytes, policy

writer, wanted = sys.argv[1:]
mail = message_from_bytes(open(writer, "rb").read(), policy=policy.default)
value = mail["Subject"] if wanted == "subject" else mail["From"].addresses[0].display_name
print(f"{writer} writes, Python's {wanted}: {value}")
EOF
cat >read.mjs <<'EOF'
import { readFileSync } from 'node:fs';
import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
const [writer] = process.argv.slice(2);
console.log(`${writer} writes, mailparser's name: ${(await simpleParser(readFileSync(writer))).from.value[0].name}`);
console.log(`${writer} writes, postal-mime's name: ${(await PostalMime.parse(readFileSync(writer))).from.name}`);
EOF
export PYTHONUTF8=1
node write.cjs
python3 write.py
{
    python3 read.py nodemailer subject
    python3 read.py nodemailer name
    node read.mjs nodemailer
    python3 read.py Python name
    node read.mjs Python
} | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
