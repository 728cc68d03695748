#!/usr/bin/env bash
# Packages: npm @msgpack/msgpack 3.1.3, npm msgpackr 2.1.4, npm cbor-x 1.6.9, npm cborg 6.1.5; PyPI msgpack 1.2.4, PyPI cbor2 6.3.0.
#
# Behaviour: JavaScript's `Date.now()` leaves msgpackr and cbor-x as a double, since it has more than 32 bits; Python reads
# 1798916400000.0. @msgpack/msgpack writes an integer, but `useBigInt64: true`, the option for 64-bit integers, makes it write the
# same number as a double too (only bigints become integers then). cborg writes an integer. No value is lost at first: JavaScript
# reads its own bytes back as the same number, so no test there can tell.
# A good engineer would guess: a whole number is written as an integer, the more so with the option that says int64.
# Bites: times in milliseconds, sequence numbers and minor units past 2^32 that a typed reader (Python's range or index, Rust's u64,
# Go's int64) takes from a Node producer.
#
# Seen on 2026-11-30, Node 20.20.2, Python 3.11.7:
# > 4294967295: @msgpack/msgpack 4294967295, with useBigInt64 4294967295, msgpackr 4294967295, cbor-x 4294967295, cborg 4294967295
# > 4294967296: @msgpack/msgpack 4294967296, with useBigInt64 4294967296.0, msgpackr 4294967296.0, cbor-x 4294967296.0, cborg 4294967296
# > 1798916400000: @msgpack/msgpack 1798916400000, with useBigInt64 1798916400000.0, msgpackr 1798916400000.0, cbor-x 1798916400000.0, cborg 1798916400000
set -euo pipefail
self=$(realpath "$0") dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore --target py msgpack==1.2.4 cbor2==6.3.0
npm install --silent --no-audit --no-fund --no-save --ignore-scripts \
    @msgpack/msgpack@3.1.3 msgpackr@2.1.4 cbor-x@1.6.9 cborg@6.1.5

cat >write.mjs <<'EOF'
import { encode as official } from '@msgpack/msgpack';
import { pack } from 'msgpackr';
import { encode as cborX } from 'cbor-x';
import { encode as cborg } from 'cborg';
const hex = (bytes) => Buffer.from(bytes).toString('hex');
for (const n of [2 ** 32 - 1, 2 ** 32, Date.UTC(2027, 0, 2, 19)])
  console.log([n, hex(official(n)), hex(official(n, { useBigInt64: true })), hex(pack(n)), hex(cborX(n)), hex(cborg(n))].join(' '));
EOF
cat >read.py <<'EOF'
import sys, cbor2, msgpack

names = ["@msgpack/msgpack", "with useBigInt64", "msgpackr", "cbor-x", "cborg"]
for line in sys.stdin:
    number, *written = line.split()
    read = [(cbor2.loads if "cbor" in name else msgpack.unpackb)(bytes.fromhex(text)) for name, text in zip(names, written)]
    print(f"{number}:", ", ".join(f"{name} {value}" for name, value in zip(names, read)))
EOF
node write.mjs | PYTHONPATH=py python3 read.py | tee seen
sed -n 's/^# > //p' "$self" | diff - seen
