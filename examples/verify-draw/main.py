"""Verifies a published draw without boxoffice. README.md says what is checked."""

import hashlib
import json
import sys
from pathlib import Path
from re import fullmatch
from typing import Any
from uuid import UUID

from blake3 import blake3
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.optimized_bls12_381 import G2, curve_order, is_inf, multiply, pairing

KEY = (
    0x83CF0F2896ADEE7EB8B5F01FCAD3912212C437E0073E911FB90022D3E760183C8C4B450B6A0A6C3AC6A5776A2D106451,
    0x0D1FEC758C921CC22B0E17E63AAF4BCB5ED66304DE9CF809BD274CA73BAB4AF5A6E9C76A4BC09E76EAE8991EF5ECE45A,
)


def digest(name: str, *parts: bytes) -> bytes:
    return blake3(f"boxoffice draw 1 {name}\0".encode() + b"".join(parts)).digest()


def top(hashes: list[bytes]) -> bytes:
    left = 1 << (len(hashes) - 1).bit_length() >> 1
    return digest("node", top(hashes[:left]), top(hashes[left:])) if left else digest("leaf", *hashes)


def has_signed(number: bytes, signature: bytes) -> bool:
    point, message = decompress_G1(int.from_bytes(signature, "big")), hashlib.sha256(number).digest()
    hashed = hash_to_G1(message, b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_", hashlib.sha256)
    in_group = len(signature) == 48 and not is_inf(point) and is_inf(multiply(point, curve_order))
    return in_group and pairing(G2, point) == pairing(decompress_G2(KEY), hashed)


def verify(file: dict[str, Any]) -> str:
    head, order = file["head"], [bytes.fromhex(entry) for entry in file["order"] if fullmatch("[0-9a-f]{64}", entry)]
    terms, source = head["commitment"], head["commitment"]["source"]
    by_round, show, root = "quicknet" in source, UUID(terms["show"]), bytes.fromhex(terms["root"])
    fields = [terms["openedAt"], terms["namedAt"], terms["closedAt"], terms["count"], source.get("quicknet", 0)]
    opened, named, closed, count, number = (field.to_bytes(8, "big") for field in fields)
    revealed = bytes.fromhex(head["revealed"]["signature" if by_round else "seed"])
    sealed = digest("quicknet", number) if by_round else digest("sealed", bytes.fromhex(source["seed"]))
    commitment = digest("commitment", show.bytes, opened, sealed, named, closed, root)
    chance = digest("chance", commitment, revealed)
    places = [digest("place", chance, show.bytes, entry) for entry in order]
    known = (1_692_803_334 + 3 * source["quicknet"]).to_bytes(8, "big") if by_round else closed
    checks = {
        "format": lambda: file["format"] == 1 and terms["count"] == len(file["order"]) == len(set(order)) > 0,
        "texts": lambda: str(show) == terms["show"] and [revealed.hex()] == [*head["revealed"].values()],
        "entries": lambda: digest("root", count, top(sorted(order))).hex() == terms["root"],
        "times": lambda: max(opened, named) <= closed and (closed < known if by_round else named <= opened),
        "chance": lambda: chance.hex() == head["chance"] and places == sorted(places),
        "order": lambda: digest("order", count, top(order)).hex() == head["orderRoot"],
        "source": lambda: has_signed(number, revealed) if by_round else digest("seed", revealed).hex() == source["seed"],
    }
    if wrong := next((what for what, holds in checks.items() if not holds()), None):
        raise SystemExit(f"refused: {wrong}")
    return f"{len(order)} places follow from commitment {commitment.hex()} and {json.dumps(source).replace(' ', '')}"


if __name__ == "__main__":
    print(verify(json.loads(Path([*sys.argv, Path(__file__).with_name("draw.json")][1]).read_text())))
