#!/usr/bin/env bash
# Packages: PyPI segno 1.6.6, PyPI zxing-cpp 3.1.1; npm jsqr 1.4.0, npm @zxing/library 0.21.3.
#
# Behaviour: `segno.make` answers a short text with a Micro QR code, another symbology with one finder pattern, without
# being asked. zxing-cpp reads it; jsQR and @zxing/library, on which web scanners are built, find no code at all. From 22
# capitals and digits on the same call draws a QR code. `segno.make_qr` always does.
# A good engineer would guess: "make" makes a QR code; every other QR library does, and long test data shows nothing.
# Bites: short ticket numbers and locker or cloakroom codes. The picture looks like a small QR code on every proof.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > make A-1042: M2-L; zxing-cpp: A-1042; jsQR: nothing; @zxing/library: nothing
# > make HALL3/ROW12/SEAT4/X999: 1-L; zxing-cpp: HALL3/ROW12/SEAT4/X999; jsQR: HALL3/ROW12/SEAT4/X999; @zxing/library: HALL3/ROW12/SEAT4/X999
# > make_qr A-1042: 1-H; zxing-cpp: A-1042; jsQR: A-1042; @zxing/library: A-1042
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py segno==1.6.6 zxing-cpp==3.1.1
npm install --silent --no-audit --no-fund --no-save jsqr@1.4.0 @zxing/library@0.21.3

cat >draw.py <<'EOF'
import json, segno, zxingcpp

def draw(how, text):
    code = getattr(segno, how)(text)
    scale = 8
    dark = [row for row in code.matrix_iter(scale=scale, border=4)]
    pixels = bytes(0 if module else 255 for row in dark for module in row)
    height, width = len(dark), len(dark[0])
    read = zxingcpp.read_barcodes(memoryview(pixels).cast("B", shape=[height, width]))
    return {"title": f"{how} {text}: {code.designator}", "cpp": read[0].text if read else "nothing",
            "width": width, "height": height, "pixels": list(pixels)}

print(json.dumps([draw("make", "A-1042"), draw("make", "HALL3/ROW12/SEAT4/X999"), draw("make_qr", "A-1042")]))
EOF
cat >read.cjs <<'EOF'
const jsQR = require('jsqr');
const zxing = require('@zxing/library');
for (const { title, cpp, width, height, pixels } of JSON.parse(require('fs').readFileSync(0))) {
  const rgba = Uint8ClampedArray.from(pixels.flatMap((grey) => [grey, grey, grey, 255]));
  const first = jsQR(rgba, width, height)?.data ?? 'nothing';
  let second = 'nothing';
  try {
    const source = new zxing.RGBLuminanceSource(Uint8ClampedArray.from(pixels), width, height);
    second = new zxing.QRCodeReader().decode(new zxing.BinaryBitmap(new zxing.HybridBinarizer(source))).getText();
  } catch {}
  console.log(`${title}; zxing-cpp: ${cpp}; jsQR: ${first}; @zxing/library: ${second}`);
}
EOF
export PYTHONPATH=py PYTHONUTF8=1
python3 draw.py | node read.cjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
