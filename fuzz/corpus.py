"""Packs the inputs of a target into the one file that the tests read, and unpacks it for the fuzzer.

    corpus.py pack FOLDER FILE [BYTES]      the smallest inputs first, as many as fit into so many bytes (60,000)
    corpus.py unpack FILE FOLDER

Each input is its length, in four bytes, the highest first, and its bytes.
"""

import hashlib
import os
import sys


def pack(folder, file, limit=60_000):
    inputs = [open(entry.path, "rb").read() for entry in os.scandir(folder)]
    left = int(limit)
    with open(file, "wb") as packed:
        for data in sorted(inputs, key=lambda data: (len(data), data)):
            left -= len(data) + 4
            if left < 0:
                break
            packed.write(len(data).to_bytes(4, "big") + data)


def unpack(file, folder):
    os.makedirs(folder, exist_ok=True)
    with open(file, "rb") as packed:
        while length := packed.read(4):
            data = packed.read(int.from_bytes(length, "big"))
            name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            with open(os.path.join(folder, name), "wb") as input:
                input.write(data)


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](*sys.argv[2:])
