#!/usr/bin/env bash
# Packages: npm papaparse 5.7.1; Python's own csv module.
#
# Behaviour: papaparse guesses the delimiter from the mean number of fields in the first ten rows, and wants more than 1.99.
# The line break that ends a file counts as a row of one field. So a sheet of two columns is guessed wrongly if it has nine
# rows or fewer, header included: it falls back to the comma, which takes "19,50" apart. With ten rows it is right. With
# `skipEmptyLines: true` it is right at once. An entry in `errors` (UndetectableDelimiter) tells, but data comes all the same.
# A good engineer would guess: the guess depends on what is in the rows; if the small test file works the big one may not,
# never the other way round.
# Bites: small sheets from German or French Excel, such as five price categories; imports that were tested with long ones.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# >  9 rows: papaparse splits at ","  first row {"Category;Price":"C1;19","__parsed_extra":["50"]}
# > 10 rows: papaparse splits at ";"  first row {"Category":"C1","Price":"19,50"}
# >  9 rows, skipEmptyLines: papaparse splits at ";"  first row {"Category":"C1","Price":"19,50"}
# >  9 rows: csv.Sniffer splits at ";"
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save papaparse@5.7.1

cat >show.cjs <<'EOF'
const Papa = require('papaparse');
const sheet = (rows) => ['Category;Price', ...Array.from({ length: rows - 1 }, (_, i) => `C${i + 1};19,50`), ''].join('\r\n');
const show = (rows, name, options) => {
  const { data, meta } = Papa.parse(sheet(rows), { header: true, ...options });
  console.log(`${String(rows).padStart(2)} rows${name}: papaparse splits at ${JSON.stringify(meta.delimiter)}  first row ${JSON.stringify(data[0])}`);
};
show(9, '');
show(10, '');
show(9, ', skipEmptyLines', { skipEmptyLines: true });
require('fs').writeFileSync('nine.csv', sheet(9));
EOF
node show.cjs | tee seen
python3 -c 'import csv
print(" 9 rows: csv.Sniffer splits at \"%s\"" % csv.Sniffer().sniff(open("nine.csv", newline="").read()).delimiter)' | tee -a seen
sed -n 's/^# > //p' "$self" | diff - seen
