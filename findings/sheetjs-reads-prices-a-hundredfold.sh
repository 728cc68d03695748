#!/usr/bin/env bash
# Packages: npm xlsx 0.18.5 (SheetJS, the newest on npm), npm papaparse 5.7.1.
#
# Behaviour: SheetJS guesses numbers and dates in CSV with American eyes, whatever the machine's language. In one column of
# prices "19,90" becomes 1990 and "1.250,00" becomes 1.25, while "19,-" stays text. Seats are worse off: "3-1" and "2/3" become
# days of the year 2001 (serial numbers 36951 and 36925), "(5)" becomes -5, the code "12E5" 1200000. Written back as CSV the
# seat reads "3/1/01". papaparse with dynamicTyping leaves all of these but the codes alone. `raw: true` stops it.
# A good engineer would guess: a spreadsheet library gives the cells of a CSV file as text, or asks for the locale.
# Bites: organizers' price lists and seat lists: a seat changes its name, a price its size, and no error tells.
#
# Seen on 2026-11-30, Node 20.20.2:
# > SheetJS    ["19,90","3-1","12E5"] becomes [1990,36951,1200000]
# > SheetJS    ["1.250,00","2/3","007"] becomes [1.25,36925,7]
# > SheetJS    ["19,-","(5)","A1"] becomes ["19,-",-5,"A1"]
# > papaparse  ["19,90","3-1","12E5"] becomes ["19,90","3-1",1200000]
# > papaparse  ["1.250,00","2/3","007"] becomes ["1.250,00","2/3",7]
# > papaparse  ["19,-","(5)","A1"] becomes ["19,-","(5)","A1"]
# > raw: true  ["19,90","3-1","12E5"] becomes ["19,90","3-1","12E5"]
# > SheetJS writes the seat 3-1 back as 3/1/01
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --no-save xlsx@0.18.5 papaparse@5.7.1

cat >show.cjs <<'EOF'
const XLSX = require('xlsx');
const Papa = require('papaparse');
const rows = [['19,90', '3-1', '12E5'], ['1.250,00', '2/3', '007'], ['19,-', '(5)', 'A1']];
const csv = rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n');
const sheet = (options) => XLSX.read(csv, { type: 'string', ...options }).Sheets.Sheet1;
const say = (who, row, got) => console.log(`${who}  ${JSON.stringify(row)} becomes ${JSON.stringify(got)}`);
const guessed = XLSX.utils.sheet_to_json(sheet(), { header: 1 });
rows.forEach((row, i) => say('SheetJS  ', row, guessed[i]));
const typed = Papa.parse(csv, { dynamicTyping: true }).data;
rows.forEach((row, i) => say('papaparse', row, typed[i]));
say('raw: true', rows[0], XLSX.utils.sheet_to_json(sheet({ raw: true }), { header: 1 })[0]);
const back = Papa.parse(XLSX.utils.sheet_to_csv(sheet())).data[0][1];
console.log(`SheetJS writes the seat 3-1 back as ${back}`);
EOF
node show.cjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
