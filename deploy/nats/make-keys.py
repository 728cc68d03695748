#!/usr/bin/env python3
"""Makes the keys of a cluster in an empty directory, once: `make-keys.py keys`.

For each user of nats.conf a file such as hosts.nk, its secret (an nkey seed); nats.env, what the servers need to know
of them; jwt.env, the secret that all hosts sign sessions with. Whoever reads operator.nk can delete the journal: keep
the directory where you keep backups, and give programs their own file alone. Needs openssl.
"""
import base64
import os
import secrets
import subprocess
import sys

USERS = ["hosts", "operator", "publisher", "readers", "system"]
# First bytes of NATS keys: they make seeds begin with SU and public keys with U.
SEED, USER = 18 << 3, 20 << 3


def checksum(data):
    """Returns the CRC-16 that NATS appends to keys (XMODEM)."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "little")


def text(data):
    return base64.b32encode(data + checksum(data)).decode().rstrip("=")


def pair():
    """Returns the seed and the public key of a new user."""
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-outform", "DER"],
                         check=True, capture_output=True).stdout
    public = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
                            input=key, check=True, capture_output=True).stdout
    # Both encodings end with the 32 bytes of the key.
    return text(bytes([SEED | USER >> 5, (USER & 31) << 3]) + key[-32:]), text(bytes([USER]) + public[-32:])


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if os.listdir(folder):
        sys.exit(f"{folder} is not empty: keys of a running cluster must not be overwritten")
    os.chmod(folder, 0o700)

    def write(name, content):
        # The directory keeps others out. Containers see the files alone, as another user.
        with open(os.path.join(folder, name), "x", encoding="ascii") as file:
            file.write(content)
        os.chmod(file.name, 0o644)

    public = {}
    for user in USERS:
        seed, public[user] = pair()
        write(f"{user}.nk", f"{seed}\n")
    # A letter first: the servers would read digits as a number.
    password = "r" + secrets.token_hex(32)
    variables = {f"{user.upper()}_NKEY": key for user, key in public.items()} | {"ROUTES_PASSWORD": password}
    variables |= {f"ROUTE_{at}": f"nats://routes:{password}@nats-{at}.nats:6222" for at in range(3)}
    write("nats.env", "".join(f"{name}={value}\n" for name, value in variables.items()))
    write("jwt.env", f"JWT_KEY={secrets.token_urlsafe(48)}\n")


if __name__ == "__main__":
    main()
