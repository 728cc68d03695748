#!/usr/bin/env bash
# Packages: npm xlsx 0.18.5 (SheetJS, the newest on npm), npm exceljs 4.4.0.
#
# Behaviour: SheetJS measures a date cell from 1899-12-30 in the machine's zone, to the minute. Where that year's local mean
# time had odd seconds, every date is off by them: 20:00 in the sheet is read as 19:59:39 in Paris, 19:59:50 in Kolkata,
# 19:59:17 in Shanghai; in São Paulo 20:00:28. Berlin, London, New York and UTC had whole minutes by then and show nothing.
# Writing errs the other way, so a round trip hides it. exceljs has the exact 20:00, but calls it UTC.
# A good engineer would guess: a time typed as 20:00 is read as 20:00 in every zone, or is off by whole hours.
# Bites: schedules from organizers: shows listed at 19:59, and on the day before if they start at midnight.
#
# Seen on 2026-11-30, Node 20.20.2:
# > UTC                exceljs 20:00:00Z  SheetJS 20:00:00 local
# > Europe/Berlin      exceljs 20:00:00Z  SheetJS 20:00:00 local
# > Europe/Paris       exceljs 20:00:00Z  SheetJS 19:59:39 local
# > Asia/Kolkata       exceljs 20:00:00Z  SheetJS 19:59:50 local
# > Asia/Shanghai      exceljs 20:00:00Z  SheetJS 19:59:17 local
# > America/Sao_Paulo  exceljs 20:00:00Z  SheetJS 20:00:28 local
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save xlsx@0.18.5 exceljs@4.4.0

cat >write.cjs <<'EOF'
const ExcelJS = require('exceljs');
const book = new ExcelJS.Workbook();
const cell = book.addWorksheet('Shows').getCell('A1');
cell.value = new Date('2027-01-02T20:00:00Z');
cell.numFmt = 'yyyy-mm-dd hh:mm';
book.xlsx.writeFile('shows.xlsx');
EOF
cat >read.cjs <<'EOF'
const ExcelJS = require('exceljs');
const XLSX = require('xlsx');
const book = new ExcelJS.Workbook();
book.xlsx.readFile('shows.xlsx').then(() => {
  const exact = book.worksheets[0].getCell('A1').value.toISOString().slice(11, 19);
  const local = XLSX.readFile('shows.xlsx', { cellDates: true }).Sheets.Shows.A1.v.toTimeString().slice(0, 8);
  console.log(`${process.env.TZ.padEnd(17)}  exceljs ${exact}Z  SheetJS ${local} local`);
});
EOF
node write.cjs
for zone in UTC Europe/Berlin Europe/Paris Asia/Kolkata Asia/Shanghai America/Sao_Paulo; do
    TZ=$zone node read.cjs
done | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
