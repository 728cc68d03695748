"""Checks codes of tickets offline: by the public keys of a show, its list of dead tickets, and the code itself."""

import json
import struct
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
VECTORS = json.loads((Path(__file__).parents[2] / "core/ticket/vectors/vectors.json").read_text())
SHOW = bytes.fromhex(VECTORS["show"])
KEYS = {key["id"]: key for key in VECTORS["keys"]}


def base45(text: str) -> bytes | None:
    found = bytearray()
    for at in range(0, len(text), 3):
        digits = [ALPHABET.find(character) for character in text[at : at + 3]]
        value = sum(digit * 45**place for place, digit in enumerate(digits))
        if len(digits) < 2 or min(digits) < 0 or value >= 256 ** (len(digits) - 1):
            return None
        found += value.to_bytes(len(digits) - 1, "big")
    return bytes(found)


def has_signed(key: int, domain: bytes, signed: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(KEYS[key]["public"]))
        public.verify(signed[-64:], domain + signed[:-64])
    except InvalidSignature:
        return False
    return True


def read_list(data: bytes) -> tuple[int, dict[int, int]]:
    """The number of the list, and of each ticket in it the lowest generation that admits."""
    form, key, show, number, _made_at, count, parameter = struct.unpack(">BH8sIIIB", data[:24])
    if form != 2 or show != SHOW or not has_signed(key, b"boxoffice ticket list\n", data):
        raise SystemExit("the list is not of this show")
    bits = iter("".join(f"{byte:08b}" for byte in data[24:-64]))

    def run(of: str) -> int:
        length = 0
        while next(bits) == of:
            length += 1
        return length

    def last(length: int) -> int:
        return int("0" + "".join(next(bits) for _ in range(length)), 2)

    ticket = -1
    dead: dict[int, int] = {}
    for _ in range(count):
        ticket += 1 + (run("1") << parameter | last(parameter))
        digits = run("0")
        dead[ticket] = 1 << digits | last(digits)
    return number, dead


def verdict(text: str, at: int, dead: dict[int, int]) -> str:
    code = base45(text)
    if code and code[0] != 1:
        return "code.format_unknown"
    if not code or len(code) != 91:
        return "code.malformed"
    key, show, number, generation, _kind, not_before, not_after = struct.unpack(">xH8sIHHII", code[:27])
    if not_before >= not_after:
        return "code.malformed"
    if show != SHOW:
        return "code.show_wrong"
    if key not in KEYS:
        return "code.key_unknown"
    if not has_signed(key, b"boxoffice ticket code\n", code):
        return "code.signature_wrong"
    if generation < dead.get(number, 0):
        return "code.dead"
    if at < not_before or at >= not_after:
        return "code.too_early" if at < not_before else "code.too_late"
    in_time = KEYS[key]["not_before"] <= at < KEYS[key]["not_after"]
    return "admitted" if in_time else "code.key_not_valid"


def main() -> None:
    number, dead = read_list(bytes.fromhex(VECTORS["list"]["bytes"]))
    ids = " ".join(str(key) for key in KEYS)
    print(f"Show {SHOW.hex()}: keys {ids}, list {number} with {len(dead)} dead tickets.")
    expected = 0
    for code in VECTORS["codes"]:
        found = verdict(code["text"], code["at"], dead)
        print(f"{found:<22}{code['name']}")
        expected += found == code["verdict"]
    print(f"{len(VECTORS['codes'])} codes, {expected} as expected.")
    if expected != len(VECTORS["codes"]):
        raise SystemExit("a verdict is not the expected one")


if __name__ == "__main__":
    main()
