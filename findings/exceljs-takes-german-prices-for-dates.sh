#!/usr/bin/env bash
# Packages: npm exceljs 4.4.0; PyPI openpyxl 3.1.5.
#
# Behaviour: exceljs decides by letters of the number format whether a number is a date. It ignores quoted and bracketed
# text, but not letters after "_" (a blank as wide as this letter), and it has dropped the backslashes of literal letters before it
# looks. The accounting format without symbol of older German Excel holds "_D_M", a blank as wide as "DM": its M is taken for
# the month, and 19.90 is read as 1900-01-18. The same with `0\ \s\e\a\t\s`. Swedish "_k_r" has no such letter. openpyxl reads all
# as numbers.
# A good engineer would guess: a number in a price format, typed by nobody as a date, is a number.
# Bites: price lists that began their life in an old German workbook: one column of dates in January 1900.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > #,##0.00 "€": exceljs 19.9, openpyxl 19.9
# > _-* #,##0.00 _k_r_-: exceljs 19.9, openpyxl 19.9
# > _-* #,##0.00 _D_M_-: exceljs 1900-01-18T21:36:00.000Z, openpyxl 19.9
# > 0 seats: exceljs 1900-01-18T21:36:00.000Z, openpyxl 19.9
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py openpyxl==3.1.5
npm install --silent --no-audit --no-fund --no-save exceljs@4.4.0
export PYTHONPATH=py PYTHONUTF8=1

cat >write.py <<'EOF'
import openpyxl

book = openpyxl.Workbook()
formats = ['#,##0.00 "€"', r"_-* #,##0.00\ _k_r_-", r"_-* #,##0.00\ _D_M_-", r"0\ \s\e\a\t\s"]
for row, form in enumerate(formats, 1):
    book.active.cell(row, 1, 19.9).number_format = form
book.save("prices.xlsx")
EOF
cat >read.cjs <<'EOF'
const ExcelJS = require('exceljs');
const book = new ExcelJS.Workbook();
book.xlsx.readFile('prices.xlsx').then(() => book.worksheets[0].eachRow((row) => {
  const { value, numFmt } = row.getCell(1);
  console.log(`${numFmt}: exceljs ${value instanceof Date ? value.toISOString() : value}`);
}));
EOF
python3 write.py
node read.cjs >js
python3 -c 'import openpyxl
for (cell,) in openpyxl.load_workbook("prices.xlsx").active: print(", openpyxl", cell.value)' >py.txt
paste -d '\0' js py.txt | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
