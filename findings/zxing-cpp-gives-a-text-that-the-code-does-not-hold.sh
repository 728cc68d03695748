#!/usr/bin/env bash
# Packages: PyPI zxing-cpp 3.1.1, PyPI pillow 13.0.0; npm bwip-js 4.11.4.
#
# Behaviour: `text` of zxing-cpp is by default made for people. A GS1 code gets parentheses that it doesn't hold, and loses its separator
# (`text_mode=TextMode.Plain` gives the content). For a UPC-A code no mode gives the twelve digits that stand under the bars: it is read as
# EAN-13 with a zero in front, also if only UPC-A was asked for. A UPC-E of eight digits comes as thirteen.
# A good engineer would guess: the text of a code is what its maker put in; plain QR and Code 128 confirm it.
# Bites: vouchers, merchandise and prepaid wristbands whose number is looked up as scanned.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > gs1qrcode (01)09501101530003(10)A1(21)9: text "(01)09501101530003(10)A1(21)9", plain "010950110153000310A1\u001d219"
# > upca 036000291452: text "0036000291452", plain "0036000291452"
# > upce 04252614: text "0042100005264", plain "0042100005264"
# > qrcode 036000291452: text "036000291452", plain "036000291452"
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py zxing-cpp==3.1.1 pillow==13.0.0
npm install --silent --no-audit --no-fund --no-save bwip-js@4.11.4

cat >codes <<'EOF'
gs1qrcode (01)09501101530003(10)A1(21)9
upca 036000291452
upce 04252614
qrcode 036000291452
EOF
cat >write.cjs <<'EOF'
const bwip = require('bwip-js');
const { readFileSync, writeFileSync } = require('fs');
(async () => {
  for (const line of readFileSync('codes', 'utf8').trim().split('\n')) {
    const [bcid, text] = line.split(' ');
    const linear = bcid.startsWith('upc') ? { height: 15 } : {};
    writeFileSync(`${bcid}.png`, await bwip.toBuffer({ bcid, text, scale: 3, paddingwidth: 20, paddingheight: 20, backgroundcolor: 'ffffff', ...linear }));
  }
})();
EOF
cat >read.py <<'EOF'
import json, zxingcpp
from PIL import Image

for line in open("codes").read().splitlines():
    picture = Image.open(f"{line.split()[0]}.png").convert("L")
    shown, plain = (json.dumps(zxingcpp.read_barcodes(picture, **options)[0].text)
                    for options in ({}, {"text_mode": zxingcpp.TextMode.Plain}))
    print(f"{line}: text {shown}, plain {plain}")
EOF
node write.cjs
PYTHONPATH=py python3 read.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
