# SPDX-License-Identifier: Apache-2.0
"""Milenage vectors by python3-cryptography: lines of k, opc, rand, sqn (TSV) to vectors."""
import sys
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def rot(x, octets):
    return x[octets:] + x[:octets]


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


next(sys.stdin)
for line in sys.stdin:
    k, opc, rand, sqn = (bytes.fromhex(x) for x in line.split("\t"))
    enc = Cipher(algorithms.AES(k), modes.ECB()).encryptor().update
    temp = enc(xor(rand, opc))
    in1 = (sqn + b"\x80\x00") * 2
    out1 = xor(enc(xor(temp, rot(xor(in1, opc), 8))), opc)
    mixed = xor(temp, opc)
    c = lambda n: bytes(15) + bytes([n])
    out2 = xor(enc(xor(mixed, c(1))), opc)
    out3 = xor(enc(xor(rot(mixed, 4), c(2))), opc)
    out4 = xor(enc(xor(rot(mixed, 8), c(4))), opc)
    autn = xor(sqn, out2[:6]) + b"\x80\x00" + out1[:8]
    print(rand.hex(), autn.hex(), out2[8:].hex(), out3.hex(), out4.hex(), sep="\t")
