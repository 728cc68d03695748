#!/usr/bin/env bash
# Packages: PyPI mt-940 5.1.1; npm mt940js 1.3.5, npm mt940-js 1.0.0 (with tslib 2.9.1), npm swiftmessageparser 1.2.1.
#
# Behaviour: a line of a bank statement in MT940 has a value date with its year and an entry date without (2612310102: 31 December 2026,
# entered on 2 January). The three readers of npm take the year of the value date and book it on 2 January 2026, a year early and
# before its value date; mt-940 finds the year. RC is a credit taken back, RD a debit taken back: mt940-js calls the first `isCredit` and
# the second not, mt-940 leaves RC positive unless `reversal_sign` is set, so that both miss the closing balance of 1005. No reader of
# the four has both right by default.
# A good engineer would guess: an entry near the turn of the year has the nearest year; amounts add up to the bank's own closing balance.
# Bites: payments for tickets around New Year's Eve, and those that come back: an order looks paid twice instead of not at all.
#
# Seen on 2026-12-01, Python 3.11.7, Node 20.20.2:
# > mt-940: +20.00 on 2026-12-30, +20.00 on 2027-01-02, +5.00 on 2027-01-02; 1000 becomes 1045.00
# > mt-940, reversal_sign: +20.00 on 2026-12-30, -20.00 on 2027-01-02, +5.00 on 2027-01-02; 1000 becomes 1005.00
# > mt940js: +20.00 on 2026-12-30, -20.00 on 2026-01-02, +5.00 on 2026-01-02; 1000 becomes 1005.00
# > swiftmessageparser: +20.00 on 2026-12-30, -20.00 on 2026-01-02, +5.00 on 2026-01-02; 1000 becomes 1005.00
# > mt940-js: +20.00 on 2026-12-30, +20.00 on 2026-01-02, -5.00 on 2026-01-02; 1000 becomes 1035.00
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py mt-940==5.1.1
npm install --silent --no-audit --no-fund --no-save mt940js@1.3.5 mt940-js@1.0.0 tslib@2.9.1 swiftmessageparser@1.2.1

cat >statement.sta <<'EOF'
:20:START
:25:50010517/5407324931
:28C:00001/001
:60F:C261230EUR1000,00
:61:2612301230C20,00NTRFORDER-1
:86:Payment
:61:2612310102RC20,00NTRFORDER-1
:86:Payment, taken back
:61:2612310102RD5,00NCHGNONREF
:86:Fee, given back
:62F:C270102EUR1005,00
-
EOF
cat >show.py <<'EOF'
import mt940

def say(name, **options):
    lines = [line.data for line in mt940.parse("statement.sta", **options)]
    texts = [f"{line['amount'].amount:+} on {line['entry_date']}" for line in lines]
    print(f"{name}: {', '.join(texts)}; 1000 becomes {1000 + sum(line['amount'].amount for line in lines)}")

say("mt-940")
say("mt-940, reversal_sign", options=mt940.Options(reversal_sign=True))
EOF
cat >show.cjs <<'EOF'
const { readFileSync } = require('fs');
const { Parser } = require('mt940js');
const mt940 = require('mt940-js');
const swift = require('swiftmessageparser');

const bytes = readFileSync('statement.sta');
const data = bytes.toString();
const day = (date) => new Date(date).toISOString().slice(0, 10);
function say(name, lines) {
  const texts = lines.map(([amount, date]) => `${amount < 0 ? '' : '+'}${amount.toFixed(2)} on ${day(date)}`);
  console.log(`${name}: ${texts.join(', ')}; 1000 becomes ${lines.reduce((sum, [amount]) => sum + amount, 1000).toFixed(2)}`);
}
(async () => {
  say('mt940js', new Parser().parse(data)[0].transactions.map(({ amount, entryDate }) => [amount, entryDate]));
  say('swiftmessageparser', swift.parse({ type: 'mt940', data })[0].transactions.map(({ amount, entryDate }) => [Number(amount), entryDate]));
  const [{ transactions }] = await mt940.read(bytes);
  say('mt940-js', transactions.map(({ amount, isCredit, entryDate }) => [isCredit ? amount : -amount, entryDate]));
})();
EOF
{ PYTHONPATH=py python3 show.py; node show.cjs; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
