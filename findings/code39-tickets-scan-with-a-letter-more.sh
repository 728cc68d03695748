#!/usr/bin/env bash
# Packages: PyPI python-barcode 0.16.1, PyPI reportlab 5.1.0, PyPI zxing-cpp 3.1.1, PyPI pillow 13.0.0.
#
# Behaviour: the Code 39 of python-barcode and of reportlab carries a modulo-43 check character unless told otherwise.
# Readers don't take it off, since plain Code 39 has none: "A-1042" is scanned as "A-1042A". reportlab does the same to
# interleaved 2 of 5, where it also pads: "12345" becomes "123457". Both print the text below without the extra letter.
# (python-barcode: `add_checksum=False`; reportlab: `checksum=0`.)
# A good engineer would guess: a Code 39 of a text scans as the text, as with Code 128 of the same two libraries.
# Bites: linear codes on paper tickets and wristbands: no ticket is found at the door, while the printed number is right.
#
# Seen on 2026-11-30, Python 3.11.7:
# > python-barcode code128 A-1042: scanned A-1042
# > python-barcode code39 A-1042: scanned A-1042A
# > python-barcode code39 without checksum: scanned A-1042
# > reportlab Standard39 A-1042: bars say *A-1042A*
# > reportlab I2of5 12345: bars say 123457
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py \
    python-barcode==0.16.1 reportlab==5.1.0 zxing-cpp==3.1.1 pillow==13.0.0

cat >show.py <<'EOF'
import io, barcode, zxingcpp
from barcode.writer import ImageWriter
from PIL import Image
from reportlab.graphics.barcode.code39 import Standard39
from reportlab.graphics.barcode.common import I2of5

def scanned(kind, **options):
    picture = io.BytesIO()
    barcode.get_barcode_class(kind)("A-1042", writer=ImageWriter(), **options).write(picture, {"write_text": False})
    return zxingcpp.read_barcodes(Image.open(picture).convert("L"))[0].text

def bars(code):
    code.validate()
    code.encode()
    return code.encoded

print("python-barcode code128 A-1042: scanned", scanned("code128"))
print("python-barcode code39 A-1042: scanned", scanned("code39"))
print("python-barcode code39 without checksum: scanned", scanned("code39", add_checksum=False))
print("reportlab Standard39 A-1042: bars say", bars(Standard39("A-1042")))
print("reportlab I2of5 12345: bars say", bars(I2of5("12345")))
EOF
PYTHONPATH=py python3 show.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
