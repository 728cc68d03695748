#!/usr/bin/env bash
# Packages: PyPI segno 1.6.6, PyPI qrcode 8.2, PyPI zxing-cpp 3.1.1; npm jsqr 1.4.0.
#
# Behaviour: segno writes a text as ISO 8859-1 if it fits, else as UTF-8, and marks neither (no ECI). The standard's default
# is ISO 8859-1, so the code is right; readers guess. jsQR finds the code and gives an EMPTY text. zxing-cpp takes some
# bytes for Japanese: "½ price" becomes "ｽ price". A name with one letter beyond Latin-1 (Łódź, Žižek) is UTF-8 and is read
# by all. Codes of PyPI qrcode, always UTF-8 against the letter of the standard, are read by all as well.
# A good engineer would guess: if Polish names work, German ones do; and a decoder that found a code has its text.
# Bites: names and hall names in codes (vCards, badges, offline guest lists), only for western European letters.
#
# Seen on 2026-11-30, Python 3.11.7, Node 20.20.2:
# > segno  Müller: zxing-cpp "Müller", jsQR ""
# > segno  Žižek: zxing-cpp "Žižek", jsQR "Žižek"
# > segno  ½ price: zxing-cpp "ｽ price", jsQR ""
# > qrcode Müller: zxing-cpp "Müller", jsQR "Müller"
# > qrcode ½ price: zxing-cpp "½ price", jsQR "½ price"
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py segno==1.6.6 qrcode==8.2 zxing-cpp==3.1.1
npm install --silent --no-audit --no-fund --no-save jsqr@1.4.0

cat >draw.py <<'EOF'
import json, qrcode, segno, zxingcpp

def draw(library, text):
    if library == "segno":
        matrix = [list(row) for row in segno.make_qr(text).matrix_iter(border=4)]
    else:
        code = qrcode.QRCode(border=4)
        code.add_data(text)
        code.make()
        matrix = code.get_matrix()
    scale, side = 8, len(matrix) * 8
    pixels = bytes(0 if matrix[y // scale][x // scale] else 255 for y in range(side) for x in range(side))
    read = zxingcpp.read_barcodes(memoryview(pixels).cast("B", shape=[side, side]))
    return {"title": f"{library:6} {text}", "cpp": read[0].text, "side": side, "pixels": list(pixels)}

wanted = [("segno", "Müller"), ("segno", "Žižek"), ("segno", "½ price"), ("qrcode", "Müller"), ("qrcode", "½ price")]
print(json.dumps([draw(*one) for one in wanted]))
EOF
cat >read.cjs <<'EOF'
const jsQR = require('jsqr');
for (const { title, cpp, side, pixels } of JSON.parse(require('fs').readFileSync(0))) {
  const found = jsQR(Uint8ClampedArray.from(pixels.flatMap((grey) => [grey, grey, grey, 255])), side, side);
  console.log(`${title}: zxing-cpp ${JSON.stringify(cpp)}, jsQR ${found ? JSON.stringify(found.data) : 'finds no code'}`);
}
EOF
export PYTHONPATH=py PYTHONUTF8=1
python3 draw.py | node read.cjs | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
