#!/usr/bin/env bash
# Packages: PyPI babel 2.19.0; Intl of Node 20.20.2 (ICU 78.2).
#
# Behaviour: in the Swiss locales (and de_LI) Babel puts one apostrophe into 1'234 and 123'456, none into 1234567, and one into
# 1234567'890. Two apostrophes in one number vanish: they are read as the quotes of a pattern. Intl groups all.
# A good engineer would guess: what is right for thousands is right for millions.
# Bites: statements and totals of a season in francs; tests stop at four figures.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > Babel  CHF 12'345.50  CHF 123'456.50  CHF 1234567.50  1234567'890
# > Intl   CHF 12'345.50  CHF 123'456.50  CHF 1'234'567.50  1'234'567'890
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py babel==2.19.0

cat >show.py <<'EOF'
from babel.numbers import format_currency, format_decimal

amounts = [format_currency(amount, "CHF", locale="de_CH") for amount in (12345.5, 123456.5, 1234567.5)]
print("Babel ", "  ".join([*amounts, format_decimal(1234567890, locale="de_CH")]).replace("\xa0", " "))
EOF
cat >show.cjs <<'EOF'
const francs = new Intl.NumberFormat('de-CH', { style: 'currency', currency: 'CHF' });
const amounts = [12345.5, 123456.5, 1234567.5].map((amount) => francs.format(amount));
console.log('Intl  ', [...amounts, new Intl.NumberFormat('de-CH').format(1234567890)].join('  ').replaceAll('\u00a0', ' '));
EOF
{ PYTHONPATH=py python3 show.py; node show.cjs; } | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
